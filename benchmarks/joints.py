"""Whether anything shows where segments are joined: the change in filled patches there, and everywhere else.

    python -m benchmarks.joints FILM [--segment SECONDS]

Prints one JSON object; method in README.md. Needs what the runtime needs and nothing else.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.patches import pairs, summary
from faceerase.configs.film import load_film_config
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.decode.timeline import timeline_of
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.pipeline import anonymise
from faceerase.streamer.segments.film import spans_of


def main() -> None:
    """Measure one film."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("film", type=Path)
    parser.add_argument("--segment", type=float, default=1.0)
    asked = parser.parse_args()
    config, uncut = (load_film_config(None, {"segments": {"seconds": seconds}}) for seconds in (asked.segment, 3600))
    info = FilmSource(asked.film).info
    begins = [int(span.begin / info.time_base) for span in spans_of(info, config) if span.begin is not None]
    joints = set(np.searchsorted(timeline_of(info).ticks, begins).tolist())
    engine = OnnxEngine(config.look.model, config.look.provider, config.look.threads, config.look.batch_size)
    said: dict[str, object] = {"segments": len(joints) + 1}
    for name, options in (("in segments", config), ("uncut", uncut)):
        with tempfile.TemporaryDirectory() as folder:
            output, matte = Path(folder) / "clean.mkv", Path(folder) / "matte.mkv"
            anonymise(asked.film, output, matte, options, engine, lambda _: None)
            found = [entry[0] for entry in pairs(output, matte)]
        here = [pair for pair in found if pair.frame in joints]
        elsewhere = [pair for pair in found if pair.frame not in joints]
        said[name] = {"joints": summary(here), "elsewhere": summary(elsewhere)}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
