"""A trained network that another one learns from (Hinton et al. 2015, arXiv:1503.02531): its answers beside the truth.

Knows nothing of the training loop.
"""

from pathlib import Path

import torch
from torch import Tensor

from faceerase.errors import ConfigError
from faceerase.models.learning.checkpoint import averaged_network, load_checkpoint
from faceerase.models.learning.losses import as_probability
from faceerase.models.learning.scaling import scale_input


class Teacher:
    """The averaged weights of a checkpoint, whose maps are mixed into the truth."""

    def __init__(self, checkpoint: Path, share: float, device: torch.device, bf16: bool) -> None:
        """Load the network.

        Raises:
            DataError: the checkpoint cannot be read.
            ConfigError: its answers are no probabilities.
        """
        self._network = averaged_network(load_checkpoint(checkpoint)).to(device)
        self._network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if self._network.activation != "sigmoid":
            raise ConfigError(f"{checkpoint}: a network with {self._network.activation} answers cannot teach")
        self._share = share
        self._bf16 = bf16

    @torch.no_grad()
    def aim(self, gray: Tensor, mask: Tensor) -> Tensor:
        """Return what to learn, float32 in 0 to 1: the mask, and the teacher's map of the same tile by its share.

        Args:
            gray: (N, 1, side, side) uint8.
            mask: the truth, of the same shape.
        """
        with torch.autocast(gray.device.type, torch.bfloat16, enabled=self._bf16):
            logits = self._network(scale_input(gray, self._network.value_range))
        return mask.float().lerp(as_probability(logits.float(), "sigmoid"), self._share)
