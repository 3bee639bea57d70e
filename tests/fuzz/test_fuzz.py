"""A few damaged files of every kind in every run of the tests; ``make fuzz`` sends thousands through."""

import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and measures as Linux does")

CASES = 54
SECONDS = 60


def test_damaged_files_end_well(tmp_path: Path) -> None:
    from campaign import in_workers

    done = in_workers(1, range(CASES), tmp_path, tmp_path / "kept", time.monotonic() + SECONDS, 1)
    assert done
    assert [(ran.case.path.name, ran.case.change, ran.faults, ran.said) for ran in done if ran.faults] == []


@pytest.mark.parametrize("seed", ["1/2", "3/4"])
def test_the_same_seed_does_the_same_damage(seed: str) -> None:
    from mutate import mutated

    assert mutated(bytes(range(256)) * 8, seed) == mutated(bytes(range(256)) * 8, seed)
