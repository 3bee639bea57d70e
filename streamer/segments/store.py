"""A finished segment as a file: packets and facts in the order in which they came, and a digest at the end.

The bytes of packets are stored inverted, so that no player takes the file for a film. A file without its end, or with
another digest, counts as not there. Knows nothing of what is in it.
"""

import hashlib
import json
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

import numpy as np
from av.packet import Packet
from av.video.stream import VideoStream

from faceerase.errors import SinkError
from faceerase.streamer.hidden.half import HalfFile

MAGIC = b"faceerase segment 1\n"

Kind = Literal["picture", "matte", "frame", "behind", "end"]
"""Of a record: a packet of the picture, one of the matte, what was erased in a frame, what would be in one behind the
segment, what came of the segment."""

_LENGTHS, _OFFSET = struct.Struct("<IQ"), struct.Struct("<Q")


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """One entry: facts as plain values, and the bytes of a packet, if it is one."""

    kind: Kind
    facts: dict[str, Any]
    data: bytes = b""


class SegmentWriter:
    """Writes one segment under a name of its own until it is whole."""

    def __init__(self, path: Path) -> None:
        """Begin; ``path`` is where it lies in the end.

        Raises:
            SinkError: the place cannot be written to.
        """
        self._file = HalfFile(path)
        self._digest = hashlib.sha256()
        self._written = 0
        self._put(MAGIC)

    def packet(self, kind: Kind, packet: "Packet[VideoStream]") -> None:
        """Write a packet.

        Raises:
            SinkError: the disk refused.
        """
        base = packet.time_base
        facts = {
            "pts": packet.pts,
            "dts": packet.dts,
            "duration": packet.duration,
            "base": [base.numerator, base.denominator],
            "key": packet.is_keyframe,
        }
        self.record(Record(kind, facts, bytes(packet)))

    def record(self, record: Record) -> None:
        """Write any record.

        Raises:
            SinkError: the disk refused.
        """
        text = json.dumps({"kind": record.kind, **record.facts}, separators=(",", ":")).encode()
        self._put(_LENGTHS.pack(len(text), len(record.data)) + text + _inverted(record.data))

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the end, and give the file its name.

        Raises:
            SinkError: the disk refused.
        """
        begins = self._written
        self.record(Record("end", facts))
        self._put(_OFFSET.pack(begins))
        self._put(self._digest.digest())
        self._file.finish()

    def abandon(self) -> None:
        """Leave nothing behind of a segment that is not finished."""
        self._file.abandon()

    def _put(self, data: bytes) -> None:
        self._digest.update(data)
        self._written += len(data)
        self._file.write(data)


def end_of(path: Path) -> Record | None:
    """Return the last record of a finished segment; None: there is none at ``path``, or not as it was written."""
    length = hashlib.sha256().digest_size
    try:
        with path.open("rb") as file:
            left = path.stat().st_size - length
            digest = hashlib.sha256()
            while left > 0 and (piece := file.read(min(left, 1 << 20))):
                digest.update(piece)
                left -= len(piece)
            if left != 0 or file.read() != digest.digest():
                return None
            file.seek(-length - _OFFSET.size, os.SEEK_END)
            file.seek(_OFFSET.unpack(file.read(_OFFSET.size))[0])
            return _read(file)
    except OSError:
        return None


def read_segment(path: Path, packets: bool = True) -> Iterator[Record]:
    """Yield the records of a whole segment, its end last; without ``packets`` those have no bytes, which are not read.

    Raises:
        SinkError: it cannot be read any more.
    """
    try:
        with path.open("rb") as file:
            file.seek(len(MAGIC))
            while True:
                record = _read(file, packets)
                yield record
                if record.kind == "end":
                    return
    except (OSError, ValueError, struct.error) as error:
        told = "a finished segment cannot be read again; the disk or another program changed it"
        raise SinkError(f"{path}: {told}") from error


def packet_of(record: Record) -> "Packet[VideoStream]":
    """Return a packet as it was written."""
    packet = cast("Packet[VideoStream]", Packet(record.data))
    facts = record.facts
    packet.time_base = Fraction(*facts["base"])
    packet.pts, packet.dts, packet.duration = facts["pts"], facts["dts"], facts["duration"]
    packet.is_keyframe = facts["key"]
    return packet


def _read(file: BinaryIO, with_data: bool = True) -> Record:
    text, data = _LENGTHS.unpack(file.read(_LENGTHS.size))
    facts = json.loads(file.read(text))
    kind: Kind = facts.pop("kind")
    if with_data:
        return Record(kind, facts, _inverted(file.read(data)))
    file.seek(data, os.SEEK_CUR)
    return Record(kind, facts)


def _inverted(data: bytes) -> bytes:
    return bytes(np.bitwise_not(np.frombuffer(data, np.uint8)))
