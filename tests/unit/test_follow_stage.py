"""The stage that looks and follows: who is covered in which frame, and that every frame leaves in its turn."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, get_args

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faceerase.configs.film import Scan
from faceerase.contract import ModelContract
from faceerase.errors import ModelError
from faceerase.streamer import in_flight
from faceerase.streamer.box import Box
from faceerase.streamer.follow.criteria import GOES_ON_FROM, STARTS_FROM, Criteria
from faceerase.streamer.follow.roll import LEAD_SECONDS, TAIL_SECONDS
from faceerase.streamer.follow.scene import THRESHOLD
from faceerase.streamer.follow.sight import AT_ONCE
from faceerase.streamer.follow.stage import AHEAD_SECONDS, Masked, Viewing, follow
from faceerase.streamer.frame import Frame
from faceerase.streamer.look.looks import Looks
from faceerase.streamer.look.planner import make_planner
from faceerase.streamer.look.pyramid import plan_pyramid
from faceerase.streamer.look.vain import STILL_SECONDS
from faceerase.streamer.mask.regions import draw_regions
from faceerase.streamer.mask.threshold import LARGE, OUTLINE_FOLLOWED

RATE = 25.0
LEAD, TAIL = round(LEAD_SECONDS * RATE), round(TAIL_SECONDS * RATE)
AHEAD = round(AHEAD_SECONDS * RATE)
WIDTH, HEIGHT = 320, 180
CERTAIN, MIN_FACE = 0.8, 16.0
DARK, DUSK = 5, 45
"""Two scenes: neither is bright enough for a face, and from one to the other is a cut."""

FACE = Box(200, 60, 230, 90)
UPRIGHT = Viewing(full_range=True, quarter_turns=0, rate=RATE)
SCANS: tuple[Scan, ...] = get_args(Scan)
Shown = Sequence[Box]


@pytest.fixture
def engine(blob_engine: Any, make_contract: Callable[..., ModelContract]) -> Any:
    return type(blob_engine)(make_contract(threshold=CERTAIN))


@pytest.fixture(params=SCANS)
def scan(request: pytest.FixtureRequest) -> Scan:
    name: Scan = request.param
    return name


@dataclass
class Watched:
    """A network that counts what it is shown, and sees nothing that is narrower than ``finest`` tile pixels."""

    engine: Any
    finest: int = 1
    tiles: int = 0
    most: int = 0

    @property
    def contract(self) -> ModelContract:
        contract: ModelContract = self.engine.contract
        return contract

    def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.tiles += len(tiles)
        self.most = max(self.most, len(tiles))
        brush = np.ones((self.finest, self.finest), np.uint8)
        seen = [np.asarray(cv2.morphologyEx(tile, cv2.MORPH_OPEN, brush)) for tile in tiles]
        maps: NDArray[np.float32] = self.engine.look(np.stack(seen))
        return maps


def picture(faces: Shown, level: int = DARK, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    rng = np.random.default_rng(0)
    gray = (level + rng.integers(0, 3, (height, width))).astype(np.uint8)
    for face in faces:
        gray[max(0, int(face.y0)) : int(face.y1), max(0, int(face.x0)) : int(face.x1)] = 255
    return gray


def frame(number: int, gray: NDArray[np.uint8]) -> Frame:
    return Frame(number, number, Fraction(1, 25), av.VideoFrame.from_ndarray(gray, format="gray"))


def film(shown: Sequence[Shown], levels: Sequence[int] | None = None, **size: int) -> list[Frame]:
    """One frame for each list of faces."""
    levels = levels or [DARK] * len(shown)
    pairs = zip(shown, levels, strict=True)
    return [frame(number, picture(faces, level, **size)) for number, (faces, level) in enumerate(pairs)]


def run(frames: Sequence[Frame], engine: Any, scan: Scan = "thorough", viewing: Viewing = UPRIGHT) -> list[Masked]:
    planner = make_planner(scan, engine.contract, MIN_FACE, viewing.rate)
    return list(follow(frames, planner, engine, Criteria("fixed", CERTAIN, 0.1, MIN_FACE), viewing))


def covers(item: Masked, face: Box) -> bool:
    """Whether every pixel of a face is erased in a frame."""
    picture = item.frame.picture
    cells = draw_regions(item.mask.regions, picture.width, picture.height, (1, 1))
    part = cells[max(0, int(face.y0)) : int(face.y1), max(0, int(face.x0)) : int(face.x1)]
    return bool(part.all())


def erased(items: Sequence[Masked]) -> list[int]:
    """The frames in which anything is erased."""
    return [number for number, item in enumerate(items) if item.mask.regions]


def test_two_scenes_are_two_scenes() -> None:
    assert DUSK - DARK > THRESHOLD


@pytest.mark.parametrize("count", [1, 2, 3, AHEAD, AHEAD + 1, AHEAD + 2, 40])
def test_frames_leave_in_order_and_none_is_missing(engine: Any, scan: Scan, count: int) -> None:
    frames = film([[FACE] if number % 9 < 5 else [] for number in range(count)])
    items = run(frames, engine, scan)
    assert len(items) == count
    assert all(item.frame is one for item, one in zip(items, frames, strict=True))


def test_an_empty_film_gives_nothing(engine: Any, scan: Scan) -> None:
    assert run([], engine, scan) == []


def test_where_nobody_is_nothing_is_erased(engine: Any, scan: Scan) -> None:
    assert erased(run(film([[]] * 30), engine, scan)) == []


def test_a_face_is_covered_in_every_frame_and_its_surroundings_are_not(engine: Any, scan: Scan) -> None:
    for item in run(film([[FACE]] * 40), engine, scan):
        assert covers(item, FACE)
        assert all(region.box.area < 2 * FACE.area for region in item.mask.regions)
        assert {region.track for region in item.mask.regions} == {0}


@pytest.mark.parametrize("enters", [1, 5, 17, 26])
def test_who_enters_late_is_covered_from_the_first_frame_on_and_not_long_before(
    engine: Any, scan: Scan, enters: int
) -> None:
    items = run(film([[FACE] if number >= enters else [] for number in range(40)]), engine, scan)
    assert erased(items) == list(range(max(0, enters - LEAD), 40))
    assert all(covers(item, FACE) for item in items[enters:])


@pytest.mark.parametrize("enters", range(8, 16))
def test_who_is_found_late_is_followed_back_to_where_he_entered(engine: Any, scan: Scan, enters: int) -> None:
    # The whole picture in one tile is too small to show him: he waits for his part's turn.
    small = Box(700, 300, 724, 324)
    short_sighted = Watched(engine, finest=7)
    shown = [[small] if number >= enters else [] for number in range(enters + 20)]
    items = run(film(shown, width=1280, height=720), short_sighted, scan)
    assert all(covers(item, small) for item in items[enters:])
    assert erased(items)[0] == enters - LEAD


def test_following_back_is_counted(engine: Any) -> None:
    items = run(film([[FACE] if number >= 9 else [] for number in range(20)]), engine)
    assert sum(item.looks.back for item in items) > 0


@pytest.mark.parametrize("gap", [1, 2, 3])
@pytest.mark.parametrize("at", [2, 14, 25])
def test_a_gap_is_covered(engine: Any, scan: Scan, at: int, gap: int) -> None:
    shown = [[] if at <= number < at + gap else [FACE] for number in range(40)]
    assert all(covers(item, FACE) for item in run(film(shown), engine, scan))


@pytest.mark.parametrize("gap", [0, 1, 2, 3])
def test_who_walks_is_covered_wherever_he_is(engine: Any, scan: Scan, gap: int) -> None:
    faces = [FACE.moved(-4 * number, number) for number in range(40)]
    shown = [[] if 20 <= number < 20 + gap else [face] for number, face in enumerate(faces)]
    for number, item in enumerate(run(film(shown), engine, scan)):
        if shown[number]:
            assert covers(item, faces[number])
        else:
            assert any(region.box.overlap(faces[number]) > 0.7 for region in item.mask.regions)


def test_who_leaves_is_covered_for_a_while_and_no_longer(engine: Any, scan: Scan) -> None:
    items = run(film([[FACE] if number < 20 else [] for number in range(60)]), engine, scan)
    assert erased(items) == list(range(20 + TAIL))


@pytest.mark.parametrize("seed", range(6))
def test_a_cover_has_no_holes(engine: Any, scan: Scan, seed: int) -> None:
    rng = random.Random(seed)
    x, y = 150.0, 80.0
    shown = []
    for _ in range(60):
        x, y = x + rng.uniform(-3, 3), y + rng.uniform(-2, 2)
        size = rng.uniform(28, 34)
        shown.append([Box(round(x), round(y), round(x + size), round(y + size))] if rng.random() < 0.7 else [])
    items = run(film(shown), engine, scan)
    covered = erased(items)
    first, last = shown.index(next(filter(None, shown))), max(number for number in range(60) if shown[number])
    assert set(range(first, last + 1)) <= set(covered)
    assert covered == list(range(covered[0], covered[-1] + 1))
    assert all(covers(item, face) for item, faces in zip(items, shown, strict=True) for face in faces)


@pytest.mark.parametrize("cut", [1, 6, 15, 25])
def test_nobody_is_covered_after_the_cut_that_ends_his_scene(engine: Any, scan: Scan, cut: int) -> None:
    levels = [DARK if number < cut else DUSK for number in range(30)]
    items = run(film([[FACE] if number < cut else [] for number in range(30)], levels), engine, scan)
    assert erased(items) == list(range(cut))
    assert all(covers(item, FACE) for item in items[:cut])


@pytest.mark.parametrize("cut", [1, 6, 15, 25])
def test_nobody_is_covered_before_the_cut_that_begins_his_scene(engine: Any, scan: Scan, cut: int) -> None:
    levels = [DARK if number < cut else DUSK for number in range(30)]
    items = run(film([[FACE] if number >= cut else [] for number in range(30)], levels), engine, scan)
    assert erased(items) == list(range(cut, 30))
    assert all(covers(item, FACE) for item in items[cut:])


def test_in_the_next_scene_everybody_is_somebody_else(engine: Any, scan: Scan) -> None:
    items = run(film([[FACE]] * 20, [DARK] * 10 + [DUSK] * 10), engine, scan)
    tracks = [{region.track for region in item.mask.regions} for item in items]
    assert tracks == [{0}] * 10 + [{1}] * 10


@pytest.mark.parametrize("at", [1, 15, 28])
def test_a_flash_is_no_face(engine: Any, scan: Scan, at: int) -> None:
    items = run(film([[FACE] if number == at else [] for number in range(30)]), engine, scan)
    assert erased(items) == []


def test_unless_its_scene_has_no_other_frame(engine: Any, scan: Scan) -> None:
    levels = [DARK] * 10 + [DUSK] + [DARK] * 10
    items = run(film([[FACE] if number == 10 else [] for number in range(21)], levels), engine, scan)
    assert erased(items) == [10]
    assert covers(items[10], FACE)


def test_a_film_of_one_frame_is_looked_at_too(engine: Any, scan: Scan) -> None:
    (item,) = run(film([[FACE]]), engine, scan)
    assert covers(item, FACE)


@pytest.mark.parametrize("count", [2, 5, 30])
def test_a_face_in_the_last_frame_needs_no_second(engine: Any, scan: Scan, count: int) -> None:
    items = run(film([[FACE] if number == count - 1 else [] for number in range(count)]), engine, scan)
    assert covers(items[-1], FACE)


@pytest.mark.parametrize("dim_frames", [2, 5])
def test_who_enters_is_covered_before_he_is_bright_enough_to_be_found(engine: Any, scan: Scan, dim_frames: int) -> None:
    certainty = (GOES_ON_FROM + STARTS_FROM) / 2
    assert certainty > OUTLINE_FOLLOWED, "so dim that not even an outline is drawn"
    large, min_face = Box(100, 60, 160, 120), 60 / LARGE / 1.1  # so large that the whole threshold counts
    dim, empty, bright = picture([]), picture([]), picture([large])
    dim[60:120, 100:160] = round(certainty * CERTAIN * 255)
    criteria = Criteria("hysteresis", CERTAIN, 0.1, min_face)
    planner = make_planner(scan, engine.contract, min_face, RATE)

    def items(last: NDArray[np.uint8]) -> list[Masked]:
        grays = [empty] * 15 + [dim] * dim_frames + [last] * 20
        return list(follow((frame(*one) for one in enumerate(grays)), planner, engine, criteria, UPRIGHT))

    assert erased(items(empty)) == []
    assert erased(items(bright)) == list(range(15 - LEAD, 35 + dim_frames))
    assert all(covers(item, large) for item in items(bright)[15:])


def test_who_walks_in_from_the_edge_is_covered_from_the_edge_on(engine: Any, scan: Scan) -> None:
    path = [Box(4 * number - 30, 60, 4 * number, 90) for number in range(3, 30)]
    items = run(film([[] for _ in range(10)] + [[face] for face in path]), engine, scan)
    assert all(covers(item, face) for item, face in zip(items[10:], path, strict=True))


def test_what_is_never_certain_is_never_erased_and_seldom_looked_at_again(engine: Any, scan: Scan) -> None:
    gray = picture([])
    gray[60:90, 200:230] = round(0.95 * STARTS_FROM * CERTAIN * 255)
    items = run([frame(number, gray) for number in range(40)], engine, scan)
    assert erased(items) == []
    again = sum(item.looks.candidates for item in items)
    assert 1 <= again == sum(item.looks.rejected for item in items)
    assert again <= -(-40 // round(STILL_SECONDS * RATE))


def test_a_turning_camera_carries_along_who_is_hidden(engine: Any, scan: Scan) -> None:
    step, count, hidden = 6, 30, 20
    noise = np.random.default_rng(0).random((HEIGHT // 5, (WIDTH + step * count) // 5)).astype(np.float32)
    landscape = cv2.resize(noise, (WIDTH + step * count, HEIGHT), interpolation=cv2.INTER_LINEAR)
    dim = (np.asarray(landscape) * DUSK).astype(np.uint8)
    path = [FACE.moved(-step * number + 60, 0) for number in range(count)]
    frames = []
    for number, face in enumerate(path):
        gray = dim[:, step * number : step * number + WIDTH].copy()
        if number < hidden:
            gray[int(face.y0) : int(face.y1), int(face.x0) : int(face.x1)] = 255
        frames.append(frame(number, gray))
    items = run(frames, engine, scan)
    assert all(covers(item, face) for item, face in zip(items[:hidden], path[:hidden], strict=True))
    for number in range(hidden, hidden + TAIL // 2):
        assert max(region.box.overlap(path[number]) for region in items[number].mask.regions) > 0.8


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_regions_lie_as_the_frame_was_decoded_however_it_is_shown(engine: Any, scan: Scan, quarter_turns: int) -> None:
    faces = [FACE.moved(-2 * number, 0) for number in range(20)]
    shown = [[face] if number not in {8, 9} else [] for number, face in enumerate(faces)]
    for item, face in zip(run(film(shown), engine, scan, Viewing(True, quarter_turns, RATE)), faces, strict=True):
        assert all(region.box.overlap(face) > 0.7 for region in item.mask.regions)
        assert item.mask.regions
        if item.frame.index not in {8, 9}:
            assert covers(item, face)


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_the_network_sees_the_film_upright(engine: Any, quarter_turns: int) -> None:
    first: list[NDArray[np.uint8]] = []

    class Remembers(Watched):
        def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
            first.append(tiles)
            return super().look(tiles)

    corner = Box(280, 8, 312, 40)
    run(film([[corner]]), Remembers(engine), "thorough", Viewing(True, quarter_turns, RATE))
    whole = first[0][-1]
    shown = np.rot90(picture([corner]), quarter_turns)
    scale = 256 / WIDTH
    wanted = (np.nonzero((shown > 128).any(axis=axis))[0] for axis in (1, 0))
    lit = (np.nonzero((whole > 128).any(axis=axis))[0] for axis in (1, 0))
    for one, other in zip(lit, wanted, strict=True):
        assert one[[0, -1]] == pytest.approx(other[[0, -1]] * scale, abs=1.5)
    assert not whole[round(shown.shape[0] * scale) + 1 :].any()
    assert not whole[:, round(shown.shape[1] * scale) + 1 :].any()


def test_the_range_of_the_film_counts(engine: Any) -> None:
    grays = [np.clip(picture([]), 16, None) for _ in range(5)]
    for gray in grays:
        gray[60:90, 200:230] = 16 + round(0.85 * 219)  # 0.85 of white in limited range, 0.79 in full range
    frames = [frame(number, gray) for number, gray in enumerate(grays)]
    assert erased(run(frames, engine, viewing=Viewing(False, 0, RATE))) == [0, 1, 2, 3, 4]
    assert erased(run(frames, engine, viewing=UPRIGHT)) == []


@pytest.mark.parametrize("rate", [10.0, 25.0, 50.0])
def test_a_frame_waits_until_enough_of_its_future_is_known(engine: Any, rate: float) -> None:
    taken = 0

    def frames() -> Iterator[Frame]:
        nonlocal taken
        for one in film([[]] * 60):
            taken += 1
            yield one

    planner = make_planner("balanced", engine.contract, MIN_FACE, rate)
    criteria = Criteria("fixed", CERTAIN, 0.1, MIN_FACE)
    for item in follow(frames(), planner, engine, criteria, Viewing(True, 0, rate)):
        assert taken == min(60, item.frame.index + 1 + round(AHEAD_SECONDS * rate))


def test_of_pictures_too_large_to_wait_less_is_known(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_flight, "AHEAD_BYTES", 0)
    frames = film([[FACE] if number >= 9 else [] for number in range(20)])
    items = run(frames, engine)
    assert [item.frame.index for item in items] == list(range(20))
    assert all(covers(item, FACE) for item in items[9:])


def test_every_tile_that_was_looked_at_is_counted_once(engine: Any, scan: Scan) -> None:
    watched = Watched(engine)
    items = run(film([[FACE] if number >= 15 else [] for number in range(40)]), watched, scan)
    total = Looks()
    for item in items:
        total = total.plus(item.looks)
    assert total.tiles == watched.tiles
    assert total.planned >= len(items)
    assert total.candidates > 0


def test_of_a_large_picture_only_so_many_tiles_are_in_hand_at_once(engine: Any) -> None:
    many = [Box(x, y, x + 30, y + 30) for x in range(60, 3500, 200) for y in range(60, 1900, 200)]
    watched = Watched(engine)
    (item,) = run(film([many], width=3840, height=2160), watched)
    assert item.looks.planned > AT_ONCE >= watched.most
    assert item.looks.candidates > AT_ONCE
    assert all(covers(item, face) for face in many)


def test_thorough_looks_at_everything_in_every_frame(engine: Any) -> None:
    size = {"width": 640, "height": 360}
    pyramid = plan_pyramid(640, 360, engine.contract.tile_side, MIN_FACE, engine.contract.min_face)
    items = run(film([[]] * 10, **size), engine, "thorough")
    assert sum(item.looks.planned for item in items) == 10 * len(pyramid) > 10


def test_the_other_scans_look_less_and_less_still_where_nothing_moves(engine: Any) -> None:
    rng = np.random.default_rng(0)
    patches = rng.integers(0, DUSK, (40, 36, 64), dtype=np.uint8)
    restless = [frame(*one) for one in enumerate(patches.repeat(20, axis=1).repeat(20, axis=2))]
    still = film([[]] * 40, width=1280, height=720)
    costs: dict[Scan, tuple[int, int]] = {}
    for scan in SCANS:
        one, other = (sum(item.looks.tiles for item in run(frames, engine, scan)) for frames in (still, restless))
        costs[scan] = one, other
    assert costs["thorough"][0] == costs["thorough"][1]
    assert costs["balanced"][0] < costs["balanced"][1] < costs["thorough"][1]
    assert costs["fast"][0] <= costs["balanced"][0]
    assert costs["fast"][1] < costs["balanced"][1]


def test_nobody_leaves_who_was_not_looked_at(engine: Any) -> None:
    # Fail closed: what comes out before a failure was looked at, and nothing comes out after it.
    class Failing(Watched):
        def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
            if self.tiles > 40:
                raise ModelError("no memory")
            return super().look(tiles)

    planner = make_planner("balanced", engine.contract, MIN_FACE, RATE)
    stream = follow(film([[FACE]] * 40), planner, Failing(engine), Criteria("fixed", CERTAIN, 0.1, MIN_FACE), UPRIGHT)
    out: list[Masked] = []
    with pytest.raises(ModelError):
        out.extend(stream)
    assert len(out) < 40
    assert all(covers(item, FACE) for item in out)


def test_two_people_keep_their_numbers(engine: Any, scan: Scan) -> None:
    other = FACE.moved(-150, 40)
    for item in run(film([[FACE, other]] * 20), engine, scan):
        assert covers(item, FACE)
        assert covers(item, other)
        places = {region.track: region.box.centre[0] > 160 for region in item.mask.regions}
        assert places in ({0: True, 1: False}, {0: False, 1: True})


def test_the_same_film_gives_the_same_masks(engine: Any, scan: Scan) -> None:
    frames = film([[FACE.moved(number, 0)] if number % 7 else [] for number in range(30)])
    for one, other in zip(run(frames, engine, scan), run(frames, engine, scan), strict=True):
        assert [region.box for region in one.mask.regions] == [region.box for region in other.mask.regions]


def test_a_network_that_fails_fails_the_film(engine: Any) -> None:
    class Broken(Watched):
        def look(self, tiles: NDArray[np.uint8]) -> NDArray[np.float32]:
            raise ModelError("no memory")

    with pytest.raises(ModelError, match="no memory"):
        run(film([[]] * 3), Broken(engine))
