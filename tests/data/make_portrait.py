"""Makes portrait.mp4, the sample film of the tests and the demo, and portrait.json, where its faces really are.

A gallery: NASA's portrait of Eileen Collins hangs on a wall as a large and a small print. The camera moves in on the
large one (faces of 24 and 50 pixels at once, then one of 110), then a hard cut to a close-up (200 pixels). The portrait
is in the public domain and comes with scikit-image, which nothing else in this project needs:

    pip install scikit-image
    python tests/data/make_portrait.py

The same versions of NumPy, OpenCV, PyAV and scikit-image on the same kind of CPU make the same bytes again.
"""

import json
import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.data import astronaut

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT, RATE, FRAMES, CUT = 640, 360, 25, 100, 60
SOUND_RATE = 48_000
SUPERSAMPLE = 2
GRAIN = 1.6

FACE = (225.0, 127.0, 46.0, 54.0)
"""The face in the portrait, an upright ellipse from hairline to chin: centre x, y, half width, half height."""

WALL = (2000, 1180)
"""Width and height of the scene in its own pixels."""

Image = NDArray[np.uint8]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Print:
    """The portrait on the wall: left top corner and scale, in pixels of the scene."""

    x: float
    y: float
    scale: float


LARGE = Print(560, 260, 1.0)
SMALL = Print(1240, 420, 0.48)


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera looks, in pixels of the scene; zoom in film pixels per scene pixel; roll in degrees."""

    x: float
    y: float
    zoom: float
    roll: float

    def matrix(self) -> Matrix:
        """Return the 2×3 matrix from scene to film pixels."""
        angle = math.radians(self.roll)
        turn = self.zoom * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        centre = np.array([WIDTH / 2, HEIGHT / 2]) - turn @ np.array([self.x, self.y])
        return np.column_stack([turn, centre])


def camera_at(index: int) -> Camera:
    """Return the camera of one frame: an eased path, and a hand that is never quite still."""
    second = index / RATE
    sway = math.sin(2 * math.pi * 0.45 * second) + 0.5 * math.sin(2 * math.pi * 1.1 * second + 1)
    nod = math.sin(2 * math.pi * 0.38 * second + 2) + 0.5 * math.sin(2 * math.pi * 0.9 * second)
    if index < CUT:
        way = _ease((index - 8) / (CUT - 16))
        zoom = 0.47 * (1.04 / 0.47) ** way
        x, y = _mix((1000, 560), (LARGE.x + 275, LARGE.y + 165), way)
        return Camera(x + 3 / zoom * sway, y + 2 / zoom * nod, zoom, 0.4 * sway)
    way = _ease((index - CUT) / (FRAMES - 1 - CUT))
    zoom = 1.9 * (1.55 / 1.9) ** way
    x, y = _mix((LARGE.x + 190, LARGE.y + 118), (LARGE.x + 285, LARGE.y + 140), way)
    return Camera(x + 2.5 / zoom * sway, y + 2 / zoom * nod, zoom, -1.5 + 3 * way)


def _ease(way: float) -> float:
    way = min(1.0, max(0.0, way))
    return way * way * (3 - 2 * way)


def _mix(start: tuple[float, float], end: tuple[float, float], way: float) -> tuple[float, float]:
    return start[0] + (end[0] - start[0]) * way, start[1] + (end[1] - start[1]) * way


def paint_scene() -> Image:
    """Return the wall with its prints, skirting board and floor, (height, width, 3) uint8 RGB."""
    width, height = WALL
    rng = np.random.default_rng(1)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    wall = np.empty((height, width, 3), np.float32)
    wall[:] = (151, 147, 138)
    plaster = cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), 2.2) * 14
    clouds = cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), 60) * 500
    wall += (plaster + clouds)[..., None]
    for print_ in (LARGE, SMALL):  # each print has its lamp
        reach = 620 * print_.scale
        distance = np.hypot(columns - print_.x - 256 * print_.scale, 1.3 * (rows - print_.y - 60 * print_.scale))
        wall += (np.exp(-((distance / reach) ** 2)) * 55)[..., None] * np.array([1, 0.93, 0.8], np.float32)
    floor = 940
    wall[floor - 44 : floor] = (206, 202, 194)
    wall[floor - 46 : floor - 43] = (120, 116, 108)
    boards = (columns + 2.5 * (columns - width / 2) * (rows - floor) / height) // 130 % 2
    ground = np.array([96, 68, 46], np.float32) + (boards * 10 + plaster * 0.6)[..., None]
    wall[floor:] = (ground + ((rows - floor) / 12)[..., None])[floor:]
    for print_ in (LARGE, SMALL):
        _hang(wall, print_)
    return np.clip(np.rint(wall), 0, 255).astype(np.uint8)


def _hang(wall: NDArray[np.float32], print_: Print) -> None:
    side = round(512 * print_.scale)
    x, y = round(print_.x), round(print_.y)
    mat, frame = round(46 * print_.scale), round(20 * print_.scale)
    edge = mat + frame
    shade = np.zeros(wall.shape[:2], np.float32)
    drop = round(16 * print_.scale)
    cv2.rectangle(shade, (x - edge + drop, y - edge + 2 * drop), (x + side + edge + drop, y + side + edge), 1, -1)
    shade = cv2.GaussianBlur(shade, (0, 0), 14 * print_.scale)
    wall *= 1 - 0.55 * shade[..., None]
    wall[y - edge : y + side + edge, x - edge : x + side + edge] = (58, 40, 28)
    wall[y - mat : y + side + mat, x - mat : x + side + mat] = (232, 229, 220)
    portrait = cv2.resize(astronaut(), (side, side), interpolation=cv2.INTER_AREA)
    wall[y : y + side, x : x + side] = portrait


def picture_at(scene: Image, index: int) -> Image:
    """Return one frame, (height, width, 3) uint8 RGB."""
    # OpenCV counts from pixel centres, the camera from pixel corners.
    corner = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    zoom = np.diag([SUPERSAMPLE, SUPERSAMPLE, 1.0])
    matrix = np.linalg.inv(corner) @ zoom @ np.vstack([camera_at(index).matrix(), [0, 0, 1]]) @ corner
    size = (WIDTH * SUPERSAMPLE, HEIGHT * SUPERSAMPLE)
    large = cv2.warpAffine(scene, matrix[:2], size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    clean = cv2.resize(large, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32)
    grain = np.random.default_rng(1000 + index).standard_normal((HEIGHT, WIDTH, 1)) * GRAIN
    return np.clip(np.rint(clean + grain), 0, 255).astype(np.uint8)


def faces_at(index: int) -> list[dict[str, object]]:
    """Return the faces of a frame, in film pixels: their ellipse (cx, cy, rx, ry, degrees), box, and visible share."""
    camera = camera_at(index)
    matrix = camera.matrix()
    faces = []
    for print_ in (LARGE, SMALL):
        cx, cy, rx, ry = (value * print_.scale for value in FACE)
        x, y = matrix @ np.array([print_.x + cx, print_.y + cy, 1])
        ellipse = [float(x), float(y), rx * camera.zoom, ry * camera.zoom, camera.roll]
        angle = math.radians(camera.roll)
        half_width = math.hypot(ellipse[2] * math.cos(angle), ellipse[3] * math.sin(angle))
        half_height = math.hypot(ellipse[2] * math.sin(angle), ellipse[3] * math.cos(angle))
        box = [x - half_width, y - half_height, 2 * half_width, 2 * half_height]
        visible = _visible(ellipse)
        if visible > 0:
            faces.append(
                {
                    "ellipse": [round(value, 2) for value in ellipse],
                    "box": [round(float(value), 2) for value in box],
                    "visible": round(visible, 3),
                }
            )
    return faces


def _visible(ellipse: list[float]) -> float:
    x, y, rx, ry, degrees = ellipse
    angle = math.radians(degrees)
    margin = 400
    rows, columns = np.mgrid[-margin : HEIGHT + margin, -margin : WIDTH + margin] + 0.5
    dx, dy = columns - x, rows - y
    along, across = dx * math.cos(angle) + dy * math.sin(angle), dy * math.cos(angle) - dx * math.sin(angle)
    inside = (along / rx) ** 2 + (across / ry) ** 2 <= 1
    total = inside.sum()
    return float(inside[margin:-margin, margin:-margin].sum() / total) if total else 0.0


def chord() -> NDArray[np.float32]:
    """Return the sound, (2, samples) float32: a soft chord that swells and fades, wider on one side."""
    seconds = np.arange(SOUND_RATE * FRAMES // RATE) / SOUND_RATE
    length = FRAMES / RATE
    swell = np.sin(math.pi * np.clip(seconds / length, 0, 1)) ** 0.7
    sides = []
    for detune in (1.0, 1.003):
        notes = [
            np.sin(2 * math.pi * hertz * detune * seconds) / (1 + number)
            for number, hertz in enumerate((220.0, 277.18, 329.63, 440.0))
        ]
        sides.append(0.11 * swell * sum(notes))
    return np.stack(sides).astype(np.float32)


def write_film(path: Path) -> None:
    """Write the film: H.264, yuv420p, BT.709, with AAC sound."""
    scene = paint_scene()
    with av.open(str(path), "w", options={"fflags": "+bitexact", "movflags": "+faststart"}) as film:
        video = film.add_stream(
            "libx264", rate=RATE, options={"crf": "20", "preset": "slow", "threads": "1", "g": "50"}
        )
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        context = video.codec_context
        context.time_base = Fraction(1, RATE)
        context.color_range, context.color_primaries, context.color_trc, context.colorspace = 1, 1, 1, 1
        sound = film.add_stream("aac", rate=SOUND_RATE, options={"b": "96000"})
        sound.layout = "stereo"
        sound.metadata["language"] = "eng"
        for index in range(FRAMES):
            picture = av.VideoFrame.from_ndarray(picture_at(scene, index), format="rgb24")
            planar = picture.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
            planar.pts, planar.time_base = index, Fraction(1, RATE)
            film.mux(video.encode(planar))
        film.mux(video.encode(None))
        samples = chord()
        for start in range(0, samples.shape[1], 1024):
            block = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples[:, start : start + 1024]), format="fltp", layout="stereo"
            )
            block.sample_rate, block.pts, block.time_base = SOUND_RATE, start, Fraction(1, SOUND_RATE)
            film.mux(sound.encode(block))
        film.mux(sound.encode(None))


def write_truth(path: Path) -> None:
    """Write the faces of every frame, one frame a line."""
    frames = ",\n".join(f"  {json.dumps(faces_at(index))}" for index in range(FRAMES))
    path.write_text(
        f'{{"width": {WIDTH}, "height": {HEIGHT}, "rate": {RATE}, "cut": {CUT}, "frames": [\n{frames}\n]}}\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    write_film(HERE / "portrait.mp4")
    write_truth(HERE / "portrait.json")
