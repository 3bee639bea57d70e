"""The matte as a film or a picture: exactly the pixels that were erased, at the film's own times."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from faceerase.errors import ConfigError, SinkError
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.encode.matte_sink import MatteFilm, MattePicture, open_matte
from faceerase.streamer.frame import Frame
from faceerase.streamer.mask.matte import Matte

FrameMaker = Callable[..., Frame]


def matte(seed: int = 0) -> Matte:
    cells = (np.random.default_rng(seed).random((24, 32)) > 0.5).astype(np.uint8)
    return Matte(cells, (2, 2), 64, 48)


def test_a_matte_film_is_lossless_at_the_films_times(
    tmp_path: Path, small_info: FilmInfo, noise_frame: FrameMaker
) -> None:
    sink = MatteFilm(tmp_path / "matte.mkv", small_info)
    times = [0, 40, 120, 400]
    for number, pts in enumerate(times):
        sink.write(Frame(number, pts, Fraction(1, 1000), noise_frame().picture), matte(number))
    assert list(sink.finish()) == []
    sink.publish()
    with av.open(str(tmp_path / "matte.mkv")) as film:
        frames = list(film.decode(video=0))
    assert [frame.pts * frame.time_base for frame in frames] == [Fraction(time, 1000) for time in times]
    for number, frame in enumerate(frames):
        assert frame.format.name == "gray"
        assert np.array_equal(frame.to_ndarray(), matte(number).luma())


def test_packets_that_the_disk_refuses_are_an_error_of_ours(
    tmp_path: Path, small_info: FilmInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def mux(self, packets: object) -> None:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            pass

    sink = MatteFilm(tmp_path / "matte.mkv", small_info)
    monkeypatch.setattr(sink, "_container", Full())
    with pytest.raises(SinkError, match="the matte is not written \\(no space left on device\\)"):
        sink.splice(())
    sink.abandon()
    assert list(tmp_path.iterdir()) == []


def test_a_matte_picture_is_a_png(tmp_path: Path, noise_frame: FrameMaker) -> None:
    sink = MattePicture(tmp_path / "matte.png")
    sink.write(noise_frame(), matte())
    assert not (tmp_path / "matte.png").exists()
    sink.finish()
    sink.publish()
    picture = cv2.imread(str(tmp_path / "matte.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(picture, matte().luma())


def test_a_picture_holds_one_frame(tmp_path: Path, noise_frame: FrameMaker) -> None:
    sink = MattePicture(tmp_path / "matte.png")
    sink.write(noise_frame(), matte())
    with pytest.raises(ConfigError, match=r"one frame; name an \.mkv"):
        sink.write(noise_frame(), matte())
    sink.abandon()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "kind"), [("m.mkv", MatteFilm), ("M.MKV", MatteFilm), ("m.png", MattePicture)])
def test_the_suffix_chooses(tmp_path: Path, small_info: FilmInfo, name: str, kind: type) -> None:
    sink = open_matte(tmp_path / name, small_info)
    assert type(sink) is kind
    sink.abandon()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["m.mp4", "m.jpg", "m"])
def test_a_lossy_matte_is_refused(tmp_path: Path, small_info: FilmInfo, name: str) -> None:
    with pytest.raises(ConfigError, match=r"--matte .*\.mkv"):
        open_matte(tmp_path / name, small_info)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["m.mkv", "m.png"])
def test_a_missing_folder_is_refused(tmp_path: Path, small_info: FilmInfo, name: str) -> None:
    with pytest.raises(SinkError, match="cannot be written"):
        open_matte(tmp_path / "none" / name, small_info)


def test_a_matte_that_cannot_be_written_is_one_line(
    tmp_path: Path, small_info: FilmInfo, noise_frame: FrameMaker
) -> None:
    sink = MatteFilm(tmp_path / "matte.mkv", small_info)
    picture = noise_frame().picture
    sink.write(Frame(0, 400, Fraction(1, 1000), picture), matte())
    with pytest.raises(SinkError, match="matte of frame 1 not written") as caught:
        sink.write(Frame(1, 0, Fraction(1, 1000), picture), matte())
    assert "\n" not in str(caught.value)
    sink.abandon()
    assert list(tmp_path.iterdir()) == []
