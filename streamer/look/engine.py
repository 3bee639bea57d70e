"""The network behind onnxruntime: tiles in, maps out, all according to the contract in the model file.

Knows nothing of frames or masks.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from faceerase.configs.film import BatchSize, Provider
from faceerase.contract import ModelContract, read_contract
from faceerase.errors import ModelContractError, ModelError, ProviderUnavailableError, is_out_of_memory
from faceerase.streamer.look.device.execution import Execution, ends_of, first_line
from faceerase.streamer.look.device.proof import TOLERANCE, difference
from faceerase.streamer.look.model_file import check_model_file
from faceerase.streamer.look.providers import ON_CARDS, execution_of, make_session, provider_name


class OnnxEngine:
    """A ``MaskEngine`` over one ONNX file."""

    def __init__(
        self,
        model: Path,
        provider: Provider = "auto",
        threads: int = 0,
        batch_size: BatchSize = "auto",
        sha256: str | None = None,
    ) -> None:
        """Load the model; ``sha256`` is what its checksum must be, None: any.

        Raises:
            ModelError: the file is missing, is not what it should be, or cannot be loaded.
            ModelContractError: it carries no contract that we read, or does not keep it.
            ProviderUnavailableError: the provider does not work here, or does not answer as the CPU does.
        """
        check_model_file(model, sha256)
        self.model = model
        self._session = make_session(model, provider, threads, batch_size)
        try:
            metadata = self._session.get_modelmeta().custom_metadata_map
        except UnicodeDecodeError as error:
            raise ModelContractError(f"{model}: its contract is no text; export the model again") from error
        self._contract = read_contract(metadata, str(model))
        self._scale = np.float32(1 / 255 if self._contract.value_range == "0..1" else 1)
        try:
            ends = ends_of(self._session, self._contract.input_name, self._contract.output_name)
        except ModelContractError as error:
            raise ModelContractError(f"{model}: {error}") from error
        side = self._contract.tile_side
        self._execution = execution_of(self._session, ends, side, batch_size)
        self._told: tuple[str, ...] = ()
        self._fits: int | None = None
        if self.provider != "cpu":
            self.model = ON_CARDS.get(model, model)
            plain = make_session(self.model, "cpu", threads)
            right = execution_of(plain, ends, side, batch_size)
            fault = self._fault(right)
            if fault is not None and provider != "auto":
                raise ProviderUnavailableError(f"{fault}; update driver and libraries, or run with --provider cpu")
            if fault is not None:
                self._told = (f"the network runs on the CPU: {fault}",)
                self._session, self._execution = plain, right

    @property
    def contract(self) -> ModelContract:
        """What the model file promises."""
        return self._contract

    @property
    def provider(self) -> str:
        """What really runs, ``cpu``, ``cuda`` or ``tensorrt``."""
        return provider_name(self._session)

    @property
    def batch_size(self) -> int:
        """How many tiles go into a run of the network."""
        return self._fits or self._execution.batch_size

    @property
    def remarks(self) -> tuple[str, ...]:
        """What did not go as meant, for the report."""
        asked, fits = self._execution.batch_size, self._fits
        short = f"out of memory with {asked} tiles at once: the network ran on {fits} (--batch-size)"
        return (*self._told, *self._execution.remarks, *((short,) if fits is not None else ()))

    @property
    def _times(self) -> int:
        """By what the network's answer is multiplied: 1, or the number of pixels of a tile."""
        return self._contract.tile_side**2 if self._contract.output == "spatial-softmax" else 1

    def _fault(self, right: Execution) -> str | None:
        """Return why a card is not to be believed; None: it answers as ``right`` does."""
        white = 255 * float(self._scale)
        try:
            apart = difference(self._execution, right, self._contract.tile_side, white, self._times)
        except Exception as error:  # onnxruntime raises a dozen private types
            return f"{self.provider} failed ({first_line(error)})"
        return f"the maps of {self.provider} differ from the CPU's by {apart:.2g}" if apart > TOLERANCE else None

    def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the map of each tile, (N, side, side); p·N for a spatial softmax.

        Raises:
            ModelError: the network failed, ran out of memory, or answered with numbers that are none.
        """
        maps = np.empty(tiles.shape, np.float32)
        done = 0
        while done < len(tiles):
            count = min(self.batch_size, len(tiles) - done)
            try:
                part = tiles[done : done + count, None].astype(np.float32) * self._scale
                maps[done : done + count] = self._run(part)
            except (ModelError, MemoryError) as error:
                self._shrink(count, error)
                continue
            done += count
        if self._times != 1:
            maps *= np.float32(self._times)
        if not np.isfinite(maps).all():
            raise ModelError("the network answered with numbers that are not finite; the model file is damaged")
        return maps

    def _shrink(self, count: int, error: Exception) -> None:
        """Go on with smaller batches where memory did not suffice for ``count`` tiles; raise any other error again."""
        if not is_out_of_memory(error):
            raise error
        if count == 1:
            raise ModelError("out of memory with a single tile; free some, or run on another machine") from error
        self._fits = count // 2

    def _run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            answer = self._execution.run(batch)
        except Exception as error:  # onnxruntime raises a dozen private types
            raise ModelError(f"the network failed on {len(batch)} tiles: {first_line(error)}") from error
        if answer.shape != batch.shape:
            raise ModelContractError(f"the network answered {answer.shape} to {batch.shape}; export it again")
        return np.asarray(answer[:, 0], dtype=np.float32)
