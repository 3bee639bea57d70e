"""Every option of the runtime: where its value comes from, and what is said when it is wrong."""

from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from faceerase.configs.film import EncodeConfig, FilmConfig, LookConfig, Purpose, load_film_config
from faceerase.errors import ConfigError

Flags = dict[str, dict[str, Any]]


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text("[look]\nmin_face = 24\nbatch_size = 8\n[encode]\ncrf = 23\n")
    return path


def refused(path: Path | None, flags: Flags) -> str:
    with pytest.raises(ConfigError) as caught:
        load_film_config(path, flags)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_without_file_and_flags_it_is_the_schema() -> None:
    assert load_film_config(None, {}) == FilmConfig()


def test_a_file_wins_over_the_schema(toml: Path) -> None:
    config = load_film_config(toml, {})
    assert (config.look.min_face, config.look.batch_size, config.encode.crf) == (24, 8, 23)
    assert config.look.provider == FilmConfig().look.provider
    assert config.mask == FilmConfig().mask


def test_flags_win_over_the_file(toml: Path) -> None:
    config = load_film_config(toml, {"look": {"min_face": 12.0}, "erase": {"method": "solid"}})
    assert (config.look.min_face, config.look.batch_size, config.encode.crf) == (12, 8, 23)
    assert config.erase.method == "solid"


def test_a_flag_that_was_not_given_leaves_the_file_alone(toml: Path) -> None:
    flags: Flags = {"look": {"min_face": None, "batch_size": None}, "encode": {"crf": None}}
    assert load_film_config(toml, flags) == load_film_config(toml, {})


def test_a_flag_may_be_an_enum_of_the_command_line() -> None:
    class Method(StrEnum):
        blur = "blur"

    assert load_film_config(None, {"erase": {"method": Method.blur}}).erase.method == "blur"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[look]\nmin_faces = 3\n", "look.min_faces: no such option"),
        ("[looks]\nmin_face = 3\n", "looks: no such option"),
        ("colour = 1\n", "colour: no such option"),
        ("[look]\nmin_face = 3.9\n", "look.min_face: "),
        ("[look]\nbatch_size = 0\n", "look.batch_size: "),
        ("[look]\nbatch_size = 1.5\n", "look.batch_size: "),
        ('[look]\nprovider = "tpu"\n', "look.provider: "),
        ("[encode]\ncrf = 64\n", "encode.crf: "),
        ('[encode]\ncodec = "h264; rm"\n', "encode.codec: "),
        ("[encode]\nthreads = 0\n", "encode.threads: "),
        ("[mask]\nmargin = -0.1\n", "mask.margin: "),
        ("[mask]\nthreshold = 0\n", "mask.threshold: "),
        ('[mask]\nrule = "best"\n', "mask.rule: "),
        ('[erase]\nmethod = "pixelate"\n', "erase.method: "),
        ('[verify]\nenabled = "perhaps"\n', "verify.enabled: "),
        ("[verify]\nmodel = 3\n", "verify.model: no such option"),
        ("look = 3\n", "look: "),
    ],
)
def test_what_is_wrong_in_a_file_is_named_in_one_line(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    message = refused(path, {})
    assert message.startswith(f"{path}: ")
    assert named in message


def test_every_mistake_is_named(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text('[look]\nmin_face = 1\nzoom = 2\n[erase]\nmethod = "x"\n')
    message = refused(path, {})
    assert all(name in message for name in ("look.min_face", "look.zoom", "erase.method"))


def test_a_wrong_value_is_repeated() -> None:
    message = refused(None, {"look": {"min_face": 2.5}})
    assert message.startswith("options: look.min_face: ")
    assert "2.5" in message


def test_a_mistake_in_the_file_is_told_even_where_a_flag_wins(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text("[look]\nmin_face = 1\n")
    assert "look.min_face" in refused(path, {"look": {"min_face": 20}})


@pytest.mark.parametrize("content", [b"[look\n", b"look = \xff\xfe", b"a = 1\na = 2\n"])
def test_what_is_no_toml_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no.toml"
    path.write_bytes(content)
    assert refused(path, {}).startswith(f"{path}: not a TOML file")


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    message = refused(tmp_path / "none.toml", {})
    assert message.startswith(f"{tmp_path / 'none.toml'}: cannot read the configuration")


@pytest.mark.parametrize(
    ("purpose", "codec"), [("delivery", "h264"), ("mezzanine", "prores"), ("archive", "ffv1"), (None, "auto")]
)
def test_a_purpose_stands_before_the_file_and_the_file_before_flags(
    tmp_path: Path, purpose: Purpose | None, codec: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[encode]\ncrf = 30\n")
    assert load_film_config(path, {}, purpose).encode.codec == codec
    assert load_film_config(path, {}, "delivery").encode.crf == 30
    assert load_film_config(path, {"encode": {"crf": 20, "codec": "av1"}}, purpose).encode.codec == "av1"
    assert load_film_config(path, {"encode": {"crf": 20}}, "delivery").encode.crf == 20


def test_values_are_frozen() -> None:
    config = FilmConfig()
    with pytest.raises(ValidationError):
        config.look = LookConfig()  # type: ignore[misc]
    with pytest.raises(ValidationError):
        config.encode.crf = 3  # type: ignore[misc]


def test_the_defaults_are_in_range() -> None:
    values = FilmConfig().model_dump()
    assert FilmConfig.model_validate(values) == FilmConfig()
    assert EncodeConfig().codec == "auto"
