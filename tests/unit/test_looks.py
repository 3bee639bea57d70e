"""How often the network was asked: sums."""

from dataclasses import astuple
from functools import reduce

from faceerase.streamer.look.looks import Looks

SOME = Looks(planned=10, again=4, back=3, candidates=2, rejected=1)


def test_all_tiles_are_counted_and_candidates_are_none() -> None:
    assert SOME.tiles == 17
    assert Looks().tiles == 0


def test_a_sum_adds_each_kind_to_its_own() -> None:
    assert SOME.plus(Looks(1, 20, 300, 4000, 50000)) == Looks(11, 24, 303, 4002, 50001)


def test_nothing_adds_nothing() -> None:
    assert SOME.plus(Looks()) == Looks().plus(SOME) == SOME


def test_many_can_be_added_in_any_order() -> None:
    many = [Looks(*(number * step for step in (1, 2, 3, 4, 5))) for number in range(6)]
    total = reduce(Looks.plus, many)
    assert total == reduce(Looks.plus, reversed(many))
    assert astuple(total) == (15, 30, 45, 60, 75)
    assert total.tiles == sum(one.tiles for one in many)
