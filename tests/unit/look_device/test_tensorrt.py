"""What TensorRT needs, told before it is missed."""

import sys
from pathlib import Path

import pytest

from faceerase.streamer.look.device import tensorrt
from faceerase.streamer.look.device.tensorrt import (
    advice,
    engine_cache,
    engine_key,
    load_libraries,
    needed_libraries,
    provider_options,
)


def test_its_libraries_are_those_that_the_provider_was_linked_with(tmp_path: Path) -> None:
    provider = tmp_path / "provider.so"
    provider.write_bytes(b"\0libnvonnxparser.so.10\0libnvinfer_plugin.so.10\0x libnvinfer.so.10\0libcudart.so.13\0")
    assert needed_libraries(provider) == ["libnvinfer.so.10", "libnvinfer_plugin.so.10", "libnvonnxparser.so.10"]
    assert needed_libraries(tmp_path / "none.so") == []


def test_the_first_that_is_missing_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorrt.ort, "cuda_version", "13.0")
    assert load_libraries([]) is None
    assert load_libraries(["libno-such-thing.so.10", "libnor-this.so"]) == "libno-such-thing.so.10"
    assert advice("libnvinfer.so.10") == "pip install 'tensorrt-cu13-libs>=10,<11'"
    assert advice("nvinfer_11.dll") == "pip install 'tensorrt-cu13-libs>=11,<12'"


def test_an_engine_is_built_for_one_tile_up_to_a_whole_batch(tmp_path: Path) -> None:
    options = provider_options("tiles", 256, 32, half=False, cache=tmp_path / "kept")
    assert options["trt_profile_min_shapes"] == "tiles:1x1x256x256"
    assert options["trt_profile_opt_shapes"] == options["trt_profile_max_shapes"] == "tiles:32x1x256x256"
    assert options["trt_fp16_enable"] == "0"
    assert options["trt_engine_cache_path"] == str(tmp_path / "kept")
    bare = provider_options("tiles", 256, 32, half=True, cache=None)
    assert bare["trt_fp16_enable"] == "1"
    assert not any("cache" in name for name in bare)


def test_engines_of_other_networks_and_versions_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "m.onnx"
    keys = []
    for content, version, card in (
        (b"one", "1.31", "A"), (b"two", "1.31", "A"), (b"one", "1.32", "A"), (b"one", "1.31", "B"),
    ):  # fmt: skip
        model.write_bytes(content)
        monkeypatch.setattr(tensorrt.ort, "__version__", version)
        monkeypatch.setattr(tensorrt, "card_name", lambda driver, card=card: card)
        keys.append(engine_key(model))
    assert len(set(keys)) == 4


@pytest.mark.skipif(sys.platform == "win32", reason="modes and owners of POSIX")
def test_the_place_of_the_engines_is_this_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "m.onnx"
    model.write_bytes(b"weights")
    folder = engine_cache(model, tmp_path / "cache")
    assert folder == tmp_path / "cache" / "tensorrt" / engine_key(model)
    for place in (folder, folder.parent):
        assert place.stat().st_mode & 0o777 == 0o700
        place.chmod(0o777)
    assert engine_cache(model, tmp_path / "cache") == folder
    for place in (folder, folder.parent):
        assert place.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(tensorrt.os, "getuid", lambda: folder.stat().st_uid + 1)
    assert engine_cache(model, tmp_path / "cache") is None


def test_where_no_folder_can_be_made_engines_are_not_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert engine_cache(tmp_path / "file", tmp_path / "file") is None
