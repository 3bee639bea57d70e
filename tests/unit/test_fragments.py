"""An MP4 in fragments: a missing one is told where anything in the file tells it, and a whole film is silent."""

import struct
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from losses import lost

from faceerase.errors import AbsurdInputError, is_out_of_memory
from faceerase.streamer.decode.fragments import missing_fragments
from faceerase.streamer.decode.source import FilmSource

FilmMaker = Callable[..., Path]
USUAL = "+frag_keyframe+empty_moov+default_base_moof"


def make(path: Path, make_film: FilmMaker, flags: str = USUAL, b_frames: int = 0, sound: str | None = None) -> Path:
    """Write a film of 18 frames, a key frame and a fragment every six."""
    whole = path.with_name("whole.mp4")
    make_film(whole, codec="libx264", times=range(18), group=6, b_frames=b_frames, sound=sound)
    with av.open(str(whole)) as old, av.open(str(path), "w", options={"movflags": flags}) as new:
        streams = [new.add_stream_from_template(stream, opaque=True) for stream in old.streams]
        for packet in old.demux():
            if packet.size:
                packet.stream = streams[packet.stream.index]
                new.mux(packet)
    return path


def boxes_of(data: bytes, kind: bytes) -> list[tuple[int, int]]:
    found, at = [], 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == kind:
            found.append((at, at + length))
        at += length
    return found


def without(film: Path, number: int, index: bool = True) -> None:
    """Cut a fragment out of a film, and perhaps the index at its end."""
    data = film.read_bytes()
    begin, end = boxes_of(data, b"moof")[number][0], boxes_of(data, b"mdat")[number][1]
    if not index:
        data = data[: boxes_of(data, b"mfra")[0][0]]
    film.write_bytes(data[:begin] + data[end:])


@pytest.mark.parametrize(
    "flags",
    [
        USUAL, "+frag_keyframe+empty_moov", "+cmaf+separate_moof+frag_keyframe",
        "+frag_keyframe+skip_trailer+delay_moov", "+dash+frag_keyframe+global_sidx", "+frag_keyframe+hybrid_fragmented",
        "+frag_every_frame+empty_moov", "+faststart",
    ],
)  # fmt: skip
@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_whole_film_is_silent(flags: str, b_frames: int, tmp_path: Path, make_film: FilmMaker) -> None:
    film = make(tmp_path / "film.mp4", make_film, flags, b_frames, "aac")
    with av.open(str(film)) as container:
        assert not missing_fragments(film, container.streams.video[0].id, None)
    assert lost(film) == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_index_at_the_end_tells_what_is_not_there(number: int, tmp_path: Path, make_film: FilmMaker) -> None:
    film = make(tmp_path / "film.mp4", make_film)
    count = len(boxes_of(film.read_bytes(), b"moof"))
    without(film, number)
    assert f"the file is damaged: its index names {count} fragments, {count - 1} are in it" in lost(film)


@pytest.mark.parametrize("sound", [None, "aac"])
@pytest.mark.parametrize("kind", [b"traf", b"trun"])
def test_a_fragment_whose_part_of_the_picture_has_no_name_is_told(
    kind: bytes, sound: str | None, tmp_path: Path, make_film: FilmMaker
) -> None:
    film = make(tmp_path / "film.mp4", make_film, sound=sound)
    data = bytearray(film.read_bytes())
    begin, _ = boxes_of(data, b"moof")[1]
    at = data.index(kind, begin)
    data[at : at + 4] = kind[:3] + b"\0"
    film.write_bytes(data)
    told = "its index names 4 fragments, 3 are in it" if sound or kind == b"trun" else "cannot be read"
    assert any(told in text for text in lost(film))


