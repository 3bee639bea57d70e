"""What is covered of a face without any future."""

import numpy as np

from faceerase.streamer.box import Box
from faceerase.streamer.follow.onward import onward
from faceerase.streamer.follow.track import Reach
from faceerase.streamer.mask.regions import Region

REACH = Reach(lead=3, tail=15, smooth=3)
STILL = {number: (0.0, 0.0) for number in range(60)}


def region(x: float, side: float = 20) -> Region:
    return Region(Box(x, 50, x + side, 50 + side), np.full((48, 48), 255, np.uint8), 0.9)


def around(regions: tuple[Region, ...]) -> Box:
    box = regions[0].box
    for one in regions[1:]:
        box = box.union(one.box)
    return box


def holds(outer: Box, inner: Box) -> bool:
    return outer.x0 <= inner.x0 and outer.y0 <= inner.y0 and outer.x1 >= inner.x1 and outer.y1 >= inner.y1


def test_a_face_is_covered_in_the_frame_in_which_it_is_first_seen() -> None:
    assert holds(around(onward({7: region(10)}, STILL, 7, REACH)), region(10).box)


def test_a_face_that_is_missed_is_covered_where_it_was_and_where_it_went() -> None:
    sightings = {number: region(10 + 4 * number) for number in range(6)}
    cover = around(onward(sightings, STILL, 8, REACH))
    assert holds(cover, region(10 + 4 * 5).box)
    assert holds(cover, region(10 + 4 * 8).box)


def test_the_longer_it_is_missed_the_wider_the_cover() -> None:
    sightings = {number: region(100) for number in range(6)}
    widths = [around(onward(sightings, STILL, number, REACH)).width for number in range(6, 14)]
    assert widths == sorted(widths)
    assert widths[-1] > widths[0]


def test_a_turning_camera_takes_the_cover_along() -> None:
    turning = {number: (6.0 * number, 0.0) for number in range(20)}
    sightings = {number: region(10 + 6 * number) for number in range(6)}
    assert holds(around(onward(sightings, turning, 9, REACH)), region(10 + 6 * 9).box)


def test_a_face_that_left_is_not_covered_for_ever() -> None:
    sightings = {number: region(100) for number in range(20)}
    assert onward(sightings, STILL, 19 + REACH.tail, REACH)
    assert onward(sightings, STILL, 20 + REACH.tail, REACH) == ()
