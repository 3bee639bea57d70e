"""Few sizes of batches, and how many tiles fit."""

import pytest

from faceerase.errors import is_out_of_memory
from faceerase.streamer.look.device.sizes import size_by_memory, size_for, sizes_up_to


def test_sizes_are_powers_of_two_and_the_greatest() -> None:
    assert sizes_up_to(1) == (1,)
    assert sizes_up_to(2) == (1, 2)
    assert sizes_up_to(6) == (1, 2, 4, 6)
    assert sizes_up_to(64) == (1, 2, 4, 8, 16, 32, 64)


@pytest.mark.parametrize("most", [1, 2, 3, 16, 24])
def test_every_count_has_a_size_less_than_twice_as_large(most: int) -> None:
    for count in range(1, most + 1):
        assert count <= size_for(count, most) < 2 * count or count == 1


def test_at_least_one_tile_and_at_most_the_limit() -> None:
    assert size_by_memory(10, 4000) == 1
    assert size_by_memory(10**12, 4) == 64
    assert size_by_memory(10**12, 4, most=8) == 8
    assert size_by_memory(None, 4, most=8) == 8


def test_a_shortage_is_told_from_other_errors() -> None:
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(RuntimeError("BFCArena: Failed to allocate memory for requested buffer of size 123"))
    assert not is_out_of_memory(RuntimeError("invalid argument"))
