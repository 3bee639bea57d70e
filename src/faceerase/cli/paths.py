"""Where the files of a film lie, or are to lie: what would end badly is refused before any work."""

from collections.abc import Sequence
from pathlib import Path

from faceerase.errors import ConfigError, SinkError, SourceError


def check_paths(source: Path, targets: Sequence[Path | None], overwrite: bool) -> None:
    """Refuse, before any work, what would end badly.

    Args:
        source: the film.
        targets: everything that is or may be written; None: is not.
        overwrite: whether it may replace what exists.

    Raises:
        SourceError: the source is missing.
        ConfigError: two of them are one file, or an output exists and ``overwrite`` was not given.
        SinkError: the folder of an output is missing.
    """
    if not source.exists():
        raise SourceError(f"{source}: no such file")
    taken = [source.resolve()]
    for target in (target for target in targets if target is not None):
        if target.resolve() in taken or (target.exists() and target.samefile(source)):
            raise ConfigError(
                f"{target}: named twice; input, output, matte, report and what is rejected must be different files"
            )
        taken.append(target.resolve())
        if not target.parent.is_dir():
            raise SinkError(f"{target}: there is no folder {target.parent}")
        if target.is_dir():
            raise SinkError(f"{target}: a folder; name a file")
        if target.exists() and not overwrite:
            raise ConfigError(f"{target}: exists already; name another, or give --overwrite")
