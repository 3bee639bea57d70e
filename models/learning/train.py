"""The training loop: packed photos in, checkpoints out; what happens goes to a callback and into the run's folder.

Same recipe, same seed, same machine: same weights, however often the run was stopped and taken up again. Knows nothing
of the command line, of ONNX or of the runtime.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel

from faceerase.configs.training import TrainConfig
from faceerase.errors import ConfigError
from faceerase.log import get_logger
from faceerase.models.data.photo import PhotoSet
from faceerase.models.judging.metrics import tile_metrics
from faceerase.models.learning.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from faceerase.models.learning.journal import Checked, Journal
from faceerase.models.learning.loading import Sample, plain_tiles, train_batches
from faceerase.models.learning.losses import segmentation_loss
from faceerase.models.learning.mine import mine
from faceerase.models.learning.scaling import scale_input
from faceerase.models.learning.schedule import learning_rate, marks, moving_average
from faceerase.models.learning.teacher import Teacher
from faceerase.models.learning.torch_engine import TorchLook
from faceerase.models.learning.warm_start import start_from
from faceerase.models.networks.registry import build_network
from faceerase.models.tiles.crops import CropSampler
from faceerase.models.tiles.hard import HardCases, load_cases, save_cases, together

LAST, BEST = "last.pt", "best.pt"
SHOWN = 24
"""Validation tiles on the sample sheet."""
MEASURED = 128
"""Training tiles on which a network that starts from exported weights measures its activations."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """After one batch."""

    tiles: int
    of: int
    loss: float
    faces_per_second: float


@dataclass(frozen=True, slots=True)
class Mined:
    """After the training photos were searched for hard cases."""

    tiles: int
    spots: int
    missed: int


Report = Callable[[Step | Checked | Mined], None]


@dataclass(slots=True)
class _Since:
    """What happened since the last check."""

    tiles: int
    started: float = field(default_factory=time.monotonic)
    losses: list[float] = field(default_factory=list)
    faces: int = 0


class _Run:
    """The parts of a run that change."""

    def __init__(self, config: TrainConfig, folder: Path) -> None:
        self.config = config
        self.folder = folder
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = build_network(config.network).to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        average = moving_average(config.ema)
        self.average = AveragedModel(self.network, multi_avg_fn=average, use_buffers=True)
        rate, decay = config.learning_rate, config.weight_decay
        self.optimiser = torch.optim.AdamW(self.network.parameters(), rate, weight_decay=decay)
        self.forward = torch.compile(self.network) if config.compile else self.network
        self.bf16 = config.bf16 or self.device.type == "cuda"
        teacher, share = config.teacher, config.teacher_share
        self.teacher = Teacher(teacher, share, self.device, self.bf16) if teacher else None
        self.seen, self.best = 0, -1.0
        self._take_up()

    def start_from(self, weights: Path, tiles: Sample) -> None:
        """Begin with the weights of a file instead of chance."""
        gray = scale_input(tiles[0].to(self.device), self.network.value_range)
        start_from(weights, self.network, gray)
        self.average.module.load_state_dict(self.network.state_dict())

    def _take_up(self) -> None:
        path = self.folder / LAST
        if not path.exists():
            return
        checkpoint = load_checkpoint(path)
        if checkpoint.config != self.config:
            raise ConfigError(f"{self.folder}: holds a run of another recipe; name another folder, or use that recipe")
        self.network.load_state_dict(checkpoint.weights)
        self.average.module.load_state_dict(checkpoint.average)
        self.average.n_averaged.fill_(checkpoint.tiles // self.config.batch)
        self.optimiser.load_state_dict(checkpoint.optimiser)
        self.seen, self.best = checkpoint.tiles, checkpoint.best
        _log.info("taken up at tile %d", self.seen)

    def step(self, batch: Sample) -> float:
        """Learn from one batch and return its loss."""
        self.network.train()
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.config, self.seen)
        gray, mask, weight = (tensor.to(self.device, non_blocking=True) for tensor in batch[:3])
        tiles = scale_input(gray, self.network.value_range)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
            logits = self.forward(tiles)
        aim = self.teacher.aim(gray, mask) if self.teacher else None
        iou, focus = self.config.iou_weight, self.config.focus
        loss = segmentation_loss(logits.float(), mask.float(), weight, self.network.activation, iou, focus, aim)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self.optimiser.step()
        self.average.update_parameters(self.network)
        self.seen += len(gray)
        return float(loss.detach())

    def save(self, iou: float) -> None:
        """Write the last checkpoint, and the best where this one is."""
        is_best, self.best = iou > self.best, max(self.best, iou)
        checkpoint = Checkpoint(
            config=self.config,
            tiles=self.seen,
            weights=self.network.state_dict(),
            average=self.average.module.state_dict(),
            optimiser=self.optimiser.state_dict(),
            best=self.best,
        )
        if is_best:
            save_checkpoint(self.folder / BEST, checkpoint)
        save_checkpoint(self.folder / LAST, checkpoint)

    def look(self) -> TorchLook:
        """Return the averaged network, ready to look at tiles."""
        return TorchLook(self.average.module, self.network.activation, self.network.value_range, self.bf16)


def train(config: TrainConfig, photos: PhotoSet, held_out: PhotoSet, folder: Path, report: Report) -> Path:
    """Train a network and return the path of the best checkpoint.

    A run that was stopped is taken up where its last checkpoint stands.

    Args:
        config: the whole recipe.
        photos: to learn from; best out of a pack, which costs no decoding.
        held_out: to check on.
        folder: of the run.
        report: called after every batch, check and search for hard cases.

    Raises:
        DataError: the data or the checkpoint cannot be read.
        ConfigError: ``folder`` holds a run of another recipe, or the recipe is shorter than a batch.
    """
    if config.tiles < config.batch:
        raise ConfigError(f"tiles: {config.tiles} is less than one batch of {config.batch}")
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    torch.set_num_threads(config.threads)
    run = _Run(config, folder)
    checked = plain_tiles(CropSampler(held_out, config.crops, 0), config.validation_tiles)
    if config.start_from is not None and not run.seen:
        run.start_from(config.start_from, plain_tiles(CropSampler(photos, config.crops, config.seed), MEASURED))
    stops = marks(config)
    with Journal(folder, run.seen) as journal:
        for begin, end in pairwise([0, *stops]):
            if begin and not _cases_file(folder, begin).exists() and begin <= run.seen:
                _search(run, photos, begin, report)
            if run.seen + config.batch > end:
                continue
            if _no_better(config, run.seen, journal):
                break
            hard = together(_cases(folder, mark) for mark in stops if mark <= begin)
            sampler = CropSampler(photos, config.crops, config.seed, hard)
            _learn(run, sampler, end, checked, journal, report)
    return folder / BEST


def _learn(run: _Run, sampler: CropSampler, end: int, checked: Sample, journal: Journal, report: Report) -> None:
    """Go on until ``end`` tiles were seen, or it gets no better."""
    config, since = run.config, _Since(run.seen)
    for batch in train_batches(sampler, config, run.seen, end):
        since.losses.append(run.step(batch))
        since.faces += int(batch[3].sum())
        rate = since.faces / max(1e-9, time.monotonic() - since.started)
        report(Step(run.seen, config.tiles, since.losses[-1], rate))
        if run.seen % config.checkpoint_tiles < config.batch or run.seen + config.batch > config.tiles:
            _check(run, checked, since, journal, report)
            since = _Since(run.seen)
            if _no_better(config, run.seen, journal):
                _log.info("stopped early: no better for %d checks", config.patience)
                return


def _no_better(config: TrainConfig, seen: int, journal: Journal) -> bool:
    return bool(config.patience) and seen - journal.best_at >= config.patience * config.checkpoint_tiles


def _check(run: _Run, checked: Sample, since: _Since, journal: Journal, report: Report) -> None:
    took = time.monotonic() - since.started
    tiles, masks, weights = (tensor[:, 0].numpy() for tensor in checked[:3])
    maps = run.look().look(tiles)
    found = Checked(
        tiles=run.seen,
        of=run.config.tiles,
        loss=float(np.mean(since.losses)),
        learning_rate=learning_rate(run.config, run.seen),
        tiles_per_second=(run.seen - since.tiles) / took,
        faces_per_second=since.faces / took,
        metrics=tile_metrics(maps, masks, weights, 0.5),
    )
    report(found)
    journal.write(found, tiles[:SHOWN], masks[:SHOWN], maps[:SHOWN])
    run.save(found.metrics.iou)


def _search(run: _Run, photos: PhotoSet, mark: int, report: Report) -> None:
    config = run.config
    seed = config.seed + mark
    cases = mine(photos, run.look(), config.crops.side, config.min_face, config.mine_photos, seed)
    save_cases(_cases_file(run.folder, mark), cases)
    report(Mined(mark, len(cases.spots), len(cases.missed)))


def _cases_file(folder: Path, mark: int) -> Path:
    return folder / f"hard-{mark}.json"


def _cases(folder: Path, mark: int) -> HardCases:
    path = _cases_file(folder, mark)
    return load_cases(path) if path.exists() else HardCases()
