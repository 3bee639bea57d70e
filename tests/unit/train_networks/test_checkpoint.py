"""Checkpoints: numbers and tensors, whole or not at all."""

import pickle
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from faceerase.configs.training import NetworkRecipe, TrainConfig
from faceerase.errors import ConfigError, DataError
from faceerase.models.learning.checkpoint import (
    Checkpoint,
    averaged_network,
    load_checkpoint,
    save_checkpoint,
)
from faceerase.models.networks.registry import build_network

pytestmark = pytest.mark.train

CONFIG = TrainConfig(network=NetworkRecipe(stem=(4,), widths=(4, 8)), seed=3)


def checkpoint() -> Checkpoint:
    torch.manual_seed(2)
    network, average = build_network(CONFIG.network), build_network(CONFIG.network)
    optimiser = torch.optim.AdamW(network.parameters(), 1e-3)
    network(torch.rand(1, 1, 64, 64)).mean().backward()
    optimiser.step()
    return Checkpoint(CONFIG, 96, network.state_dict(), average.state_dict(), optimiser.state_dict(), 0.25)


def test_what_was_saved_is_what_is_loaded(tmp_path: Path) -> None:
    saved = checkpoint()
    save_checkpoint(tmp_path / "last.pt", saved)
    loaded = load_checkpoint(tmp_path / "last.pt")
    assert (loaded.config, loaded.tiles, loaded.best) == (CONFIG, 96, 0.25)
    for one, other in ((saved.weights, loaded.weights), (saved.average, loaded.average)):
        assert one.keys() == other.keys()
        assert all(torch.equal(one[key], other[key]) for key in one)
    moments = saved.optimiser["state"][0]["exp_avg"]
    assert torch.equal(moments, loaded.optimiser["state"][0]["exp_avg"])


def test_saving_leaves_one_file(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "last.pt", checkpoint())
    save_checkpoint(tmp_path / "last.pt", checkpoint())
    assert [path.name for path in tmp_path.iterdir()] == ["last.pt"]


def test_the_averaged_network_is_ready_to_be_run(tmp_path: Path) -> None:
    saved = checkpoint()
    network = averaged_network(saved)
    assert not network.training
    assert torch.equal(network.head.weight, saved.average["head.weight"])


def test_a_missing_checkpoint_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.pt"):
        load_checkpoint(tmp_path / "none.pt")


def test_a_checkpoint_of_others_is_refused(tmp_path: Path) -> None:
    torch.save({"state_dict": {}}, tmp_path / "other.pt")
    with pytest.raises(DataError, match=r"other\.pt: not a checkpoint"):
        load_checkpoint(tmp_path / "other.pt")


def test_a_recipe_of_another_version_is_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "last.pt", checkpoint())
    raw = torch.load(tmp_path / "last.pt", weights_only=True)
    raw["config"]["colour"] = True
    torch.save(raw, tmp_path / "old.pt")
    with pytest.raises(ConfigError, match="colour: no such option"):
        load_checkpoint(tmp_path / "old.pt")


class Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('executed')",)


def test_nothing_in_a_checkpoint_is_executed(tmp_path: Path) -> None:
    torch.save({"config": Trap()}, tmp_path / "trap.pt")
    (tmp_path / "raw.pt").write_bytes(pickle.dumps(Trap(), protocol=2))
    for name in ("trap.pt", "raw.pt"):
        with pytest.raises((DataError, pickle.UnpicklingError)):
            load_checkpoint(tmp_path / name)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a zip", b"no checkpoint", b"\x80\x02c__builtin__\nexec\n."])
def test_what_is_no_checkpoint_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "last.pt").write_bytes(content)
    with pytest.raises(DataError, match=r"last\.pt: not a checkpoint") as caught:
        load_checkpoint(tmp_path / "last.pt")
    assert "\n" not in str(caught.value)
