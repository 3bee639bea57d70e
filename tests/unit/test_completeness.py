"""What a file's header promises is in it, or is said to be missing."""

import struct
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from losses import lost

from faceerase.streamer.decode.matroska import Segment, segment_of


@pytest.mark.parametrize("start", [0, 25, 1000])
def test_a_matroska_film_that_begins_late_is_whole(start: int, tmp_path: Path, make_film: Callable[..., Path]) -> None:
    assert lost(make_film(tmp_path / "late.mkv", codec="ffv1", times=range(start, start + 50))) == []


@pytest.mark.parametrize("start", [0, 25])
def test_what_was_cut_off_is_told(start: int, tmp_path: Path, make_film: Callable[..., Path]) -> None:
    film = make_film(tmp_path / "film.mkv", codec="ffv1", times=range(start, start + 50))
    data = film.read_bytes()
    film.write_bytes(data[: len(data) // 2])
    assert any("cut off" in text for text in lost(film))


SEGMENT = b"\x18\x53\x80\x67"
DURATION = b"\x44\x89\x88"
UNKNOWN = b"\x01" + b"\xff" * 7


def without_a_frame(film: Path) -> bytearray:
    """Return a Matroska film whose last frame has become an empty element, which FFmpeg passes over."""
    with av.open(str(film)) as container:
        last = max(packet.pos for packet in container.demux(video=0) if packet.pos is not None)
    data = bytearray(film.read_bytes())
    data[data.rindex(b"\xa3", 0, last)] = 0xEC
    return data


def test_a_tag_tells_what_is_missing_where_the_header_has_lost_its_length(
    tmp_path: Path, make_film: Callable[..., Path]
) -> None:
    film = make_film(tmp_path / "film.mkv", codec="ffv1")
    whole = film.read_bytes().replace(DURATION, b"\x44\x88\x88")
    data = without_a_frame(film).replace(DURATION, b"\x44\x88\x88")
    film.write_bytes(whole)
    assert lost(film) == []
    film.write_bytes(data)
    assert lost(film) == ["the file is cut off: its header promises pictures until 0.480 s, it ends at 0.440 s"]


def test_a_tag_in_a_film_that_is_still_being_written_is_no_promise(
    tmp_path: Path, make_film: Callable[..., Path]
) -> None:
    film = make_film(tmp_path / "film.mkv", codec="ffv1")
    data = film.read_bytes().replace(DURATION, b"\x44\x88\x88").replace(b"00:00:00.48", b"00:00:09.48")
    at = data.index(SEGMENT) + len(SEGMENT)
    film.write_bytes(data[:at] + UNKNOWN + data[at + len(UNKNOWN) :])
    assert lost(film) == []


def test_a_matroska_film_without_a_segment_is_damaged(tmp_path: Path, make_film: Callable[..., Path]) -> None:
    film = make_film(tmp_path / "film.mkv", codec="ffv1")
    film.write_bytes(without_a_frame(film).replace(SEGMENT, b"\x18\x53\x88\x67"))
    assert lost(film) == ["the file is damaged: the head of what holds the film is not in it"]


@pytest.mark.parametrize("count", range(1, 9))
def test_a_segment_says_where_it_ends(count: int, tmp_path: Path) -> None:
    film, mark = tmp_path / "film.mkv", 1 << 7 * count
    for number, end in ((77, 8 + count + 77), (mark - 1, None)):
        film.write_bytes(b"head" + SEGMENT + (mark | number).to_bytes(count, "big") + bytes(9))
        found = segment_of(film)
        assert found is not None
        assert found.end == end
    film.write_bytes(b"head" + SEGMENT)
    assert segment_of(film) == Segment(None)
    film.write_bytes(b"head")
    assert segment_of(film) is None


def test_pictures_without_a_container_begin_with_one(tmp_path: Path, make_film: Callable[..., Path]) -> None:
    film = make_film(tmp_path / "film.avi", codec="mjpeg", pixel_format="yuvj420p")
    data = film.read_bytes()
    film.write_bytes(b"RIGF" + data[4:])  # no AVI any more: FFmpeg finds pictures in it, and not all
    assert any("does not begin with a picture" in text for text in lost(film))
    bare = make_film(tmp_path / "film.h264", codec="libx264")
    assert lost(bare) == []
    bare.write_bytes(b"\0\0" + bare.read_bytes())
    assert lost(bare) == []


def test_a_duration_that_no_packet_has_hides_no_loss(tmp_path: Path, make_film: Callable[..., Path]) -> None:
    film = make_film(tmp_path / "film.mov", codec="mjpeg", pixel_format="yuvj420p")
    data = bytearray(film.read_bytes())
    times = data.index(b"stts") + 12
    struct.pack_into(">II", data, times, 1, 0xFF000000)  # one frame, of days; the header says how long the film is
    film.write_bytes(data)
    assert any("promises pictures until 0.480 s, it ends at" in text for text in lost(film))
