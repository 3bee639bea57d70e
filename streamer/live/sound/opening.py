"""Opens the microphone that a name stands for, or a file that stands in for one; names the microphones that are here.

Knows nothing of what is done with sound.
"""

import os
import re
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from faceerase.errors import SourceError
from faceerase.streamer.live.capture.opening import Found, names_of
from faceerase.streamer.live.capture.place import Place
from faceerase.streamer.live.sound.device import Device
from faceerase.streamer.live.sound.heard import RATE, Microphone
from faceerase.streamer.live.sound.rounds import Rounds
from faceerase.streamer.live.sound.stand_in import StandIn

DEVICES = {"linux": "alsa", "darwin": "avfoundation", "win32": "dshow"}
"""FFmpeg's input for microphones on each ``sys.platform``."""

DEFAULT = "default"
"""The name of whichever is the first one."""

LINUX_CARDS = Path("/proc/asound/pcm")

ALSA_CONFIG = Path("/usr/share/alsa")
"""The system's configuration of ALSA. The library in PyAV's wheels looks for it where it was built, below /tmp."""

PIECES = {"alsa": (), "dshow": (("audio_buffer_size", "20"),), "avfoundation": ()}
"""Options; Windows gives pieces of half a second where nobody asks for 20 ms."""


def open_microphone(source: str, rounds: Rounds | None) -> Microphone:
    """Return an open microphone.

    Args:
        source: ``default``, a number, a name, or a file that stands in for one.
        rounds: when the film that stands in for the camera begins; None: there is none, a file begins now.

    Raises:
        SourceError: it is missing, busy, forbidden, or gives no sound.
    """
    path = Path(source)
    if path.is_file():
        if rounds is None:
            rounds = Rounds()
            rounds.begin(time.monotonic())
        return StandIn(path, rounds)
    kind = DEVICES.get(sys.platform)
    if kind is None:
        raise SourceError(f"{source}: no microphones are known on {sys.platform}; name a file that stands in for one")
    if kind == "alsa":
        refuse_without_alsa(source)
    return Device(place_of(source, kind, [found.camera for found in microphones_here()]))


def place_of(source: str, kind: str, here: Sequence[str]) -> Place:
    """Return where a microphone is.

    Args:
        source: what a person calls it.
        kind: FFmpeg's input on this system.
        here: what those that are here are called.

    Raises:
        SourceError: it is not among them.
    """
    name = source
    number = 0 if source == DEFAULT else int(source) if re.fullmatch(r"[0-9]{1,3}", source) else None
    if number is not None and kind != "avfoundation":
        if number >= len(here):
            raise missing(source, here)
        name = here[number]
    if kind == "avfoundation":
        return Place("device", source, f":{source}", kind)
    if kind == "dshow":
        return Place("device", name, f"audio={name}", kind, PIECES[kind])
    if Path(name).suffix or "/" in name:
        raise missing(source, here)  # a file's; ALSA would say so in lines of its own
    card = re.fullmatch(r"(?:plug)?hw:([0-9]+)(?:,([0-9]+))?", name)
    if card is not None and f"plughw:{card[1]},{card[2] or 0}" not in here:
        raise missing(source, here)
    return Place("device", name, name, kind, (("sample_rate", str(RATE)), *PIECES[kind]))


def missing(source: str, here: Sequence[str]) -> SourceError:
    """Return what is said of a microphone that is not here."""
    there = f"there are: {', '.join(here)}" if here else "none is here; a file can stand in for one"
    return SourceError(f"{source}: no such microphone or file; {there}")


def microphones_here(cards: Path = LINUX_CARDS) -> Sequence[Found]:
    """Return the microphones of this machine; ``cards`` is where Linux lists them."""
    kind = DEVICES.get(sys.platform)
    if kind == "alsa":
        return _of_linux(cards)
    names = names_of(kind, "audio")
    return [Found(name if kind == "dshow" else str(number), name) for number, name in enumerate(names)]


def refuse_without_alsa(source: str, config: Path = ALSA_CONFIG) -> None:
    """Let ALSA find the system's configuration, unless it was told of another.

    Raises:
        SourceError: there is none.
    """
    if os.environ.get("ALSA_CONFIG_DIR") or os.environ.get("ALSA_CONFIG_PATH"):
        return
    if not (config / "alsa.conf").is_file():
        raise SourceError(
            f"{source}: no such file, and no microphone can be opened: ALSA is not configured here "
            "(Debian: apt-get install libasound2-data)"
        )
    os.environ["ALSA_CONFIG_DIR"] = str(config)


def _of_linux(cards: Path) -> list[Found]:
    found = []
    with suppress(OSError, ValueError):
        for line in cards.read_text().splitlines():
            place, _, rest = line.partition(":")
            card, _, device = place.partition("-")
            if "capture" in rest:
                name = rest.split(":")[0].strip()
                found.append(Found(f"plughw:{int(card)},{int(device)}", name))
    return found
