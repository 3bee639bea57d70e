"""``faceerase train`` and ``export``: thin shells over models and export; both need torch."""

from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from faceerase.cli.learn_progress import training_progress
from faceerase.cli.outcome import outcome, stderr
from faceerase.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PACKED = "photos.pack"
COMPARED_TILES, RANGE_TILES = 16, 256
OPSET = 18

Precision = Literal["fp32", "fp16", "fp16-stored", "int8"]


def train(
    config: Annotated[
        Path, typer.Option(metavar="TOML", help="The recipe; the shipped one is configs/train-lite.toml.")
    ],
    data: Annotated[
        Path, typer.Option(metavar="DIR", help="A pack of faceerase data prepare, or a folder that it can pack.")
    ],
    run: Annotated[Path, typer.Option(metavar="DIR", help="Where checkpoints go; a stopped run is taken up there.")],
    json_lines: Annotated[bool, typer.Option("--json", help="Progress as JSON lines on stdout.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Log every step; tracebacks for errors.")] = False,
) -> None:
    """Train a network on annotated photos. Needs the train extra.

    Stop it at any time: started again with the same options it goes on from its last checkpoint, to the same weights.
    The run's folder holds curves.png, samples.png and a tensorboard folder to watch it by.
    """
    with outcome(debug, kept="the last checkpoint stands; the same command goes on from there"):
        _need("torch", "matplotlib", "tensorboardX")
        from faceerase.configs.training import load_train_config
        from faceerase.models.data.prepare import open_packed
        from faceerase.models.learning.train import train as run_training

        recipe = load_train_config(config)
        with training_progress(json_lines) as show:
            photos, held_out = open_packed(data, run / PACKED, show.packing)
            best = run_training(recipe, photos, held_out, run, show.training)
        stderr.print(f"best checkpoint: {best}")


def export(
    checkpoint: Annotated[
        Path | None,
        typer.Argument(
            metavar="CKPT", show_default=False, help="A checkpoint of faceerase train; for int8 also an exported model."
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="ONNX", help="Where the model goes.")] = None,
    check: Annotated[
        Path | None, typer.Option(metavar="ONNX", help="Verify this file instead; needs no train extra.")
    ] = None,
    threshold: Annotated[float | None, typer.Option(metavar="P", help="The contract's threshold.")] = None,
    precision: Annotated[
        Precision,
        typer.Option(
            help="fp16 halves the file, for GPUs; fp16-stored halves it and computes in fp32; int8 computes in 8 bits, "
            "for CPUs, and needs --data."
        ),
    ] = "fp32",
    opset: Annotated[int, typer.Option(metavar="N", help="The ONNX operator set to write.")] = OPSET,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Compare on tiles of these validation photos, not on drawn ones.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Log every step; tracebacks for errors.")] = False,
) -> None:
    """Export a checkpoint to ONNX, compare it with torch, and stamp its contract. Needs the train extra.

    int8 is made of the fp32 network and compared with that; its ranges are measured on training photos of --data.

    With --check, verify a model file that someone else made: its contract, its tensors, its answers.
    """
    with outcome(debug):
        if check is not None:
            if checkpoint is not None or output is not None:
                raise ConfigError("--check verifies a file and writes none: leave CKPT and --output away")
            _check(check, data)
            return
        if checkpoint is None or output is None:
            raise ConfigError("export needs a checkpoint and --output, or --check")
        if precision == "int8":
            _export_int8(checkpoint, output, threshold, opset, data)
            return
        if checkpoint.suffix == ".onnx":
            raise ConfigError(f"{checkpoint}: an exported model can only be made an 8-bit one: --precision int8")
        _need("torch", "onnx", "onnxscript")
        from faceerase.export.convert import ExportOptions, export_checkpoint
        from faceerase.models.learning.checkpoint import load_checkpoint

        tiles = None if data is None else _tiles(data, load_checkpoint(checkpoint).config.crops.side)
        parity = export_checkpoint(checkpoint, output, ExportOptions(threshold, precision, opset, tiles))
        stderr.print(f"{output}: differs from torch by at most {parity.difference:.1e} in {parity.quantity}")


def _export_int8(source: Path, output: Path, threshold: float | None, opset: int, data: Path | None) -> None:
    if data is None:
        raise ConfigError("--precision int8 needs --data: photos, to measure what range the network's numbers take")
    if source.suffix == ".onnx":
        if threshold is not None or opset != OPSET:
            raise ConfigError(f"{source}: has its threshold and operator set; those of a checkpoint can be chosen")
        _need("onnx")
        _make_int8(source, output, data)
        return
    _need("torch", "onnx", "onnxscript")
    from faceerase.export.convert import ExportOptions, export_checkpoint

    with TemporaryDirectory() as folder:
        whole = Path(folder) / f"{source.stem}.onnx"
        parity = export_checkpoint(source, whole, ExportOptions(threshold, opset=opset))
        stderr.print(f"in fp32: differs from torch by at most {parity.difference:.1e} in {parity.quantity}")
        _make_int8(whole, output, data)


def _make_int8(whole: Path, output: Path, data: Path) -> None:
    from faceerase.export.int8 import export_int8
    from faceerase.streamer.look.engine import OnnxEngine

    side = OnnxEngine(whole, "cpu").contract.tile_side
    agreement = export_int8(whole, output, _tiles(data, side, "train", RANGE_TILES), _tiles(data, side))
    stderr.print(
        f"{output}: differs from fp32 by {agreement.difference:.1e} in probability, on average over "
        f"{agreement.pixels} pixels in which either sees a face"
    )


def _check(model: Path, data: Path | None) -> None:
    from faceerase.export.check import check_model
    from faceerase.models.tiles.drawn import drawn_tiles
    from faceerase.streamer.look.engine import OnnxEngine

    side = OnnxEngine(model, "cpu").contract.tile_side
    found = check_model(model, drawn_tiles(side) if data is None else _tiles(data, side))
    for name, value in asdict(found.contract).items():
        stderr.print(f"  {name}: {value}", markup=False)
    stderr.print(f"{model}: keeps its contract; maps from {found.lowest:.3g} to {found.highest:.3g}")


def _tiles(
    data: Path, side: int, split: Literal["train", "val"] = "val", count: int = COMPARED_TILES
) -> "NDArray[np.uint8]":
    import numpy as np

    from faceerase.configs.training import CropRecipe
    from faceerase.models.data.prepare import open_photos
    from faceerase.models.tiles.crops import CropSampler

    sampler = CropSampler(open_photos(data, split), CropRecipe(side=side), 0)
    return np.stack([sampler.sample(number)[0].gray for number in range(count)])


def _need(*names: str) -> None:
    for name in names:
        if find_spec(name) is None:
            raise ConfigError(f"{name} is not installed: pip install 'faceerase[train]'")
