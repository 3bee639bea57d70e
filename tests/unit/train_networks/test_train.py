"""The training loop: the same recipe gives the same weights, however often it was stopped."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from faceerase.configs.training import CropRecipe, NetworkRecipe, TrainConfig
from faceerase.errors import ConfigError, DataError
from faceerase.models.data.prepare import open_photos
from faceerase.models.learning.checkpoint import Checkpoint, load_checkpoint
from faceerase.models.learning.journal import BOARD, CURVES, HISTORY, SAMPLES, Checked
from faceerase.models.learning.schedule import learning_rate, marks, moving_average
from faceerase.models.learning.train import BEST, LAST, Mined, Step, train

pytestmark = pytest.mark.train

CONFIG = TrainConfig(
    network=NetworkRecipe(stem=(4,), widths=(4, 8), encoder_depth=1),
    crops=CropRecipe(side=64),
    tiles=24,
    batch=4,
    warmup_tiles=8,
    checkpoint_tiles=8,
    validation_tiles=4,
    threads=1,
    loaders=0,
)


class Interrupt(Exception):
    """Somebody pulled the plug."""


def learn(folder: Path, where: Path, config: TrainConfig, report: Callable[[Step | Checked | Mined], None]) -> Path:
    return train(config, open_photos(folder, "train"), open_photos(folder, "val"), where, report)


def run(folder: Path, where: Path, config: TrainConfig = CONFIG, stop_at: int | None = None) -> list[Checked]:
    seen: list[Checked] = []

    def report(event: Step | Checked | Mined) -> None:
        if not isinstance(event, Checked):
            return
        if event.tiles == stop_at:
            raise Interrupt
        seen.append(event)

    learn(folder, where, config, report)
    return seen


@pytest.fixture(scope="module")
def uninterrupted(photo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Checked]]:
    where = tmp_path_factory.mktemp("run") / "whole"
    return where, run(photo_folder, where)


def assert_same(one: Checkpoint, other: Checkpoint) -> None:
    assert one.tiles == other.tiles
    for a, b in ((one.weights, other.weights), (one.average, other.average)):
        assert a.keys() == b.keys()
        assert all(torch.equal(a[key], b[key]) for key in a)


def test_a_run_reports_and_leaves_its_checkpoints(uninterrupted: tuple[Path, list[Checked]]) -> None:
    where, seen = uninterrupted
    assert [(progress.tiles, progress.of) for progress in seen] == [(8, 24), (16, 24), (24, 24)]
    assert sorted(path.name for path in where.iterdir()) == sorted(
        [BEST, LAST, HISTORY, CURVES, SAMPLES, BOARD, "hard-8.json", "hard-16.json"]
    )
    history = [json.loads(line) for line in (where / HISTORY).read_text().splitlines()]
    assert [line["tiles"] for line in history] == [8, 16, 24]
    assert load_checkpoint(where / LAST).tiles == 24
    assert load_checkpoint(where / BEST).best == max(progress.metrics.iou for progress in seen)


def test_a_stopped_run_ends_with_the_same_weights(
    uninterrupted: tuple[Path, list[Checked]], photo_folder: Path, tmp_path: Path
) -> None:
    where = tmp_path / "stopped"
    with pytest.raises(Interrupt):
        run(photo_folder, where, stop_at=16)
    assert load_checkpoint(where / LAST).tiles == 8
    resumed = run(photo_folder, where)
    assert [progress.tiles for progress in resumed] == [16, 24]
    assert_same(load_checkpoint(where / LAST), load_checkpoint(uninterrupted[0] / LAST))


def test_a_finished_run_is_left_as_it_is(uninterrupted: tuple[Path, list[Checked]], photo_folder: Path) -> None:
    where, _ = uninterrupted
    before = load_checkpoint(where / LAST)
    assert run(photo_folder, where) == []
    assert_same(load_checkpoint(where / LAST), before)


def test_another_recipe_is_refused(uninterrupted: tuple[Path, list[Checked]], photo_folder: Path) -> None:
    other = CONFIG.model_copy(update={"learning_rate": 1e-5})
    with pytest.raises(ConfigError, match="holds a run of another recipe"):
        run(photo_folder, uninterrupted[0], other)


def test_another_seed_gives_other_weights(
    uninterrupted: tuple[Path, list[Checked]], photo_folder: Path, tmp_path: Path
) -> None:
    run(photo_folder, tmp_path / "other", CONFIG.model_copy(update={"seed": 2, "tiles": 8}))
    one, other = load_checkpoint(uninterrupted[0] / LAST), load_checkpoint(tmp_path / "other" / LAST)
    assert not torch.equal(one.weights["head.weight"], other.weights["head.weight"])


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="WIDER FACE layout"):
        run(tmp_path / "none", tmp_path / "run")


def test_the_learning_rate_warms_up_and_falls_to_nothing() -> None:
    config = TrainConfig(tiles=1000, batch=10, warmup_tiles=100, learning_rate=0.5)
    rates = [learning_rate(config, seen) for seen in range(0, 1001, 10)]
    assert 0 < rates[0] < 0.1
    assert max(rates) == pytest.approx(0.5, rel=0.01)
    peak = rates.index(max(rates))
    assert peak == pytest.approx(10, abs=1)
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    assert learning_rate(config, 550) == pytest.approx(0.25, rel=0.01)
    assert learning_rate(config, 1000) == pytest.approx(0, abs=1e-9)


def test_the_moving_average_follows_quickly_at_first() -> None:
    update = moving_average(0.9)
    kept = torch.zeros(3)
    update([kept], [torch.ones(3)], 0)
    assert torch.allclose(kept, torch.full((3,), 0.9))  # decay 1/10
    settled = torch.zeros(3)
    update([settled], [torch.ones(3)], 10_000)
    assert torch.allclose(settled, torch.full((3,), 0.1))


def test_the_moving_average_copies_whole_numbers() -> None:
    kept = torch.tensor([3])
    moving_average(0.9)([kept], [torch.tensor([8])], 5)
    assert kept.item() == 8


def test_a_run_shorter_than_a_batch_is_refused(photo_folder: Path, tmp_path: Path) -> None:
    config = TrainConfig(
        network=NetworkRecipe(stem=(4,), widths=(4, 8)),
        crops=CropRecipe(side=64),
        tiles=2,
        batch=4,
        threads=1,
        loaders=0,
        validation_tiles=2,
    )
    try:
        best = learn(photo_folder, tmp_path / "run", config, lambda _: None)
    except ConfigError:
        return
    assert best.exists()


def test_a_run_stops_for_hard_spots_at_whole_checks() -> None:
    config = TrainConfig(tiles=1000, batch=10, checkpoint_tiles=100, mine_at=(0.2, 0.449, 0.46, 0.999))
    assert marks(config) == [200, 400, 500, 1000]
    assert marks(config.model_copy(update={"mine_at": ()})) == [1000]


def test_checks_that_do_not_end_a_batch_are_refused() -> None:
    with pytest.raises(ValueError, match="not a multiple of batch 16"):
        TrainConfig(batch=16, checkpoint_tiles=100)


def test_false_alarms_are_looked_for_and_reported(photo_folder: Path, tmp_path: Path) -> None:
    mined: list[Mined] = []

    def report(event: Step | Checked | Mined) -> None:
        if isinstance(event, Mined):
            mined.append(event)

    learn(photo_folder, tmp_path / "run", CONFIG, report)
    assert [event.tiles for event in mined] == [8, 16]


def test_a_run_killed_while_it_looks_for_false_alarms_looks_again(
    uninterrupted: tuple[Path, list[Checked]], photo_folder: Path, tmp_path: Path
) -> None:
    def report(event: Step | Checked | Mined) -> None:
        if isinstance(event, Mined) and event.tiles == 8:
            raise Interrupt

    where = tmp_path / "stopped"
    with pytest.raises(Interrupt):
        learn(photo_folder, where, CONFIG, report)
    (where / "hard-8.json").unlink()
    run(photo_folder, where)
    assert_same(load_checkpoint(where / LAST), load_checkpoint(uninterrupted[0] / LAST))


def test_a_run_that_gets_no_better_stops_early(photo_folder: Path, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"learning_rate": 1e-12, "tiles": 80, "patience": 2, "mine_at": ()})
    seen = run(photo_folder, tmp_path / "run", config)
    assert seen[-1].tiles < 80
    assert run(photo_folder, tmp_path / "run", config) == []


def test_the_history_of_a_stopped_run_has_every_check_once(photo_folder: Path, tmp_path: Path) -> None:
    where = tmp_path / "stopped"
    with pytest.raises(Interrupt):
        run(photo_folder, where, stop_at=16)
    run(photo_folder, where)
    lines = [json.loads(line) for line in (where / HISTORY).read_text().splitlines()]
    assert [line["tiles"] for line in lines] == [8, 16, 24]


STARTED = {"crops": CropRecipe(side=64), "network": NetworkRecipe(stem=(6,), widths=(4, 12), encoder_depth=1)}


def test_a_run_may_start_from_an_exported_model(
    photo_folder: Path, tmp_path: Path, tiny_onnx: tuple[Any, Path]
) -> None:
    config = CONFIG.model_copy(update={**STARTED, "start_from": tiny_onnx[1], "learning_rate": 1e-9, "tiles": 8})
    assert [progress.tiles for progress in run(photo_folder, tmp_path / "run", config)] == [8]
    weights = load_checkpoint(tmp_path / "run" / LAST).average
    old = tiny_onnx[0].state_dict()
    assert torch.allclose(weights["head.weight"][:, :4], old["head.weight"], atol=1e-4)


def test_a_run_may_start_from_another_runs_checkpoint(
    uninterrupted: tuple[Path, list[Checked]], photo_folder: Path, tmp_path: Path
) -> None:
    config = CONFIG.model_copy(update={"start_from": uninterrupted[0] / BEST, "learning_rate": 1e-9, "tiles": 8})
    run(photo_folder, tmp_path / "run", config)
    one, other = load_checkpoint(tmp_path / "run" / LAST), load_checkpoint(uninterrupted[0] / BEST)
    assert torch.allclose(one.average["head.weight"], other.average["head.weight"], atol=1e-6)


def test_a_run_may_learn_from_another_network(
    uninterrupted: tuple[Path, list[Checked]], photo_folder: Path, tmp_path: Path
) -> None:
    config = CONFIG.model_copy(update={"teacher": uninterrupted[0] / BEST, "mine_at": ()})
    run(photo_folder, tmp_path / "taught", config)
    run(photo_folder, tmp_path / "alone", config.model_copy(update={"teacher_share": 0.0}))
    taught, alone = (load_checkpoint(tmp_path / name / LAST).weights for name in ("taught", "alone"))
    assert not torch.equal(taught["head.weight"], alone["head.weight"])


def test_a_run_taken_up_does_not_start_again(photo_folder: Path, tmp_path: Path, tiny_onnx: tuple[Any, Path]) -> None:
    config = CONFIG.model_copy(update={**STARTED, "start_from": tiny_onnx[1]})
    run(photo_folder, tmp_path / "whole", config)
    with pytest.raises(Interrupt):
        run(photo_folder, tmp_path / "stopped", config, stop_at=16)
    run(photo_folder, tmp_path / "stopped", config)
    assert_same(load_checkpoint(tmp_path / "stopped" / LAST), load_checkpoint(tmp_path / "whole" / LAST))


def test_a_run_that_cannot_start_from_its_weights_does_not_start(photo_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.onnx").write_text("none\n")
    with pytest.raises(DataError, match=r"notes\.onnx"):
        run(photo_folder, tmp_path / "run", CONFIG.model_copy(update={"start_from": tmp_path / "notes.onnx"}))
    assert not (tmp_path / "run" / LAST).exists()


@pytest.mark.parametrize("start", [False, True])
def test_a_run_in_bfloat16_learns_and_can_be_taken_up(
    photo_folder: Path, tmp_path: Path, tiny_onnx: tuple[Any, Path], start: bool
) -> None:
    config = CONFIG.model_copy(update={**STARTED, "bf16": True, "start_from": tiny_onnx[1] if start else None})
    with pytest.raises(Interrupt):
        run(photo_folder, tmp_path / "run", config, stop_at=16)
    seen = run(photo_folder, tmp_path / "run", config)
    assert [progress.tiles for progress in seen] == [16, 24]
    checkpoint = load_checkpoint(tmp_path / "run" / LAST)
    assert all(torch.isfinite(value.float()).all() for value in checkpoint.weights.values())
    assert checkpoint.weights["head.weight"].dtype == torch.float32
