"""The shipped networks: small, with a contract and a card, and without a word about the machine that made them."""

from pathlib import Path

import numpy as np
import pytest

from faceerase.configs.film import SHIPPED_MODEL, SHIPPED_WHOLE
from faceerase.contract import METADATA_KEY
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.look.gray import gray_of
from faceerase.streamer.look.view import View, cut_view


@pytest.fixture(params=[SHIPPED_MODEL, SHIPPED_WHOLE], ids=lambda path: path.name)
def shipped(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_it_is_at_most_four_megabytes_and_has_a_card(shipped: Path) -> None:
    assert shipped.stat().st_size <= 4_000_000
    card = shipped.with_name("MODEL_CARD.md").read_text(encoding="utf-8")
    assert "@" not in card, "a figure is missing in the card"
    assert f"`{shipped.name}`" in card


def test_its_contract_says_what_it_was_trained_on(shipped: Path) -> None:
    contract = OnnxEngine(shipped, "cpu").contract
    assert contract.name == "unet-lite"
    assert "not WIDER FACE itself" in contract.training_data
    assert "research" in contract.licence


def test_it_names_no_file_of_the_machine_that_exported_it(shipped: Path) -> None:
    content = shipped.read_bytes()
    assert not any(word in content for word in (b"stack_trace", b"site-packages", b".py"))
    assert METADATA_KEY.encode() in content


def test_both_see_the_same_faces(root: Path) -> None:
    frame = next(FilmSource(root / "tests" / "data" / "portrait.mp4").frames())
    gray = gray_of(frame.picture, full_range=False)
    tiles = np.stack([cut_view(gray, view) for view in (View(0, 0, 640, 256), View(90, 0, 256, 256))])
    eight, whole = (OnnxEngine(path, "cpu") for path in (SHIPPED_MODEL, SHIPPED_WHOLE))
    assert eight.contract == whole.contract
    one, other = eight.look(tiles), whole.look(tiles)
    certain = whole.contract.threshold
    assert (other > certain).sum() > 1000
    assert ((one > certain) & (other > certain)).sum() > 0.9 * ((one > certain) | (other > certain)).sum()
