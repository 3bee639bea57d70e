"""unet-lite: the same idea at a cost that a laptop can pay.

A strided stem brings the tile to a quarter of its side before the first full-width convolution, and the head answers
with 4×4 sub-pixels per cell (Shi et al. 2016, arXiv:1609.05158), so the mask has the tile's own size without paying
for convolutions at it. Knows nothing of training or export.
"""

from collections.abc import Sequence
from itertools import zip_longest

import torch
from torch import Tensor, nn

from faceerase.contract import OutputKind, ValueRange
from faceerase.models.networks.unet import initialise


class UNetLite(nn.Module):
    """Gray 0–1, (N, 1, side, side) float32, to logits of the same shape; ``side`` a multiple of the total stride."""

    value_range: ValueRange = "0..1"

    def __init__(
        self,
        stem: Sequence[int] = (16, 32),
        widths: Sequence[int] = (32, 64, 96, 128),
        encoder_depth: int = 2,
        decoder_depth: int = 1,
        activation: OutputKind = "sigmoid",
        residual: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self.activation: OutputKind = activation
        channels = 1
        strided: list[nn.Module] = []
        for width in stem:
            strided += _convolution(channels, width, stride=2)
            channels = width
        self.stem = nn.Sequential(*strided)
        self.encoder = nn.ModuleList()
        self.residual = nn.ModuleList()
        for width, blocks in zip_longest(widths, residual, fillvalue=0):
            self.encoder.append(_block(channels, width, encoder_depth))
            self.residual.append(nn.Sequential(*(Residual(width) for _ in range(blocks))))
            channels = width
        self.pool = nn.MaxPool2d(2, stride=2)
        self.up = nn.ModuleList()
        self.decoder = nn.ModuleList()
        for width in reversed(widths[:-1]):
            self.up.append(nn.ConvTranspose2d(channels, width, kernel_size=2, stride=2))
            self.decoder.append(_block(2 * width, width, decoder_depth))
            channels = width
        subpixels = 2 ** len(stem)
        self.head = nn.Conv2d(channels, subpixels**2, kernel_size=1)
        self.shuffle = nn.PixelShuffle(subpixels)
        self.apply(initialise)
        for module in self.modules():
            if isinstance(module, Residual):
                module.start_as_identity()
        # Faces are rare: starting from "one pixel in twenty" spares the first thousand tiles.
        nn.init.normal_(self.head.weight, std=0.01)
        assert self.head.bias is not None
        nn.init.constant_(self.head.bias, -3.0)

    def forward(self, tiles: Tensor) -> Tensor:
        """Return logits, (N, 1, side, side)."""
        x = self.stem(tiles)
        skips = []
        for level, block in enumerate(self.encoder):
            x = self.residual[level](block(self.pool(x) if level else x))
            skips.append(x)
        skips.pop()
        for up, block in zip(self.up, self.decoder, strict=True):
            x = block(torch.cat([skips.pop(), up(x)], dim=1))
        return torch.as_tensor(self.shuffle(self.head(x)))


class Residual(nn.Module):
    """Two convolutions beside a way around them (He et al. 2016, arXiv:1512.03385); at first all goes that way."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(*list(_block(width, width, 2))[:-1])
        self.relu = nn.ReLU(inplace=True)

    def start_as_identity(self) -> None:
        """Silence the branch: a trained network answers as before, and learns what to do with it."""
        last = self.branch[-1]
        assert isinstance(last, nn.BatchNorm2d)
        nn.init.zeros_(last.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum, of the shape of ``x``."""
        return torch.as_tensor(self.relu(x + self.branch(x)))


def _convolution(inputs: int, outputs: int, stride: int = 1) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    ]


def _block(inputs: int, outputs: int, depth: int) -> nn.Sequential:
    layers = _convolution(inputs, outputs)
    for _ in range(depth - 1):
        layers += _convolution(outputs, outputs)
    return nn.Sequential(*layers)
