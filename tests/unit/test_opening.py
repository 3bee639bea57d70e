"""Opening a film: a film and nothing but a film; everything else is one line."""

import os
import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from faceerase.errors import AbsurdInputError, SourceError, is_out_of_memory
from faceerase.streamer.decode import limits
from faceerase.streamer.decode.opening import main_video, open_film
from faceerase.streamer.decode.source import FilmSource

FilmMaker = Callable[..., Path]


def refused(path: Path) -> str:
    with pytest.raises(SourceError) as caught, open_film(path) as container:
        main_video(container, path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message


def test_a_film_opens(small_film: Path) -> None:
    with open_film(small_film) as container:
        assert main_video(container, small_film).codec_context.name == "ffv1"


def test_a_missing_file(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "none.mp4")


def test_a_folder(tmp_path: Path) -> None:
    assert "a folder, not a film" in refused(tmp_path)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    assert "empty file" in refused(tmp_path / "empty.mp4")


@pytest.mark.parametrize("name", ["notes.mp4", "notes.mkv", "notes.txt"])
def test_what_is_no_film(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("who is in this film\n" * 50)
    assert "not a film that can be read" in refused(tmp_path / name)


def test_a_script_that_names_other_files_is_not_followed(tmp_path: Path, small_film: Path) -> None:
    script = tmp_path / "script.mp4"
    script.write_text(f"ffconcat version 1.0\nfile '{small_film}'\n")
    assert "not a film that can be read" in refused(script)


def test_a_playlist_is_not_followed(tmp_path: Path, small_film: Path) -> None:
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{small_film}\n#EXT-X-ENDLIST\n")
    assert "not a film that can be read" in refused(playlist)


@pytest.mark.parametrize("name", ["http:film.mkv", "a:b.mkv", "pipe:0.mkv", "%03d.mkv", "film [1] ünï.mkv"])
def test_a_name_is_a_file_and_no_address(tmp_path: Path, small_film: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(small_film.read_bytes())
    assert FilmSource(path).info.width == 64


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path, small_film: Path) -> None:
    path = tmp_path / "secret.mkv"
    path.write_bytes(small_film.read_bytes())
    path.chmod(0)
    assert "no permission" in refused(path)


def test_sound_without_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "sound.mkv"
    with av.open(str(path), "w") as film:
        sound = film.add_stream("pcm_s16le", rate=48_000, layout="mono")
        tone = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.int16), format="s16", layout="mono")
        tone.sample_rate = 48_000
        film.mux(sound.encode(tone))
        film.mux(sound.encode(None))
    assert "no video stream in it (it holds audio)" in refused(path)


def test_a_film_cut_short_is_read_as_far_as_it_goes(tmp_path: Path, make_film: FilmMaker) -> None:
    whole = make_film(tmp_path / "whole.mkv", codec="ffv1", times=range(40))
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    source = FilmSource(cut)
    frames = list(source.frames())
    assert 1 <= len(frames) < 40


def test_a_film_of_which_nothing_can_be_decoded_is_refused(tmp_path: Path, make_film: FilmMaker) -> None:
    whole = make_film(tmp_path / "whole.mp4", times=range(3))
    head = whole.read_bytes()
    broken = tmp_path / "broken.mp4"
    at = head.index(b"mdat") + 4
    broken.write_bytes(head[:at] + bytes(len(head[at : head.index(b"moov")])) + head[head.index(b"moov") :])
    with pytest.raises(SourceError) as caught:
        list(FilmSource(broken).frames())
    assert str(caught.value).startswith(str(broken))


@pytest.mark.parametrize("codec", ["libx264", "mpeg4", "libvpx-vp9"])
def test_a_frame_that_cannot_be_decoded_is_named(tmp_path: Path, make_film: FilmMaker, codec: str) -> None:
    path = make_film(tmp_path / "film.mkv", codec=codec, times=range(10))
    with av.open(str(path)) as film:
        packets = [bytes(packet) for packet in film.demux(video=0) if packet.size]
    content = path.read_bytes()
    assert content.count(packets[5]) == 1
    path.write_bytes(content.replace(packets[5], bytes(len(packets[5]))))
    source = FilmSource(path)
    frames = list(source.frames())
    assert [frame.index for frame in frames] == list(range(9))
    assert len(source.lost) == 1
    assert "cannot be decoded" in source.lost[0]


def test_a_frame_that_is_decoded_with_errors_is_named(tmp_path: Path, make_film: FilmMaker) -> None:
    path = make_film(tmp_path / "film.mkv", times=range(10))
    with av.open(str(path)) as film:
        packets = [bytes(packet) for packet in film.demux(video=0) if packet.size]
    half = len(packets[5]) // 2
    path.write_bytes(path.read_bytes().replace(packets[5], packets[5][:half].ljust(len(packets[5]), b"\0")))
    source = FilmSource(path)
    assert len(list(source.frames())) == 10
    assert source.lost == ["frame 5 (0.200 s): decoded with errors"]


def test_a_film_that_changes_its_size_is_refused(tmp_path: Path, make_film: FilmMaker) -> None:
    one = make_film(tmp_path / "one.ts", width=64, height=48)
    other = make_film(tmp_path / "other.ts", width=96, height=64)
    both = tmp_path / "both.ts"
    both.write_bytes(one.read_bytes() + other.read_bytes())
    source = FilmSource(both)
    with pytest.raises(SourceError, match="the picture changes from 64×48 yuv420p to 96×64 yuv420p"):
        list(source.frames())


def test_no_frame_is_lost_silently(tmp_path: Path, make_film: Callable[..., Path]) -> None:
    path = make_film(tmp_path / "film.mkv", codec="libx265", times=range(10))
    with av.open(str(path)) as film:
        packets = [bytes(packet) for packet in film.demux(video=0) if packet.size]
    half = len(packets[5]) // 2
    path.write_bytes(path.read_bytes().replace(packets[5], packets[5][:half].ljust(len(packets[5]), b"\0")))
    source = FilmSource(path)
    frames = list(source.frames())
    assert len(frames) == 10 or source.lost


def test_h264_in_avi_starts_with_its_first_frame(tmp_path: Path, make_film: Callable[..., Path]) -> None:
    path = make_film(tmp_path / "film.avi", codec="libx264", times=range(10))
    assert next(frame.pts for frame in FilmSource(path).frames()) == 0


def test_a_header_that_asks_for_gigabytes_is_absurd_and_no_want_of_memory(tmp_path: Path, make_film: FilmMaker) -> None:
    film = _with_absurd_table(make_film(tmp_path / "film.mp4", codec="libx264"))
    with pytest.raises(AbsurdInputError, match="more memory than those of any film") as caught:
        open_film(film)
    assert not is_out_of_memory(caught.value)


def test_where_memory_is_short_that_is_said(
    tmp_path: Path, make_film: FilmMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = _with_absurd_table(make_film(tmp_path / "film.mp4", codec="libx264"))
    monkeypatch.setattr(limits, "SOME_MEMORY", 1 << 62)
    with pytest.raises(SourceError) as caught:
        open_film(film)
    assert is_out_of_memory(caught.value)


def _with_absurd_table(film: Path) -> Path:
    data = bytearray(film.read_bytes())
    struct.pack_into(">I", data, data.index(b"stts") + 8, 0x7FFFFFFF)
    film.write_bytes(data)
    return film
