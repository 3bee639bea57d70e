"""How many tiles a film asks for, before anything new is found in it: what the planner says, without a film.

Knows nothing of engines or pictures.
"""

from dataclasses import dataclass
from statistics import fmean

from faceerase.configs.film import LookConfig
from faceerase.contract import ModelContract
from faceerase.streamer.box import Box
from faceerase.streamer.look.planner import Situation, make_planner

FULL_HD = (1920, 1080)
RATE = 25.0
FACE = (60, 80)
"""Width and height of the faces that are followed, in pixels."""

ROUNDS = 4
"""Over which the mean is taken, a second of ``balanced``; a scene's first frame, which costs more, is not in it."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a film of 1920×1080 at 25 frames/s asks for.

    Attributes:
        faces: that are followed.
        tiles_per_frame: mean over a second in the middle of a scene.
    """

    faces: int
    tiles_per_frame: float

    def times_real_time(self, tiles_per_second: float) -> float:
        """How many such films could be looked at at once."""
        return tiles_per_second / (RATE * self.tiles_per_frame)


def load_of(config: LookConfig, contract: ModelContract, faces: int) -> Load:
    """Return what a film with so many faces, spread over the picture, asks for."""
    width, height = FULL_HD
    planner = make_planner(config.scan, contract, config.min_face, RATE)
    live = tuple(_face(number, faces, width, height) for number in range(faces))
    frames = range(1, 1 + ROUNDS * planner.round)
    plans = [planner.plan(Situation(number, width, height, live)) for number in frames]
    return Load(faces, fmean(plan.tiles for plan in plans))


def _face(number: int, count: int, width: int, height: int) -> Box:
    columns = max(1, round(count**0.5))
    rows = -(-count // columns)
    x, y = (number % columns + 0.5) * width / columns, (number // columns + 0.5) * height / rows
    return Box(x - FACE[0] / 2, y - FACE[1] / 2, x + FACE[0] / 2, y + FACE[1] / 2)
