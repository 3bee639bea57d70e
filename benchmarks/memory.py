"""Memory against length and frame size: the program's peak RSS over generated films, each in a process of its own.

    python -m benchmarks.memory [--films 640x480:10,60,300 3840x2160:2,10] [--json FILE] [--plot PNG] [-- OPTIONS]

Prints one JSON object a film; method in README.md. The plot needs the evaluate extra.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE = 25
PROGRAM = "from faceerase.cli.app import video_main; video_main()"
USUAL = ("640x480:10,60,300", "3840x2160:2,10")
MIB = 1 << 20


def write_film(path: Path, width: int, height: int, seconds: float) -> None:
    """Write a film of a picture that stands still: a ramp with some grain, H.264."""
    rng = np.random.default_rng(0)
    ramp = np.tile(np.linspace(40, 180, width), (height, 1))
    gray = np.clip(ramp + rng.normal(0, 3, (height, width)), 0, 255).astype(np.uint8)
    picture = av.VideoFrame.from_ndarray(np.repeat(gray[..., None], 3, axis=2), format="rgb24")
    picture = picture.reformat(format="yuv420p")
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "threads": "2"})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        for number in range(round(seconds * RATE)):
            picture.pts, picture.time_base = number, Fraction(1, RATE)
            picture.pict_type = av.video.frame.PictureType.NONE
            film.mux(stream.encode(picture))
        film.mux(stream.encode(None))


def measure(film: Path, options: list[str]) -> float:
    """Return the peak RSS, in bytes, of the program while it anonymises a film.

    Raises:
        RuntimeError: it did not end well.
    """
    target = film.with_name("clean.mp4")
    command = [sys.executable, "-c", PROGRAM, str(film), "-o", str(target), "--overwrite", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)  # of this one process, not the greatest of all
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(said)
    return float(used.ru_maxrss * 1024)


def plot(found: list[dict[str, float | int | str]], path: Path) -> None:
    """Draw peak RSS over length, a line a frame size."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for size in dict.fromkeys(one["size"] for one in found):
        line = [one for one in found if one["size"] == size]
        axes.plot([one["seconds"] for one in line], [one["peak_mib"] for one in line], "o-", label=size)
    axes.set(xscale="log", xlabel="length of the film in seconds", ylabel="peak RSS in MiB", ylim=(0, None))
    axes.legend()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Measure a film of each size and length."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", nargs="+", default=USUAL, metavar="WxH:SECONDS,…")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("options", nargs="*", help="of faceerase-video, after --")
    asked = parser.parse_args()
    found: list[dict[str, float | int | str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for entry in asked.films:
            size, _, lengths = entry.partition(":")
            width, height = map(int, size.split("x"))
            for seconds in map(float, lengths.split(",")):
                film = Path(folder) / "film.mp4"
                write_film(film, width, height, seconds)
                peak = round(measure(film, asked.options) / MIB)
                found.append({"size": size, "seconds": seconds, "frames": round(seconds * RATE), "peak_mib": peak})
                print(json.dumps(found[-1]), flush=True)
    if asked.json is not None:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if asked.plot is not None:
        plot(found, asked.plot)


if __name__ == "__main__":
    main()
