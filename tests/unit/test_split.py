"""Duplicates and the split: what looks alike stays on one side, and the draw is the same every time."""

from collections import Counter

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.models.data.duplicates import fingerprint, groups_of_alike
from faceerase.models.data.split import split_groups


def picture(seed: int) -> NDArray[np.uint8]:
    coarse = np.random.default_rng(seed).integers(0, 256, (12, 16), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (320, 240), interpolation=cv2.INTER_CUBIC), np.uint8)


def jpeg(gray: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    _, data = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def test_another_size_compression_or_exposure_is_alike() -> None:
    one = picture(1)
    changed = [
        cv2.resize(one, (160, 120), interpolation=cv2.INTER_AREA),
        jpeg(one, 20),
        (one * 0.7).astype(np.uint8),
    ]
    groups = groups_of_alike([fingerprint(np.asarray(gray)) for gray in (one, *changed)])
    assert len(set(groups)) == 1


def test_different_pictures_are_not() -> None:
    assert len(set(groups_of_alike([fingerprint(picture(seed)) for seed in range(50)]))) == 50


def test_alike_passes_through_others() -> None:
    prints = [np.zeros(4, np.uint64) for _ in range(3)]
    base = np.random.default_rng(0).integers(0, 2**63, 4, dtype=np.uint64)
    for number, changed in enumerate((0, 15, 30)):
        bits = np.unpackbits(base.view(np.uint8))
        bits[:changed] ^= 1
        prints[number] = np.packbits(bits).view(np.uint64)
    assert len(set(groups_of_alike(prints))) == 1
    assert len(set(groups_of_alike([prints[0], prints[2]]))) == 2


def test_pictures_without_detail_are_alike_to_nothing() -> None:
    flat = [np.full((40, 40), value, np.uint8) for value in (0, 128, 255)]
    assert len(set(groups_of_alike([fingerprint(gray) for gray in flat]))) == 3
    assert groups_of_alike([]) == []


@pytest.mark.parametrize("count", [1, 7, 100, 1000])
def test_the_share_is_kept_and_groups_are_whole(count: int) -> None:
    rng = np.random.default_rng(count)
    groups = [int(value) for value in rng.integers(0, max(1, count // 2), count)]
    sides = split_groups(groups, seed=3)
    assert sides == split_groups(groups, seed=3)
    for group in set(groups):
        assert len({side for side, name in zip(sides, groups, strict=True) if name == group}) == 1
    if count >= 100:
        assert Counter(sides)["train"] / count == pytest.approx(0.85, abs=0.03)
        assert sides != split_groups(groups, seed=4)
