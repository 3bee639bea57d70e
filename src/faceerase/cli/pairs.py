"""Options of the form NAME=VALUE. Knows nothing of what they mean."""

from collections.abc import Iterable

from faceerase.errors import ConfigError


def pairs_of(options: Iterable[str], flag: str) -> dict[str, str]:
    """Return the values by name.

    Raises:
        ConfigError: one, given with ``flag``, is not of the form.
    """
    pairs = [option.partition("=") for option in options]
    for name, equals, value in pairs:
        if not (name and equals and value):
            raise ConfigError(f"{flag} {name}{equals}{value}: not of the form NAME=VALUE")
    return {name: value for name, _, value in pairs}
