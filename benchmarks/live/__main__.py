"""What a quiet machine would show of a film live, by a virtual clock: ``python -m benchmarks.live FILM``.

    python -m benchmarks.live FILM [--step N] [--every N] [--tile MS] [--record PATH] [--seconds S] [--model ONNX]

Prints one JSON object: pictures shown, pictures a second, latency, steps of quality, tiles a picture. Method in
README.md.
"""

import argparse
import json
from collections import Counter
from dataclasses import asdict, replace
from itertools import takewhile
from pathlib import Path

import av

from benchmarks.live.simulation import Clock, Costs, Held, Live, Shown
from faceerase.configs.live import LiveConfig
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.live.capture.hand_over import TICKS
from faceerase.streamer.live.cleaner import Cleaner
from faceerase.streamer.live.latency import Stopwatch
from faceerase.streamer.live.tuning import Tuner
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.look.looks import Looks


class Record:
    """Writes what is shown, at the times of capture."""

    def __init__(self, path: Path, width: int, height: int) -> None:
        self._film = av.open(str(path), "w")
        self._stream = self._film.add_stream(
            "libx264", rate=30, options={"crf": "18", "preset": "superfast", "bf": "0"}
        )
        self._stream.codec_context.time_base = TICKS
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "yuv420p"

    def write(self, shown: Shown) -> None:
        """Write a picture."""
        picture = shown.clean.frame.picture.reformat(format="yuv420p")
        picture.pts, picture.time_base = shown.clean.frame.pts, shown.clean.frame.time_base
        self._film.mux(self._stream.encode(picture))

    def close(self) -> None:
        """End the film."""
        self._film.mux(self._stream.encode(None))
        self._film.close()


def main() -> None:
    """Show one film."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("film", type=Path)
    parser.add_argument("--step", type=int, help="hold quality on this step")
    parser.add_argument("--every", type=int, default=1, help="look at every n-th frame at most (default: %(default)s)")
    parser.add_argument("--tile", type=float, default=1000 * Costs().tile, help="milliseconds (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the film, at most (default: %(default)s)")
    parser.add_argument("--record", type=Path, metavar="PATH", help="what is shown, at the times of capture")
    parser.add_argument("--model", type=Path)
    asked = parser.parse_args()
    config = LiveConfig.model_validate({"look": {"model": asked.model} if asked.model else {}})
    costs = replace(Costs(), tile=asked.tile / 1000)
    source = FilmSource(asked.film)
    engine = OnnxEngine(config.look.model, config.look.provider, config.look.threads, 16)
    tuner = Tuner(config, engine.contract)
    governor = costs.governor(config.look.least_rate)
    if asked.step is not None:
        governor = Held(governor.budget, asked.step)
    live = Live(source.info, engine, costs, asked.every)

    def make(clock: Clock) -> Cleaner:
        return Cleaner(source.info, live.timed, tuner, config.look.min_face, governor, clock)

    record = Record(asked.record, source.info.width, source.info.height) if asked.record else None
    watch, steps, looks, last = Stopwatch(), Counter[int](), Looks(), 0.0
    frames = takewhile(lambda frame: frame.time - float(source.info.start) < asked.seconds, source.frames())
    for shown in live.show(frames, make):
        watch.take(shown.at - shown.clean.captured)
        steps[shown.step] += 1
        looks = looks.plus(shown.clean.looks)
        last = shown.clean.captured
        if record is not None:
            record.write(shown)
    if record is not None:
        record.close()
    count = steps.total()
    told = {
        "shown": count,
        "rate": round((count - 1) / last, 1) if last else 0.0,
        "latency": asdict(watch.latency),
        "steps": dict(sorted(steps.items())),
        "tiles": round(looks.tiles / count, 1),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
