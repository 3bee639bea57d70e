"""How wrong a map is."""

from typing import get_args

import pytest

torch = pytest.importorskip("torch")

from torch import Tensor

from faceerase.contract import OutputKind
from faceerase.models.learning.losses import segmentation_loss, soft_iou

pytestmark = pytest.mark.train
KINDS = get_args(OutputKind)


@pytest.fixture
def truth() -> Tensor:
    mask = torch.zeros(2, 1, 32, 32)
    mask[:, :, 8:20, 10:24] = 1
    return mask


def certain(mask: Tensor) -> Tensor:
    """Logits of somebody who knows."""
    return (mask * 2 - 1) * 20


@pytest.mark.parametrize("kind", KINDS)
def test_the_truth_itself_costs_next_to_nothing(truth: Tensor, kind: OutputKind) -> None:
    assert float(segmentation_loss(certain(truth), truth, torch.ones_like(truth), kind, 0.5)) < 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_the_better_answer_costs_less(truth: Tensor, kind: OutputKind) -> None:
    weight = torch.ones_like(truth)
    costs = [
        float(segmentation_loss(answer, truth, weight, kind, 0.5))
        for answer in (certain(truth), certain(truth) * 0.05, torch.zeros_like(truth), certain(1 - truth))
    ]
    assert costs == sorted(costs)
    assert costs[0] < costs[-1]


def test_pixels_of_weight_zero_count_for_nothing(truth: Tensor) -> None:
    weight = torch.ones_like(truth)
    weight[..., :4] = 0
    logits = torch.randn_like(truth)
    other = logits.clone()
    other[..., :4] = 30
    one, two = (segmentation_loss(answer, truth, weight, "sigmoid", 0.5) for answer in (logits, other))
    assert torch.equal(one, two)


@pytest.mark.parametrize("kind", KINDS)
def test_tiles_of_which_nothing_counts_cost_a_finite_nothing(truth: Tensor, kind: OutputKind) -> None:
    cost = segmentation_loss(torch.randn_like(truth), truth, torch.zeros_like(truth), kind, 0.5)
    assert float(cost) == pytest.approx(0)


@pytest.mark.parametrize("kind", KINDS)
def test_every_cost_has_a_gradient(truth: Tensor, kind: OutputKind) -> None:
    logits = torch.randn_like(truth).requires_grad_()
    segmentation_loss(logits, truth, torch.ones_like(truth), kind, 0.5).backward()
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()
    assert logits.grad.abs().sum() > 0


def test_the_overlap_can_be_left_out(truth: Tensor) -> None:
    weight = torch.ones_like(truth)
    logits = torch.randn_like(truth)
    entropy = segmentation_loss(logits, truth, weight, "sigmoid", 0)
    both = segmentation_loss(logits, truth, weight, "sigmoid", 1)
    missed = 1 - soft_iou(torch.sigmoid(logits), truth, weight)
    assert float(both - entropy) == pytest.approx(float(missed), abs=1e-6)
    assert float(entropy) == pytest.approx(
        float(torch.nn.functional.binary_cross_entropy_with_logits(logits, truth)), abs=1e-6
    )


def test_soft_iou_of_certain_answers_is_the_true_iou(truth: Tensor) -> None:
    weight = torch.ones_like(truth)
    shifted = torch.roll(truth, 7, dims=3)
    both, either = float((truth * shifted).sum()), float(torch.maximum(truth, shifted).sum())
    assert float(soft_iou(shifted, truth, weight)) == pytest.approx(both / either, abs=0.005)
    assert float(soft_iou(truth, truth, weight)) == pytest.approx(1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("focus", [1.0, 2.0])
def test_a_focal_loss_asks_for_the_same_answer(truth: Tensor, kind: OutputKind, focus: float) -> None:
    weight = torch.ones_like(truth)
    costs = [
        float(segmentation_loss(answer, truth, weight, kind, 0.5, focus))
        for answer in (certain(truth), certain(truth) * 0.05, certain(1 - truth))
    ]
    assert costs == sorted(costs)


def test_a_focal_loss_is_moved_most_where_the_network_is_wrong(truth: Tensor) -> None:
    weight = torch.ones_like(truth)
    shares = []
    for focus in (0.0, 2.0):
        logits = (certain(truth) * 0.1).requires_grad_()
        with torch.no_grad():
            logits[0, 0, 10, 12] = -3  # a face pixel taken for background
        segmentation_loss(logits, truth, weight, "sigmoid", 0, focus).backward()
        assert logits.grad is not None
        shares.append(float(logits.grad[0, 0, 10, 12].abs() / logits.grad.abs().sum()))
    assert shares[1] > 5 * shares[0]


@pytest.mark.parametrize("focus", [0.0, 1.5])
def test_an_aim_beside_the_mask_is_what_the_entropy_asks_for(truth: Tensor, focus: float) -> None:
    weight = torch.ones_like(truth)
    aim = truth * 0.6 + 0.1
    unsure = torch.logit(aim)
    told, untold = (
        [
            float(segmentation_loss(answer, truth, weight, "sigmoid", 0.0, focus, asked))
            for answer in (unsure, certain(truth))
        ]
        for asked in (aim, None)
    )
    assert told[0] < told[1]
    assert untold[0] > untold[1]
