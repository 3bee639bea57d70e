"""Where the files of a film lie, or are to lie: what would end badly is refused before any work."""

from collections.abc import Sequence
from pathlib import Path

from faceerase.errors import ConfigError, SinkError, SourceError
from faceerase.streamer.folder import means_folder
from faceerase.streamer.stills.place import files_of


def check_paths(source: Path, targets: Sequence[Path | None], overwrite: bool) -> None:
    """Refuse, before any work, what would end badly.

    Args:
        source: the film.
        targets: everything that is or may be written; None: is not.
        overwrite: whether it may replace what exists.

    Raises:
        SourceError: the source is missing.
        ConfigError: two of them are one file, or one lies in the other, or an output exists and ``overwrite`` was not
            given.
        SinkError: the folder of an output is missing.
    """
    taken = [source.resolve(), *(path.resolve() for path in files_of(source))]
    if len(taken) == 1:
        raise SourceError(f"{source}: no such file")
    for target in (target for target in targets if target is not None):
        check_target(target, source, taken, overwrite)
        taken.append(target.resolve())


def check_target(target: Path, source: Path, taken: Sequence[Path], overwrite: bool) -> None:
    """Refuse, before any work, to write what would end badly.

    Args:
        target: what may be written.
        source: what is read; it need not be there.
        taken: resolved paths that are read or written already.
        overwrite: whether it may replace what exists.

    Raises:
        ConfigError: as ``check_paths``.
        SinkError: as ``check_paths``.
    """
    there = files_of(target)
    if target.resolve() in taken or any(
        path.resolve() in taken or (source.exists() and path.samefile(source)) for path in there
    ):
        raise ConfigError(
            f"{target}: named twice; input, output, matte, report and what is rejected must be different files"
        )
    if (
        source.is_dir()
        and means_folder(target)
        and any(_inside(target, other) or _inside(other, target) for other in taken)
    ):
        raise ConfigError(f"{target}: one folder lies in another; name one beside them")
    if not target.parent.is_dir():
        raise SinkError(f"{target}: there is no folder {target.parent}")
    if target.is_dir() and not source.is_dir():
        raise SinkError(f"{target}: a folder; name a file")
    if there and not overwrite:
        raise ConfigError(f"{target}: exists already; name another, or give --overwrite")


def _inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())
