"""The training loop: photos in, checkpoints out, one line of progress per interval to a callback.

Same recipe, same seed, same machine: same weights, however often the run was stopped and taken up again. Knows nothing
of the command line, of ONNX or of the runtime.
"""

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from faceerase.configs.training import TrainConfig
from faceerase.contract import OutputKind, ValueRange
from faceerase.errors import ConfigError
from faceerase.log import get_logger
from faceerase.models.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from faceerase.models.crops import CropSampler
from faceerase.models.loading import Sample, train_batches, validation_set
from faceerase.models.losses import as_probability, segmentation_loss
from faceerase.models.metrics import TileMetrics, tile_metrics
from faceerase.models.registry import Network, build_network
from faceerase.models.wider import read_wider

LAST, BEST, HISTORY = "last.pt", "best.pt", "history.jsonl"

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run is. ``metrics`` of the averaged weights on the validation tiles, at threshold 0.5."""

    tiles: int
    of: int
    loss: float
    tiles_per_second: float
    metrics: TileMetrics


def train(config: TrainConfig, data: Path, run: Path, report: Callable[[Progress], None]) -> Path:
    """Train a network on a WIDER FACE folder and return the path of the best checkpoint.

    A run that was stopped is taken up where its last checkpoint stands.

    Raises:
        DataError: the data or the checkpoint cannot be read.
        ConfigError: ``run`` holds a run of another recipe.
    """
    if config.tiles < config.batch:
        raise ConfigError(f"tiles: {config.tiles} is less than one batch of {config.batch}")
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    torch.set_num_threads(config.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = build_network(config.network).to(device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = AveragedModel(network, multi_avg_fn=moving_average(config.ema), use_buffers=True)
    optimiser = torch.optim.AdamW(network.parameters(), config.learning_rate, weight_decay=config.weight_decay)
    seen, best = _take_up(config, run, network, average, optimiser)
    sampler = CropSampler(read_wider(data, "train"), config.crops, config.seed)
    checked = validation_set(CropSampler(read_wider(data, "val"), config.crops, 0), config.validation_tiles)
    started, since, losses = time.monotonic(), seen, []
    for gray, mask, weight in train_batches(sampler, config, first=seen):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(config, seen)
        losses.append(_step(network, optimiser, (gray, mask, weight), config, device))
        average.update_parameters(network)
        seen += len(gray)
        if seen % config.checkpoint_tiles < config.batch or seen + config.batch > config.tiles:
            metrics = _validate(average.module, network.activation, network.value_range, checked, device)
            speed = (seen - since) / (time.monotonic() - started)
            progress = Progress(seen, config.tiles, float(np.mean(losses)), speed, metrics)
            report(progress)
            with (run / HISTORY).open("a", encoding="utf-8") as history:
                history.write(json.dumps(asdict(progress)) + "\n")
            is_best = metrics.iou > best
            best = max(best, metrics.iou)
            checkpoint = Checkpoint(
                config, seen, network.state_dict(), average.module.state_dict(), optimiser.state_dict(), best
            )
            if is_best:
                save_checkpoint(run / BEST, checkpoint)
            save_checkpoint(run / LAST, checkpoint)
            started, since, losses = time.monotonic(), seen, []
    return run / BEST


def learning_rate(config: TrainConfig, seen: int) -> float:
    """Return the rate after ``seen`` tiles: linear warm-up, then a cosine to zero (Loshchilov & Hutter 2017)."""
    if seen < config.warmup_tiles:
        return config.learning_rate * (seen + config.batch) / (config.warmup_tiles + config.batch)
    done = (seen - config.warmup_tiles) / max(1, config.tiles - config.warmup_tiles)
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def moving_average(decay: float) -> Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]:
    """Return the update of an exponential moving average that follows quickly at first: min(decay, (1+n)/(10+n)).

    Without the warm-up the initial weights would still weigh a third after 1/(1 − decay) steps.
    """

    @torch.no_grad()
    def update(averaged: Sequence[Tensor], current: Sequence[Tensor], count: Tensor | int) -> None:
        steps = int(count)
        share = 1 - min(decay, (1 + steps) / (10 + steps))
        for kept, new in zip(averaged, current, strict=True):
            if kept.is_floating_point():
                kept.lerp_(new, share)
            else:
                kept.copy_(new)

    return update


def scale_input(gray: Tensor, value_range: ValueRange) -> Tensor:
    """Return uint8 tiles as the float32 range that the network takes."""
    scale = 255.0 if value_range == "0..1" else 1.0
    return gray.float() / scale


def _take_up(
    config: TrainConfig, run: Path, network: Network, average: AveragedModel, optimiser: torch.optim.Optimizer
) -> tuple[int, float]:
    path = run / LAST
    if not path.exists():
        return 0, -1.0
    checkpoint = load_checkpoint(path)
    if checkpoint.config != config:
        raise ConfigError(f"{run}: holds a run of another recipe; name another folder, or use that recipe")
    network.load_state_dict(checkpoint.weights)
    average.module.load_state_dict(checkpoint.average)
    average.n_averaged.fill_(checkpoint.tiles // config.batch)
    optimiser.load_state_dict(checkpoint.optimiser)
    _log.info("taken up at tile %d", checkpoint.tiles)
    return checkpoint.tiles, checkpoint.best


def _step(
    network: Network, optimiser: torch.optim.Optimizer, batch: Sample, config: TrainConfig, device: torch.device
) -> float:
    network.train()
    gray, mask, weight = (tensor.to(device, non_blocking=True) for tensor in batch)
    tiles = scale_input(gray, network.value_range).contiguous(memory_format=torch.channels_last)
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        logits = network(tiles)
    loss = segmentation_loss(logits.float(), mask.float(), weight, network.activation, config.iou_weight)
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
    optimiser.step()
    return float(loss.detach())


@torch.inference_mode()
def _validate(
    network: nn.Module, activation: OutputKind, value_range: ValueRange, checked: Sample, device: torch.device
) -> TileMetrics:
    network.eval()
    gray, mask, weight = checked
    maps = []
    for part in torch.split(gray, 32):
        logits = network(scale_input(part.to(device), value_range)).float()
        maps.append(as_probability(logits, activation).cpu())
    return tile_metrics(torch.cat(maps)[:, 0].numpy(), mask[:, 0].numpy(), weight[:, 0].numpy(), 0.5)
