"""Sound travels along, or is refused by name."""

from pathlib import Path
from typing import Any

import av
import pytest
from av.stream import Disposition

from faceerase.errors import SinkError


@pytest.mark.parametrize("suffix", [".mkv", ".mov", ".mp4"])
def test_every_sound_travels_with_its_language_and_role(tmp_path: Path, suffix: str, films: Any) -> None:
    with films.open(tmp_path / "in.mkv") as source:
        first = films.add_sound(source, language="deu", disposition=Disposition.default)
        second = films.add_sound(source, language="fra", disposition=Disposition.visual_impaired)
        source.start_encoding()
        first()
        second()
    remarks = films.carry(tmp_path / "in.mkv", tmp_path / f"out{suffix}")
    with av.open(str(tmp_path / f"out{suffix}")) as result:
        sounds = result.streams.audio
        assert [sound.metadata["language"] for sound in sounds] == ["ger" if suffix == ".mov" else "deu", "fra"]
        if suffix == ".mov":
            assert remarks == [
                "stream 1 (audio pcm_s16le, deu): the language is called ger there, its other name",
                "stream 2 (audio pcm_s16le, fra): disposition visual_impaired lost, this container has none",
            ]
        else:
            assert remarks == []
            assert Disposition.default in sounds[0].disposition
            assert Disposition.visual_impaired in sounds[1].disposition
            assert Disposition.default not in sounds[1].disposition


def test_sound_can_be_dropped(tmp_path: Path, films: Any) -> None:
    with films.open(tmp_path / "in.mkv") as source:
        write = films.add_sound(source)
        source.start_encoding()
        write()
    remarks = films.carry(tmp_path / "in.mkv", tmp_path / "out.mkv", audio="drop", strict=True)
    assert remarks == ["dropped: stream 1 (audio pcm_s16le): as asked"]
    assert films.kinds(tmp_path / "out.mkv") == ["video"]


@pytest.mark.parametrize(
    ("suffix", "codec", "instead"),
    [(".webm", "pcm_s16le", "mkv"), (".ts", "pcm_s16le", "mkv"), (".ts", "flac", "mkv"), (".mxf", "flac", "mkv")],
)
def test_sound_that_does_not_fit_is_refused_with_a_way_out(
    tmp_path: Path, suffix: str, codec: str, instead: str, films: Any
) -> None:
    with films.open(tmp_path / "in.mkv") as source:
        write = films.add_sound(source, codec)
        source.start_encoding()
        write()
    said = rf"^a file of kind \w+ cannot hold stream 1 \(audio {codec}\); name an \.{instead} instead$"
    with pytest.raises(SinkError, match=said):
        films.carry(tmp_path / "in.mkv", tmp_path / f"out{suffix}", pix_fmt="yuv422p10le" if suffix == ".mxf" else None)
    assert [path.name for path in tmp_path.iterdir()] == ["in.mkv"]


@pytest.mark.parametrize("source", [".avi", ".mxf"])
def test_sound_whose_channels_nobody_names_is_taken_for_stereo(tmp_path: Path, source: str, films: Any) -> None:
    with films.open(tmp_path / f"in{source}") as container:
        write = films.add_sound(container, layout="stereo")
        container.start_encoding()
        write()
    films.carry(tmp_path / f"in{source}", tmp_path / "out.mp4", pix_fmt="yuv422p")
    with av.open(str(tmp_path / "out.mp4")) as result:
        assert result.streams.audio[0].layout.name == "stereo"


def test_sound_that_a_muxer_refuses_only_when_it_begins_is_refused_before(tmp_path: Path, films: Any) -> None:
    with films.open(tmp_path / "in.mkv") as source:
        write = films.add_sound(source, "flac")
        source.start_encoding()
        write()
    with pytest.raises(SinkError, match=r"a file of kind mov cannot hold stream 1 \(audio flac\)"):
        films.carry(tmp_path / "in.mkv", tmp_path / "out.mov")
