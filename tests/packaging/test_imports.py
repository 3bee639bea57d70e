"""What an import brings along, seen in a fresh interpreter: running a film needs no torch."""

import json
import pkgutil
import subprocess
import sys

import pytest

import faceerase.cli
import faceerase.configs
import faceerase.streamer

FORBIDDEN = ("torch", "onnx", "onnxscript", "faceerase.models", "faceerase.export", "skimage", "pytest")
RUNTIME = [
    "faceerase.cli.app",
    *(
        module.name
        for package in (faceerase.streamer, faceerase.configs, faceerase.cli)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ),
]


def _brought_along(*modules: str) -> set[str]:
    code = (
        "import sys, json; before = set(sys.modules)\n"
        + "\n".join(f"import {module}" for module in modules)
        + "\njson.dump(sorted(set(sys.modules) - before), sys.stdout)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return set(json.loads(done.stdout))


def test_the_runtime_brings_no_torch_and_nothing_of_training() -> None:
    assert len(RUNTIME) > 20
    loaded = _brought_along(*RUNTIME)
    assert "faceerase.streamer.pipeline" in loaded
    assert not [name for name in loaded if name in FORBIDDEN or name.startswith(tuple(f"{x}." for x in FORBIDDEN))]


@pytest.mark.parametrize("package", ["faceerase.models", "faceerase.export", "faceerase.streamer", "faceerase"])
def test_a_package_alone_brings_nothing(package: str) -> None:
    assert {name for name in _brought_along(package) if name not in sys.stdlib_module_names} <= {"faceerase", package}


def test_the_bare_folder_names_are_not_importable_from_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    code = (
        "import importlib.util as u; print([n for n in ('streamer', 'models', 'export', 'configs') if u.find_spec(n)])"
    )
    folder = tmp_path_factory.mktemp("elsewhere")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("slow", ["scipy", "supervision", "trackers", "scenedetect", "matplotlib", "requests"])
def test_the_command_starts_without_what_is_slow_to_load(slow: str) -> None:
    assert slow not in {name.partition(".")[0] for name in _brought_along("faceerase.cli.app")}
