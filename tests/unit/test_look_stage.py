"""The stage that looks: order kept, films seen upright, and the batch changes nothing."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.streamer.frame import Frame
from faceerase.streamer.look.planner import ThoroughPlanner
from faceerase.streamer.look.stage import Viewing, look

UPRIGHT = Viewing(full_range=True, quarter_turns=0)


@pytest.fixture
def frames(noise_picture: Callable[..., av.VideoFrame]) -> list[Frame]:
    pictures = [noise_picture("yuv420p", 300, 120, seed) for seed in range(5)]
    return [Frame(number, number, Fraction(1, 25), picture) for number, picture in enumerate(pictures)]


def frame_with_bright_corner() -> Frame:
    luma = np.zeros((160, 400), np.uint8)
    luma[8:40, 340:380] = 255
    picture = av.VideoFrame.from_ndarray(luma, format="gray")
    return Frame(0, 0, Fraction(1, 25), picture)


def test_frames_come_out_in_order_with_their_own_map(frames: list[Frame], blob_engine: Any) -> None:
    planner = ThoroughPlanner(blob_engine.contract, 40)
    looked = list(look(frames, planner, blob_engine, UPRIGHT, batch_size=4))
    assert [item.frame.index for item in looked] == [0, 1, 2, 3, 4]
    for item in looked:
        (alone,) = look([item.frame], planner, blob_engine, UPRIGHT, batch_size=1)
        assert np.array_equal(item.map, alone.map)
        assert item.tiles == planner.plan(0, 300, 120).tiles


@pytest.mark.parametrize("batch_size", [1, 2, 3, 7, 1000])
def test_the_batch_size_changes_nothing(frames: list[Frame], blob_engine: Any, batch_size: int) -> None:
    planner = ThoroughPlanner(blob_engine.contract, 9)
    viewing = Viewing(full_range=False, quarter_turns=0)
    one = [item.map for item in look(frames, planner, blob_engine, viewing, 1)]
    other = [item.map for item in look(frames, planner, blob_engine, viewing, batch_size)]
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_the_map_lies_like_the_frame_however_it_is_shown(blob_engine: Any, quarter_turns: int) -> None:
    planner = ThoroughPlanner(blob_engine.contract, 9)
    (item,) = look([frame_with_bright_corner()], planner, blob_engine, Viewing(True, quarter_turns), 1)
    assert item.map.shape == (160, 400)
    assert (item.map[12:36, 344:376] > 0.9).all()
    assert (item.map[60:, :] < 0.1).all()
    assert (item.map[:, :320] < 0.1).all()


@pytest.mark.parametrize("quarter_turns", [1, 2, 3])
def test_the_network_sees_the_film_upright(blob_engine: Any, quarter_turns: int) -> None:
    class Watched:
        contract = blob_engine.contract

        def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
            seen.append(tiles)
            return np.zeros(tiles.shape, np.float32)

    seen: list[NDArray[np.uint8]] = []
    planner = ThoroughPlanner(blob_engine.contract, 300)
    list(look([frame_with_bright_corner()], planner, Watched(), Viewing(True, quarter_turns), 1))
    (whole,) = seen[0]
    across, down = (160, 400) if quarter_turns % 2 else (400, 160)
    scale = 256 / 400
    shown = np.rot90(np.pad(np.full((32, 40), 255), ((8, 120), (340, 20))), quarter_turns)
    rows, columns = (np.nonzero(shown.any(axis=axis))[0] * scale for axis in (1, 0))
    lit_rows, lit_columns = (np.nonzero((whole > 128).any(axis=axis))[0] for axis in (1, 0))
    assert lit_rows[[0, -1]] == pytest.approx(rows[[0, -1]], abs=1.5)
    assert lit_columns[[0, -1]] == pytest.approx(columns[[0, -1]], abs=1.5)
    assert not whole[round(down * scale) + 1 :].any()
    assert not whole[:, round(across * scale) + 1 :].any()


def test_no_frame_no_look(blob_engine: Any) -> None:
    def nothing() -> Iterator[Frame]:
        yield from ()

    assert list(look(nothing(), ThoroughPlanner(blob_engine.contract, 16), blob_engine, UPRIGHT, 4)) == []
