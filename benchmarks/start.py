"""How long the program takes from its start to the first frame that was looked at.

    python -m benchmarks.start FILM [--rounds N]

Prints one JSON object: least and median CPU seconds and wall seconds. The first round, which fills the disk cache, does
not count.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.film.cost import cost_of

UNTIL_LOOKED = """
import os
from faceerase.streamer.look.engine import OnnxEngine
look = OnnxEngine.look
def once(engine, tiles):
    look(engine, tiles)
    os._exit(0)
OnnxEngine.look = once
from faceerase.cli.app import video_main
video_main()
"""


def main() -> None:
    """Measure one film."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("film", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", UNTIL_LOOKED, str(asked.film), "-o", str(Path(folder) / "out.mp4")]
        runs = [cost_of(command) for _ in range(asked.rounds + 1)][1:]
    cpu, wall = [run.cpu for run in runs], [run.wall for run in runs]
    print(json.dumps({"cpu": [min(cpu), median(cpu)], "wall": [min(wall), median(wall)]}))


if __name__ == "__main__":
    main()
