"""From a map to what is to be erased: threshold rule and regions, as the pipeline and the evaluation both use them.

Knows nothing of films or planes.
"""

import numpy as np
from numpy.typing import NDArray

from faceerase.contract import ThresholdRule
from faceerase.streamer.mask.regions import FrameMask, find_regions
from faceerase.streamer.mask.threshold import apply_rule


def cut_map(
    map_: NDArray[np.float32], rule: ThresholdRule, threshold: float, margin: float, min_face: float, width: int
) -> FrameMask:
    """Return the regions of a picture's map.

    Args:
        map_: (height, width) float32, at any scale of the picture.
        rule: the threshold rule.
        threshold: its value.
        margin: how far regions grow, as a share of their mean radius.
        min_face: height of the smallest face, in pixels of the picture.
        width: of the picture.
    """
    scale = map_.shape[1] / width
    smallest = min_face * scale
    return find_regions(map_, apply_rule(map_, rule, threshold, smallest), smallest, margin)
