"""The check of a result, with a network to which what is bright is a face: who survived is named, who is gone not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.contract import ModelContract
from faceerase.errors import SourceError, VerificationError
from faceerase.streamer.box import Box
from faceerase.streamer.follow.criteria import Criteria
from faceerase.streamer.report import Progress
from faceerase.streamer.verify.check import DETECTED_SIDE, Finders, verify
from faceerase.streamer.verify.detector import Detection
from faceerase.streamer.verify.verdict import Verdict

WIDTH, HEIGHT, FRAMES = 192, 128, 12
FACE = Box(60, 40, 108, 100)
Picture = NDArray[np.uint8]


def background() -> Picture:
    return np.tile(np.linspace(40, 90, WIDTH).astype(np.uint8), (HEIGHT, 1))


def face(side: tuple[int, int] = (48, 60)) -> NDArray[np.float32]:
    """Bright everywhere, with as much detail as a face."""
    rough = np.random.default_rng(2).normal(0, 1, side[::-1]).astype(np.float32)
    smooth = cv2.GaussianBlur(rough, (0, 0), 3)
    return np.asarray(212 + 10 * smooth / smooth.std(), np.float32)


def with_face(inside: NDArray[Any] | float | None = None, box: Box = FACE) -> Picture:
    picture = background()
    x, y, w, h = int(box.x0), int(box.y0), int(box.width), int(box.height)
    picture[y : y + h, x : x + w] = np.clip(face((w, h)) if inside is None else inside, 190, 234)
    return picture


def matte(box: Box | None = FACE) -> Picture:
    picture = np.zeros((HEIGHT, WIDTH), np.uint8)
    if box is not None:
        picture[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = 255
    return picture


SOURCE, GONE, LEFT = with_face(), background(), with_face()
FILLED = with_face(192)
"""A bright fill: the network takes it for a face, and there is nothing of the face in it."""
DIM = np.where(matte() > 0, with_face() // 3 * 2, background())
"""A face in the shade."""
WEAK = with_face(cv2.GaussianBlur(face(), (0, 0), 2))
"""Erased by far too little."""


def write(
    path: Path,
    pictures: Iterable[Picture],
    pixel_format: str = "yuv420p",
    times: Sequence[int] | None = None,
    rotation: int = 0,
) -> Path:
    """Write a lossless film, its luma as given."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("ffv1", rate=Fraction(25))
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for number, luma in enumerate(pictures):
            if number == 0:
                stream.width, stream.height, stream.pix_fmt = luma.shape[1], luma.shape[0], pixel_format
                if rotation:
                    stream.set_display_rotation(rotation)
            planes = luma if pixel_format == "gray" else np.vstack([luma, np.full_like(luma[: len(luma) // 2], 128)])
            picture = av.VideoFrame.from_ndarray(planes, format=pixel_format)
            picture.pts, picture.time_base = times[number] if times else 40 * number, Fraction(1, 1000)
            film.mux(stream.encode(picture))
        film.mux(stream.encode(None))
    return path


class Detector:
    """Stands in for the detector: says what it is told of the source, which has a bright corner, and of the result."""

    def __init__(self, source: Box | None, result: Box | None) -> None:
        self._source, self._result = source, result
        self.shown: list[tuple[int, ...]] = []

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Detection, ...]:
        self.shown.append(picture.shape)
        box = self._source if picture[:8, :8].mean() > 128 else self._result
        return () if box is None else (Detection(box, 0.95),)


def marked(picture: Picture) -> Picture:
    """The picture with a bright corner, too small for a face."""
    picture = picture.copy()
    picture[:8, :8] = 235
    return picture


@dataclass(frozen=True)
class Shades:
    """A network to which a bright face is certain, a dim one doubtful, and all else nothing."""

    contract: ModelContract

    def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.where(tiles > 120, tiles.astype(np.float32) / 255, 0).astype(np.float32)


@pytest.fixture
def shades(tmp_path: Path, make_contract: Callable[..., ModelContract]) -> Callable[..., Verdict]:
    """``shades(source, output, mattes)``: the verdict of a network that has doubts."""
    finders = Finders(Shades(make_contract(threshold=0.9)), Criteria("hysteresis", 0.9, 0.08, 16), "balanced", None)

    def check(source: Iterable[Picture], output: Iterable[Picture], mattes: Iterable[Picture]) -> Verdict:
        films = write(tmp_path / "source.mkv", source), write(tmp_path / "output.mkv", output)
        return verify(*films, write(tmp_path / "matte.mkv", mattes, "gray"), finders, lambda _: None)

    return check


@pytest.fixture
def check(tmp_path: Path, blob_engine: Any, make_contract: Callable[..., Any]) -> Callable[..., Verdict]:
    """``check(source, output, mattes, detector=…)``: the verdict on films of these pictures."""
    engine = type(blob_engine)(make_contract(threshold_rule="fixed", threshold=0.7))

    def check(
        source: Iterable[Picture],
        output: Iterable[Picture],
        mattes: Iterable[Picture] | None = None,
        detector: Any = None,
        min_face: float = 16,
        report: Callable[[Progress], None] = lambda _: None,
        **film: Any,
    ) -> Verdict:
        finders = Finders(engine, Criteria("fixed", 0.7, 0.08, min_face), "balanced", detector)
        return verify(
            write(tmp_path / "source.mkv", source, **film),
            write(tmp_path / "output.mkv", output, **film),
            None if mattes is None else write(tmp_path / "matte.mkv", mattes, "gray"),
            finders,
            report,
        )

    return check


def test_the_source_itself_has_its_face_all_the_time(check: Callable[..., Verdict]) -> None:
    verdict = check([SOURCE] * FRAMES, [SOURCE] * FRAMES)
    (span,) = verdict.spans
    assert not verdict.passed
    assert (verdict.frames, verdict.finders, verdict.shells) == (FRAMES, ("network",), 0)
    assert (span.first, span.last, span.start, span.end) == (0, FRAMES - 1, 0, 0.44)
    assert not span.inside
    assert span.box.iou(FACE) > 0.6
    assert 0.7 < span.score <= 1


@pytest.mark.parametrize("mattes", [None, [matte()] * FRAMES], ids=["by difference", "by matte"])
def test_a_clean_result_passes(check: Callable[..., Verdict], mattes: list[Picture] | None) -> None:
    verdict = check([SOURCE] * FRAMES, [GONE] * FRAMES, mattes)
    assert verdict == Verdict(FRAMES, ("network",), (), 0)
    assert verdict.passed


@pytest.mark.parametrize("mattes", [None, [matte()] * FRAMES], ids=["by difference", "by matte"])
def test_a_fill_that_looks_like_a_head_is_told_and_is_nobody(
    check: Callable[..., Verdict], mattes: list[Picture] | None
) -> None:
    verdict = check([SOURCE] * FRAMES, [FILLED] * FRAMES, mattes)
    assert verdict.passed
    assert verdict.shells == FRAMES


def test_what_is_a_face_in_the_result_only_is_told_and_is_nobody(check: Callable[..., Verdict]) -> None:
    verdict = check([GONE] * FRAMES, [LEFT] * FRAMES, [matte(None)] * FRAMES)
    assert verdict.passed
    assert (verdict.shells, verdict.doubts) == (0, FRAMES)


def test_a_face_that_shows_through_its_erasure_is_found_inside(check: Callable[..., Verdict]) -> None:
    (span,) = check([SOURCE] * FRAMES, [WEAK] * FRAMES, [matte()] * FRAMES).spans
    assert (span.first, span.last, span.inside) == (0, FRAMES - 1, True)


def test_a_face_beside_its_erasure_is_found_outside(check: Callable[..., Verdict]) -> None:
    verdict = check([SOURCE] * FRAMES, [SOURCE] * FRAMES, [matte(FACE.moved(70, 0))] * FRAMES)
    assert [span.inside for span in verdict.spans] == [False]


def test_a_face_in_some_frames_is_told_with_their_numbers_and_times(check: Callable[..., Verdict]) -> None:
    missed = range(5, 8)
    output = [LEFT if number in missed else GONE for number in range(FRAMES)]
    times = [1000 + 50 * number + 7 * (number % 2) for number in range(FRAMES)]
    mattes = [matte(None if number in missed else FACE) for number in range(FRAMES)]
    (span,) = check([SOURCE] * FRAMES, output, mattes, times=times).spans
    assert (span.first, span.last) == (5, 7)
    assert (span.start, span.end) == (pytest.approx(1.257), pytest.approx(1.357))


def test_who_is_certain_in_one_frame_is_told_with_all_the_frames_that_show_him(shades: Callable[..., Verdict]) -> None:
    film = [LEFT if number == 5 else DIM if number in {4, 6, 7} else GONE for number in range(FRAMES)]
    (span,) = shades(film, film, [matte(None)] * FRAMES).spans
    assert (span.first, span.last, span.sure) == (4, 7, True)


def test_who_is_certain_in_no_frame_of_the_source_is_a_doubt(shades: Callable[..., Verdict]) -> None:
    verdict = shades([DIM] * FRAMES, [LEFT] * FRAMES, [matte(None)] * FRAMES)
    assert verdict.passed
    assert verdict.doubts == FRAMES


def test_nobody_smaller_than_the_smallest_face_asked_for_counts(check: Callable[..., Verdict]) -> None:
    assert check([SOURCE] * 4, [LEFT] * 4, min_face=90).passed
    assert not check([SOURCE] * 4, [LEFT] * 4, min_face=40).passed


def test_both_finders_look(check: Callable[..., Verdict]) -> None:
    there = Box(120, 60, 150, 100)
    verdict = check([marked(GONE)] * 3, [GONE] * 3, detector=Detector(there, there))
    (span,) = verdict.spans
    assert verdict.finders == ("network", "FaceDetectorYN")
    assert (span.first, span.last, span.finder, span.score, span.box) == (0, 2, "FaceDetectorYN", 0.95, there)
    assert not span.inside


@pytest.mark.parametrize(("shift", "survived"), [(0, True), (10, True), (60, False)])
def test_the_detector_counts_where_it_saw_the_face_in_the_source(
    check: Callable[..., Verdict], shift: int, survived: bool
) -> None:
    detector = Detector(FACE, FACE.moved(shift, 0))
    verdict = check([marked(SOURCE)] * 3, [GONE] * 3, [matte()] * 3, detector)
    assert verdict.passed is not survived
    assert all(span.inside for span in verdict.spans)


def test_what_the_detector_sees_only_in_the_result_is_its_own_mistake(check: Callable[..., Verdict]) -> None:
    assert check([marked(SOURCE)] * 3, [GONE] * 3, [matte()] * 3, Detector(None, FACE)).passed


def test_large_pictures_are_shown_to_the_detector_smaller_and_its_boxes_are_the_films(
    check: Callable[..., Verdict],
) -> None:
    wide = np.full((64, 2 * DETECTED_SIDE), 40, np.uint8)
    detector = Detector(None, Box(100, 5, 120, 25))
    (span,) = check([wide] * 2, [wide] * 2, detector=detector).spans
    assert set(detector.shown) == {(32, DETECTED_SIDE, 3)}
    assert span.box == Box(200, 10, 240, 50)


def test_a_film_lying_on_its_side_is_seen_upright(check: Callable[..., Verdict]) -> None:
    detector = Detector(None, None)
    (span,) = check([SOURCE] * 4, [SOURCE] * 4, [matte(None)] * 4, detector, rotation=90).spans
    assert set(detector.shown) == {(WIDTH, HEIGHT, 3)}
    assert span.box.iou(FACE.turned(1, WIDTH, HEIGHT)) > 0.6


@pytest.mark.parametrize(
    ("source", "output", "mattes", "told"),
    [
        (5, 4, None, "source.mkv: the result ends after 4 frames, the others go on"),
        (4, 5, None, "source.mkv: the film ends after 4 frames, the others go on"),
        (4, 4, 3, "source.mkv: the matte ends after 3 frames, the others go on"),
    ],
)
def test_another_number_of_frames_is_a_failure(
    check: Callable[..., Verdict], source: int, output: int, mattes: int | None, told: str
) -> None:
    with pytest.raises(VerificationError, match=told) as caught:
        check([SOURCE] * source, [GONE] * output, None if mattes is None else [matte()] * mattes)
    assert "\n" not in str(caught.value)


def test_another_size_is_a_failure(check: Callable[..., Verdict]) -> None:
    with pytest.raises(VerificationError, match=r"output\.mkv: 96×64, not the result of .*source\.mkv, .* 192×128"):
        check([SOURCE] * 3, [SOURCE[::2, ::2]] * 3)
    with pytest.raises(VerificationError, match="not the matte of"):
        check([SOURCE] * 3, [GONE] * 3, [matte()[::2, ::2]] * 3)


def test_films_that_cannot_be_read_are_named(tmp_path: Path, blob_engine: Any) -> None:
    finders = Finders(blob_engine, Criteria("fixed", 0.7, 0.08, 16), "balanced", None)
    film = write(tmp_path / "film.mkv", [GONE] * 3)
    for source, output in ((film, tmp_path / "none.mkv"), (tmp_path / "none.mkv", film)):
        with pytest.raises(SourceError, match=r"none\.mkv: no such file"):
            verify(source, output, None, finders, lambda _: None)


def test_who_has_left_the_picture_is_not_seen_beyond_its_edge(check: Callable[..., Verdict]) -> None:
    # A camera that pans: the face's place is carried along with it, out of the picture.
    rough = np.random.default_rng(4).normal(0, 1, (HEIGHT, 4 * WIDTH)).astype(np.float32)
    smooth = cv2.GaussianBlur(rough, (0, 0), 6)
    wall = np.asarray(np.clip(70 + 15 * smooth / smooth.std(), 20, 110), np.uint8)
    wall[40:100, 60:108] = np.clip(face(), 190, 234)
    pictures = [np.ascontiguousarray(wall[:, 12 * number :][:, :WIDTH]) for number in range(24)]
    spans = check(pictures, pictures).spans
    assert spans[0].first == 0
    # In frame 8 a column of it is left, in frame 9 the rim that every region has.
    assert max(span.last for span in spans) in {8, 9}


def test_a_film_may_begin_late(check: Callable[..., Verdict]) -> None:
    (span,) = check([SOURCE] * 3, [SOURCE] * 3, times=[7000, 7040, 7080]).spans
    assert (span.start, span.end) == (7, pytest.approx(7.08))


def test_progress_is_told_frame_by_frame(check: Callable[..., Verdict]) -> None:
    told: list[Progress] = []
    check([SOURCE] * 6, [SOURCE] * 6, report=told.append)
    assert [progress.frames for progress in told] == [1, 2, 3, 4, 5, 6]
    assert {progress.stage for progress in told} == {"verifying"}
    assert told[-1].faces >= 6
