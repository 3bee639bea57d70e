"""The contract in a model file: read to the letter, or refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from faceerase.contract import CONTRACT_VERSION, METADATA_KEY, ModelContract, read_contract
from faceerase.errors import ModelContractError

Maker = Callable[..., ModelContract]


def stamped(contract: ModelContract, **changes: Any) -> dict[str, str]:
    values = {**json.loads(contract.to_metadata()[METADATA_KEY]), **changes}
    return {METADATA_KEY: json.dumps(values)}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"value_range": "0..255", "tile_side": 128, "threshold": 0.25},
        {"output": "spatial-softmax", "threshold_rule": "histogram", "threshold": 4.0},
        {"threshold_rule": "otsu", "min_face": 12},
        {"training_data": "Фото & “quotes” \n two lines"},
    ],
)
def test_what_was_stamped_is_what_is_read(make_contract: Maker, changes: dict[str, Any]) -> None:
    contract = make_contract(**changes)
    assert read_contract({"producer": "x", **contract.to_metadata()}, "m.onnx") == contract


def test_a_model_without_a_contract_is_refused() -> None:
    with pytest.raises(ModelContractError, match=r"m\.onnx: no faceerase contract .*'faceerase export'"):
        read_contract({"producer": "somebody else"}, "m.onnx")


@pytest.mark.parametrize("raw", ["", "{", "[]", '"text"', "null", "3"])
def test_what_cannot_be_parsed_is_refused(raw: str) -> None:
    with pytest.raises(ModelContractError, match="cannot be parsed"):
        read_contract({METADATA_KEY: raw}, "m.onnx")


@pytest.mark.parametrize("version", ["0", "2", 1, None, CONTRACT_VERSION + ".0"])
def test_another_version_is_refused(make_contract: Maker, version: object) -> None:
    with pytest.raises(ModelContractError, match="contract version"):
        read_contract(stamped(make_contract(), version=version), "m.onnx")


def test_a_missing_version_is_refused(make_contract: Maker) -> None:
    values = json.loads(make_contract().to_metadata()[METADATA_KEY])
    del values["version"]
    with pytest.raises(ModelContractError, match="contract version None"):
        read_contract({METADATA_KEY: json.dumps(values)}, "m.onnx")


@pytest.mark.parametrize("entry", [name for name in ModelContract.__slots__ if name != "version"])
def test_a_missing_entry_is_named(make_contract: Maker, entry: str) -> None:
    values = json.loads(make_contract().to_metadata()[METADATA_KEY])
    del values[entry]
    with pytest.raises(ModelContractError, match=f"missing or unknown: {entry};"):
        read_contract({METADATA_KEY: json.dumps(values)}, "m.onnx")


def test_an_unknown_entry_is_named(make_contract: Maker) -> None:
    with pytest.raises(ModelContractError, match="missing or unknown: colour;"):
        read_contract(stamped(make_contract(), colour="rgb"), "m.onnx")


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("value_range", "0..2"),
        ("value_range", None),
        ("gray_rule", "average"),
        ("output", "softmax"),
        ("output", ["sigmoid"]),
        ("threshold_rule", "best"),
        ("name", 3),
        ("input_name", None),
        ("output_name", []),
        ("training_data", {}),
        ("licence", 0),
        ("tile_side", 15),
        ("tile_side", 4097),
        ("tile_side", 256.0),
        ("tile_side", "256"),
        ("tile_side", True),
        ("threshold", 0),
        ("threshold", -0.5),
        ("threshold", "0.5"),
        ("threshold", None),
        ("threshold", float("nan")),
        ("min_face", 0),
        ("min_face", 256),
        ("min_face", "9"),
        ("min_face", float("nan")),
    ],
)
def test_a_bad_value_is_named(make_contract: Maker, entry: str, value: object) -> None:
    with pytest.raises(ModelContractError, match=f"contract entry {entry} is"):
        read_contract(stamped(make_contract(), **{entry: value}), "m.onnx")


@pytest.mark.parametrize("value", [1.5, 100])
def test_a_probability_above_one_is_no_threshold(make_contract: Maker, value: float) -> None:
    with pytest.raises(ModelContractError, match="contract entry threshold is"):
        read_contract(stamped(make_contract(output="sigmoid"), threshold=value), "m.onnx")


def test_a_refusal_is_one_line(make_contract: Maker) -> None:
    with pytest.raises(ModelContractError) as caught:
        read_contract(stamped(make_contract(), output="a\nb"), "m.onnx")
    assert "\n" not in str(caught.value)
