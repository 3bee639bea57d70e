"""A microphone behind a fake of FFmpeg, and a file that stands in for one."""

import errno
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import count, islice, pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from flash_film import make_flash_film

from faceerase.errors import SourceError
from faceerase.streamer.live.capture.opening import Found
from faceerase.streamer.live.capture.place import Place
from faceerase.streamer.live.sound import opening
from faceerase.streamer.live.sound.device import Device
from faceerase.streamer.live.sound.heard import RATE
from faceerase.streamer.live.sound.opening import microphones_here, open_microphone, place_of, refuse_without_alsa
from faceerase.streamer.live.sound.rounds import Rounds
from faceerase.streamer.live.sound.stand_in import StandIn

PLACE = Place("device", "plughw:0,0", "plughw:0,0", "alsa", (("sample_rate", "48000"),))


def piece(rate: int = 44_100, samples: int = 882) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.full((1, samples * 2), 16_384, np.int16), format="s16", layout="stereo")
    frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
    return frame


class Card:
    """Stands in for FFmpeg's container: gives pieces of 20 ms, then ends or fails."""

    def __init__(self, pieces: int, end: Exception | None = None, channels: int = 2) -> None:
        context = SimpleNamespace(channels=channels)
        self.streams = SimpleNamespace(audio=[SimpleNamespace(codec_context=context)])
        self.pieces, self.end, self.closed = pieces, end, False

    def demux(self, stream: Any) -> Iterator[Any]:
        for _ in range(self.pieces):
            yield SimpleNamespace(decode=lambda: [piece()])
        if self.end is not None:
            raise self.end

    def close(self) -> None:
        self.closed = True


def device(card: Card) -> Device:
    ticks = count(1)
    return Device(PLACE, lambda url, **options: card, clock=lambda: 50 + 0.02 * next(ticks))


def failing(error: Exception, said: str = "") -> Callable[..., Any]:
    def fails(url: str, **options: Any) -> Any:
        if said:
            av.logging.log(av.logging.ERROR, "alsa", said)
        raise error

    return fails


@pytest.mark.parametrize(
    ("error", "said", "told"),
    [
        (OSError(errno.EIO, "I/O error"), os.strerror(errno.ENOENT), "no such microphone; 'faceerase live --list'"),
        (OSError(errno.EIO, "I/O error"), os.strerror(errno.EBUSY), "busy: another program uses this microphone"),
        (OSError(errno.EIO, "I/O error"), os.strerror(errno.EACCES), r"no permission to use it \(.*group 'audio'\)"),
        (OSError(errno.EBUSY, "busy"), "", "busy: another program uses this microphone"),
        (OSError(errno.EIO, "Input/output error"), "", r"cannot be opened \(input/output error\)"),
    ],
)
def test_microphones_that_do_not_open(error: Exception, said: str, told: str) -> None:
    level = av.logging.get_level()
    with pytest.raises(SourceError, match=f"^plughw:0,0: {told}"):
        Device(PLACE, failing(error, f"cannot open audio device plughw:0,0 ({said})" if said else ""))
    assert av.logging.get_level() == level


def test_pieces_come_at_one_rate_by_the_clock() -> None:
    microphone = device(Card(50))
    assert microphone.channels == 2
    heard = list(islice(microphone.heard(), 50))
    assert all(one.samples.shape[0] == 2 for one in heard)
    assert sum(one.samples.shape[1] for one in heard) == pytest.approx(RATE, abs=RATE / 100)
    assert float(np.median(heard[-1].samples)) == pytest.approx(0.5, abs=0.01)
    assert heard[0].at == pytest.approx(50, abs=0.01)
    assert heard[-1].end == pytest.approx(51, abs=0.01)


@pytest.mark.parametrize(
    ("end", "why"), [(OSError(errno.ENODEV, "No such device"), "no such device"), (None, "it gives no more sound")]
)
def test_a_microphone_that_is_unplugged(end: Exception | None, why: str) -> None:
    card = Card(3, end)
    with pytest.raises(SourceError, match=rf"^plughw:0,0: the microphone is gone \({why}\)$"):
        list(device(card).heard())
    assert card.closed


def test_a_microphone_that_is_let_go() -> None:
    card = Card(10**6)
    microphone = device(card)
    heard = microphone.heard()
    next(heard)
    microphone.close()
    assert not card.closed, "not while somebody may be reading"
    assert list(heard) == []
    assert card.closed


def test_what_gives_no_sound() -> None:
    card = Card(0)
    card.streams.audio = []
    with pytest.raises(SourceError, match="gives no sound"):
        device(card)


