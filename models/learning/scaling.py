"""Gray values as a network takes them. Knows nothing of networks."""

import torch
from torch import Tensor

from faceerase.contract import ValueRange


def scale_input(gray: Tensor, value_range: ValueRange) -> Tensor:
    """Return uint8 tiles (N, 1, side, side) as float32 in the range that the network takes."""
    scale = 255.0 if value_range == "0..1" else 1.0
    return (gray.float() / scale).contiguous(memory_format=torch.channels_last)
