"""The matte: cells of the chroma grid, and their size in luma pixels."""

import numpy as np
import pytest

from faceerase.streamer.box import Box
from faceerase.streamer.look.view import View
from faceerase.streamer.mask.matte import Matte, matte_of
from faceerase.streamer.mask.outline import Outline, region_in
from faceerase.streamer.mask.regions import SHAPE_SIDE, FrameMask, Region

LAYOUTS = [((2, 2), "4:2:0"), ((2, 1), "4:2:2"), ((1, 1), "4:4:4"), ((4, 1), "4:1:1"), ((1, 2), "4:4:0")]
BLOCKS = [pytest.param(block, id=name) for block, name in LAYOUTS]
SIZES = [(64, 48), (63, 47), (65, 49), (1, 1), (2, 3), (16, 16), (641, 3)]


def mask_over(x0: float, y0: float, x1: float, y1: float) -> FrameMask:
    shape = np.full((SHAPE_SIDE, SHAPE_SIDE), 255, np.uint8)
    return FrameMask((Region(Box(x0, y0, x1, y1), shape, 1.0),))


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_there_is_a_cell_for_every_chroma_sample(block: tuple[int, int], width: int, height: int) -> None:
    matte = matte_of(mask_over(0, 0, width, height), block, width, height)
    assert matte.cells.shape == (-(-height // block[1]), -(-width // block[0]))
    assert matte.cells.all()
    assert not matte.empty


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_luma_has_the_size_of_the_frame(block: tuple[int, int], width: int, height: int) -> None:
    box = (width / 4, height / 4, 0.75 * width, 0.75 * height)
    luma = matte_of(mask_over(*box), block, width, height).luma()
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
    matte = matte_of(FrameMask(()), block, 63, 47)
    assert matte.empty
    assert matte.cells.shape == (-(-47 // block[1]), -(-63 // block[0]))
    assert not matte.luma().any()


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("scale", [0.25, 0.5, 1.0, 2.0])
def test_a_face_found_in_a_view_of_any_scale_lands_where_it_was(block: tuple[int, int], scale: float) -> None:
    face = Box(40, 32, 96, 88)
    view = View(8, 4, round(256 / scale), 256)
    map_ = np.zeros((256, 256), np.float32)
    x0, y0, x1, y1 = (round(value) for value in (*_corner(view, face.x0, face.y0), *_corner(view, face.x1, face.y1)))
    map_[y0:y1, x0:x1] = 0.9
    region = region_in(map_, view, face, Outline("fixed", 0.5, 0.2, 0.0, 100.0))
    assert region is not None
    luma = matte_of(FrameMask((region,)), block, 160, 120).luma()
    assert luma[36:84, 44:92].all()
    assert not luma[:24].any()
    assert not luma[:, :28].any()
    assert not luma[96:].any()
    assert not luma[:, 108:].any()


def _corner(view: View, x: float, y: float) -> tuple[float, float]:
    box = view.to_tile(Box(x, y, x, y))
    return box.x0, box.y0


def test_every_pixel_of_a_region_is_in_the_matte_and_its_cells_reach_no_further() -> None:
    matte = matte_of(mask_over(14, 10, 40, 32), (2, 2), 64, 48)
    expected = np.zeros((24, 32), np.uint8)
    expected[5:16, 7:20] = 1
    assert np.array_equal(matte.cells, expected)


@pytest.mark.parametrize("block", [(2, 2), (4, 1)])
@pytest.mark.parametrize("offset", range(8))
def test_a_map_finer_than_the_cells_loses_no_face(block: tuple[int, int], offset: int) -> None:
    # min_face 4 on a small film: the tile shows it twice its size, four times that of the 4:2:0 cells.
    view = View(80, 40, 128, 256)
    map_ = np.zeros((256, 256), np.float32)
    map_[100 + offset : 106 + offset, 60 + offset : 66 + offset] = 0.9
    face = view.to_picture(Box(60 + offset, 100 + offset, 66 + offset, 106 + offset))
    region = region_in(map_, view, face, Outline("fixed", 0.5, 0.2, 0.0, 100.0))
    assert region is not None
    luma = matte_of(FrameMask((region,)), block, 320, 240).luma()
    evidence = luma[int(face.y0) : int(np.ceil(face.y1)), int(face.x0) : int(np.ceil(face.x1))]
    assert evidence.shape in {(3, 3), (4, 4)}
    assert (evidence == 255).all()
