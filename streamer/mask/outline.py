"""Outlines: which region a network's map shows at a box of a picture; where faces touch, which part is whose.

Knows nothing of films, planes or time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from faceerase.contract import ThresholdRule
from faceerase.streamer.box import Box
from faceerase.streamer.look.spots import Spot, find_spots
from faceerase.streamer.look.view import View
from faceerase.streamer.mask.regions import Region, to_shape
from faceerase.streamer.mask.threshold import likely

CONVEX_FROM = 0.75
"""Share of its convex hull that a region must fill to be replaced by it; less is two faces that touch."""

APART = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
"""Shares of the map's greatest value in a box at which an outline that runs on is tried to be parted into faces."""

FAINTEST = 0.8
"""Share of the usual outline's value to which it sinks, at most, where nothing in the box is certain."""

RIM = 0.15
"""How far around a parted core the outline may lie, as a share of the face's side."""

MOVES = 0.3
"""How far from where it is looked for a face may lie, as a share of its side."""


@dataclass(frozen=True, slots=True)
class Outline:
    """How a region is drawn: threshold rule, its value, ``low`` as in ``likely``.

    ``margin`` is how far it grows, as a share of its mean radius; ``grows`` how many times as large as the box in which
    it is looked for it may be before it is parted from others, or cut.
    """

    rule: ThresholdRule
    threshold: float
    low: float
    margin: float
    grows: float


def region_in(map_: NDArray[np.float32], view: View, box: Box, outline: Outline) -> Region | None:
    """Return the region that a map shows at a box of the picture, or None.

    Where the outline runs on into somebody else, it is parted at a higher value of the map, at which the
    faces lie apart; where they nowhere do, the region is cut to the box's size, moved to the middle of what the map
    shows there: otherwise it would creep from face to face.

    Args:
        map_: (side, side) float32, what the network answered to ``view``.
        view: where that tile lies in the picture.
        box: where the face is thought to be.
        outline: how it is drawn; how certain is certain enough is the caller's business.
    """
    wanted = view.to_tile(box)
    # Of a face that is less than certain the rim is fainter, too.
    peak = float(_in_box(map_, wanted).max(initial=0)) / outline.threshold
    inside = likely(map_, outline.rule, outline.threshold, outline.low * min(1.0, max(FAINTEST, peak)))
    spots = [spot for spot in find_spots(map_, inside, near=wanted) if _touches(spot, wanted)]
    if not spots:
        return None
    if _around(spots).side > outline.grows * wanted.side:
        near = _moved_to(spots, map_, wanted)
        cut = [part for spot in spots if (part := _within(spot, map_, near)) is not None]
        spots = _parted(map_, inside, wanted, outline.grows) or cut
        if not spots:
            return None
    return _region(spots, view, outline)


def regions_in(map_: NDArray[np.float32], view: View, outline: Outline, least: float) -> tuple[Region, ...]:
    """Return every region that a map shows anywhere and that somewhere reaches ``least``; who is whose is not asked.

    Args:
        map_: (side, side) float32, what the network answered to ``view``.
        view: where that tile lies in the picture.
        outline: how they are drawn.
        least: value of the map.
    """
    inside = likely(map_, outline.rule, outline.threshold, outline.low)
    return tuple(_region([spot], view, outline) for spot in find_spots(map_, inside) if spot.score > least)


def _region(spots: Sequence[Spot], view: View, outline: Outline) -> Region:
    grown, at = _grown(spots, outline.margin)
    height, width = grown.shape
    score = max(spot.score for spot in spots)
    return Region(view.to_picture(Box(at[0], at[1], at[0] + width, at[1] + height)), to_shape(grown), score)


def _in_box(tile: NDArray[Any], box: Box) -> NDArray[Any]:
    """Return what a box of the tile holds, every pixel that it touches."""
    return tile[max(0, int(box.y0)) : int(box.y1) + 1, max(0, int(box.x0)) : int(box.x1) + 1]


def _touches(spot: Spot, box: Box) -> bool:
    """Return whether any pixel of a spot lies in a box."""
    return bool(spot.patch[_window(spot, box)].any())


def _around(spots: Sequence[Spot]) -> Box:
    """Return the smallest box around spots."""
    return reduce(Box.union, (spot.box for spot in spots))


def _window(spot: Spot, box: Box) -> tuple[slice, slice]:
    """Return the rows and columns of a spot's patch that a box of the tile holds."""
    x, y = int(spot.box.x0), int(spot.box.y0)
    rows = slice(max(0, int(np.floor(box.y0)) - y), max(0, int(np.ceil(box.y1)) - y))
    return rows, slice(max(0, int(np.floor(box.x0)) - x), max(0, int(np.ceil(box.x1)) - x))


