"""One picture by itself: every tile of the pyramid, a second look at what is found, regions.

A photo, or a film's frame without its neighbours. Knows nothing of time.
"""

from collections.abc import Sequence

import numpy as np

from faceerase.contract import ThresholdRule
from faceerase.streamer.look.candidates import find_candidates
from faceerase.streamer.look.gray import GrayPicture
from faceerase.streamer.look.pyramid import plan_pyramid
from faceerase.streamer.look.second_look import Closer, look_closer
from faceerase.streamer.look.view import cut_view
from faceerase.streamer.mask.outline import Outline, region_in
from faceerase.streamer.mask.regions import Region
from faceerase.streamer.mask.threshold import DOUBTFUL, GROWS_ALONE, HOPELESS, OUTLINE, SPECK, certain_from
from faceerase.streamer.seams import MaskEngine


def look_everywhere(gray: GrayPicture, engine: MaskEngine, min_face: float) -> tuple[Closer, ...]:
    """Return every place that looked like a face at first, looked at again.

    Args:
        gray: the picture.
        engine: the network.
        min_face: height in picture pixels of the smallest face to be found.

    Raises:
        ModelError: the network failed.
    """
    height, width = gray.samples.shape
    contract = engine.contract
    tiles = plan_pyramid(width, height, contract.tile_side, min_face, contract.min_face)
    maps = engine.look(np.stack([cut_view(gray, tile.view) for tile in tiles]))
    candidates = find_candidates(tiles, maps, DOUBTFUL * contract.threshold, SPECK * min_face)
    return look_closer(gray, candidates, engine.look, contract.tile_side, HOPELESS * contract.threshold)


def certain_regions(
    looked: Sequence[Closer], rule: ThresholdRule, threshold: float, margin: float, min_face: float
) -> tuple[Region, ...]:
    """Return the regions of a picture in which a face is certain enough."""
    outline = Outline(rule, threshold, OUTLINE, margin, GROWS_ALONE)
    found = (region_in(one.map, one.view, one.box, outline) for one in looked)
    return tuple(
        region
        for region in found
        if region is not None and region.score > certain_from(rule, threshold, region.box.side, min_face)
    )
