"""What erasing costs: ``PlaneAnonymizer`` alone, with one thread of OpenCV, over frames and masks made beforehand.

    python -m benchmarks.erase [--faces N] [--height PX] [--format NAME] [--method NAME] [--rounds N] [--film FILM]

Prints one JSON object: CPU milliseconds a frame and a face, the least and the median of the rounds. Frames are
generated (an even picture with grain; round faces of 60 to 200 pixels that wander) or, with ``--film``, the first of a
film, with the masks that the pipeline makes of them. Knows nothing of decoding, looking or encoding.
"""

import argparse
import json
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from statistics import median
from typing import get_args

import av
import cv2
import numpy as np

from faceerase.configs.film import FilmConfig, Method
from faceerase.streamer.box import Box
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.erase.anonymizer import PlaneAnonymizer
from faceerase.streamer.follow.stage import Viewing, follow
from faceerase.streamer.frame import Frame
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.look.planner import make_planner
from faceerase.streamer.mask.regions import SHAPE_SIDE, FrameMask, Region
from faceerase.streamer.planes import layout_of, plane_views
from faceerase.streamer.stages import criteria_of

SMALLEST, GREATEST = 60, 200
"""Heights of the generated faces, in pixels."""

FRAMES = 25
SEED = 5

Masked = tuple[Frame, FrameMask]


def generated(faces: int, height: int, pixel_format: str) -> Iterator[Masked]:
    """Yield frames of 16:9 with so many faces that wander, each followed."""
    width = round(height * 16 / 9 / 2) * 2
    rng = np.random.default_rng(SEED)
    heights = np.linspace(SMALLEST, GREATEST, faces)
    places = rng.uniform((0, 0), (width - GREATEST, height - GREATEST), (faces, 2))
    across, down = (np.mgrid[:SHAPE_SIDE, :SHAPE_SIDE] + 0.5) / SHAPE_SIDE - 0.5
    shape = ((across**2 + down**2 < 0.25) * 255).astype(np.uint8)
    still = av.VideoFrame(width, height, pixel_format)
    layout = layout_of(still)
    for view in plane_views(still, layout):
        rows, columns = np.mgrid[: view.shape[0], : view.shape[1]]
        light = (0.3 + 0.3 * columns / view.shape[1] + 0.1 * rows / view.shape[0]) * layout.white
        view[...] = (light + rng.normal(0, 0.01 * layout.white, view.shape)).astype(view.dtype)
    for number in range(FRAMES):
        places += rng.uniform(-3, 3, places.shape)
        boxes = [Box(x, y, x + 0.75 * side, y + side) for (x, y), side in zip(places, heights, strict=True)]
        regions = tuple(Region(box, shape, 1.0, track) for track, box in enumerate(boxes))
        yield Frame(number, number, Fraction(1, 25), _copy(still)), FrameMask(regions)


def of_film(film: Path, most: int) -> Iterator[Masked]:
    """Yield the first frames of a film and the masks that the pipeline makes of them, options as by default."""
    config = FilmConfig()
    look = config.look
    engine = OnnxEngine(look.model, look.provider, look.threads, look.batch_size)
    source = FilmSource(film)
    rate = float(source.info.rate)
    planner = make_planner(look.scan, engine.contract, look.min_face, rate)
    viewing = Viewing(source.info.full_range, source.info.quarter_turns, rate)
    frames = islice(source.frames(), most)
    for item in follow(frames, planner, engine, criteria_of(config, engine.contract), viewing):
        yield item.frame, item.mask


def milliseconds(items: list[Masked], method: Method) -> float:
    """Return the CPU milliseconds of erasing all frames once; they are left as they were."""
    anonymizer = PlaneAnonymizer(method)
    seconds = 0.0
    for frame, mask in items:
        fresh = Frame(frame.index, frame.pts, frame.time_base, _copy(frame.picture))
        began = time.process_time()
        anonymizer.erase(fresh, mask)
        seconds += time.process_time() - began
    return 1000 * seconds


def _copy(picture: av.VideoFrame) -> av.VideoFrame:
    made = av.VideoFrame(picture.width, picture.height, picture.format.name)
    layout = layout_of(picture)
    for old, new in zip(plane_views(picture, layout), plane_views(made, layout), strict=True):
        new[...] = old
    return made


def main() -> None:
    """Measure one film, or generated frames."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=int, default=9)
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--format", default="yuv420p")
    parser.add_argument("--method", choices=get_args(Method), default="inpaint")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--film", type=Path)
    asked = parser.parse_args()
    items = list(of_film(asked.film, FRAMES) if asked.film else generated(asked.faces, asked.height, asked.format))
    cv2.setNumThreads(1)
    faces = sum(len({region.track for region in mask.regions}) for _, mask in items)
    rounds = [milliseconds(items, asked.method) / len(items) for _ in range(asked.rounds)]
    result = {"frames": len(items), "faces a frame": faces / len(items), "least": min(rounds), "median": median(rounds)}
    print(json.dumps(result | {"a face, median": median(rounds) * len(items) / max(1, faces)}))


if __name__ == "__main__":
    main()
