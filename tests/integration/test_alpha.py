"""Alpha is kept where it is not a picture of its own only, and also where it is; elsewhere that is said or refused."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from passing import pass_through

from faceerase.errors import SinkError
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.planes import layout_of, plane_views

SHAPES = {"prores_ks": ("yuva444p10le", ".mov"), "libvpx-vp9": ("yuva420p", ".webm"), "ffv1": ("yuva422p10le", ".mkv")}


def write(path: Path, encoder: str, pixel_format: str) -> Path:
    """A gray film whose left half is transparent."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream(encoder, rate=25, options={"threads": "1"})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = 128, 64, pixel_format
        for number in range(3):
            picture = av.VideoFrame(128, 64, pixel_format)
            layout = layout_of(picture)
            for plane, view in enumerate(plane_views(picture, layout)):
                view[:] = 1 << (layout.depth - 1)
                if plane == 3:
                    view[:, :64], view[:, 64:] = 0, (1 << layout.depth) - 1
            picture.pts, picture.time_base = number, Fraction(1, 25)
            film.mux(stream.encode(picture))
        film.mux(stream.encode(None))
    return path


def copy(source: Path, target: Path, codec: str = "auto") -> list[str]:
    passed = pass_through(source, target, codec=codec)
    return [*passed.choice.remarks, *passed.told]


def alpha_of(path: Path) -> NDArray[np.float64]:
    frame = next(FilmSource(path).frames())
    layout = layout_of(frame.picture)
    return plane_views(frame.picture, layout)[3] / ((1 << layout.depth) - 1)


@pytest.mark.parametrize("encoder", SHAPES)
def test_alpha_is_kept(tmp_path: Path, encoder: str) -> None:
    pixel_format, suffix = SHAPES[encoder]
    source = write(tmp_path / f"in{suffix}", encoder, pixel_format)
    remarks = copy(source, tmp_path / f"out{suffix}")
    alpha = alpha_of(tmp_path / f"out{suffix}")
    assert alpha[:, :60].max() < 0.05
    assert alpha[:, 68:].min() > 0.95
    assert not [remark for remark in remarks if "not kept" in remark or remark.startswith("codec")]


def test_where_the_container_has_no_place_for_it_it_is_said(tmp_path: Path) -> None:
    source = write(tmp_path / "in.webm", "libvpx-vp9", "yuva420p")
    assert copy(source, tmp_path / "out.mp4") == ["alpha not kept: yuva420p became yuv420p"]


def test_an_encoder_without_alpha_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "in.mkv", "ffv1", "yuva420p")
    with pytest.raises(SinkError, match=r"libx264 cannot encode yuva420p; choose a --pix-fmt, or try --codec ffv1"):
        copy(source, tmp_path / "out.mp4", "h264")
