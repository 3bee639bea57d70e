"""What the pipeline refuses before any work."""

from collections.abc import Callable

import pytest

from faceerase.configs.film import MaskConfig
from faceerase.contract import ModelContract
from faceerase.errors import ConfigError
from faceerase.streamer.stages import resolve_threshold


@pytest.mark.parametrize(("output", "threshold"), [("sigmoid", 1.0), ("sigmoid", 3.0), ("spatial-softmax", 65_536.0)])
def test_a_threshold_that_nothing_can_exceed_is_refused(
    make_contract: Callable[..., ModelContract], output: str, threshold: float
) -> None:
    with pytest.raises(ConfigError):
        resolve_threshold(MaskConfig(threshold=threshold), make_contract(output=output))


def test_the_models_own_rule_and_threshold_count_where_none_is_given(
    make_contract: Callable[..., ModelContract],
) -> None:
    contract = make_contract(threshold=0.7, threshold_rule="otsu")
    assert resolve_threshold(MaskConfig(), contract) == ("otsu", 0.7)
    assert resolve_threshold(MaskConfig(rule="fixed", threshold=0.2), contract) == ("fixed", 0.2)
