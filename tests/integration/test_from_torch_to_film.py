"""From a torch network to a clean film: exported, loaded by its contract, looked through, erased."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from faceerase.configs.film import EncodeConfig, FilmConfig, LookConfig, MaskConfig
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.pipeline import anonymise
from faceerase.streamer.report import Progress

pytestmark = pytest.mark.train

FRAMES = 5


def _planes(path: Path) -> list[list[np.ndarray[Any, Any]]]:
    with av.open(str(path)) as film:
        return [
            [np.frombuffer(bytes(p), np.uint8).reshape(p.height, p.line_size)[:, : p.width] for p in picture.planes]
            for picture in film.decode(video=0)
        ]


def test_a_film_through_a_network_that_was_exported_just_now(
    tmp_path: Path, tiny_onnx: tuple[Any, Path], make_film: Callable[..., Path]
) -> None:
    _, model = tiny_onnx
    film = make_film(tmp_path / "in.mkv", codec="ffv1", width=160, height=96, times=range(FRAMES), sound="pcm_s16le")
    engine = OnnxEngine(model, "cpu", threads=1, batch_size=3)
    # Untrained: half of what it answers lies above its median, so that the median finds something in every film.
    levels = engine.look(np.stack([np.full((128, 128), level, np.uint8) for level in (40, 120, 230)]))
    config = FilmConfig(
        look=LookConfig(model=model, provider="cpu", min_face=12, batch_size=3),
        mask=MaskConfig(rule="fixed", threshold=float(np.median(levels))),
        encode=EncodeConfig(codec="ffv1"),
    )
    seen: list[Progress] = []
    report = anonymise(film, tmp_path / "out.mkv", tmp_path / "matte.mkv", config, engine, seen.append)

    assert (report.frames, report.lost, report.provider) == (FRAMES, (), "cpu")
    assert [progress.frames for progress in seen] == list(range(1, FRAMES + 1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.mkv", "matte.mkv", "out.mkv"]
    before, after, mattes = (_planes(tmp_path / name) for name in ("in.mkv", "out.mkv", "matte.mkv"))
    assert len(before) == len(after) == len(mattes) == FRAMES
    assert any(matte.any() for (matte,) in mattes)
    for old, new, (matte,) in zip(before, after, mattes, strict=True):
        assert np.array_equal(old[0][matte == 0], new[0][matte == 0])


def _settle(network: Any) -> None:
    """Give the batch normalisations the statistics of one batch, as training does; else 0–255 goes in as it is."""
    import torch

    tiles = torch.from_numpy(np.random.default_rng(1).integers(0, 256, (2, 1, 256, 256)).astype(np.float32))
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        network.train()(tiles)
        network.head.weight *= 0.1
    network.eval()


def test_the_seed_s_network_goes_through_export_and_engine(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    from faceerase.configs.training import NetworkRecipe, TrainConfig
    from faceerase.export.convert import TOLERANCE, export_network
    from faceerase.models.networks.registry import build_network

    torch.manual_seed(1)
    recipe = TrainConfig(network=NetworkRecipe(name="unet", activation="spatial-softmax"))
    network = build_network(recipe.network)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    assert re.match(r"31\.0", f"{parameters / 1e6:.2f}")
    _settle(network)

    parity = export_network(network, recipe, tmp_path / "unet.onnx")
    assert parity.difference <= TOLERANCE["fp32"]
    assert parity.quantity.startswith("p·N")

    engine = OnnxEngine(tmp_path / "unet.onnx", "cpu")
    assert (engine.contract.name, engine.contract.value_range) == ("unet", "0..255")
    assert (engine.contract.output, engine.contract.threshold_rule) == ("spatial-softmax", "histogram")
    tile = np.tile(np.arange(256, dtype=np.uint8), (256, 1))
    map_ = engine.look(tile[None])
    assert map_.shape == (1, 256, 256)
    assert map_.sum() == pytest.approx(256 * 256, rel=1e-4)