def test_numbers_and_times_tell_what_is_not_there(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make(tmp_path / "film.mp4", make_film)
    without(film, 1, index=False)
    told = "the file is damaged: fragments are missing between 0.240 s and 0.480 s (numbers and times skip)"
    assert told in lost(film)


def test_an_index_at_the_beginning_tells_what_is_not_there(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make(tmp_path / "film.mp4", make_film, "+dash+frag_keyframe+global_sidx+skip_trailer")
    without(film, 2)
    assert any("bytes of its fragments are not in it" in text for text in lost(film))


def test_a_fragment_that_ends_beyond_the_file_is_told(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make(tmp_path / "film.mp4", make_film)
    data = film.read_bytes()
    film.write_bytes(data[: boxes_of(data, b"mdat")[2][1] - 100])
    assert any("100 bytes of its fragments are not in it" in text for text in lost(film))


def test_noise_between_fragments_is_told(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make(tmp_path / "film.mp4", make_film)
    data = film.read_bytes()
    at = boxes_of(data, b"moof")[1][0]
    film.write_bytes(data[:at] + b"\x7f\x01\x02\x03noise" + data[at:])
    assert any(f"at byte {at} something begins" in text for text in lost(film))


@pytest.mark.parametrize("to_end", [False, True])
def test_zeros_instead_of_a_fragment_are_told(to_end: bool, tmp_path: Path, make_film: FilmMaker) -> None:
    film = make(tmp_path / "film.mp4", make_film, USUAL + "+skip_trailer")
    data = film.read_bytes()
    at = boxes_of(data, b"moof")[1][0]
    film.write_bytes(data[:at] + bytes(len(data) - at) if to_end else data[:at] + bytes(188) + data[at + 188 :])
    assert any(f"at byte {at} something begins" in text for text in lost(film))


@pytest.mark.parametrize("head", [b"\0\0\0\4moof", b"\0\0\0\1free\0\0\0\0\0\0\0\4", b"\0\0\0\4what"])
def test_a_box_that_is_shorter_than_its_head_is_told(head: bytes, tmp_path: Path, make_film: FilmMaker) -> None:
    film = make(tmp_path / "film.mp4", make_film, USUAL + "+skip_trailer")
    data = film.read_bytes()
    at = boxes_of(data, b"moof")[1][0]
    film.write_bytes(data[:at] + head + data[at + len(head) :])
    assert any("the file is damaged" in text for text in lost(film))
    film.write_bytes(data + head[:12])
    assert any("the file is damaged" in text for text in lost(film))


def test_zeros_behind_a_whole_film_tell_nothing(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make(tmp_path / "film.mp4", make_film)
    film.write_bytes(film.read_bytes() + bytes(512))
    assert lost(film) == []


@pytest.mark.parametrize(("box", "at", "value"), [(b"tfhd", 0, 0x01000024), (b"tfhd", 8, 0), (b"tfhd", 12, 2),
                                                  (b"trun", 8, 0)])  # fmt: skip
def test_a_fragment_whose_head_is_damaged_is_told(
    box: bytes, at: int, value: int, tmp_path: Path, make_film: FilmMaker
) -> None:
    film = make(tmp_path / "film.mp4", make_film)
    data = bytearray(film.read_bytes())
    struct.pack_into(">I", data, data.rindex(box, 0, data.index(b"mfra")) - 4 + at, value)
    film.write_bytes(data)
    told = "the file is damaged: what it says of its fragments cannot be read"
    assert missing_fragments(film, 1, None) == [told]


def test_a_sample_that_asks_for_gigabytes_is_absurd_and_no_want_of_memory(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make(tmp_path / "film.mp4", make_film)
    data = bytearray(film.read_bytes())
    struct.pack_into(">I", data, data.index(b"trun") + 20, 0xBF398EED)
    film.write_bytes(data)
    with pytest.raises(AbsurdInputError, match="more memory than those of any film") as caught:
        FilmSource(film)
    assert not is_out_of_memory(caught.value)


def test_samples_that_could_not_be_read_are_told(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make(tmp_path / "film.mp4", make_film)
    assert missing_fragments(film, 1, 18) == []
    assert missing_fragments(film, 1, 17) == ["the file is damaged: 18 pictures are in it, 17 could be read"]


def test_numbers_that_skip_alone_tell_nothing(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make(tmp_path / "film.mp4", make_film)
    data = bytearray(film.read_bytes())
    for number, (begin, _) in enumerate(boxes_of(data, b"moof")):
        struct.pack_into(">I", data, begin + 8 + 12, 10 * number)
    film.write_bytes(data)
    assert lost(film) == []
