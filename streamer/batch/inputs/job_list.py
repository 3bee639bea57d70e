"""Lists of jobs: CSV, JSON, TOML, or lines of text; rows of an input, an output, and options by their long names.

Knows nothing of which options there are.
"""

import csv
import io
import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faceerase.errors import ConfigError, reason_of

LISTS = frozenset({".csv", ".json", ".toml"})

SEVERAL = ";"
"""Parts the values of an option that may be given more than once, in a CSV."""


@dataclass(frozen=True, slots=True)
class Row:
    """One job as a person wrote it.

    Attributes:
        where: for messages (``list.csv, row 3``).
        input: path or glob, made to begin at the list's folder.
        output: from the batch's folder on, or None.
        options: by their long names without dashes; values as the list holds them.
    """

    where: str
    input: str
    output: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


def read_list(path: Path) -> list[Row]:
    """Return the jobs of a list.

    ``.csv``: a first line of names, one of them ``input``; empty fields count as not given. ``.json``: a list of
    objects, or an object with such a list under ``jobs``. ``.toml``: tables ``[[jobs]]``. Inputs are sought from the
    list's folder on.

    Raises:
        ConfigError: it cannot be read, or a row has no input.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the job list cannot be read ({reason_of(error)})") from error
    rows = _csv(text, path) if path.suffix.lower() == ".csv" else _tables(text, path)
    return [_row(values, f"{path.name}, row {number}", path.parent) for number, values in enumerate(rows, 1)]


def read_lines(lines: Iterable[str]) -> list[Row]:
    """Return the jobs of lines such as a pipe brings: a path each, or an object of JSON with the keys of a list's row.

    Raises:
        ConfigError: a line is an object that cannot be read.
    """
    rows = []
    for number, line in enumerate(lines, 1):
        text, where = line.strip("\r\n"), f"standard input, line {number}"
        if text.lstrip().startswith("{"):
            try:
                rows.append(_row(json.loads(text), where, Path()))
            except json.JSONDecodeError as error:
                raise ConfigError(f"{where}: not JSON ({error})") from error
        elif text:
            rows.append(Row(where, text))
    return rows


def _csv(text: str, path: Path) -> Sequence[Any]:
    try:
        reader = csv.DictReader(io.StringIO(text), strict=True, restkey="")
        rows = list(reader)
    except csv.Error as error:
        raise ConfigError(f"{path}: not a CSV ({error})") from error
    for number, row in enumerate(rows, 1):
        if "" in row:
            raise ConfigError(f"{path.name}, row {number}: more fields than names in the first line")
    return [{key.strip(): value for key, value in row.items() if value not in (None, "")} for row in rows]


def _tables(text: str, path: Path) -> Sequence[Any]:
    try:
        values = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: not {path.suffix[1:].upper()} ({error})") from error
    if isinstance(values, dict):
        unknown = [key for key in values if key != "jobs"]
        if unknown or "jobs" not in values:
            raise ConfigError(f"{path}: a job list holds 'jobs' and nothing else (found: {', '.join(values)})")
        values = values["jobs"]
    if not isinstance(values, list):
        raise ConfigError(f"{path}: 'jobs' is not a list")
    return values


def _row(values: Any, where: str, folder: Path) -> Row:
    if not isinstance(values, dict):
        raise ConfigError(f"{where}: not a table of names and values")
    said = dict(values)
    named, output = said.pop("input", None), said.pop("output", None)
    if not isinstance(named, str) or not named.strip():
        raise ConfigError(f"{where}: no 'input'")
    if output is not None and (not isinstance(output, str) or not output.strip()):
        raise ConfigError(f"{where}: output: not a path (given: {output!r})")
    return Row(where, str(folder / named), output, said)
