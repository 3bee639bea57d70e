"""The matte: cells of the chroma grid, and their size in luma pixels."""

import numpy as np
import pytest

from faceerase.streamer.mask.matte import Matte, matte_of
from faceerase.streamer.mask.regions import FrameMask, Region

LAYOUTS = [((2, 2), "4:2:0"), ((2, 1), "4:2:2"), ((1, 1), "4:4:4"), ((4, 1), "4:1:1"), ((1, 2), "4:4:0")]
BLOCKS = [pytest.param(block, id=name) for block, name in LAYOUTS]
SIZES = [(64, 48), (63, 47), (65, 49), (1, 1), (2, 3), (16, 16), (641, 3)]
import cv2

from faceerase.streamer.mask.regions import find_regions


def mask_over(width: int, height: int, x0: int, y0: int, x1: int, y1: int) -> FrameMask:
    mask = np.zeros((height, width), np.uint8)
    mask[y0:y1, x0:x1] = 1
    return FrameMask(mask, (Region(x0, y0, x1 - x0, y1 - y0, 1.0),))


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_there_is_a_cell_for_every_chroma_sample(block: tuple[int, int], width: int, height: int) -> None:
    matte = matte_of(mask_over(20, 20, 0, 0, 20, 20), block, width, height)
    assert matte.cells.shape == (-(-height // block[1]), -(-width // block[0]))
    assert matte.cells.all()
    assert not matte.empty


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_luma_has_the_size_of_the_frame(block: tuple[int, int], width: int, height: int) -> None:
    luma = matte_of(mask_over(20, 20, 5, 5, 15, 15), block, width, height).luma()
    assert luma.shape == (height, width)
    assert luma.dtype == np.uint8
    assert luma.flags.c_contiguous
    assert set(np.unique(luma)) <= {0, 255}


@pytest.mark.parametrize("block", BLOCKS)
def test_luma_and_chroma_are_erased_alike(block: tuple[int, int]) -> None:
    width, height = 63, 47
    cells = (np.random.default_rng(0).random((-(-height // block[1]), -(-width // block[0]))) > 0.5).astype(np.uint8)
    luma = Matte(cells, block, width, height).luma()
    for row, column in np.ndindex(*cells.shape):
        of_cell = luma[
            row * block[1] : (row + 1) * block[1],
            column * block[0] : (column + 1) * block[0],
        ]
        assert (of_cell == cells[row, column] * 255).all()


@pytest.mark.parametrize("block", BLOCKS)
def test_no_region_no_cell(block: tuple[int, int]) -> None:
    matte = matte_of(FrameMask(np.zeros((10, 10), np.uint8), ()), block, 63, 47)
    assert matte.empty
    assert matte.cells.shape == (-(-47 // block[1]), -(-63 // block[0]))
    assert not matte.luma().any()


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("scale", [0.25, 0.5, 1.0])
def test_a_mask_coarser_than_the_frame_lands_where_it_was(block: tuple[int, int], scale: float) -> None:
    width, height = 160, 120
    box = [int(value * scale) for value in (40, 32, 96, 88)]
    luma = matte_of(mask_over(int(width * scale), int(height * scale), *box), block, width, height).luma()
    assert luma[36:84, 44:92].all()
    assert not luma[:24].any()
    assert not luma[:, :28].any()
    assert not luma[96:].any()
    assert not luma[:, 108:].any()


def test_every_pixel_of_a_mask_as_fine_as_the_cells_is_in_the_matte() -> None:
    mask = mask_over(32, 24, 7, 5, 20, 16)
    matte = matte_of(mask, (2, 2), 64, 48)
    assert np.array_equal(matte.cells, mask.mask)


@pytest.mark.parametrize("block", [(2, 2), (4, 1)])
@pytest.mark.parametrize("offset", range(8))
def test_a_mask_finer_than_the_cells_loses_no_face(block: tuple[int, int], offset: int) -> None:
    # min_face 4 on a small film: the map is twice the frame's size, four times that of the 4:2:0 cells
    found = np.zeros((480, 640), np.bool_)
    found[100 + offset : 106 + offset, 200 + offset : 206 + offset] = True
    mask = find_regions(found.astype(np.float32), found, 8, 0.0)
    luma = matte_of(mask, block, 320, 240).luma()
    evidence = cv2.resize(found.astype(np.uint8), (320, 240), interpolation=cv2.INTER_AREA) > 0
    assert (luma[evidence] == 255).all()
