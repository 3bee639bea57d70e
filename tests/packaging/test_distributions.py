"""What is installed is the tree: five folders in one package, each file once, and the right dependencies."""

import os
import subprocess
import sys
import tarfile
import tomllib
from email import message_from_string
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

import faceerase

FOLDERS = ("streamer", "models", "export", "configs")
RUNTIMES = {"onnxruntime", "onnxruntime-gpu"}
MACHINES = [
    ("linux", "x86_64", "onnxruntime-gpu"),
    ("linux", "aarch64", "onnxruntime"),
    ("linux", "armv7l", "onnxruntime"),
    ("linux", "riscv64", "onnxruntime"),
    ("win32", "AMD64", "onnxruntime-gpu"),
    ("win32", "x86", "onnxruntime"),
    ("win32", "ARM64", "onnxruntime"),
    ("darwin", "x86_64", "onnxruntime"),
    ("darwin", "arm64", "onnxruntime"),
    ("freebsd14", "amd64", "onnxruntime"),
    ("freebsd14", "x86_64", "onnxruntime"),
]


def _tree(root: Path) -> dict[str, bytes]:
    """Return every file that should be installed, under its installed name."""
    files = {}
    for folder in ("src/faceerase", *FOLDERS):
        inside = "faceerase" if folder == "src/faceerase" else f"faceerase/{folder}"
        for place, folders, names in os.walk(root / folder, followlinks=False):
            folders[:] = [name for name in folders if name != "__pycache__"]
            for name in names:
                path = Path(place) / name
                files[f"{inside}/{path.relative_to(root / folder).as_posix()}"] = path.read_bytes()
    return files


def _metadata(wheel: Path) -> Any:
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_string(archive.read(name).decode())


def _required(wheel: Path, platform: str, machine: str, extra: str = "") -> set[str]:
    environment = {**default_environment(), "sys_platform": platform, "platform_machine": machine, "extra": extra}
    wanted = (Requirement(line) for line in _metadata(wheel).get_all("Requires-Dist"))
    return {need.name for need in wanted if need.marker is None or need.marker.evaluate(environment)}


def test_the_wheel_is_the_tree(built: Any, root: Path) -> None:
    tree = _tree(root)
    with ZipFile(built.wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        assert len(names) == len(set(names))
        assert set(names) == set(tree)
        assert all(archive.read(name) == tree[name] for name in names)


@pytest.mark.parametrize(
    "name",
    [
        "py.typed",
        "cli/app.py",
        "streamer/look/engine.py",
        "streamer/live/web/page.html",
        "configs/train-lite.toml",
        "models/weights/unet-lite-int8.onnx",
        "models/weights/unet-lite.onnx",
    ],
)
def test_the_wheel_holds_what_running_needs(name: str, built: Any) -> None:
    assert (built.unpacked / "faceerase" / name).is_file()


def test_the_sdist_follows_no_link(built: Any) -> None:
    with tarfile.open(built.sdist) as archive:
        members = archive.getmembers()
    names = [member.name.split("/", 1)[1] for member in members]
    assert len(names) == len(set(names))
    assert not [name for name in names if name.startswith(tuple(f"src/faceerase/{folder}" for folder in FOLDERS))]
    assert not [member.name for member in members if member.issym() or member.islnk()]
    assert {"pyproject.toml", "README.md", "LICENSE", "tests/data/portrait.mp4"} <= set(names)


def test_the_wheel_says_what_it_is(built: Any, root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    metadata = _metadata(built.wheel)
    assert metadata["Version"] == project["version"] == faceerase.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    with ZipFile(built.wheel) as archive:
        (entries,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert b"faceerase-video = faceerase.cli.app:video_main" in archive.read(entries)
        assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())


@pytest.mark.parametrize(("platform", "machine", "runtime"), MACHINES)
@pytest.mark.parametrize("extra", ["", "cuda", "train", "test"])
def test_exactly_one_runtime_on_every_machine(
    platform: str, machine: str, runtime: str, extra: str, built: Any
) -> None:
    assert _required(built.wheel, platform, machine, extra) & RUNTIMES == {runtime}


def test_the_base_install_has_no_torch(built: Any) -> None:
    for platform, machine, _ in MACHINES:
        needs = _required(built.wheel, platform, machine)
        assert not needs & {"torch", "onnx", "onnxscript", "pytest", "opencv-python-headless", "scikit-image"}
        assert {"av", "numpy", "opencv-python", "pydantic", "rich", "typer"} <= needs
    assert {"torch", "onnx", "onnxscript"} <= _required(built.wheel, "linux", "x86_64", "train")


def test_the_wheel_runs_and_finds_its_network(built: Any, tmp_path: Path) -> None:
    code = (
        "import sys, faceerase; from faceerase.configs.film import SHIPPED_MODEL; print(faceerase.__file__);"
        "print(SHIPPED_MODEL); sys.argv = ['faceerase', 'doctor']; from faceerase.cli.app import main; main()"
    )
    environment = {**os.environ, "PYTHONPATH": str(built.unpacked), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=120
    )
    assert done.returncode == 0, done.stderr
    package, model, *told = done.stdout.splitlines()
    assert Path(package).is_relative_to(built.unpacked)
    assert Path(model).is_relative_to(built.unpacked)
    assert any("unet-lite" in line for line in told)
