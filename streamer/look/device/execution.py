"""The seam between the network and what it runs on; and the plain way, for the CPU.

Knows nothing of tiles, contracts or maps.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from faceerase.configs.film import BatchSize
from faceerase.errors import ModelContractError

PLAIN_BATCH = 2
"""``auto`` on the CPU: larger batches are not faster there, and take more memory."""

FloatType = type[np.float32] | type[np.float16]

_FLOATS: dict[str, FloatType] = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


class Execution(Protocol):
    """What runs batches."""

    @property
    def batch_size(self) -> int:
        """How many tiles it wants at once."""
        ...

    @property
    def remarks(self) -> tuple[str, ...]:
        """What did not go as meant, for the report."""
        ...

    def run(self, batch: NDArray[np.float32]) -> NDArray[Any]:
        """Return the answer to a batch, (N, 1, side, side) floats; it is the caller's own.

        Raises:
            Exception: whatever onnxruntime raises.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ends:
    """The two tensors of a network, as its file names them.

    Attributes:
        given: the name of its input.
        answer: the name of its output.
        given_type: of its input's numbers.
        answer_type: of its output's numbers.
    """

    given: str
    answer: str
    given_type: FloatType
    answer_type: FloatType


def ends_of(session: Any, given: str, answer: str) -> Ends:
    """Return a session's two tensors, by name.

    Raises:
        ModelContractError: there is none of a name, or it holds no floats.
    """
    types = []
    for name, found in ((given, session.get_inputs()), (answer, session.get_outputs())):
        tensors = {tensor.name: tensor for tensor in found}
        if name not in tensors:
            raise ModelContractError(f"contract names tensor {name!r}, the file has {list(tensors)}")
        if tensors[name].type not in _FLOATS:
            raise ModelContractError(
                f"tensor {name!r} is a {tensors[name].type}; the runtime feeds {', '.join(_FLOATS)}"
            )
        types.append(_FLOATS[tensors[name].type])
    return Ends(given, answer, types[0], types[1])


def first_line(error: Exception) -> str:
    """Return what an error of onnxruntime says, without where in its sources."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


class PlainRun:
    """An ``Execution`` that hands arrays to onnxruntime and takes what it gives."""

    remarks: tuple[str, ...] = ()

    def __init__(self, session: Any, ends: Ends, batch_size: BatchSize) -> None:
        self._session, self._ends = session, ends
        self.batch_size = PLAIN_BATCH if batch_size == "auto" else batch_size

    def run(self, batch: NDArray[np.float32]) -> NDArray[Any]:
        """Return the answer to a batch."""
        given = batch.astype(self._ends.given_type, copy=False)
        answer: NDArray[Any] = self._session.run([self._ends.answer], {self._ends.given: given})[0]
        return answer
