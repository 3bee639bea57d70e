"""The options of one film: which place in the configuration each has, and what a job list may say of them.

Knows nothing of what is done with them.
"""

import difflib
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, get_type_hints

import typer
from pydantic import TypeAdapter, ValidationError

from faceerase.cli.video import video
from faceerase.configs.base import describe
from faceerase.errors import ConfigError

OF_ONE_FILM = frozenset({"source", "output", "matte", "report"})
"""Parameters of ``video`` that a batch has others for."""

OF_THE_RUN = frozenset({"context", "overwrite", "allow_url", "threads", "workers", "json_lines", "debug"})
"""Parameters of ``video`` that say nothing about what comes out."""


@cache
def film_parameters() -> dict[str, inspect.Parameter]:
    """Return the options of the film command line that a batch takes for all its films, by their names in Python."""
    own = OF_ONE_FILM | OF_THE_RUN
    return {name: one for name, one in inspect.signature(video).parameters.items() if name not in own}


@cache
def _long_names() -> dict[str, str]:
    """Return the names in Python of everything that a row may hold, by the long names of the options."""
    app = typer.Typer(add_completion=False)
    app.command()(video)
    taken = {*film_parameters(), "matte", "report"}
    names = {}
    for parameter in typer.main.get_command(app).params:
        long = next((option for option in parameter.opts if option.startswith("--")), None)
        if long is not None and parameter.name in taken:
            names[long[2:]] = parameter.name
    return names


def read_options(options: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the options of a row of a job list, by their names in Python, each of the type that the option has.

    Args:
        options: by long names without dashes; values as CSV, JSON or TOML hold them.
        where: which row, for messages.

    Raises:
        ConfigError: there is no such option, or its value is none that it takes.
    """
    hints, known = get_type_hints(video), _long_names()
    values = {}
    for key, value in options.items():
        name = known.get(key.removeprefix("--"))
        if name is None:
            near = difflib.get_close_matches(key, known, 1)
            meant = f"; did you mean '{near[0]}'?" if near else f"; there are: input, output, {', '.join(known)}"
            raise ConfigError(f"{where}: {key}: no such option{meant}")
        kind: TypeAdapter[Any] = TypeAdapter(hints[name])
        try:
            values[name] = kind.validate_python(_as_typed(value, several=name == "encoder_option"))
        except ValidationError as error:
            raise ConfigError(f"{where}: {key}: {describe(error).removeprefix('configuration: ')}") from error
    return values


def _as_typed(value: Any, several: bool) -> Any:
    """Return a value as a person would type it on the command line."""
    if several:
        parts = value if isinstance(value, list) else str(value).split(";")
        return [str(part) for part in parts]
    return str(value).lower() if isinstance(value, bool) else str(value)


def with_film_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command every option of the film command line that is not of one film alone.

    What was given for them is found in the command's context; the command itself is called with its own only.
    """
    own = inspect.signature(command).parameters
    extra = {name: one for name, one in film_parameters().items() if name not in own}

    def run(**given: Any) -> None:
        command(**{name: given[name] for name in own})

    every = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*own.values(), *extra.values())]
    run.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in every}
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run
