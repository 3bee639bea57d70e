"""How many frames wait in memory follows from how large they are."""

import av
import pytest

from faceerase.streamer.in_flight import (
    AHEAD_BYTES,
    BETWEEN_BYTES,
    FEWEST_AHEAD,
    FRAMES_BETWEEN,
    STAGES,
    bytes_of,
    frame_bytes,
    frames_ahead,
    frames_between,
)

SIZES = {"480p": (640, 480), "1080p": (1920, 1080), "4K": (3840, 2160), "8K": (7680, 4320), "huge": (32768, 16384)}
FORMATS = ("gray", "yuv420p", "yuv422p10le", "yuva444p16le", "gbrpf32le")


@pytest.mark.parametrize(("pixel_format", "samples"), [("gray", 1), ("yuv420p", 1.5), ("yuv422p10le", 4), ("gbrp", 3)])
def test_a_frame_takes_what_its_samples_take(pixel_format: str, samples: float) -> None:
    assert frame_bytes(pixel_format, 64, 48) == samples * 64 * 48
    assert bytes_of(av.VideoFrame(64, 48, pixel_format)) >= samples * 64 * 48


@pytest.mark.parametrize("pixel_format", FORMATS)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_what_waits_is_limited_in_bytes(size: tuple[int, int], pixel_format: str) -> None:
    one = frame_bytes(pixel_format, *size)
    between, ahead = frames_between(one), frames_ahead(one, 39)
    assert 1 <= between <= FRAMES_BETWEEN
    assert FEWEST_AHEAD <= ahead <= 39
    assert between == 1 or between * one * STAGES <= BETWEEN_BYTES
    assert ahead == FEWEST_AHEAD or ahead * one <= AHEAD_BYTES


def test_small_frames_are_not_held_back() -> None:
    assert frames_between(frame_bytes("yuv420p", 1920, 1080)) == FRAMES_BETWEEN
    assert frames_ahead(frame_bytes("yuv420p", 1920, 1080), 39) == 39