def _parted(map_: NDArray[np.float32], inside: NDArray[np.bool_], wanted: Box, grows: float) -> list[Spot]:
    """Return the part of an outline that is the face's in a box and no other's; empty where it cannot be parted.

    The lowest value is taken at which what lies in the middle of the box stands apart from all else and is no larger
    than a face there may be. What lies around such cores down to the outline goes to the nearest one.
    """
    middle = wanted.towards(Box(*wanted.centre, *wanted.centre), 0.5)
    highest = _in_box(map_, wanted).max(initial=0)
    for share in APART:
        cores = (map_ > share * highest) & inside
        count, labels = cv2.connectedComponents(cores.astype(np.uint8), connectivity=8)
        sizes = np.bincount(_in_box(labels, middle).ravel(), minlength=count)
        sizes[0] = 0
        ours = int(sizes.argmax())
        if count < 3 or not sizes.any():
            continue
        core = cv2.boundingRect((labels == ours).astype(np.uint8))
        if max(core[2:]) > grows * wanted.side:
            continue  # what is parted off holds the core
        near = _window_around(core, wanted)
        part = np.zeros_like(inside)
        part[near] = inside[near] & (_nearest_core(labels[near]) == ours) & _reach(labels[near] == ours, wanted)
        spots = [spot for spot in find_spots(map_, part, near=wanted) if _touches(spot, wanted)]
        if spots and _around(spots).side <= grows * wanted.side:
            return spots
    return []


def _window_around(core: Sequence[int], wanted: Box) -> tuple[slice, slice]:
    """Return the rows and columns in which all lies that is as near to a core as its rim is wide, or to another so.

    The core is given by the rectangle (x, y, width, height) around it.
    """
    x, y, width, height = core
    around = 2 * _rim(wanted) + 1
    return slice(max(0, y - around), y + height + around), slice(max(0, x - around), x + width + around)


def _rim(wanted: Box) -> int:
    return max(1, round(RIM * wanted.side))


def _nearest_core(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return for every pixel the label of the core that lies nearest."""
    away = (labels == 0).astype(np.uint8)
    _, zones = cv2.distanceTransformWithLabels(away, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP)
    zones = np.asarray(zones, np.int32)
    # Zones have numbers of their own: each is told by any of its core's pixels.
    by_zone = np.zeros(int(zones.max()) + 1, np.int32)
    by_zone[zones[labels > 0]] = labels[labels > 0]
    return np.asarray(by_zone[zones], np.int32)


def _reach(core: NDArray[np.bool_], wanted: Box) -> NDArray[np.bool_]:
    """Return what lies no further from a core than a rim of a face of this size is wide."""
    radius = _rim(wanted)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(core.astype(np.uint8), disc)) > 0


def _within(spot: Spot, map_: NDArray[np.float32], box: Box) -> Spot | None:
    """Return the part of a spot that lies in a box, or None."""
    rows, columns = _window(spot, box)
    patch = spot.patch[rows, columns]
    if not patch.any():
        return None
    x, y = int(spot.box.x0) + columns.start, int(spot.box.y0) + rows.start
    score = float(map_[y : y + patch.shape[0], x : x + patch.shape[1]][patch].max())
    return Spot(Box(x, y, x + patch.shape[1], y + patch.shape[0]), patch, score)


def _moved_to(spots: Sequence[Spot], map_: NDArray[np.float32], wanted: Box) -> Box:
    """Return a box moved to the middle of what spots show in and near it."""
    around = wanted.grown(MOVES * wanted.side)
    total = x = y = 0.0
    for part in (found for spot in spots if (found := _within(spot, map_, around)) is not None):
        x0, y0 = int(part.box.x0), int(part.box.y0)
        height, width = part.patch.shape
        mass = np.where(part.patch, map_[y0 : y0 + height, x0 : x0 + width], 0)
        total += float(mass.sum())
        x += float(mass.sum(axis=0) @ (x0 + 0.5 + np.arange(width)))
        y += float(mass.sum(axis=1) @ (y0 + 0.5 + np.arange(height)))
    cx, cy = wanted.centre
    return wanted.moved(x / total - cx, y / total - cy) if total else wanted


def _grown(parts: Sequence[Spot], margin: float) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """Return the parts filled and grown, uint8 0/1, and where its left top corner lies in the tile."""
    box = _around(parts)
    x, y, width, height = int(box.x0), int(box.y0), int(box.width), int(box.height)
    patch = np.zeros((height, width), np.uint8)
    for part in parts:
        left, top = int(part.box.x0) - x, int(part.box.y0) - y
        patch[top : top + part.patch.shape[0], left : left + part.patch.shape[1]] |= part.patch
    radius = max(1, round(margin * float(np.sqrt(patch.sum() / np.pi))))
    wide = cv2.copyMakeBorder(_filled(patch), radius, radius, radius, radius, cv2.BORDER_CONSTANT, value=(0,))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(wide, disc), np.uint8), (x - radius, y - radius)


def _filled(patch: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return every part of a patch as its convex hull where it nearly is one already, else with its holes filled."""
    contours, _ = cv2.findContours(patch, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = patch.copy()
    for contour in contours:
        hull = np.asarray(cv2.convexHull(np.asarray(contour)))
        nearly = float(cv2.contourArea(np.asarray(contour))) >= CONVEX_FROM * float(cv2.contourArea(hull))
        cv2.drawContours(filled, [np.asarray(hull if nearly else contour, np.int32)], -1, (1,), cv2.FILLED)
    return filled
