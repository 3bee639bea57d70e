"""What several suites need: synthetic pictures, tiny films, a network that takes bright blobs for faces, photos.

Everything is made when it is asked for; nothing here needs torch, save ``tiny_onnx``, or onnx, save ``blob_detector``.
"""

import math
import signal
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.configs.film import SHIPPED_MODEL
from faceerase.contract import ModelContract
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.frame import Frame

# A shell starts what runs in its background with SIGINT ignored, nohup with SIGHUP, and children inherit that, programs
# under test too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

RATE = Fraction(25)
TIME_BASE = Fraction(1, 25)


def _contract(**changes: Any) -> ModelContract:
    values: dict[str, Any] = {
        "name": "blob",
        "input_name": "tiles",
        "output_name": "map",
        "tile_side": 256,
        "value_range": "0..1",
        "gray_rule": "luma-full-range",
        "output": "sigmoid",
        "threshold_rule": "hysteresis",
        "threshold": 0.5,
        "min_face": 9.0,
        "training_data": "nothing",
        "licence": "any",
    }
    return ModelContract(**{**values, **changes})


@dataclass(frozen=True)
class BlobEngine:
    """A ``MaskEngine`` to which what is bright is a face."""

    contract: ModelContract
    provider: ClassVar[str] = "cpu"
    remarks: ClassVar[tuple[str, ...]] = ()

    def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return each tile's brightness as a probability."""
        return tiles.astype(np.float32) / np.float32(255)


@pytest.fixture
def make_contract() -> Callable[..., ModelContract]:
    """``make_contract(**changes)``: a valid contract, changed."""
    return _contract


@pytest.fixture
def blob_engine() -> BlobEngine:
    """A fake network: bright = face."""
    return BlobEngine(_contract())


@dataclass(frozen=True)
class FiledBlobEngine(BlobEngine):
    """The same, told to be the shipped model's file."""

    model: ClassVar[Path] = SHIPPED_MODEL


@pytest.fixture
def filed_blob_engine() -> FiledBlobEngine:
    """A fake network with a file: bright from 0.7 on = face."""
    return FiledBlobEngine(_contract(threshold_rule="fixed", threshold=0.7))


def _noise_picture(
    pixel_format: str = "yuv420p", width: int = 64, height: int = 48, seed: int = 0, color_range: int = 1
) -> av.VideoFrame:
    picture = av.VideoFrame(width, height, pixel_format)
    rng = np.random.default_rng(seed)
    depth = picture.format.components[0].bits
    for plane in picture.planes:
        if 8 < depth < 16:
            samples = rng.integers(0, 1 << depth, plane.buffer_size // 2, dtype=np.uint16)
            plane.update(samples.astype("<u2").tobytes())
        else:
            plane.update(rng.integers(0, 256, plane.buffer_size, dtype=np.uint8).tobytes())
    picture.pts, picture.time_base = 0, TIME_BASE
    picture.color_range = color_range
    return picture


@pytest.fixture
def noise_picture() -> Callable[..., av.VideoFrame]:
    """``noise_picture(format, width, height, seed, color_range)``: a picture of noise that uses the whole depth."""
    return _noise_picture


@pytest.fixture
def noise_frame() -> Callable[..., Frame]:
    """``noise_frame(format, width, height, seed)``: such a picture as frame 0 of a film."""

    def make(*args: Any, **kwargs: Any) -> Frame:
        return Frame(0, 0, TIME_BASE, _noise_picture(*args, **kwargs))

    return make


def _film_picture(number: int, width: int, height: int, pixel_format: str) -> av.VideoFrame:
    """A gray ramp with a bright square that wanders to the right: every frame differs from every other."""
    gray = np.tile(np.linspace(40, 120, width).astype(np.uint8), (height, 1))
    side = height // 3
    left = (number * 3) % max(1, width - side)
    gray[side : 2 * side, left : left + side] = 230
    rgb = np.repeat(gray[..., None], 3, axis=2)
    return av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format=pixel_format)


