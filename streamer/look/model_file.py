"""A model file before anything runs it: size, checksum, and that it is one file that refers to no other.

ONNX may keep weights in other files, named by paths that whoever made the file chose; such a model is refused. Walks
the protocol buffer itself, because the runtime has no ``onnx``. Knows nothing of tensors' values or contracts.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from faceerase.errors import ModelError

MOST_BYTES = 1 << 30
"""The seed's network, the largest known here, has 124 MB; protocol buffers end at 2 GiB."""

_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_LONGEST_VARINT = 10

_PARTS: dict[str, dict[int, str]] = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
"""Field numbers of the messages of onnx.proto3 through which a tensor can be reached."""

_EXTERNAL_DATA, _DATA_LOCATION = 13, 14


def check_model_file(model: Path, sha256: str | None = None) -> None:
    """Refuse a file that is not to be loaded.

    Args:
        model: the ONNX file.
        sha256: what its checksum must be, in hexadecimal digits; None: any.

    Raises:
        ModelError: missing, unreadable, too large, of another checksum, no protocol buffer, or it refers to others.
    """
    if not model.is_file():
        raise ModelError(f"{model}: no such model file")
    try:
        size = model.stat().st_size
        if size > MOST_BYTES:
            raise ModelError(f"{model}: {size >> 20} MiB, more than the {MOST_BYTES >> 20} MiB that a model may have")
        data = model.read_bytes()
    except OSError as error:
        raise ModelError(f"{model}: cannot be read ({error.strerror})") from error
    if sha256 is not None and (found := hashlib.sha256(data).hexdigest()) != sha256.lower():
        raise ModelError(f"{model}: its SHA-256 is {found}, not the one that was asked for")
    try:
        refers = _refers_to_files(memoryview(data))
    except ValueError as error:
        raise ModelError(f"{model}: not a model that onnxruntime can load ({error})") from error
    if refers:
        raise ModelError(f"{model}: keeps weights in other files; save it as one file")


def _refers_to_files(data: memoryview) -> bool:
    waiting = [("model", data)]
    while waiting:
        kind, message = waiting.pop()
        for number, value in _fields(message):
            if kind == "tensor" and number in {_EXTERNAL_DATA, _DATA_LOCATION} and value != 0:
                return True
            part = _PARTS[kind].get(number)
            if part is not None and isinstance(value, memoryview):
                waiting.append((part, value))
    return False


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield number and value of each field of a protocol buffer's message.

    Raises:
        ValueError: it is none.
    """
    at, end = 0, len(message)
    while at < end:
        tag, at = _varint(message, at)
        wire = tag & 7
        value: int | memoryview
        if wire == _VARINT:
            value, at = _varint(message, at)
        else:
            if wire == _BYTES:
                length, at = _varint(message, at)
            elif wire in {_EIGHT, _FOUR}:
                length = 8 if wire == _EIGHT else 4
            else:
                raise ValueError(f"no protocol buffer: wire type {wire}")
            if at + length > end:
                raise ValueError("no protocol buffer: it ends too early")
            value = message[at : at + length]
            at += length
        yield tag >> 3, value


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for place, byte in enumerate(message[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value, at + place + 1
    raise ValueError("no protocol buffer: a number without an end")
