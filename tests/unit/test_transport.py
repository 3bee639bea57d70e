"""The packets of a transport stream are counted by their numbers, and what FFmpeg passes over is told."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest
from losses import lost

from faceerase.streamer.decode.transport import first_break

FilmMaker = Callable[..., Path]
PACKET = 188


def stream_of(path: Path) -> int:
    with av.open(str(path)) as container:
        return container.streams.video[0].id


@pytest.fixture(params=["ts", "m2ts"])
def film(request: pytest.FixtureRequest, tmp_path: Path, make_film: FilmMaker) -> Path:
    return make_film(tmp_path / f"film.{request.param}", codec="libx264", times=range(40), sound="aac")


def test_a_whole_film_is_silent(film: Path) -> None:
    assert first_break(film, stream_of(film)) is None
    assert lost(film) == []


def test_a_recording_may_begin_within_a_packet(film: Path) -> None:
    film.write_bytes(film.read_bytes()[100:])
    assert first_break(film, stream_of(film)) is None


def test_a_packet_without_its_sign_is_told(film: Path) -> None:
    stream = stream_of(film)
    data = bytearray(film.read_bytes())
    step = 192 if film.suffix == ".m2ts" else PACKET
    at = data.index(b"\x47", (len(data) // 2) // step * step)
    data[at : at + PACKET] = bytes(PACKET)
    film.write_bytes(data)
    assert first_break(film, stream) is not None
    assert any("of the picture are missing" in text for text in lost(film))


def test_a_packet_that_was_cut_out_is_told_where_it_is_of_the_picture(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make_film(tmp_path / "film.ts", codec="libx264", times=range(40), sound="aac")
    stream = stream_of(film)
    whole = film.read_bytes()
    packets = [whole[at : at + PACKET] for at in range(0, len(whole), PACKET)]
    told = []
    for number in range(len(packets) // 2, len(packets) // 2 + 12):
        film.write_bytes(b"".join(packets[:number] + packets[number + 1 :]))
        with_payload = packets[number][3] & 0x10 > 0
        ours = (packets[number][1] & 0x1F) << 8 | packets[number][2] == stream
        assert (first_break(film, stream) == number * PACKET) <= ours
        told.append((first_break(film, stream) is not None) == (ours and with_payload))
    assert all(told)


def test_a_packet_sent_twice_and_a_break_that_is_told_are_no_losses(tmp_path: Path, make_film: FilmMaker) -> None:
    film = make_film(tmp_path / "film.ts", codec="libx264", times=range(40))
    stream = stream_of(film)
    whole = film.read_bytes()
    packets = [whole[at : at + PACKET] for at in range(0, len(whole), PACKET)]
    ours = [n for n, p in enumerate(packets) if (p[1] & 0x1F) << 8 | p[2] == stream and p[3] & 0x30 == 0x30]
    twice = [*packets[: ours[2]], *packets[ours[2] : ours[2] + 1], *packets[ours[2] :]]
    film.write_bytes(b"".join(twice))
    assert first_break(film, stream) is None
    jump = bytearray(packets[ours[2]])
    jump[5] |= 0x80
    film.write_bytes(b"".join([*packets[: ours[2] - 1], bytes(jump), *packets[ours[2] + 1 :]]))
    assert first_break(film, stream) is None


def test_what_is_no_transport_stream_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "film.ts").write_bytes(bytes(10_000))
    assert first_break(tmp_path / "film.ts", 256) is None