def _write_film(
    path: Path,
    *,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    width: int = 64,
    height: int = 48,
    times: Iterable[int] = range(12),
    time_base: Fraction = TIME_BASE,
    b_frames: int = 0,
    group: int | None = None,
    rate: Fraction = RATE,
    sound: str | None = None,
) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, pixel_format
        stream.time_base = context.time_base = time_base
        context.max_b_frames = b_frames
        context.thread_count = 1
        if group is not None:
            context.gop_size = group
        voice = container.add_stream(sound, rate=48_000, layout="mono") if sound else None
        for number, pts in enumerate(times):
            picture = _film_picture(number, width, height, pixel_format)
            picture.pts, picture.time_base = pts, time_base
            container.mux(stream.encode(picture))
            if voice is not None:
                samples = np.full((1, 1920), number * 100, np.int16)
                tone = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
                tone.sample_rate, tone.pts, tone.time_base = 48_000, number * 1920, Fraction(1, 48_000)
                container.mux(voice.encode(tone))
        container.mux(stream.encode(None))
        if voice is not None:
            container.mux(voice.encode(None))
    return path


@pytest.fixture(scope="session")
def make_film() -> Callable[..., Path]:
    """``make_film(path, codec=…, times=…, b_frames=…, group=…, sound=…, …)``: a short film; returns the path."""
    return _write_film


PICTURES = {
    ".png": ("png", "rgb24"), ".jpg": ("mjpeg", "yuvj420p"), ".tif": ("tiff", "rgb48le"),
    ".webp": ("libwebp", "yuv420p"), ".dpx": ("dpx", "gbrp10le"), ".exr": ("exr", "gbrpf32le"),
}  # fmt: skip


def _write_pictures(
    path: Path, count: int = 1, first: int = 1, pixel_format: str | None = None, width: int = 64, height: int = 48
) -> Path:
    codec, usual = PICTURES[path.suffix]
    options = {"start_number": str(first)} if "%" in path.name else {"update": "1"}
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format="image2", options=options) as container:
        stream = container.add_stream(codec, rate=RATE, options={"flags": "+bitexact", "threads": "1"})
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, pixel_format or usual
        for number in range(count):
            picture = _film_picture(number, width, height, pixel_format or usual)
            picture.pts, picture.time_base = number, TIME_BASE
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="session")
def make_pictures() -> Callable[..., Path]:
    """``make_pictures(path, count, first, pixel_format=…)``: a picture, or those of a pattern; returns the path."""
    return _write_pictures


def _telling_exif(orientation: int) -> bytes:
    """EXIF data with an orientation, a device, a place, and a thumbnail."""
    device, place = b"Camera of Jane Doe\0\0", b"N\0\0\0"
    first = struct.pack("<H", 3) + struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    at = 8 + 2 + 3 * 12 + 4
    first += struct.pack("<HHII", 0x010F, 2, len(device), at)
    first += struct.pack("<HHII", 0x8825, 4, 1, at + len(device))
    gps = struct.pack("<HHHI", 1, 1, 2, 2) + place + struct.pack("<I", 0)
    thumbnail = struct.pack("<HHHIII", 1, 0x0103, 3, 1, 6, 0)
    first += struct.pack("<I", at + len(device) + len(gps))
    return b"II*\0" + struct.pack("<I", 8) + first + device + gps + thumbnail


@pytest.fixture(scope="session")
def telling_exif() -> Callable[[int], bytes]:
    """``telling_exif(orientation)``: EXIF data that tell who, where, and show a thumbnail."""
    return _telling_exif


@pytest.fixture(scope="session")
def small_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve lossless frames with sound, 64×48 at 25 frames/s; read it, don't change it."""
    path = tmp_path_factory.mktemp("film") / "small.mkv"
    return _write_film(path, codec="ffv1", sound="pcm_s16le")


