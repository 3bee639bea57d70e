"""What each stage of the pipeline costs by itself, one after the other over the same frames. Knows nothing of rounds.

    python -m benchmarks.film.stages FILM [--frames N] [--scan …] [--method …]

Every stage gets all that the one before it made, so that no thread of one works during another's time. Prints one JSON
object: frames, and process CPU seconds of decoding, network, looking and following (without the network), erasing (with
one core for OpenCV) and encoding.
"""

import argparse
import json
import tempfile
import time
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.configs.film import FilmConfig
from faceerase.contract import ModelContract
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.encode.codecs import encoder_for
from faceerase.streamer.encode.film_sink import FilmSink
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.follow.stage import Viewing, follow
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.look.planner import make_planner
from faceerase.streamer.stages import criteria_of, erase


class TimedEngine:
    """A ``MaskEngine`` that adds up the CPU seconds and the tiles of another."""

    def __init__(self, engine: OnnxEngine) -> None:
        self._engine = engine
        self.seconds = 0.0
        self.tiles = 0

    @property
    def contract(self) -> ModelContract:
        """What the model promises."""
        return self._engine.contract

    def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the map of each tile."""
        began = time.process_time()
        maps = self._engine.look(tiles)
        self.seconds += time.process_time() - began
        self.tiles += len(tiles)
        return maps


def stages_of(film: Path, config: FilmConfig, most: int) -> dict[str, float]:
    """Return CPU seconds by stage over the first ``most`` frames of a film, their number, tiles and faces."""
    source = FilmSource(film)
    info = source.info
    engine = TimedEngine(
        OnnxEngine(config.look.model, config.look.provider, config.look.threads, config.look.batch_size)
    )
    rate = float(info.rate)
    viewing = Viewing(info.full_range, info.quarter_turns, rate)
    planner = make_planner(config.look.scan, engine.contract, config.look.min_face, rate)
    engine.look(np.zeros((1, engine.contract.tile_side, engine.contract.tile_side), np.uint8))
    engine.seconds, engine.tiles = 0.0, 0
    marks = [time.process_time()]
    frames = list(islice(source.frames(), most))
    marks.append(time.process_time())
    masked = list(follow(frames, planner, engine, criteria_of(config, engine.contract), viewing))
    marks.append(time.process_time())
    faces = sum(len({region.track for region in item.mask.regions}) for item in masked)
    cv2.setNumThreads(1)
    marks.append(time.process_time())
    clean = list(erase(masked, PlaneAnonymizer(config.erase.method, rate)))
    marks.append(time.process_time())
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.mp4"
        choice = encoder_for(info, config.encode, target.suffix)
        began = time.process_time()
        sink = FilmSink(target, info, choice, beside=None)
        for item in clean:
            sink.write(item.frame, item.matte)
        sink.finish()
        encoding = time.process_time() - began
        sink.abandon()
    return {
        "frames": len(frames),
        "faces": faces,
        "tiles": engine.tiles,
        "decode": marks[1] - marks[0],
        "network": engine.seconds,
        "look and follow": marks[2] - marks[1] - engine.seconds,
        "erase": marks[4] - marks[3],
        "encode": encoding,
    }


def main() -> None:
    """Measure one film."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("film", type=Path)
    parser.add_argument("--frames", type=int, default=50)
    parser.add_argument("--scan", choices=("thorough", "balanced", "fast"), default="balanced")
    parser.add_argument("--method", choices=("inpaint", "blur", "mosaic", "solid"), default="inpaint")
    asked = parser.parse_args()
    config = FilmConfig.model_validate({"look": {"scan": asked.scan}, "erase": {"method": asked.method}})
    print(json.dumps(stages_of(asked.film, config, asked.frames)))


if __name__ == "__main__":
    main()
