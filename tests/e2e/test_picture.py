"""The picture as a whole: the network looks at it as it is shown, and HDR10 comes back as it went."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

ONE = 1 << 16
MASTERING = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
SHOWN = {
    "upside down, mirrored": ((ONE, 0, 0, 0, -ONE, 0, 0, 0, 1 << 30), lambda gray: gray[::-1]),
    "mirrored": ((-ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30), lambda gray: gray[:, ::-1]),
    "across the diagonal": ((0, ONE, 0, ONE, 0, 0, 0, 0, 1 << 30), lambda gray: gray.T),
}
"""Display matrices that are their own inverse, and what they do to a picture."""


def _write(path: Path, grays: list[NDArray[np.uint8]], matrix: tuple[int, ...] | None) -> Path:
    with av.open(str(path), "w") as film:
        stream = film.add_stream("ffv1", rate=25)
        stream.height, stream.width = grays[0].shape
        stream.pix_fmt = "gray"
        stream.codec_context.color_range = 2
        stream.set_display_matrix(matrix)
        for number, gray in enumerate(grays):
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(gray), format="gray")
            picture.pts, picture.time_base, picture.color_range = number, Fraction(1, 25), 2
            film.mux(stream.encode(picture))
        film.mux(stream.encode(None))
    return path


def _mattes(path: Path) -> list[NDArray[np.bool_]]:
    with av.open(str(path)) as film:
        return [picture.to_ndarray() > 0 for picture in film.decode(video=0)]


@pytest.mark.parametrize("name", SHOWN)
def test_a_mirrored_film_is_looked_at_as_it_is_shown(
    name: str, tmp_path: Path, pictures: list[av.VideoFrame], run: Callable[..., Any]
) -> None:
    matrix, as_stored = SHOWN[name]
    grays = [picture.reformat(format="gray").to_ndarray() for picture in pictures[-3:]]
    _write(tmp_path / "in.mkv", [as_stored(gray) for gray in grays], matrix)
    _write(tmp_path / "plain.mkv", grays, None)
    for source in ("in", "plain"):
        ended = run(
            tmp_path / f"{source}.mkv", "-o", tmp_path / f"{source}-out.mkv", "--matte", tmp_path / f"{source}-m.mkv"
        )
        assert ended.code == 0, ended.err
    for stored, shown in zip(_mattes(tmp_path / "in-m.mkv"), _mattes(tmp_path / "plain-m.mkv"), strict=True):
        seen = as_stored(stored)
        assert shown.any()
        assert (seen & shown).sum() / (seen | shown).sum() > 0.7


def test_an_hdr10_film_comes_back_as_it_went(
    tmp_path: Path, small: list[av.VideoFrame], run: Callable[..., Any]
) -> None:
    with av.open(str(tmp_path / "in.mkv"), "w") as film:
        options = {"x265-params": f"log-level=error:master-display={MASTERING}:max-cll=1000,400"}
        stream = film.add_stream("libx265", rate=25, options=options | {"chroma_sample_location": "topleft"})
        stream.width, stream.height, stream.pix_fmt = small[0].width, small[0].height, "yuv420p10le"
        context = stream.codec_context
        context.color_range, context.color_primaries, context.color_trc, context.colorspace = 1, 9, 16, 9
        for number, picture in enumerate(small[-4:]):
            copy = picture.reformat(format="yuv420p10le")
            copy.pts, copy.time_base, copy.pict_type = number, Fraction(1, 25), av.video.frame.PictureType.NONE
            film.mux(stream.encode(copy))
        film.mux(stream.encode(None))
    ended = run(tmp_path / "in.mkv", "-o", tmp_path / "out.mp4", "--json")
    assert ended.code == 0, ended.err
    done = json.loads(ended.out.splitlines()[-1])
    assert done["encoder"] == "libx265 yuv420p10le"
    assert done["remarks"] == []
    assert _said(tmp_path / "in.mkv") == _said(tmp_path / "out.mp4")
    assert b"mdcv" in (tmp_path / "out.mp4").read_bytes()
    assert b"clli" in (tmp_path / "out.mp4").read_bytes()


def _said(path: Path) -> dict[str, Any]:
    with av.open(str(path)) as film:
        picture = next(film.decode(video=0))
        light = {
            data.type.name: bytes(data) for data in picture.side_data if data.type.name.endswith(("METADATA", "LEVEL"))
        }
    assert set(light) == {"MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL"}
    tags = (picture.color_range, picture.color_primaries, picture.color_trc, picture.colorspace)
    return {"format": picture.format.name, "tags": [int(tag) for tag in tags], **light}
