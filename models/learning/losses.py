"""How wrong a map is: weighted binary cross-entropy, focal or not, and soft intersection over union.

Works on logits, target and weight; pixels of weight 0 count for nothing. Knows nothing of networks or data.
"""

import torch.nn.functional as F
from torch import Tensor

from faceerase.contract import OutputKind
from faceerase.models.networks.unet import activate

EPSILON = 1e-6


def segmentation_loss(
    logits: Tensor,
    mask: Tensor,
    weight: Tensor,
    activation: OutputKind,
    iou_weight: float,
    focus: float = 0.0,
    aim: Tensor | None = None,
) -> Tensor:
    """Return BCE + ``iou_weight`` · (1 − soft IoU), a scalar; all tensors (N, 1, side, side) float32.

    ``aim`` is what the cross-entropy asks for, 0 to 1, None: the mask. With ``focus`` γ > 0 each pixel's cross-entropy
    counts as much as the network is wrong there, |p − aim|^γ (Lin et al. 2017, arXiv:1708.02002), with the sum of these
    factors as the divisor, so that the loss does not fade while the network learns.

    The seed's spatial softmax gives each map the sum one; for its cross-entropy the map is scaled by its own maximum,
    which keeps the shape and makes "a face pixel" mean 1.
    """
    probability = as_probability(logits, activation)
    aim = mask if aim is None else aim
    counted = weight * (probability - aim).detach().abs() ** focus if focus else weight
    if activation == "sigmoid":
        entropy = F.binary_cross_entropy_with_logits(logits, aim, weight=counted, reduction="sum")
    else:
        probability = probability.clamp(EPSILON, 1 - EPSILON)
        entropy = F.binary_cross_entropy(probability, aim, weight=counted, reduction="sum")
    return entropy / counted.sum().clamp_min(1.0) + iou_weight * (1 - soft_iou(probability, mask, weight))


def as_probability(logits: Tensor, activation: OutputKind) -> Tensor:
    """Return the map of logits in 0 to 1: the sigmoid itself, or a spatial softmax over its own maximum."""
    map_ = activate(logits, activation)
    if activation == "sigmoid":
        return map_
    return map_ / map_.amax(dim=(2, 3), keepdim=True).clamp_min(EPSILON)


def soft_iou(probability: Tensor, mask: Tensor, weight: Tensor) -> Tensor:
    """Return Σ w·p·m / Σ w·(p + m − p·m) over the whole batch, a scalar in 0 to 1 (Rahman & Wang 2016)."""
    both = (weight * probability * mask).sum()
    either = (weight * (probability + mask - probability * mask)).sum()
    return (both + 1) / (either + 1)
