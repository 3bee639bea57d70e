"""Where nothing can be copied it is said, and every face is erased all the same."""

from pathlib import Path

import av
import pytest
from joints import GOP, HEIGHT, WIDTH, Kind, clean, film, said, why

from faceerase.errors import VerificationError


def test_pictures_without_closed_groups_are_encoded_and_it_is_said(tmp_path: Path) -> None:
    refreshed = Kind(".mp4", "libx264", options=(("x264-params", "intra-refresh=1:keyint=6:bframes=0"),))
    assert why(tmp_path, refreshed) == (
        "smart copy: 0 of 24 frames copied as they are; 24 not: a face was erased in them or in their group of "
        "pictures (3 key frames lean on others and begin no group); called avc3 in the container, which some players "
        "do not know"
    )


@pytest.mark.parametrize(
    "kind",
    [
        Kind(
            ".mkv",
            "libx264",
            options=(("x264-params", "open-gop=1:keyint=6:min-keyint=1:bframes=3:b-adapt=0:scenecut=0"),),
        ),
        Kind(
            ".mkv",
            "libx265",
            options=(
                ("x265-params", "open-gop=1:keyint=6:min-keyint=6:bframes=3:b-adapt=0:scenecut=0:log-level=error"),
            ),
        ),
    ],
    ids=str,
)
def test_open_groups_count_as_one(tmp_path: Path, kind: Kind) -> None:
    with av.open(str(film(tmp_path / "probe.mkv", kind, 24))) as container:
        keys = sum(packet.is_keyframe for packet in container.demux(video=0) if packet.size)
    assert keys > 1
    text = why(tmp_path, kind)
    assert "0 of 24 frames copied as they are; 24 not: a face" in text
    assert "key frames lean on others and begin no group" in text


def test_a_group_too_long_to_wait_for_is_encoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faceerase.streamer.encode.copying.copier.WAITING_BYTES", 10 * WIDTH * HEIGHT * 3 // 2)
    text = why(tmp_path, Kind(".mp4", "libx264", options=(("g", "12"),)), faces=frozenset())
    assert "0 of 24 frames copied as they are; 24 not: they are in a group of pictures too long to be held" in text


@pytest.mark.parametrize(
    ("kind", "encode", "reason"),
    [
        (Kind(".mp4", "libx264", options=GOP), {"codec": "hevc"}, "h264 becomes hevc"),
        (Kind(".mp4", "libx264", options=GOP), {"pix_fmt": "yuv420p10le"}, "pixel format yuv420p becomes yuv420p10le"),
        (Kind(".mkv", "libvpx-vp9"), {}, "not done for vp9"),
        (Kind(".mov", "prores_ks", "yuv422p10le"), {"options": {"profile": "lt"}}, "profile HQ becomes lt"),
        (Kind(".avi", "libx264", options=(("bf", "0"), ("g", "6"))), {}, "does not say when its pictures are shown"),
        (Kind(".mkv", "ffv1", options=(("level", "3"), ("slices", "4"))), {"options": {"slices": "9"}}, "header"),
    ],
    ids=lambda value: str(value) if isinstance(value, (str, Kind)) else "",
)
def test_where_nothing_can_be_copied_it_is_said(
    tmp_path: Path, kind: Kind, encode: dict[str, object], reason: str
) -> None:
    text = why(tmp_path, kind, 12, frozenset({3}), **encode)
    assert text.startswith("smart copy: nothing copied: ")
    assert reason in text


def test_a_joint_that_does_not_play_is_found_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = film(tmp_path / "a.mkv", Kind(".mkv", "libx264", "yuv420p", (*GOP, ("x264-params", "cabac=0"))), 24)
    monkeypatch.setattr("faceerase.streamer.encode.copying.nal.with_sets", lambda _family, units, _sets: list(units))
    with pytest.raises(VerificationError, match="nothing was kept; try without --smart-copy"):
        clean(source, tmp_path / "b.mkv", {13})
    assert [path.name for path in tmp_path.iterdir()] == ["a.mkv"]


def test_ffmpeg_is_heard(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", Kind(".mp4", "libx264", options=GOP), 12)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    path.write_bytes(bytes(data))
    assert said(path)
