"""Packets come as the container has them, and a stream that appears late takes no film with it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av

from faceerase.streamer.decode.demuxing import demuxed


class Late:
    """A container of which PyAV, when all is read, wants to end a stream that it does not know."""

    def __init__(self, packets: list[Any]) -> None:
        self.packets = packets

    def demux(self) -> Iterator[Any]:
        yield from self.packets
        [][1]


def test_all_packets_come(tmp_path: Path, make_film: Callable[..., Path]) -> None:
    film = make_film(tmp_path / "film.mkv", sound="aac")
    with av.open(str(film)) as container:
        assert {packet.stream.type for packet in demuxed(container)} == {"video", "audio"}
    with av.open(str(film)) as container:
        packets = list(demuxed(container, container.streams.video))
        assert sum(packet.size > 0 for packet in packets) == 12
        assert packets[-1].size == 0


def test_a_stream_that_appears_late_ends_the_film_and_nothing_else() -> None:
    assert list(demuxed(Late([1, 2]))) == [1, 2]  # type: ignore[arg-type]
