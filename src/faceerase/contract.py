"""The contract that every model file carries: what goes in, what comes out, how its map becomes a mask.

The ONNX file is the only seam between training and running. The exporter stamps a contract into the file's
``metadata_props``; the runtime reads it and assumes nothing. Knows nothing of torch, ONNX or films.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Literal, get_args

from faceerase.errors import ModelContractError

CONTRACT_VERSION = "1"
"""Raised whenever a file of the old version would be misread."""

METADATA_KEY = "faceerase.contract"

ValueRange = Literal["0..1", "0..255"]
GrayRule = Literal["luma-full-range"]
OutputKind = Literal["sigmoid", "spatial-softmax"]
ThresholdRule = Literal["histogram", "otsu", "fixed", "hysteresis"]


@dataclass(frozen=True, slots=True)
class ModelContract:
    """What a model file promises.

    Attributes:
        name: the architecture, ``unet-lite`` or ``unet``.
        input_name: tensor name of the tiles, float32, shape (N, 1, side, side).
        output_name: tensor name of the map, float32, shape (N, 1, side, side).
        tile_side: side of a tile in pixels.
        value_range: ``0..1`` or ``0..255``, the range in which gray values go in.
        gray_rule: ``luma-full-range``: BT.601/709 luma, stretched to full range when the film's is limited.
        output: ``sigmoid`` (a probability per pixel) or ``spatial-softmax`` (each map sums to one, the seed's).
        threshold_rule: the rule that the network was chosen with.
        threshold: its value: a probability in (0, 1), or p·N in (0, N) for a spatial softmax over N pixels.
        min_face: height in tile pixels from which it finds faces reliably.
        training_data: what it was trained on, in a line.
        licence: what its weights may be used for, in a line.
        version: of this contract.
    """

    name: str
    input_name: str
    output_name: str
    tile_side: int
    value_range: ValueRange
    gray_rule: GrayRule
    output: OutputKind
    threshold_rule: ThresholdRule
    threshold: float
    min_face: float
    training_data: str
    licence: str
    version: str = CONTRACT_VERSION

    def to_metadata(self) -> dict[str, str]:
        """Return the entries to stamp into ``metadata_props``."""
        return {METADATA_KEY: json.dumps(asdict(self), sort_keys=True)}


def read_contract(metadata: Mapping[str, str], origin: str) -> ModelContract:
    """Return the contract found in a model file's metadata.

    Args:
        metadata: the file's ``metadata_props``.
        origin: the file's name, for the message.

    Raises:
        ModelContractError: there is none, it cannot be parsed, a value is outside its set, or its version is not ours.
    """
    raw = metadata.get(METADATA_KEY)
    if raw is None:
        raise ModelContractError(
            f"{origin}: no faceerase contract in this model; export it with 'faceerase export' to add one"
        )
    try:
        values = json.loads(raw)
        if not isinstance(values, dict):
            raise ValueError("not an object")
    except ValueError as error:
        raise ModelContractError(
            f"{origin}: its contract cannot be parsed ({error}); export the model again"
        ) from error
    version = values.get("version")
    if version != CONTRACT_VERSION:
        raise ModelContractError(
            f"{origin}: contract version {version!r}, this faceerase reads {CONTRACT_VERSION!r}; export the model again"
        )
    known = {field.name for field in fields(ModelContract)}
    if set(values) != known:
        odd = ", ".join(sorted(set(values) ^ known))
        raise ModelContractError(f"{origin}: contract entries missing or unknown: {odd}; export the model again")
    _check(values, origin)
    return ModelContract(**values)


def _check(values: Mapping[str, object], origin: str) -> None:
    sets = {"value_range": ValueRange, "gray_rule": GrayRule, "output": OutputKind, "threshold_rule": ThresholdRule}
    for key, kind in sets.items():
        if values[key] not in get_args(kind):
            raise ModelContractError(f"{origin}: contract entry {key} is {values[key]!r}, not one of {get_args(kind)}")
    for key in ("name", "input_name", "output_name", "training_data", "licence"):
        if not isinstance(values[key], str):
            raise ModelContractError(f"{origin}: contract entry {key} is {values[key]!r}, not a text")
    side, threshold, face = values["tile_side"], values["threshold"], values["min_face"]
    if not isinstance(side, int) or isinstance(side, bool) or not 16 <= side <= 4096:
        raise ModelContractError(f"{origin}: contract entry tile_side is {side!r}, not a whole number of 16 to 4096")
    highest = 1 if values["output"] == "sigmoid" else float(side) ** 2
    if not isinstance(threshold, int | float) or not 0 < threshold < highest:
        raise ModelContractError(f"{origin}: contract entry threshold is {threshold!r}, not between 0 and {highest:g}")
    if not isinstance(face, int | float) or not 0 < face < side:
        raise ModelContractError(f"{origin}: contract entry min_face is {face!r}, not between 0 and {side}")
