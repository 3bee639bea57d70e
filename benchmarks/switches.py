"""How often the cover of a face goes off and on again: a gap is a frame in which somebody may be recognised.

    python -m benchmarks.switches FILM [--scan thorough|balanced|fast] [--model ONNX]

Prints one JSON object: faces covered, how many of them were off and on again, and holes of one frame (there should be
none). Method in README.md.
"""

import argparse
import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from faceerase.configs.film import FilmConfig
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.follow.stage import Viewing, follow
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.look.planner import make_planner
from faceerase.streamer.stages import criteria_of


def covered_frames(film: Path, config: FilmConfig) -> dict[int, list[int]]:
    """Return, for each face, the frames in which it is covered."""
    source = FilmSource(film)
    engine = OnnxEngine(config.look.model, config.look.provider, config.look.threads, config.look.batch_size)
    criteria = criteria_of(config, engine.contract)
    rate = float(source.info.rate)
    viewing = Viewing(source.info.full_range, source.info.quarter_turns, rate)
    planner = make_planner(config.look.scan, engine.contract, config.look.min_face, rate)
    frames: dict[int, list[int]] = defaultdict(list)
    for item in follow(source.frames(), planner, engine, criteria, viewing):
        for track in {region.track for region in item.mask.regions}:
            frames[track].append(item.frame.index)
    return frames


def summary(frames: dict[int, list[int]]) -> dict[str, int]:
    """Return how many faces were covered, were interrupted, and how many holes are one frame long."""
    holes = [[after - before - 1 for before, after in pairwise(seen) if after - before > 1] for seen in frames.values()]
    return {
        "faces": len(frames),
        "interrupted": sum(bool(one) for one in holes),
        "switches": sum(len(one) for one in holes),
        "holes_of_one_frame": sum(length == 1 for one in holes for length in one),
    }


def main() -> None:
    """Measure one film."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("film", type=Path)
    parser.add_argument("--scan", choices=("thorough", "balanced", "fast"), default="balanced")
    parser.add_argument("--model", type=Path)
    asked = parser.parse_args()
    look = {"scan": asked.scan} | ({"model": asked.model} if asked.model else {})
    print(json.dumps(summary(covered_frames(asked.film, FilmConfig.model_validate({"look": look})))))


if __name__ == "__main__":
    main()
