"""Fills carried along a track: they hardly boil, they follow the light, and they hold nothing but fills."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.erase.carry import CHANGED_LIGHT, KEPT, REFRESH_SECONDS, Carry
from faceerase.streamer.erase.inpaint import Fill

Samples = NDArray[np.float32]
WHITE = 255.0
SIDE = 60
HERE = 0


def hole(side: int = SIDE) -> NDArray[np.uint8]:
    marked = np.zeros((side, side), np.uint8)
    marked[side // 6 : -(side // 6), side // 6 : -(side // 6)] = 1
    return marked


def box_of(marked: NDArray[np.uint8]) -> tuple[float, float, float, float]:
    left, top, width, height = cv2.boundingRect(marked)
    return left, top, max(1, width), max(1, height)


def deep(side: int = SIDE) -> tuple[slice, slice]:
    """The middle of the hole, where a fill is carried whole."""
    inside = slice(side // 2 - 3, side // 2 + 3)
    return inside, inside


def even(value: float, side: int = SIDE) -> Samples:
    return np.full((side, side), value, np.float32)


def stripes(strength: float) -> Samples:
    """A fill of the same light as ``even(100)`` but with a pattern."""
    return even(100) + np.float32(strength) * np.where(np.arange(SIDE) % 2, 1, -1).astype(np.float32)


def blend(
    carry: Carry, face: int, frame: int, samples: Samples, marked: NDArray[np.uint8], grain: float, white: float
) -> tuple[Samples, float]:
    """What is carried of a picture of one plane, and its grain."""
    mixed = carry.blend(
        face, frame, Fill(samples[:, :, None], marked, box_of(marked), np.array([grain], np.float32)), white
    )
    return mixed.samples[:, :, 0], float(mixed.grain[0])


def put(carry: Carry, frame: int, fill: Samples, face: int = HERE, grain: float = 0.0) -> Samples:
    return blend(carry, face, frame, fill, hole(len(fill)), grain, WHITE)[0]


def test_the_first_fill_is_taken_as_it_is() -> None:
    fill = stripes(8)
    mixed, grain = blend(Carry(25), HERE, 0, fill, hole(), 3.5, WHITE)
    assert np.array_equal(mixed, fill)
    assert grain == 3.5


def test_what_does_not_change_stays() -> None:
    carry = Carry(25)
    for frame in range(10):
        mixed, grain = blend(carry, HERE, frame, stripes(8), hole(), 2.0, WHITE)
        assert np.allclose(mixed, stripes(8), atol=1e-4)
        assert grain == pytest.approx(2.0)


def test_fills_that_tremble_are_calmed() -> None:
    rng = np.random.default_rng(1)
    fills = [even(100) + rng.normal(0, 4, (SIDE, SIDE)).astype(np.float32) for _ in range(60)]
    carry = Carry(25)
    carried = [put(carry, frame, fill) for frame, fill in enumerate(fills)]

    def unrest(frames: list[Samples]) -> float:
        return float(np.abs(np.diff([frame[deep()] for frame in frames], axis=0)).mean())

    assert unrest(carried) < 0.5 * unrest(fills)


def test_outside_the_hole_a_fill_is_todays() -> None:
    carry = Carry(25)
    put(carry, 0, stripes(8))
    mixed = put(carry, 1, stripes(-8))
    outside = hole() == 0
    assert np.array_equal(mixed[outside], stripes(-8)[outside])


def test_from_the_rim_inwards_a_fill_is_carried() -> None:
    carry = Carry(25)
    put(carry, 0, stripes(-8))
    left = np.abs(put(carry, 1, stripes(8)) - stripes(8))[SIDE // 2, : SIDE // 2]
    assert (np.diff(left) >= -1e-4).all()
    assert left[0] == 0
    assert left[-1] > 0


def test_what_is_carried_lies_between_the_old_and_the_new() -> None:
    carry = Carry(25)
    put(carry, 0, stripes(-8))
    mixed = put(carry, 1, stripes(8))
    low, high = np.minimum(stripes(8), stripes(-8)), np.maximum(stripes(8), stripes(-8))
    assert (mixed >= low - 1e-4).all()
    assert (mixed <= high + 1e-4).all()


@pytest.mark.parametrize("rate", [10.0, 25.0, 50.0, 119.88])
def test_a_fill_is_refreshed_in_seconds_and_not_in_frames(rate: float) -> None:
    carry = Carry(rate)
    mixed = put(carry, 0, stripes(8))
    for frame in range(1, 1 + round(REFRESH_SECONDS * rate)):
        mixed = put(carry, frame, even(100))
    frames = round(REFRESH_SECONDS * rate) / (REFRESH_SECONDS * rate)
    assert float(np.abs(mixed[deep()] - 100).mean()) == pytest.approx(8 * np.exp(-frames), rel=0.05)


def test_where_the_light_goes_the_old_fill_counts_for_nothing() -> None:
    carry = Carry(25)
    put(carry, 0, stripes(8), grain=2)
    changed = even(100 + 1.01 * CHANGED_LIGHT * WHITE)
    mixed, grain = blend(carry, HERE, 1, changed, hole(), 5.0, WHITE)
    assert np.allclose(mixed, changed, atol=1e-3)
    assert grain == pytest.approx(5)


def test_the_more_the_light_changes_the_less_is_carried() -> None:
    left = []
    for change in (0.0, 0.2, 0.5, 0.8):
        carry = Carry(25)
        put(carry, 0, stripes(8))
        mixed = put(carry, 1, even(100 + change * CHANGED_LIGHT * WHITE))
        left.append(float(mixed[deep()].std()))
    assert left == sorted(left, reverse=True)
    assert left[-1] < 0.5 * left[0]


def test_light_is_measured_in_the_planes_own_range() -> None:
    coarse, fine = Carry(25), Carry(25)
    for frame, value in enumerate((100, 108, 96)):
        one = blend(coarse, HERE, frame, even(value), hole(), 2.0, 255)
        other = blend(fine, HERE, frame, 4 * even(value), hole(), 8.0, 4 * 255)
        assert np.allclose(4 * one[0], other[0], rtol=1e-5)
        assert 4 * one[1] == pytest.approx(other[1])


def test_grain_follows_slowly_too() -> None:
    carry = Carry(25)
    blend(carry, HERE, 0, even(100), hole(), 4.0, WHITE)
    grains = [blend(carry, HERE, frame, even(100), hole(), 1.0, WHITE)[1] for frame in range(1, 40)]
    assert 1 < grains[0] < 4
    assert grains == sorted(grains, reverse=True)
    assert grains[-1] == pytest.approx(1, abs=0.1)


def test_faces_and_planes_are_kept_apart() -> None:
    carry = Carry(25)
    fills = [
        Fill(
            np.stack([stripes(3 * face + plane) for plane in range(3)], axis=2),
            hole(),
            box_of(hole()),
            np.arange(3, dtype=np.float32),
        )
        for face in range(2)
    ]
    for frame in range(2):
        for face, fill in enumerate(fills):
            mixed = carry.blend(face, frame, fill, WHITE)
            assert np.allclose(mixed.samples, fill.samples, atol=1e-4)
            assert np.allclose(mixed.grain, fill.grain)


def test_light_that_goes_in_one_plane_goes_in_that_one_alone() -> None:
    carry = Carry(25)
    none = np.zeros(2, np.float32)
    carry.blend(HERE, 0, Fill(np.stack([stripes(8), stripes(8)], axis=2), hole(), box_of(hole()), none), WHITE)
    changed = np.stack([even(100), even(100 + 1.01 * CHANGED_LIGHT * WHITE)], axis=2)
    mixed = carry.blend(HERE, 1, Fill(changed, hole(), box_of(hole()), none), WHITE).samples[deep()]
    assert mixed[:, :, 0].std() > 2
    assert mixed[:, :, 1].std() < 1e-3


@pytest.mark.parametrize("side", [36, 48, 72])
def test_a_face_that_comes_nearer_keeps_its_fill(side: int) -> None:
    carry = Carry(25)
    ramp = np.tile(np.linspace(60, 140, SIDE, dtype=np.float32), (SIDE, 1))
    put(carry, 0, ramp)
    mixed = put(carry, 1, even(100, side))
    assert mixed.shape == (side, side)
    middle = mixed[side // 2]
    assert middle[side // 2 - 3] < middle[side // 2] < middle[side // 2 + 3]


@pytest.mark.parametrize("value", [0, 1])
def test_a_hole_of_nothing_or_of_everything_can_be_carried(value: int) -> None:
    carry = Carry(25)
    marked = np.full((SIDE, SIDE), value, np.uint8)
    for frame in range(3):
        mixed, _ = blend(carry, HERE, frame, stripes(frame), marked, 0.0, WHITE)
        assert np.isfinite(mixed).all()
        assert value or np.array_equal(mixed, stripes(frame))


def test_who_was_not_asked_for_lately_is_forgotten() -> None:
    carry = Carry(25)
    put(carry, 10, stripes(8), 1)
    put(carry, 20, stripes(8), 2)
    carry.forget(11 + KEPT)
    assert np.array_equal(put(carry, 11 + KEPT, even(100), 1), even(100))
    assert not np.allclose(put(carry, 11 + KEPT, even(100), 2)[deep()], 100)


def test_a_fill_that_is_asked_for_is_kept() -> None:
    carry = Carry(25)
    for frame in range(3 * KEPT):
        carry.forget(frame)
        put(carry, frame, stripes(8))
    assert not np.allclose(put(carry, 3 * KEPT, even(100))[deep()], 100)


def test_what_is_given_is_not_changed() -> None:
    carry = Carry(25)
    one, other = stripes(8), stripes(-8)
    put(carry, 0, one)
    put(carry, 1, other)
    assert np.array_equal(one, stripes(8))
    assert np.array_equal(other, stripes(-8))
