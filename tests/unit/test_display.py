"""How a picture is to be shown: turned, mirrored, in fields; kept, or said where it cannot be."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import cos, radians, sin
from pathlib import Path

import av
import numpy as np
import pytest
from av.filter import Graph
from passing import pass_through

from faceerase.streamer.decode.display import Matrix, quarter_turns
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.fields import with_fields

ONE = 1 << 16


def matrix(a: float, b: float, c: float, d: float, x: int = 0, y: int = 0) -> Matrix:
    return (round(a * ONE), round(b * ONE), 0, round(c * ONE), round(d * ONE), 0, x * ONE, y * ONE, 1 << 30)


SHOWN: dict[str, tuple[Matrix, int]] = {
    "turned right": (matrix(0, 1, -1, 0), 3),
    "turned right and moved": (matrix(0, 1, -1, 0, x=48), 3),
    "upside down": (matrix(-1, 0, 0, -1), 2),
    "turned left": (matrix(0, -1, 1, 0), 1),
    "mirrored": (matrix(-1, 0, 0, 1), 0),
    "upside down, mirrored": (matrix(1, 0, 0, -1), 2),
    "turned right, mirrored": (matrix(0, 1, 1, 0), 3),
    "turned left, mirrored": (matrix(0, -1, -1, 0), 1),
    "ten degrees": (matrix(cos(radians(10)), sin(radians(10)), -sin(radians(10)), cos(radians(10))), 0),
    "eighty degrees": (matrix(cos(radians(80)), sin(radians(80)), -sin(radians(80)), cos(radians(80))), 3),
}


@pytest.mark.parametrize("name", SHOWN)
def test_upright_is_what_is_shown_with_its_bottom_down(name: str) -> None:
    shown, turns = SHOWN[name]
    assert quarter_turns(shown) == turns
    bottom = np.zeros((3, 3))
    for row in (-1, 0, 1):
        for column in (-1, 0, 1):
            bottom[row + 1, column + 1] = column * shown[1] + row * shown[4]  # how far down it is shown
    turned = np.rot90(bottom, turns)
    assert turned[2, 1] > abs(turned[1, 0])
    assert turned[0, 1] < 0


def test_a_picture_without_a_matrix_is_upright() -> None:
    assert quarter_turns(None) == 0


def copy(source: Path, target: Path, codec: str, **changes: object) -> list[str]:
    return pass_through(source, target, info=replace(FilmSource(source).info, **changes), codec=codec).told


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize("name", SHOWN)
def test_the_display_matrix_is_kept(tmp_path: Path, silent_film: Path, name: str, suffix: str) -> None:
    shown, turns = SHOWN[name]
    remarks = copy(silent_film, tmp_path / f"copy{suffix}", "h264", display_matrix=shown)
    info = FilmSource(tmp_path / f"copy{suffix}").info
    assert info.quarter_turns == turns
    if suffix == ".mkv" and shown[6]:  # Matroska holds no shift
        assert [remark for remark in remarks if remark.startswith("display matrix not kept")]
    else:
        assert info.display_matrix == shown
        assert remarks == []


def test_where_no_matrix_can_be_held_it_is_said(tmp_path: Path, silent_film: Path) -> None:
    (remark,) = copy(silent_film, tmp_path / "copy.ts", "h264", display_matrix=SHOWN["turned left"][0])
    assert remark.startswith("display matrix not kept: (0, -65536, 0, 65536")
    assert remark.endswith("became none")


def in_fields(mode: str, pixel_format: str) -> Iterator[av.VideoFrame]:
    """Pictures of noise that say that they are interlaced, which PyAV can only do by a filter."""
    rng = np.random.default_rng(5)
    for number in range(4):
        picture = av.VideoFrame(64, 64, pixel_format)
        for plane in picture.planes:
            plane.update(rng.integers(0, 3, plane.buffer_size, dtype=np.uint8).tobytes())
        picture.pts, picture.time_base = number, Fraction(1, 25)
        graph = Graph()
        start = graph.add_buffer(width=64, height=64, format=pixel_format, time_base=Fraction(1, 25))
        step, end = graph.add("setparams", f"field_mode={mode}"), graph.add("buffersink")
        start.link_to(step)
        step.link_to(end)
        graph.configure()
        graph.push(picture)
        shown = graph.pull()
        assert isinstance(shown, av.VideoFrame)
        yield shown


@pytest.fixture
def interlaced_film(tmp_path: Path) -> Callable[[str, str], Path]:
    """``interlaced_film("tff" or "bff", codec)``: a film of fields; returns its path."""

    def make(mode: str, codec: str) -> Path:
        path = tmp_path / f"{mode}-{codec}.mov"
        pixel_format = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
        with av.open(str(path), "w") as film:
            stream = film.add_stream(
                codec, rate=25, options=with_fields(codec, {}, {"tff": 2, "bff": 3}[mode]) | {"threads": "1"}
            )
            context = stream.codec_context
            context.width, context.height, context.pix_fmt = 64, 64, pixel_format
            for picture in in_fields(mode, pixel_format):
                picture.pict_type = av.video.frame.PictureType.NONE
                film.mux(stream.encode(picture))
            film.mux(stream.encode(None))
        return path

    return make


@pytest.mark.parametrize(("mode", "order"), [("tff", 2), ("bff", 3)])
@pytest.mark.parametrize(
    ("source", "codec", "suffix"),
    [
        ("libx264", "h264", ".mp4"),
        ("libx264", "h264", ".mkv"),
        ("libx264", "h264", ".ts"),
        ("libx264", "ffv1", ".mkv"),
        ("prores_ks", "prores", ".mov"),
        ("prores_ks", "h264", ".mp4"),
    ],
)
def test_the_order_of_fields_is_kept(
    tmp_path: Path,
    interlaced_film: Callable[[str, str], Path],
    source: str,
    codec: str,
    suffix: str,
    mode: str,
    order: int,
) -> None:
    film = interlaced_film(mode, source)
    assert FilmSource(film).info.field_order == order
    assert copy(film, tmp_path / f"copy{suffix}", codec) == []
    copied = FilmSource(tmp_path / f"copy{suffix}")
    assert copied.info.field_order == order
    assert all(frame.picture.interlaced_frame for frame in copied.frames())


def test_where_fields_cannot_be_coded_it_is_said(tmp_path: Path, interlaced_film: Callable[[str, str], Path]) -> None:
    remarks = copy(interlaced_film("bff", "libx264"), tmp_path / "copy.ts", "hevc")
    assert remarks == ["field order not kept: bottom field first became progressive"]


def test_a_progressive_film_is_told_nothing_about_fields(silent_film: Path) -> None:
    assert FilmSource(silent_film).info.field_order == 1
    assert with_fields("libx264", {"crf": "18"}, 1) == {"crf": "18"}
    assert with_fields("libx265", {"crf": "18"}, 2) == {"crf": "18"}


@pytest.mark.parametrize(("codec", "suffix"), [("prores", ".mov"), ("ffv1", ".mkv"), ("hevc", ".mkv")])
def test_a_progressive_film_is_called_so(
    tmp_path: Path, make_film: Callable[..., Path], codec: str, suffix: str
) -> None:
    copy(make_film(tmp_path / "in.mkv", pixel_format="yuv422p10le", codec="ffv1"), tmp_path / f"out{suffix}", codec)
    with av.open(str(tmp_path / f"out{suffix}")) as film:
        assert film.streams.video[0].codec_context.field_order == 1


def test_given_flags_and_parameters_stand_last() -> None:
    given = {"flags": "+cgop", "x264-params": "aq-mode=0"}
    assert with_fields("libx264", given, 3) == {"flags": "+ildct+ilme+cgop", "x264-params": "bff=1:aq-mode=0"}
    assert with_fields("prores_ks", {}, 2) == {"flags": "+ildct"}
