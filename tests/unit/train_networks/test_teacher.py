"""A network that another one learns from."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from faceerase.configs.training import NetworkRecipe, TrainConfig
from faceerase.errors import ConfigError, DataError
from faceerase.models.learning.checkpoint import Checkpoint, save_checkpoint
from faceerase.models.learning.teacher import Teacher
from faceerase.models.networks.registry import build_network

pytestmark = pytest.mark.train
CPU = torch.device("cpu")


def saved(folder: Path, recipe: NetworkRecipe) -> Path:
    torch.manual_seed(3)
    state = build_network(recipe).state_dict()
    path = folder / "best.pt"
    save_checkpoint(path, Checkpoint(TrainConfig(network=recipe), 32, state, state, {}, 0.5))
    return path


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_aim_lies_between_truth_and_teacher(tmp_path: Path, share: float) -> None:
    path = saved(tmp_path, NetworkRecipe(stem=(4,), widths=(4, 8)))
    gray = torch.randint(0, 256, (2, 1, 64, 64), dtype=torch.uint8)
    mask = (gray > 200).to(torch.uint8)
    own = Teacher(path, 1.0, CPU, bf16=False).aim(gray, mask)
    assert own.shape == mask.shape
    assert 0 < float(own.min()) < float(own.max()) < 1
    aim = Teacher(path, share, CPU, bf16=False).aim(gray, mask)
    assert torch.allclose(aim, (1 - share) * mask + share * own, atol=1e-6)
    assert not aim.requires_grad


def test_a_teacher_without_probabilities_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, NetworkRecipe(stem=(4,), widths=(4, 8), activation="spatial-softmax"))
    with pytest.raises(ConfigError, match="cannot teach"):
        Teacher(path, 0.5, CPU, bf16=False)


def test_a_missing_teacher_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.pt"):
        Teacher(tmp_path / "none.pt", 0.5, CPU, bf16=False)
