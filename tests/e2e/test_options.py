"""Every option does what its help says, and a flag wins over a file, and a file over the default."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

import faceerase


@pytest.fixture(scope="module")
def lossless(tmp_path_factory: pytest.TempPathFactory, pictures: list[Any], write_film: Callable[..., Path]) -> Path:
    """Return two frames of the close-up, lossless."""
    return write_film(tmp_path_factory.mktemp("options") / "in.mkv", pictures[-2:], codec="ffv1")


def _events(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_every_method_erases_in_its_own_way(
    tmp_path: Path, lossless: Path, run: Callable[..., Any], read_film: Callable[[Path], Any]
) -> None:
    before, inside, results = read_film(lossless).pictures[0][0], None, {}
    for method in ("inpaint", "blur", "mosaic", "solid"):
        target, matte = tmp_path / f"{method}.mkv", tmp_path / f"{method}-matte.mkv"
        ended = run(lossless, "-o", target, "--method", method, "--codec", "ffv1", "--matte", matte)
        assert ended.code == 0, ended.err
        inside = read_film(matte).pictures[0][0] > 0
        results[method] = read_film(target).pictures[0][0]
        assert (results[method][inside] != before[inside]).mean() > 0.6
    assert inside is not None
    assert set(results["solid"][inside]) == {16}
    assert len({picture.tobytes() for picture in results.values()}) == 4


@pytest.mark.parametrize("rule", ["hysteresis", "histogram", "otsu", "fixed"])
def test_every_rule_finds_the_large_face(
    rule: str, tmp_path: Path, lossless: Path, run: Callable[..., Any], read_film: Callable[[Path], Any]
) -> None:
    ended = run(lossless, "-o", tmp_path / "o.mkv", "--threshold-rule", rule, "--matte", tmp_path / "m.mkv", "--json")
    assert ended.code == 0, ended.err
    assert _events(ended.out)[-1]["configuration"]["mask"]["rule"] == rule
    assert read_film(tmp_path / "m.mkv").pictures[0][0].any()


@pytest.mark.parametrize(
    ("asked", "suffix", "got"),
    [("hevc", ".mp4", "hevc"), ("h264", ".mov", "h264"), ("ffv1", ".mkv", "ffv1"), ("vp9", ".mkv", "vp9")],
)
def test_codecs(
    asked: str, suffix: str, got: str, tmp_path: Path, short: Path, run: Callable[..., Any],
    read_film: Callable[[Path], Any],
) -> None:  # fmt: skip
    ended = run(short, "-o", tmp_path / f"out{suffix}", "--codec", asked)
    assert ended.code == 0, ended.err
    film = read_film(tmp_path / f"out{suffix}")
    assert (film.codec, len(film.times), film.pixel_format) == (got, 10, "yuv420p")
    assert len(ended.lines) == 1, "encoders don't chat"


def test_a_purpose_a_preset_and_options_of_the_encoder(
    tmp_path: Path, short: Path, run: Callable[..., Any], read_film: Callable[[Path], Any]
) -> None:
    archive, quick = tmp_path / "archive.mkv", tmp_path / "quick.mp4"
    assert run(short, "-o", archive, "--for", "archive").code == 0
    assert read_film(archive).codec == "ffv1"
    ended = run(short, "-o", quick, "--preset", "ultrafast", "--bitrate", "300k", "--encoder-option", "g=2", "--json")
    assert ended.code == 0, ended.err
    encode = _events(ended.out)[-1]["configuration"]["encode"]
    assert (encode["preset"], encode["bitrate"], encode["options"]) == ("ultrafast", "300k", {"g": "2"})
    with av.open(str(quick)) as film:
        keys = [packet.is_keyframe for packet in film.demux(video=0) if packet.size]
    assert keys == [True, False] * 5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--encoder-option", "tune"), "--encoder-option tune: not of the form NAME=VALUE"),
        (("--encoder-option", "sharpness=3"), "libx264 has no such option"),
        (("--pix-fmt", "yuv410p"), "--pix-fmt yuv410p: libx264 takes"),
        (("--bitrate", "fast"), "encode.bitrate"),
    ],
)
def test_encoder_settings_that_cannot_be_are_refused_before_any_frame(
    arguments: tuple[str, ...], told: str, tmp_path: Path, short: Path, run: Callable[..., Any]
) -> None:
    ended = run(short, "-o", tmp_path / "out.mp4", *arguments)
    assert ended.code == 2
    assert told in ended.err.replace("\n", " ")
    assert not list(tmp_path.glob("*.mp4"))


def test_json_lines(tmp_path: Path, short: Path, run: Callable[..., Any]) -> None:
    target, matte = tmp_path / "out.mp4", tmp_path / "matte.mkv"
    ended = run(short, "-o", target, "--matte", matte, "--json")
    assert ended.code == 0
    assert ended.err == ""
    *progress, done = _events(ended.out)
    assert progress
    assert all(event["event"] == "progress" and event["of"] == 10 for event in progress)
    assert done["event"] == "done"
    assert (done["source"], done["output"], done["matte"]) == (str(short), str(target), str(matte))
    assert (done["frames"], done["provider"], done["lost"]) == (10, "cpu", [])
    assert 0 < done["erased_share"] < 0.5
    assert done["configuration"]["erase"]["method"] == "inpaint"


def test_flags_win_over_the_file_and_the_file_over_the_default(
    tmp_path: Path, short: Path, run: Callable[..., Any], read_film: Callable[[Path], Any]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[erase]\nmethod = "solid"\n[encode]\ncodec = "ffv1"\ncrf = 30\n[mask]\nmargin = 0.4\n')
    ended = run(short, "-o", tmp_path / "out.mkv", "--config", config, "--codec", "hevc", "--crf", 25, "--json")
    assert ended.code == 0, ended.err
    resolved = _events(ended.out)[-1]["configuration"]
    assert resolved["erase"]["method"] == "solid"
    assert resolved["mask"]["margin"] == 0.4
    assert (resolved["encode"]["codec"], resolved["encode"]["crf"]) == ("hevc", 25)
    assert resolved["look"]["min_face"] == 16
    assert read_film(tmp_path / "out.mkv").codec == "hevc"


def test_min_face_and_threshold_change_what_is_looked_at_and_found(
    tmp_path: Path, lossless: Path, run: Callable[..., Any]
) -> None:
    def done(*arguments: object) -> dict[str, Any]:
        ended = run(lossless, "-o", tmp_path / "out.mp4", "--overwrite", "--json", "--batch-size", 4, *arguments)
        assert ended.code == 0, ended.err
        return _events(ended.out)[-1]

    usual = done()
    assert done("--min-face", 64)["looks"]["planned"] < usual["looks"]["planned"]
    assert done("--threshold", 0.999)["erased_share"] < done("--threshold", 0.05)["erased_share"]


def test_scan_changes_how_much_is_looked_at(tmp_path: Path, short: Path, run: Callable[..., Any]) -> None:
    tiles = {}
    for scan in ("thorough", "balanced", "fast"):
        ended = run(short, "-o", tmp_path / "out.mp4", "--overwrite", "--scan", scan, "--json")
        assert ended.code == 0, ended.err
        done = _events(ended.out)[-1]
        assert done["configuration"]["look"]["scan"] == scan
        tiles[scan] = done["looks"]["planned"]
    assert tiles["thorough"] > 2 * tiles["balanced"] >= 2 * tiles["fast"]


def test_the_summary_says_how_much_was_looked_at(tmp_path: Path, short: Path, run: Callable[..., Any]) -> None:
    ended = run(short, "-o", tmp_path / "out.mp4")
    assert ended.code == 0
    assert re.search(
        r" \d+\.\d tiles a frame \(at most \d+\), \d+ of \d+ candidates rejected at a second look; ", ended.err
    )


def test_an_empty_frame_stays_whole(
    tmp_path: Path, run: Callable[..., Any], read_film: Callable[[Path], Any], write_film: Callable[..., Path]
) -> None:
    import av

    gray = av.VideoFrame.from_ndarray(np.full((360, 640, 3), 127, np.uint8), format="rgb24")
    film = write_film(tmp_path / "in.mkv", [gray] * 3, codec="ffv1")
    for rule in ("hysteresis", "histogram", "otsu", "fixed"):
        target, matte = tmp_path / f"{rule}.mkv", tmp_path / f"{rule}-matte.mkv"
        assert run(film, "-o", target, "--codec", "ffv1", "--threshold-rule", rule, "--matte", matte).code == 0
        assert not any(planes[0].any() for planes in read_film(matte).pictures)
        for old, new in zip(read_film(film).pictures, read_film(target).pictures, strict=True):
            assert all(np.array_equal(a, b) for a, b in zip(old, new, strict=True))


def test_overwrite_replaces(tmp_path: Path, short: Path, run: Callable[..., Any]) -> None:
    target = tmp_path / "out.mp4"
    target.write_text("something else")
    assert run(short, "-o", target, "--overwrite").code == 0
    assert target.stat().st_size > 1000
    assert list(tmp_path.iterdir()) == [target]


def test_the_same_film_twice_gives_the_same_bytes(tmp_path: Path, short: Path, run: Callable[..., Any]) -> None:
    for name in ("a", "b"):
        assert run(short, "-o", tmp_path / f"{name}.mkv", "--matte", tmp_path / f"{name}-matte.mkv").code == 0
    for kind in ("", "-matte"):
        assert (tmp_path / f"a{kind}.mkv").read_bytes() == (tmp_path / f"b{kind}.mkv").read_bytes()


def test_both_commands_are_one(tmp_path: Path, short: Path, run: Callable[..., Any]) -> None:
    assert run("video", short, "-o", tmp_path / "a.mp4", program="faceerase").code == 0
    assert run(short, "-o", tmp_path / "b.mp4").code == 0
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_doctor(run: Callable[..., Any]) -> None:
    ended = run("doctor", program="faceerase")
    assert ended.code == 0, ended.err
    for word in ("libx264", "onnxruntime", "unet-lite", faceerase.__version__):
        assert word in ended.out
    assert "CUDA" not in ended.out or "'faceerase[cuda]'" in ended.out.replace("\n", ""), "brackets are not a style"


def test_version_and_help(run: Callable[..., Any]) -> None:
    assert run("--version", program="faceerase").out.strip() == f"faceerase {faceerase.__version__}"
    for arguments, program in ((["--help"], "faceerase"), (["--help"], "faceerase-video")):
        ended = run(*arguments, program=program)
        assert ended.code == 0
        assert "Usage" in ended.out


def test_debug_tells_more(tmp_path: Path, short: Path, run: Callable[..., Any]) -> None:
    ended = run(tmp_path / "none.mp4", "-o", tmp_path / "out.mp4", "--debug")
    assert ended.code == 3
    assert "Traceback" in ended.err
    assert ended.lines[-1].startswith("error:")
