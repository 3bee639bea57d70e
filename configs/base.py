"""What all configuration has in common: frozen values, unknown keys refused, one line for every mistake."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from faceerase.errors import ConfigError


class Frozen(BaseModel):
    """Base of every configuration value."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


ConfigT = TypeVar("ConfigT", bound=Frozen)


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises:
        ConfigError: it is missing, unreadable or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the configuration ({error.strerror})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: not a TOML file ({error})") from error


def validate(kind: type[ConfigT], values: dict[str, Any], origin: str) -> ConfigT:
    """Return ``values`` as a configuration of ``kind``.

    Raises:
        ConfigError: a key is unknown or a value is out of range; every mistake is named in one line.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{origin}: {describe(error)}") from error


def laid_over(*layers: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return tables of which the later ones win, key by key; None counts as not given."""
    values: dict[str, dict[str, Any]] = {}
    for layer in layers:
        for table, entries in layer.items():
            said = {key: value for key, value in entries.items() if value is not None}
            values[table] = {**values.get(table, {}), **said}
    return values


def describe(error: ValidationError) -> str:
    """Return pydantic's mistakes as ``key: what is wrong``, separated by semicolons."""
    parts = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"]) or "configuration"
        if item["type"] == "extra_forbidden":
            parts.append(f"{key}: no such option")
        else:
            parts.append(f"{key}: {item['msg'][0].lower()}{item['msg'][1:]} (given: {item['input']!r})")
    return "; ".join(parts)
