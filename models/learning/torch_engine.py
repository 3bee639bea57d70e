"""A network in torch behind the runtime's own seam, so that mining looks at photos as the runtime will."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from faceerase.contract import OutputKind, ValueRange
from faceerase.models.learning.losses import as_probability
from faceerase.models.learning.scaling import scale_input

BATCH = 16


class TorchLook:
    """Tiles to maps with a network that is still being trained."""

    def __init__(self, network: nn.Module, activation: OutputKind, value_range: ValueRange, bf16: bool = False) -> None:
        self._network = network.eval()
        self._activation = activation
        self._range = value_range
        self._bf16 = bf16
        self._device = next(network.parameters()).device

    @torch.inference_mode()
    def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the map of each tile, (N, side, side) float32 in 0 to 1."""
        maps = []
        for start in range(0, len(tiles), BATCH):
            part = torch.from_numpy(tiles[start : start + BATCH, None]).to(self._device)
            with torch.autocast(self._device.type, torch.bfloat16, enabled=self._bf16):
                logits = self._network(scale_input(part, self._range)).float()
            maps.append(as_probability(logits, self._activation).cpu().numpy()[:, 0])
        return np.concatenate(maps)
