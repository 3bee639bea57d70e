"""What is covered before anybody has looked again."""

import numpy as np

from faceerase.streamer.box import Box
from faceerase.streamer.follow.glimpses import HELD_SECONDS, Glimpses
from faceerase.streamer.mask.regions import Region

RATE = 30.0
HELD = round(HELD_SECONDS * RATE)


def region(x: float, side: float = 40) -> Region:
    return Region(Box(x, 50, x + side, 50 + side), np.full((48, 48), 255, np.uint8), 0.6)


def test_a_glimpse_is_covered_at_once_and_for_a_while() -> None:
    glimpses = Glimpses(RATE)
    glimpses.catch(0, [region(10)])
    assert [one.box for one in glimpses.beside(())] == [region(10).box]
    glimpses.catch(HELD, ())
    assert len(glimpses.beside(())) == 1
    glimpses.catch(HELD + 1, ())
    assert glimpses.beside(()) == ()


def test_the_newest_of_one_place_is_enough_and_none_where_somebody_is_covered() -> None:
    glimpses = Glimpses(RATE)
    glimpses.catch(0, [region(10), region(300)])
    glimpses.catch(1, [region(12)])
    assert [one.box.x0 for one in glimpses.beside(())] == [12, 300]
    assert [one.box.x0 for one in glimpses.beside([region(298, 44)])] == [12]
