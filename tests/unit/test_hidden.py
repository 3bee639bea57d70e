"""Hidden places: whose they are, what becomes of those that a killed run left, and work that no signal tears."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from faceerase.errors import SinkError
from faceerase.streamer.encode.partial import PartialFile
from faceerase.streamer.hidden.leftovers import clear_leftovers
from faceerase.streamer.hidden.naming import untorn
from faceerase.streamer.hidden.place import HiddenPlace
from faceerase.streamer.hidden.register import PROCESS, Register
from faceerase.streamer.stills.hidden import HiddenFolder

KILLED = """
import os, signal, sys
from pathlib import Path
from faceerase.streamer.encode.partial import PartialFile
from faceerase.streamer.hidden.place import HiddenPlace
from faceerase.streamer.stills.hidden import HiddenFolder, HiddenPictures
here = Path(sys.argv[1])
film, pictures = PartialFile(here / "clean.mp4"), HiddenPictures(here / "shot.%04d.png")
pictures.put("shot.0001.png", b"a picture")
folder = HiddenFolder(here / "folder")
(folder.path / "a.png").write_bytes(b"a picture")
if sys.argv[2] == "taken away":
    os.rename = lambda one, other, real=os.rename: real(one, other) or os.kill(os.getpid(), signal.SIGKILL)
    folder.publish()
print("made", flush=True)
os.kill(os.getpid(), signal.SIGKILL) if sys.argv[2] == "killed" else sys.stdin.read()
"""


def other_run(folder: Path, how: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", KILLED, str(folder), how]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_what_a_killed_run_left_is_removed_and_named(tmp_path: Path) -> None:
    with other_run(tmp_path, "killed") as process:
        process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 3
    remarks = clear_leftovers([tmp_path / "clean.mp4", None])
    assert len(remarks) == 3
    assert all("which a run that was killed left behind" in text for text in remarks)
    assert list(tmp_path.iterdir()) == []


def test_what_a_living_run_holds_is_left_alone(tmp_path: Path) -> None:
    with other_run(tmp_path, "lives") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"made\n"
        there = sorted(tmp_path.iterdir())
        assert clear_leftovers([tmp_path / "clean.mp4"]) == []
        assert sorted(tmp_path.iterdir()) == there
        process.communicate(b"", timeout=60)


def test_an_older_folder_that_was_taken_away_comes_back(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old.png").write_bytes(b"older")
    with other_run(tmp_path, "taken away") as process:
        process.communicate(timeout=60)
    assert not (tmp_path / "folder").exists()
    assert any("put back" in text for text in clear_leftovers([tmp_path / "folder"]))
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.png")] == ["folder/old.png"]


def test_an_older_folder_goes_when_the_new_one_is_there(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old.png").write_bytes(b"older")
    folder = HiddenFolder(tmp_path / "folder")
    (folder.path / "new.png").write_bytes(b"new")
    folder.publish()
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["folder", "folder/new.png"]


@pytest.mark.parametrize("name", [".clean.4711.part.mp4", ".clean.faceerase-part.mp4", "clean.1.faceerase-part.mp4"])
def test_what_has_another_name_is_left_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    assert clear_leftovers([tmp_path / "clean.mp4"]) == []
    assert (tmp_path / name).exists()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine.mp4").touch()
    (tmp_path / ".clean.1.faceerase-part.mp4").symlink_to(tmp_path / "mine.mp4")
    assert clear_leftovers([tmp_path / "clean.mp4"]) == []
    assert (tmp_path / "mine.mp4").exists()


def test_a_missing_folder_is_told_where_it_is_written_to(tmp_path: Path) -> None:
    assert clear_leftovers([tmp_path / "none" / "clean.mp4"]) == []
    with pytest.raises(SinkError, match="cannot be written"):
        HiddenPlace(tmp_path / "none" / "clean.mp4", folder=True)


def test_a_place_is_private_and_held(tmp_path: Path) -> None:
    place = HiddenPlace(tmp_path / "clean", folder=True)
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o700
    assert clear_leftovers([tmp_path / "clean"]) == []  # by this very process, too
    place.remove()
    assert list(tmp_path.iterdir()) == []


def test_two_films_of_one_name_have_two_places(tmp_path: Path) -> None:
    one, other = PartialFile(tmp_path / "clean.mp4"), PartialFile(tmp_path / "clean.mp4")
    assert one.path != other.path
    one.remove()
    assert other.path.exists()
    other.remove()


def test_an_end_at_once_removes_what_is_hidden_and_nothing_else(tmp_path: Path) -> None:
    register = Register()
    (tmp_path / "folder").mkdir()
    for name in ("file", "folder/in it", "other"):
        (tmp_path / name).touch()
    for name in ("file", "folder", "not made yet"):
        register.enter(tmp_path / name)
    assert register.remove_all() == []
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_what_resists_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError

    register = Register()
    (tmp_path / "file").touch()
    register.enter(tmp_path / "file")
    monkeypatch.setattr(Path, "unlink", refuse)
    assert register.remove_all() == [tmp_path / "file"]


def test_results_are_told_from_what_lies_in_a_hidden_place(tmp_path: Path) -> None:
    place = HiddenPlace(tmp_path / "folder", folder=True)
    PartialFile(place.path / "inner.mp4").publish()
    PartialFile(tmp_path / "outer.mp4").publish()
    assert PROCESS.published[-1] == tmp_path / "outer.mp4"
    assert place.path / "inner.mp4" not in PROCESS.published
    place.remove()


def test_a_signal_does_not_tear_what_has_begun() -> None:
    done = []

    def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)
        done.append(threading.current_thread().name)

    with pytest.raises(KeyboardInterrupt):
        untorn(work)
    assert done == ["faceerase-untorn"]


def test_an_error_of_the_work_is_raised() -> None:
    def work() -> None:
        raise SinkError("no")

    with pytest.raises(SinkError, match="no"):
        untorn(work)
