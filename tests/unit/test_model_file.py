"""A model file before it runs: whatever is wrong with it is a ``ModelError``, never a crash.

``MODELS`` mutations of the shipped file are loaded and run in one other process, 24 where it is not set.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from faceerase.configs.film import SHIPPED_MODEL
from faceerase.errors import ModelError
from faceerase.streamer.checksum import sha256_of
from faceerase.streamer.look import model_file
from faceerase.streamer.look.model_file import check_model_file

MUTATED = """
import random, sys
from pathlib import Path
import numpy as np
from faceerase.configs.film import SHIPPED_MODEL
from faceerase.errors import ModelError
from faceerase.streamer.look.engine import OnnxEngine
whole, path, ends = SHIPPED_MODEL.read_bytes(), Path(sys.argv[1]), []
for seed in range(int(sys.argv[2])):
    chance, data = random.Random(seed), bytearray(whole)
    for _ in range(chance.choice([1, 3, 10])):
        where = chance.choice([len(data), 3000, -6000])  # anywhere; among the first nodes; in contract and names
        at = chance.randrange(where) if where > 0 else len(data) + chance.randrange(where, 0)
        match chance.randrange(4):
            case 0: data[at] ^= 1 << chance.randrange(8)
            case 1: data[at] = chance.randrange(256)
            case 2: del data[at : at + chance.randrange(1, 400)]
            case 3: data[at:at] = chance.randbytes(chance.randrange(1, 40))
    path.write_bytes(data)
    print(seed, flush=True, file=sys.stderr)
    try:
        maps = OnnxEngine(path, "cpu", threads=1).look(np.zeros((1, 256, 256), np.uint8))
        ends.append("ran")
        assert np.isfinite(maps).all()
    except ModelError as error:
        ends.append("refused")
        assert "\\n" not in str(error)
print(ends.count("ran"), ends.count("refused"))
"""


def varint(number: int) -> bytes:
    rest = number >> 7
    return bytes([number & 0x7F | 0x80]) + varint(rest) if rest else bytes([number])


def part(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer that holds bytes or a message."""
    return varint(number << 3 | 2) + varint(len(content)) + content


ELSEWHERE = part(13, part(1, b"location") + part(2, b"/etc/passwd")) + varint(14 << 3) + varint(1)
"""The fields of a tensor whose values are in another file."""


def test_the_shipped_model_passes() -> None:
    check_model_file(SHIPPED_MODEL)
    check_model_file(SHIPPED_MODEL, sha256_of(SHIPPED_MODEL).upper())


def test_another_checksum_is_refused() -> None:
    with pytest.raises(ModelError, match="its SHA-256 is"):
        check_model_file(SHIPPED_MODEL, "0" * 64)


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    model = tmp_path / "large.onnx"
    with model.open("wb") as file:
        file.truncate(model_file.MOST_BYTES + 1)
    with pytest.raises(ModelError, match="1024 MiB, more than"):
        check_model_file(model)


@pytest.mark.parametrize(
    "model",
    [
        part(7, part(5, ELSEWHERE)),
        part(7, part(1, part(5, part(5, ELSEWHERE)))),
        part(7, part(1, part(5, part(6, part(5, ELSEWHERE))))),
        part(7, part(15, part(1, ELSEWHERE))),
        part(25, part(7, part(5, part(10, ELSEWHERE)))),
        part(7, part(5, varint(14 << 3) + varint(1))),
        part(7, part(5, part(13, b""))),
    ],
    ids=["initializer", "constant", "in a loop", "sparse", "in a function", "location only", "entry only"],
)
def test_weights_in_other_files_are_refused(model: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(model)
    with pytest.raises(ModelError, match="keeps weights in other files"):
        check_model_file(path)


@pytest.mark.parametrize("content", [b"\x0b", b"\x3a\x10", b"\xff" * 20, b"\x08"])
def test_what_is_no_protocol_buffer_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="no protocol buffer"):
        check_model_file(path)


def test_a_mutated_model_is_an_error_and_never_a_crash(tmp_path: Path) -> None:
    count = int(os.environ.get("MODELS", "24"))
    command = [sys.executable, "-c", MUTATED, str(tmp_path / "mutated.onnx"), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60 + 2 * count, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    ran, refused = map(int, done.stdout.split())
    assert ran + refused == count
    assert refused
