"""Where films are cut, how finished segments are kept, and what happens at their joints."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.packet import Packet

from faceerase.configs.film import FilmConfig
from faceerase.errors import SinkError
from faceerase.streamer.box import Box
from faceerase.streamer.decode.part import WHOLE, Cut
from faceerase.streamer.decode.span import WHOLE_FILM, Span
from faceerase.streamer.segments.plan import LEAD, TRAIL, plan_spans
from faceerase.streamer.segments.seams import continued, decoding_times
from faceerase.streamer.segments.store import Record, SegmentWriter, end_of, packet_of, read_segment
from faceerase.streamer.segments.workplace import Workplace, identity_of

F = Fraction
HERE, THERE, SLIGHTLY = Box(0, 0, 10, 10), Box(40, 0, 50, 10), Box(2, 0, 12, 10)


def test_films_are_cut_at_key_frames_no_sooner_than_asked() -> None:
    keys = [F(second) for second in range(0, 100, 3)]
    spans = plan_spans(keys, F(100), F(20))
    assert [span.begin for span in spans] == [None, 21, 42, 63, 84]
    assert [span.end for span in spans] == [21, 42, 63, 84, None]
    assert [span.lead for span in spans] == [None, *(begin - LEAD for begin in (21, 42, 63, 84))]
    assert [span.trail for span in spans] == [*(end + TRAIL for end in (21, 42, 63, 84)), None]


@pytest.mark.parametrize(
    ("keys", "last", "count"),
    [([0], 100, 1), ([0, 5, 10], 19, 1), ([0, 20], 29, 1), ([0, 20], 30, 2), ([], 0, 1), ([0, 50], 100, 2)],
)
def test_what_is_short_or_has_no_key_frames_is_not_cut(keys: list[int], last: int, count: int) -> None:
    assert len(plan_spans([F(key) for key in keys], F(last), F(20))) == count


def test_a_span_says_what_a_frame_is_to_it_and_keeps_within_the_part_that_is_taken() -> None:
    span = Span(F(10), F(20), F(9), F(21))
    assert [span.place(F(time)) for time in (9, 10, 19, 20)] == ["lead", "core", "core", "trail"]
    assert WHOLE_FILM.place(F(7)) == "core"
    assert WHOLE_FILM.seen_of(WHOLE) == WHOLE_FILM.kept_of(WHOLE) == WHOLE
    part = Cut(F(19, 2), F(41, 2), F(19, 2))
    assert (span.seen_of(part).begin, span.seen_of(part).end) == (part.begin, part.end)
    assert (span.kept_of(part).begin, span.kept_of(part).end) == (10, 20)
    first = Span(None, F(20), None, F(21))
    assert (first.kept_of(part).begin, first.seen_of(part).begin) == (part.begin, part.begin)


def test_faces_go_on_where_they_lie_on_each_other() -> None:
    before = {5: {7: HERE, 3: THERE}, 6: {7: SLIGHTLY, 3: THERE}}
    after = {5: {0: THERE, 1: HERE}, 6: {0: THERE, 1: HERE, 2: SLIGHTLY}, 9: {4: HERE}}
    assert continued(before, after) == {0: 3, 1: 7}
    assert continued({}, after) == continued(before, {}) == {}


@pytest.mark.parametrize(
    ("dts", "earlier", "expected"),
    [
        ([-2, -1, 10, 11], [5, 7, 8], [7, 8, 10, 11]),  # where the spacing changes the encoder's guess runs back
        ([10, 11], [7, 8], [10, 11]),
        ([-2, -1, 10], [], [-2, -1, 10]),
        ([None, None], [7], [None, None]),
    ],
)
def test_decoding_times_go_on(dts: list[int | None], earlier: list[int], expected: list[int | None]) -> None:
    assert decoding_times(dts, 10, earlier) == expected


def packet(data: bytes, pts: int) -> Packet:  # type: ignore[type-arg]
    made = Packet(data)
    made.pts, made.dts, made.duration, made.time_base, made.is_keyframe = pts, pts - 1, 3, F(1, 25), True
    return made


def written(path: Path) -> Path:
    writer = SegmentWriter(path)
    writer.packet("picture", packet(b"abc", 4))
    writer.record(Record("frame", {"number": 0}))
    writer.packet("matte", packet(b"", 4))
    writer.finish({"lost": []})
    return path


def test_a_segment_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = written(tmp_path / "00000.segment")
    assert [item.name for item in tmp_path.iterdir()] == [path.name]
    assert path.stat().st_mode & 0o777 == 0o600
    first, second, third, last = read_segment(path)
    back = packet_of(first)
    assert (bytes(back), back.pts, back.dts, back.duration, back.time_base, back.is_keyframe) == (
        b"abc", 4, 3, 3, F(1, 25), True,
    )  # fmt: skip
    assert (second.kind, second.facts) == ("frame", {"number": 0})
    assert (third.kind, packet_of(third).size) == ("matte", 0)
    assert last == end_of(path) == Record("end", {"lost": []})


def test_a_segment_that_is_not_as_it_was_written_is_none(tmp_path: Path) -> None:
    path = written(tmp_path / "00000.segment")
    data = path.read_bytes()
    assert end_of(tmp_path / "00001.segment") is None
    for spoilt in (b"", data[:10], data[:-1], data + b"0", data[:40] + b"?" + data[41:]):
        path.write_bytes(spoilt)
        assert end_of(path) is None
    path.write_bytes(data[:60])
    with pytest.raises(SinkError, match="cannot be read again"):
        list(read_segment(path))


def test_an_unfinished_segment_leaves_nothing(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path / "00000.segment")
    writer.packet("picture", packet(b"abc", 4))
    writer.abandon()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SinkError, match="a segment cannot be written"):
        SegmentWriter(tmp_path / "gone" / "00000.segment")


def test_a_segment_is_no_film(tmp_path: Path, make_film: Callable[..., Path]) -> None:
    film = make_film(tmp_path / "film.h264")  # start codes and all
    with av.open(str(film), format="h264") as container:
        packets = [item for item in container.demux() if item.size]
        writer = SegmentWriter(tmp_path / "00000.segment")
        for item in packets:
            item.pts = item.dts = 0
            writer.packet("picture", item)  # type: ignore[arg-type]
        writer.finish({})
    with pytest.raises(av.error.FFmpegError), av.open(str(tmp_path / "00000.segment")) as opened:
        next(opened.decode())


def test_one_run_works_at_a_result_and_leaves_what_resuming_needs(tmp_path: Path) -> None:
    target = tmp_path / "clean.mp4"
    place = Workplace(target, "a" * 64, resume=True)
    assert place.path.stat().st_mode & 0o777 == 0o700
    with pytest.raises(SinkError, match="another run is making it"):
        Workplace(target, "a" * 64, resume=True)
    written(place.segment(0))
    place.leave()
    again = Workplace(target, "a" * 64, resume=True)
    assert end_of(again.segment(0)) is not None
    other = Workplace(tmp_path / "other.mp4", "a" * 64, resume=False)
    again.leave()
    # Another film or other options: what was there is of no use any more.
    Workplace(target, "b" * 64, resume=True).remove()
    assert [path.name for path in tmp_path.iterdir()] == [other.path.name]
    other.leave()
    assert list(tmp_path.iterdir()) == []


def test_without_resuming_nothing_of_an_earlier_run_is_used(tmp_path: Path) -> None:
    first = Workplace(tmp_path / "clean.mp4", "a" * 64, resume=True)
    written(first.segment(0))
    first.leave()
    place = Workplace(tmp_path / "clean.mp4", "a" * 64, resume=False)
    assert end_of(place.segment(0)) is None
    place.leave()
    assert list(tmp_path.iterdir()) == []


def test_what_decides_the_bits_decides_the_identity(tmp_path: Path, filed_blob_engine: object) -> None:
    film = tmp_path / "film"
    film.write_bytes(b"one")

    def identity(**options: object) -> str:
        return identity_of(film, FilmConfig.model_validate(options), filed_blob_engine, {})  # type: ignore[arg-type]

    before = identity()
    assert before == identity(segments={"resume": True}) == identity(verify={"enabled": True})
    others = {identity(segments={"seconds": 3}), identity(encode={"crf": 20}), identity(look={"min_face": 8})}
    film.write_bytes(b"two")
    assert len({before, *others, identity()}) == 5
