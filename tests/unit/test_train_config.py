"""The recipe of a training run."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from faceerase import configs
from faceerase.configs.training import TrainConfig, load_train_config
from faceerase.errors import ConfigError

SHIPPED = Path(configs.__file__).parent / "train-lite.toml"


def refused(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_train_config(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


def test_the_shipped_recipe_loads() -> None:
    config = load_train_config(SHIPPED)
    assert config.network.name == "unet-lite"
    assert config.tiles > 1000


def test_a_file_wins_over_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('seed = 7\n[network]\nname = "unet"\nactivation = "spatial-softmax"\n[crops]\nside = 128\n')
    config = load_train_config(path)
    assert (config.seed, config.network.name, config.crops.side) == (7, "unet", 128)
    assert config.batch == TrainConfig().batch


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("tile = 3\n", "tile: no such option"),
        ("tiles = 0\n", "tiles: "),
        ("ema = 1.0\n", "ema: "),
        ("learning_rate = 0\n", "learning_rate: "),
        ("[crops]\nside = 100\n", "crops.side: "),
        ("[crops]\nside = 32\n", "crops.side: "),
        ("[crops]\nbackground = 1.1\n", "crops.background: "),
        ("[augment]\nsnow = 0.5\n", "augment.snow: no such option"),
        ('[network]\nname = "resnet"\n', "network.name: "),
        ("[network]\nwidths = [32, 0]\n", "network.widths.1: "),
    ],
)
def test_what_is_wrong_is_named_in_one_line(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    assert named in refused(path)


def test_a_missing_recipe_is_refused_with_its_name(tmp_path: Path) -> None:
    assert "cannot read" in refused(tmp_path / "none.toml")


def test_a_recipe_survives_json() -> None:
    # Checkpoints hold it so, and a stopped run is taken up only where it is equal.
    config = load_train_config(SHIPPED)
    assert TrainConfig.model_validate(config.model_dump(mode="json")) == config


def test_values_are_frozen() -> None:
    with pytest.raises(ValidationError):
        TrainConfig().seed = 2  # type: ignore[misc]