@pytest.mark.parametrize(
    ("source", "kind", "url"),
    [
        ("default", "alsa", "plughw:1,0"),
        ("1", "alsa", "plughw:2,3"),
        ("hw:2,3", "alsa", "hw:2,3"),
        ("plughw:1", "alsa", "plughw:1"),
        ("null", "alsa", "null"),
        ("default", "dshow", "audio=plughw:1,0"),
        ("Desk", "dshow", "audio=Desk"),
        ("default", "avfoundation", ":default"),
        ("0", "avfoundation", ":0"),
        ("Desk", "avfoundation", ":Desk"),
    ],
)
def test_where_a_microphone_is(source: str, kind: str, url: str) -> None:
    place = place_of(source, kind, ["plughw:1,0", "plughw:2,3"])
    assert (place.url, place.format) == (url, kind)


@pytest.mark.parametrize("source", ["default", "3", "hw:7,0", "plughw:1,9", "none.wav"])
def test_who_is_not_here(source: str) -> None:
    here = [] if source == "default" else ["plughw:1,0", "plughw:2,3"]
    said = "none is here" if source == "default" else "there are: plughw:1,0, plughw:2,3"
    with pytest.raises(SourceError, match=f"^{source}: no such microphone or file; {said}"):
        place_of(source, "alsa", here)


@pytest.mark.skipif(sys.platform != "linux", reason="as Linux lists them")
def test_microphones_of_linux(tmp_path: Path) -> None:
    cards = tmp_path / "pcm"
    cards.write_text(
        "00-00: ALC257 Analog : ALC257 Analog : playback 1 : capture 1\n"
        "00-03: HDMI 0 : HDMI 0 : playback 1\n"
        "02-01: USB Audio : USB Audio : capture 1\n"
    )
    assert microphones_here(cards) == [Found("plughw:0,0", "ALC257 Analog"), Found("plughw:2,1", "USB Audio")]
    assert microphones_here(tmp_path / "none") == []


def test_alsa_is_told_where_its_configuration_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALSA_CONFIG_PATH", raising=False)
    monkeypatch.setenv("ALSA_CONFIG_DIR", "")
    with pytest.raises(SourceError, match="ALSA is not configured here"):
        refuse_without_alsa("default", tmp_path)
    (tmp_path / "alsa.conf").touch()
    refuse_without_alsa("default", tmp_path)
    assert os.environ["ALSA_CONFIG_DIR"] == str(tmp_path)
    refuse_without_alsa("default", tmp_path / "other")
    assert os.environ["ALSA_CONFIG_DIR"] == str(tmp_path)


def test_a_system_without_microphones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "DEVICES", {})
    with pytest.raises(SourceError, match="no microphones are known"):
        open_microphone("default", None)


def test_a_file_of_sound_stands_in_at_its_own_pace(tmp_path: Path) -> None:
    path = make_flash_film(tmp_path / "a.wav", 0.3, (), picture_too=False)
    microphone = open_microphone(str(path), None)
    begun = time.monotonic()
    heard = list(islice(microphone.heard(), 3))
    microphone.close()
    assert microphone.channels == 1
    assert heard[0].at == pytest.approx(begun, abs=0.5)
    assert [later.at - one.end for one, later in pairwise(heard)] == pytest.approx([0, 0], abs=0.001)
    assert time.monotonic() >= heard[-1].end


def test_a_film_sounds_whenever_it_begins(tmp_path: Path) -> None:
    path = make_flash_film(tmp_path / "a.mp4", 0.4, (0.0,))
    rounds = Rounds()
    microphone = StandIn(path, rounds)
    begun = time.monotonic()
    rounds.begin(begun)
    heard = []
    for one in microphone.heard():
        heard.append(one)
        if len(heard) == 3:
            rounds.begin(begun + 0.2)
        if one.at >= begun + 0.3:
            microphone.close()
    first = [one.at - begun for one in heard if one.at < begun + 0.2]
    second = [one.at - begun for one in heard if one.at >= begun + 0.2]
    assert first[0] == pytest.approx(0, abs=1e-6)
    assert second[0] == pytest.approx(0.2, abs=1e-6), "cut off where it begins again"


def test_a_film_that_is_held_up_sounds_later(tmp_path: Path) -> None:
    path = make_flash_film(tmp_path / "a.mp4", 0.6, (0.0,))
    rounds = Rounds()
    microphone = StandIn(path, rounds)
    rounds.begin(time.monotonic())
    heard = []
    for one in microphone.heard():
        heard.append(one)
        if len(heard) == 3:
            rounds.hold_up(0.25)
        if len(heard) == 5:
            microphone.close()
    gaps = [later.at - one.end for one, later in pairwise(heard)]
    assert gaps == pytest.approx([0, 0, 0.25, 0], abs=0.002)
    assert [one.anew for one in heard] == [True, False, False, True, False]


def test_a_film_without_sound(silent_film: Path) -> None:
    with pytest.raises(SourceError, match="has no sound"):
        StandIn(silent_film, Rounds())


def test_who_waits_for_a_film_can_be_ended(tmp_path: Path) -> None:
    path = make_flash_film(tmp_path / "a.wav", 0.1, (), picture_too=False)
    microphone = StandIn(path, Rounds())
    thread = threading.Thread(target=lambda: list(microphone.heard()))
    thread.start()
    microphone.close()
    thread.join(5)
    assert not thread.is_alive()
