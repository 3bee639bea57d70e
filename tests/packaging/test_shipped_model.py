"""The shipped network: small, with a contract and a card, and without a word about the machine that made it."""

from faceerase.configs.film import SHIPPED_MODEL
from faceerase.streamer.look.engine import OnnxEngine


def test_it_is_at_most_four_megabytes_and_has_a_card() -> None:
    assert SHIPPED_MODEL.stat().st_size <= 4_000_000
    card = SHIPPED_MODEL.with_name("MODEL_CARD.md").read_text(encoding="utf-8")
    assert "@" not in card, "a figure is missing in the card"


def test_its_contract_says_what_it_was_trained_on() -> None:
    contract = OnnxEngine(SHIPPED_MODEL, "cpu").contract
    assert contract.name == "unet-lite"
    assert "not WIDER FACE itself" in contract.training_data
    assert "research" in contract.licence


def test_it_names_no_file_of_the_machine_that_exported_it() -> None:
    content = SHIPPED_MODEL.read_bytes()
    assert not any(word in content for word in (b"stack_trace", b"site-packages", b".py"))
