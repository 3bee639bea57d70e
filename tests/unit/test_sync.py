"""Picture and sound stay together: every packet as far from the first frame as before, to one audio sample."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from passing import pass_through

from faceerase.configs.film import PartConfig
from faceerase.streamer.decode.source import FilmSource

SAMPLE = Fraction(1, 48_000)
TICKS = {".mp4": Fraction(0), ".mov": Fraction(0), ".mkv": Fraction(1, 1000), ".ts": Fraction(1, 90_000)}
"""What a container rounds times to, where it is more than its streams' own."""
BASE = Fraction(1, 30_000)
FRAMES = 20


@dataclass(frozen=True)
class Offsets:
    """Where picture and sound begin, in frames and in samples."""

    picture: int
    sound: int


OFFSETS = {
    "together": Offsets(0, 0),
    "picture late": Offsets(7, 0),
    "sound late": Offsets(0, 10_007),
    "both late": Offsets(90, 140_001),
    "reordered before zero": Offsets(0, 0),
}


def write(path: Path, offsets: Offsets) -> Path:
    """Write 20 frames of 29.97 with B-frames, and AAC with its priming."""
    options = {"avoid_negative_ts": "disabled", "video_track_timescale": "30000", "movie_timescale": "240000"}
    if path.suffix not in {".mp4", ".mov"}:
        options = {"avoid_negative_ts": "disabled"}
    with av.open(str(path), "w", options=options) as film:
        stream = film.add_stream("libx264", rate=Fraction(30_000, 1001), options={"bf": "2", "g": "6", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.time_base = stream.codec_context.time_base = BASE
        voice = film.add_stream("aac", rate=48_000, layout="mono")
        packets = []
        for number in range(FRAMES):
            picture = av.VideoFrame.from_ndarray(np.full((72, 64), 9 * number, np.uint8), format="yuv420p")
            picture.pts, picture.time_base = (offsets.picture + number) * 1001, BASE
            packets += stream.encode(picture)
        for number in range(32):
            noise = np.random.default_rng(number).normal(0, 0.1, (1, 1024)).astype(np.float32)
            tone = av.AudioFrame.from_ndarray(noise, format="fltp", layout="mono")
            tone.sample_rate, tone.pts, tone.time_base = 48_000, offsets.sound + number * 1024, SAMPLE
            packets += voice.encode(tone)
        packets += [*stream.encode(None), *voice.encode(None)]
        film.start_encoding()
        for packet in sorted(packets, key=lambda packet: packet.dts * packet.time_base):
            film.mux(packet)
    return path


def sound_of(path: Path, first: Fraction) -> list[tuple[bytes, Fraction]]:
    header = 7 if path.suffix == ".ts" else 0  # ADTS: each packet of AAC says what it is
    with av.open(str(path)) as film:
        return [
            (bytes(packet)[header:], packet.pts * packet.time_base - first)
            for packet in film.demux(film.streams.audio[0])
            if packet.size
        ]


def copy(source: Path, target: Path, part: PartConfig | None = None) -> FilmSource:
    return pass_through(source, target, part=part, codec="h264").film


@pytest.fixture(scope="module", params=OFFSETS)
def offsets(request: pytest.FixtureRequest) -> Offsets:
    return OFFSETS[request.param]


@pytest.mark.parametrize("source", TICKS)
@pytest.mark.parametrize("target", TICKS)
def test_sound_stays_where_it_was_beside_the_picture(
    tmp_path: Path, offsets: Offsets, source: str, target: str
) -> None:
    film = write(tmp_path / f"in{source}", offsets)
    before = copy(film, tmp_path / f"out{target}")
    after = FilmSource(tmp_path / f"out{target}")
    one = sound_of(film, before.info.start)
    two = sound_of(tmp_path / f"out{target}", after.info.start)
    assert [data for data, _ in two] == [data for data, _ in one]
    allowed = max(SAMPLE, TICKS[target])
    assert max(abs(a - b) for (_, a), (_, b) in zip(one, two, strict=True)) <= allowed
    assert len(list(after.frames())) == FRAMES


@pytest.mark.parametrize("source", TICKS)
@pytest.mark.parametrize("target", TICKS)
def test_a_part_has_its_sound_beside_it(tmp_path: Path, source: str, target: str) -> None:
    film = write(tmp_path / f"in{source}", OFFSETS["both late"])
    cut = copy(film, tmp_path / f"out{target}", PartConfig(begin="00:00:00:05", end="00:00:00:15")).info.cut
    after = FilmSource(tmp_path / f"out{target}")
    assert len(list(after.frames())) == 10
    one = [(data, time - cut.shift) for data, time in sound_of(film, Fraction(0)) if cut.holds(time)]
    two = sound_of(tmp_path / f"out{target}", after.info.start)
    assert [data for data, _ in two] == [data for data, _ in one]
    assert len(one) > 10
    allowed = max(SAMPLE, TICKS[target])
    assert max(abs(a - b) for (_, a), (_, b) in zip(one, two, strict=True)) <= allowed
