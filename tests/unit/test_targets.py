"""What the network should answer for one view of one photo, and how much each pixel of it counts."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.models.data.wider import FaceBox
from faceerase.models.tiles.targets import FaceSizes, Target, box_shape, draw_target, face_shape, pixel_centred

AS_IS = np.eye(2, 3)
SIZES = FaceSizes(7, 280)
SIDE = 256


def face(x: float, y: float, width: float, height: float, ignore: bool = False) -> FaceBox:
    return FaceBox(x, y, width, height, ignore)


def draw(
    *faces: FaceBox,
    photo_mask: NDArray[np.uint8] | None = None,
    view: NDArray[np.float64] = AS_IS,
    weight: float = 4,
    sizes: FaceSizes = SIZES,
) -> Target:
    return draw_target(faces, photo_mask, view, SIDE, sizes, weight)


def test_no_face_no_target_and_every_pixel_counts() -> None:
    target = draw()
    assert (target.mask.dtype, target.weight.dtype) == (np.uint8, np.float32)
    assert target.mask.shape == target.weight.shape == (SIDE, SIDE)
    assert not target.mask.any()
    assert (target.weight == 1).all()


@pytest.mark.parametrize(("width", "height"), [(60, 80), (100, 100), (40, 120)])
def test_without_a_pixel_mask_a_face_is_the_ellipse_in_its_box(width: int, height: int) -> None:
    target = draw(face(70, 90, width, height))
    assert set(np.unique(target.mask)) == {0, 1}
    assert int(target.mask.sum()) == pytest.approx(np.pi * width * height / 4, rel=0.04)
    rows, columns = np.nonzero(target.mask)
    assert (columns.min(), columns.max() + 1) == (pytest.approx(70, abs=1), pytest.approx(70 + width, abs=1))
    assert (rows.min(), rows.max() + 1) == (pytest.approx(90, abs=1), pytest.approx(90 + height, abs=1))


def test_the_ellipse_goes_with_the_view() -> None:
    view = np.array([[0.5, 0, 10], [0, 0.5, 20]])
    rows, columns = np.nonzero(draw(face(100, 60, 80, 100), view=view).mask)
    assert columns.mean() + 0.5 == pytest.approx(0.5 * 140 + 10, abs=0.3)
    assert rows.mean() + 0.5 == pytest.approx(0.5 * 110 + 20, abs=0.3)


def test_a_pixel_mask_is_preferred_to_the_ellipse() -> None:
    pixels = np.zeros((SIDE, SIDE), np.uint8)
    pixels[100:150, 100:140] = 255  # a square: no ellipse
    target = draw(face(95, 95, 50, 60), photo_mask=pixels)
    assert np.array_equal(target.mask > 0, pixels > 0)


def test_a_pixel_mask_counts_within_its_own_box_only() -> None:
    pixels = np.full((SIDE, SIDE), 255, np.uint8)
    mask = draw(face(100, 100, 40, 40), photo_mask=pixels).mask
    assert int(mask.sum()) == pytest.approx(42 * 42, rel=0.06)


def test_where_the_pixel_mask_lacks_a_face_its_ellipse_stands() -> None:
    pixels = np.zeros((SIDE, SIDE), np.uint8)
    pixels[100:150, 20:60] = 255
    mask = draw(face(15, 95, 50, 60), face(150, 95, 50, 60), photo_mask=pixels).mask
    assert mask[:, :100].sum() == 50 * 40
    assert int(mask[:, 100:].sum()) == pytest.approx(np.pi * 50 * 60 / 4, rel=0.03)


@pytest.mark.parametrize("kind", ["ignored", "too small", "too large"])
def test_what_is_not_asked_for_is_not_punished_either(kind: str) -> None:
    faces = {
        "ignored": face(100, 100, 40, 50, True),
        "too small": face(100, 100, 5, 6),
        "too large": face(0, 0, 99, 81),
    }
    box = faces[kind]
    target = draw(box, sizes=FaceSizes(7, 80))
    assert not target.mask.any()
    assert (target.weight[int(box.y) : int(box.y + box.height), int(box.x) : int(box.x + box.width)] == 0).all()
    assert target.weight[200:, 200:].min() == 1


@pytest.mark.parametrize(("height", "counts"), [(6.9, False), (7, True), (80, True), (80.1, False)])
def test_the_limits_are_heights_in_the_tile(height: float, counts: bool) -> None:
    half = np.array([[0.5, 0, 0], [0, 0.5, 0]])
    target = draw(face(60, 60, 30, 2 * height), view=half, sizes=FaceSizes(7, 80))
    assert bool(target.mask.any()) is counts


@pytest.mark.parametrize(("height", "weight"), [(10, 4), (12, 4), (16, 3), (24, 2), (48, 1), (100, 1)])
def test_small_faces_weigh_more(height: int, weight: float) -> None:
    target = draw(face(120, 120, height * 0.8, height))
    assert target.weight[120 + height // 2, 120 + int(height * 0.4)] == pytest.approx(weight)
    assert target.weight[5, 5] == 1


def test_where_a_face_touches_an_ignored_one_it_counts() -> None:
    target = draw(face(100, 100, 60, 60), face(130, 100, 60, 60, True))
    assert (target.weight[target.mask > 0] >= 1).all()
    assert target.weight[130, 180] == 0


def test_a_shape_may_lie_on_a_canvas_of_any_size() -> None:
    assert face_shape(face(5, 5, 20, 10), None, AS_IS, 60, 30).shape == (30, 60)
    box = box_shape(face(10, 10, 20, 10), 1.5, 60, 30)
    assert box.shape == (30, 60)
    assert int(box.sum()) == pytest.approx(30 * 15, rel=0.15)


def test_an_even_view_moves_no_pixel() -> None:
    assert np.allclose(pixel_centred(AS_IS), AS_IS)
    doubled = pixel_centred(np.array([[2.0, 0, 0], [0, 2.0, 0]]))
    assert np.allclose(doubled @ [0, 0, 1], [0.5, 0.5])  # the first photo pixel covers tile pixels 0 and 1
