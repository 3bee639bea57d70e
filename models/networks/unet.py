"""The seed's U-Net, to the letter: 31 million parameters, same padding, the original widths.

Source of the shape: Ronneberger, Fischer, Brox, "U-Net" (2015), arXiv:1505.04597, with the seed's changes: batch
normalisation after each activation, same padding, a leading batch normalisation over raw 0–255 gray, one output map.
Knows nothing of training or export.
"""

import torch
from torch import Tensor, nn

from faceerase.contract import OutputKind, ValueRange

WIDTHS = (64, 128, 256, 512)
BOTTOM = 1024


class UNet(nn.Module):
    """Raw gray 0–255, (N, 1, 256, 256) float32, to logits of the same shape; ``activate`` turns these into a map."""

    value_range: ValueRange = "0..255"

    def __init__(self, activation: OutputKind = "spatial-softmax") -> None:
        super().__init__()
        self.activation: OutputKind = activation
        self.normalise = nn.BatchNorm2d(1)
        self.encoder = nn.ModuleList()
        channels = 1
        for width in WIDTHS:
            self.encoder.append(_block(channels, width))
            channels = width
        self.pool = nn.MaxPool2d(2, stride=2)
        self.bottom = _block(channels, BOTTOM)
        self.up = nn.ModuleList()
        self.decoder = nn.ModuleList()
        channels = BOTTOM
        for width in reversed(WIDTHS):
            self.up.append(nn.ConvTranspose2d(channels, width, kernel_size=2, stride=2))
            self.decoder.append(_block(2 * width, width))
            channels = width
        self.head = nn.Conv2d(channels, 1, kernel_size=1)
        self.apply(initialise)

    def forward(self, tiles: Tensor) -> Tensor:
        """Return logits, (N, 1, side, side)."""
        x = self.normalise(tiles)
        skips = []
        for block in self.encoder:
            x = block(x)
            skips.append(x)
            x = self.pool(x)
        x = self.bottom(x)
        for up, block in zip(self.up, self.decoder, strict=True):
            x = block(torch.cat([skips.pop(), up(x)], dim=1))
        return torch.as_tensor(self.head(x))


def activate(logits: Tensor, activation: OutputKind) -> Tensor:
    """Return the map of a network's logits: sigmoid per pixel, or a softmax over all pixels of each tile."""
    if activation == "sigmoid":
        return torch.sigmoid(logits)
    return torch.softmax(logits.flatten(2), dim=2).view_as(logits)


def initialise(module: nn.Module) -> None:
    """He initialisation (He et al. 2015, arXiv:1502.01852) of one layer, for use with ``Module.apply``."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def _block(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.BatchNorm2d(outputs),
        nn.Conv2d(outputs, outputs, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.BatchNorm2d(outputs),
    )
