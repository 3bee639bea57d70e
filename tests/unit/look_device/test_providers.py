"""Which provider really runs: sessions are asked, promises are not believed."""

from pathlib import Path
from typing import Any

import pytest

from faceerase.configs.film import SHIPPED_MODEL
from faceerase.errors import ModelError, ProviderUnavailableError
from faceerase.streamer.look import providers
from faceerase.streamer.look.device import tensorrt
from faceerase.streamer.look.device.bound import BoundRun
from faceerase.streamer.look.device.execution import PlainRun
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.look.providers import CPU, CUDA, TENSORRT, execution_of, make_session, provider_name

REAL_SESSION = providers._session


class Session:
    """A session that really uses some providers."""

    def __init__(self, used: list[str], options: dict[str, str]) -> None:
        self.used, self.options = used, options

    def get_providers(self) -> list[str]:
        return self.used

    def get_provider_options(self) -> dict[str, Any]:
        return {self.used[0]: self.options}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return what sessions were asked for; a machine with a driver and every library."""
    monkeypatch.setattr(providers, "_has_driver", lambda: True)
    monkeypatch.setattr(providers.ort, "get_available_providers", lambda: [TENSORRT, CUDA, CPU])
    monkeypatch.setattr(providers.ort, "preload_dlls", lambda directory: None)
    monkeypatch.setattr(tensorrt, "needed_libraries", lambda: ["libnvinfer.so.10"])
    monkeypatch.setattr(tensorrt, "load_libraries", lambda names: None)
    monkeypatch.setattr(tensorrt, "engine_cache", lambda model: None)
    return []


def sessions(monkeypatch: pytest.MonkeyPatch, asked: list[Any], answer: Any) -> None:
    def make(model: Path, wanted: Any, threads: int) -> Any:
        if wanted == [CPU]:
            return REAL_SESSION(model, wanted, threads)
        asked.append(wanted)
        return answer(wanted)

    monkeypatch.setattr(providers, "_session", make)


def as_asked(wanted: Any) -> Session:
    return Session([wanted[0][0], CPU], wanted[0][1])


@pytest.mark.parametrize("provider", ["auto", "cuda"])
def test_cuda_captures_graphs_and_runs_bound(monkeypatch: pytest.MonkeyPatch, asked: list[Any], provider: Any) -> None:
    sessions(monkeypatch, asked, as_asked)
    session = make_session(SHIPPED_MODEL, provider, 1)
    assert provider_name(session) == "cuda"
    assert asked == [[(CUDA, {"enable_cuda_graph": "1"}), CPU]]
    run = execution_of(session, None, 256, 8)  # type: ignore[arg-type]
    assert isinstance(run, BoundRun)
    assert run._captures


def test_a_network_that_cannot_be_captured_runs_on_cuda_all_the_same(
    monkeypatch: pytest.MonkeyPatch, asked: list[Any]
) -> None:
    def refuses_graphs(wanted: Any) -> Session:
        if wanted[0][1]:
            raise ModelError("not all nodes are on CUDA")
        return as_asked(wanted)

    sessions(monkeypatch, asked, refuses_graphs)
    session = make_session(SHIPPED_MODEL, "cuda", 1)
    run = execution_of(session, None, 256, 8)  # type: ignore[arg-type]
    assert isinstance(run, BoundRun)
    assert not run._captures
    assert len(asked) == 2


def test_a_session_that_fell_back_is_no_cuda(monkeypatch: pytest.MonkeyPatch, asked: list[Any]) -> None:
    sessions(monkeypatch, asked, lambda wanted: Session([CPU], {}))
    with pytest.raises(ProviderUnavailableError, match=r"'faceerase\[cuda\]'"):
        make_session(SHIPPED_MODEL, "cuda", 1)
    assert isinstance(OnnxEngine(SHIPPED_MODEL, "auto", 1)._execution, PlainRun)


def test_tensorrt_is_told_the_shapes_of_the_network(monkeypatch: pytest.MonkeyPatch, asked: list[Any]) -> None:
    sessions(monkeypatch, asked, as_asked)
    session = make_session(SHIPPED_MODEL, "tensorrt", 1, 32)
    assert provider_name(session) == "tensorrt"
    (wanted,) = asked
    assert [one if isinstance(one, str) else one[0] for one in wanted] == [TENSORRT, CUDA, CPU]
    assert wanted[0][1]["trt_profile_max_shapes"].endswith(":32x1x256x256")


@pytest.mark.parametrize("used", [CPU, CUDA])
def test_a_session_that_fell_back_is_no_tensorrt(monkeypatch: pytest.MonkeyPatch, asked: list[Any], used: str) -> None:
    sessions(monkeypatch, asked, lambda wanted: Session([used], {}))
    with pytest.raises(ProviderUnavailableError, match=f"onnxruntime took {providers.NAMES[used]} instead"):
        make_session(SHIPPED_MODEL, "tensorrt", 1)


def test_what_tensorrt_lacks_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch, asked: list[Any]) -> None:
    sessions(monkeypatch, asked, as_asked)
    monkeypatch.setattr(tensorrt, "load_libraries", lambda names: names[0])
    with pytest.raises(ProviderUnavailableError, match=r"libnvinfer\.so\.10 not found\): pip install 'tensorrt-cu"):
        make_session(SHIPPED_MODEL, "tensorrt", 1)


def test_a_network_that_tensorrt_refuses_is_one_line(monkeypatch: pytest.MonkeyPatch, asked: list[Any]) -> None:
    def refuse(wanted: Any) -> Session:
        raise ModelError("no such operator")

    sessions(monkeypatch, asked, refuse)
    with pytest.raises(ProviderUnavailableError, match="TensorRT refused the network: no such operator; or run with"):
        make_session(SHIPPED_MODEL, "tensorrt", 1)


def test_tensorrt_without_a_driver_is_refused(monkeypatch: pytest.MonkeyPatch, asked: list[Any]) -> None:
    monkeypatch.setattr(providers, "_has_driver", lambda: False)
    with pytest.raises(ProviderUnavailableError, match="no NVIDIA driver"):
        make_session(SHIPPED_MODEL, "tensorrt", 1)
