"""Decoding by a card: trusted only where its pictures are what the software decoder gives; else the software, told."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from faceerase.errors import SourceError
from faceerase.streamer.decode import on_card
from faceerase.streamer.decode.decoder import decoder_of
from faceerase.streamer.decode.on_card import Decoding, card_decoder, choose_decoding
from faceerase.streamer.decode.opening import main_video, open_film
from faceerase.streamer.decode.source import FilmSource
from faceerase.streamer.planes import layout_of, plane_views

Change = Callable[[av.VideoFrame], av.VideoFrame | None]

DEEP = {"yuv420p": "nv12", "yuv420p10le": "p010le"}
"""How a card hands out what the software gives in planes."""


class Card:
    """A card's decoder: the software's pictures, interleaved as a card gives them, and changed."""

    def __init__(self, stream: Any, change: Change) -> None:
        self.own, self.change = decoder_of(stream), change

    def decode(self, packet: Any) -> Iterator[av.VideoFrame]:
        for picture in self.own.decode(packet):
            given = picture.reformat(format=DEEP[picture.format.name], threads=1)
            given.pts, given.time_base = picture.pts, picture.time_base
            changed = self.change(given)
            if changed is not None:
                yield changed


def card(change: Change = lambda picture: picture) -> Any:
    return lambda stream: Card(stream, change)


@pytest.fixture
def film(make_film: Any, tmp_path: Path) -> Path:
    path: Path = make_film(tmp_path / "film.mp4", b_frames=2)
    return path


@pytest.mark.parametrize("wanted", ["auto", "cuda"])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv420p10le"])
def test_a_card_that_gives_the_same_pictures_is_taken(
    make_film: Any, tmp_path: Path, wanted: Any, pixel_format: str
) -> None:
    film = make_film(tmp_path / "film.mp4", pixel_format=pixel_format, b_frames=2)
    found = choose_decoding(film, 0, wanted, card())
    assert found.device == "cuda"
    assert found.remarks == ("decoded by the card (NVDEC): its first pictures are the same bits as by software",)


def test_nobody_asks_a_card_unless_told(film: Path) -> None:
    def never(stream: Any) -> Any:
        raise AssertionError

    assert choose_decoding(film, 0, "cpu", never) == Decoding()


def brighter(picture: av.VideoFrame) -> av.VideoFrame:
    plane = picture.planes[0]
    plane.update(bytes(value ^ 1 for value in bytes(plane)))
    return picture


def test_other_bits_are_said_or_refused(film: Path) -> None:
    asked = choose_decoding(film, 0, "cuda", card(brighter))
    assert (asked.device, asked.remarks) == ("cuda", ("decoded by the card (NVDEC): not the same bits as by software",))
    left_to_us = choose_decoding(film, 0, "auto", card(brighter))
    assert left_to_us.device == "cpu"
    assert left_to_us.remarks == ("decoded by software, not by the card: the card's pictures are not the same bits",)


def later(picture: av.VideoFrame) -> av.VideoFrame:
    picture.pts = (picture.pts or 0) + 1
    return picture


def wider_range(picture: av.VideoFrame) -> av.VideoFrame:
    picture.color_range = 2
    return picture


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (later, "other times (pts, dts, duration): "),
        (lambda picture: picture.reformat(format="yuv422p"), "other pixel format: yuv422p instead of yuv420p"),
        (lambda picture: picture.reformat(width=32), "other size: (32, 48) instead of (64, 48)"),
        (wider_range, "other colour tags: "),
        (lambda picture: None, "it gave 0 pictures of 12"),
    ],
)
@pytest.mark.parametrize("wanted", ["auto", "cuda"])
def test_other_pictures_are_not_taken(film: Path, change: Change, why: str, wanted: Any) -> None:
    found = choose_decoding(film, 0, wanted, card(change))
    assert found.device == "cpu"
    assert found.remarks[0].startswith(f"decoded by software, not by the card: {why}")


def test_a_card_that_fails_is_not_taken(film: Path) -> None:
    def fail(picture: av.VideoFrame) -> av.VideoFrame:
        raise av.error.ExternalError(1, "no surface left")

    found = choose_decoding(film, 0, "cuda", card(fail))
    assert found == Decoding("cpu", ("decoded by software, not by the card: no surface left",))


def test_the_real_one_says_why_it_does_not_do(film: Path) -> None:
    found = choose_decoding(film, 0, "cuda")
    assert found.device == "cuda" or "not by the card: " in found.remarks[0]


@pytest.mark.parametrize(("codec", "pixel_format"), [("prores_ks", "yuv422p10le"), ("ffv1", "yuv420p")])
def test_codecs_that_no_card_knows_are_named(make_film: Any, tmp_path: Path, codec: str, pixel_format: str) -> None:
    film = make_film(tmp_path / "film.mkv", codec=codec, pixel_format=pixel_format)
    with open_film(film) as container, pytest.raises(SourceError, match=r"it knows no (prores|ffv1)"):
        card_decoder(main_video(container, film))


def test_a_film_decoded_by_a_card_is_the_same_film(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_card, "card_decoder", card())
    by_card, by_software = FilmSource(film, decoder="cuda"), FilmSource(film)
    assert (by_card.info.decoding.device, by_software.info.decoding.device) == ("cuda", "cpu")
    for one, other in zip(by_card.frames(), by_software.frames(), strict=True):
        assert (one.pts, one.time_base) == (other.pts, other.time_base)
        assert one.picture.format.name == other.picture.format.name
        views = (plane_views(frame.picture, layout_of(frame.picture)) for frame in (one, other))
        assert all(np.array_equal(here, there) for here, there in zip(*views, strict=True))
    assert by_card.lost == by_software.lost == []