@pytest.fixture(scope="session")
def silent_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same without sound."""
    return _write_film(tmp_path_factory.mktemp("film") / "silent.mkv", codec="ffv1")


@pytest.fixture(scope="session")
def small_info(small_film: Path) -> FilmInfo:
    """What is known of ``small_film``."""
    return FilmSource(small_film).info


def _write_photos(root: Path, train: int = 4, val: int = 2, backgrounds: int = 2, side: int = 128) -> Path:
    rng = np.random.default_rng(3)

    def photo(path: Path, boxes: list[tuple[int, int, int, int]]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = rng.integers(0, 100, (side, side), dtype=np.uint8)
        for x, y, width, height in boxes:
            cv2.ellipse(picture, (x + width // 2, y + height // 2), (width // 2, height // 2), 0, 0, 360, (220,), -1)
        assert cv2.imwrite(str(path), picture)

    splits = root / "wider_face_split"
    splits.mkdir(parents=True)
    for split, count in (("train", train), ("val", val)):
        lines = []
        for number in range(count):
            name = f"{number % 2}--Event/{split}_{number}.jpg"
            box = (20 + 5 * number, 30, 40, 50)
            photo(root / f"WIDER_{split}" / "images" / name, [box])
            lines += [name, "1", " ".join(map(str, box)) + " 0 0 0 0 0 0"]
        (splits / f"wider_face_{split}_bbx_gt.txt").write_text("\n".join(lines) + "\n")
    for number in range(backgrounds):
        photo(root / "backgrounds" / f"{number}.jpg", [])
    return root


@pytest.fixture(scope="session")
def photo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in the WIDER FACE layout: 4 + 2 photos of noise with a bright face each, 2 without; don't change it."""
    return _write_photos(tmp_path_factory.mktemp("photos") / "wider")


@pytest.fixture(scope="session")
def tiny_onnx(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """A tiny unet-lite with random weights, and its export with tiles of 128; skips without the train extra."""
    for name in ("torch", "onnx", "onnxscript"):
        pytest.importorskip(name)
    import torch

    from faceerase.configs.training import CropRecipe, NetworkRecipe, TrainConfig
    from faceerase.export.convert import export_network
    from faceerase.models.networks.registry import build_network

    config = TrainConfig(
        network=NetworkRecipe(stem=(4,), widths=(4, 8), encoder_depth=1), crops=CropRecipe(side=128), licence="a test's"
    )
    torch.manual_seed(1)
    network = build_network(config.network)
    # Maps that are neither black nor white, and in whose middle a film's planner begins to look again.
    torch.nn.init.normal_(network.head.weight, std=8.0)
    torch.nn.init.zeros_(network.head.bias)
    path = tmp_path_factory.mktemp("onnx") / "tiny.onnx"
    export_network(network, config, path)
    return network.eval(), path


def _write_detector(path: Path, side: int = 48) -> None:
    """Write a network for ``cv2.FaceDetectorYN`` to which every bright square of ``side`` pixels is a face."""
    from onnx import TensorProto, helper, numpy_helper, save

    nodes = [helper.make_node("ReduceMean", ["input"], ["luma"], axes=[1], keepdims=1)]
    constants: dict[str, Any] = {"zero": 0.0, "one": 1.0, "hundred": 100.0, "half": 0.5, "column": [1, -1, 1]}
    outputs = []
    for stride in (8, 16, 32):

        def node(kind: str, inputs: str, output: str, end: str = f"_{stride}", **attributes: Any) -> None:
            names = [name.replace("@", end) for name in inputs.split()]
            nodes.append(helper.make_node(kind, names, [output + end], **attributes))

        padding = [(side - stride) // 2] * 4
        node("AveragePool", "luma", "mean", kernel_shape=[side, side], strides=[stride, stride], pads=padding)
        node("Sub", "mean@ hundred", "above")
        node("Div", "above@ hundred", "share")
        node("Clip", "share@ zero one", "score")
        node("Reshape", "score@ column", "cls")
        node("Mul", "cls@ one", "obj")
        node("Mul", "cls@ zero", "nothing")
        node("Add", "nothing@ half", "middle")
        node("Add", "nothing@ log@", "size")
        node("Concat", "middle@ middle@ size@ size@", "bbox", axis=2)
        node("Concat", "nothing@ " * 10, "kps", axis=2)
        constants[f"log_{stride}"] = math.log(side / stride)
        for name, width in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
            outputs.append(helper.make_tensor_value_info(f"{name}_{stride}", TensorProto.FLOAT, [1, None, width]))
    values = [
        numpy_helper.from_array(np.asarray(value, np.int64 if name == "column" else np.float32), name)
        for name, value in constants.items()
    ]
    shown = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, None, None])
    graph = helper.make_graph(nodes, "blob", [shown], outputs, values)
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))


@pytest.fixture(scope="session")
def blob_detector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model for ``cv2.FaceDetectorYN`` to which a bright square of 48 pixels is a face; skips without onnx."""
    pytest.importorskip("onnx")
    path = tmp_path_factory.mktemp("detector") / "blob.onnx"
    _write_detector(path)
    return path
