"""Cards that are asked for: used, or the reason is told, in the words of whoever was asked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from faceerase.streamer.look.device.card import load_driver


def test_a_decoder_and_an_encoder_that_are_not_there_are_replaced_and_told(
    tmp_path: Path, short: Path, run: Callable[..., Any], read_film: Callable[[Path], Any]
) -> None:
    out = tmp_path / "out.mp4"
    ended = run(short, "-o", out, "--decoder", "cuda", "--codec", "hevc_nvenc", "--provider", "cpu")
    assert ended.code == 0, ended.err
    assert "note: decoded by " in ended.err
    assert "hevc_nvenc" in ended.err
    film = read_film(out)
    assert (film.codec, len(film.pictures)) == ("hevc", 10)


@pytest.mark.skipif(load_driver() is not None, reason="there is a driver here")
@pytest.mark.parametrize("provider", ["cuda", "tensorrt"])
def test_a_provider_that_is_not_there_is_refused(
    tmp_path: Path, short: Path, run: Callable[..., Any], provider: str
) -> None:
    ended = run(short, "-o", tmp_path / "out.mp4", "--provider", provider)
    assert ended.code == 5
    assert ended.lines[-1].startswith("error: ")
    assert "--provider" in ended.lines[-1]
    assert list(tmp_path.iterdir()) == []
