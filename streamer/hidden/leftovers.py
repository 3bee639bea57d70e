"""What a run that was killed left beside a target: found by its name and its lock, and removed, before a new run.

Never what another living run holds, nor anything of another name. Knows nothing of what is in it.
"""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from faceerase.log import get_logger
from faceerase.streamer.hidden.lock import Held, is_still, try_lock
from faceerase.streamer.hidden.place import NAME
from faceerase.streamer.hidden.register import remove

OLD = "faceerase-old"
_OLD_NAME = re.compile(rf"\.(?P<name>.*)\.\d+\.{OLD}", re.DOTALL)

_log = get_logger(__name__)


def clear_leftovers(targets: Iterable[Path | None]) -> list[str]:
    """Remove what dead runs left in the folders of targets; return remarks.

    A folder that was on its way out when its run died, with no new one in its place, gets its name back.
    """
    remarks = []
    for folder in {target.parent for target in targets if target is not None}:
        try:
            names = sorted(entry.name for entry in os.scandir(folder) if entry.name.startswith("."))
        except OSError:
            continue  # told where it is written to
        for name in names:
            old = _OLD_NAME.fullmatch(name)
            if old is not None and not (folder / old["name"]).exists():
                if _alone_with(folder / name, rename_to=folder / old["name"]):
                    remarks.append(f"{old['name']}: put back, a run that was killed had taken it away")
            elif (old is not None or NAME.fullmatch(name)) and _alone_with(folder / name):
                remarks.append(f"removed {name}, which a run that was killed left behind")
    for remark in remarks:
        _log.info("%s", remark)
    return remarks


def hold_old(target: Path, number: int) -> tuple[Path, int | None]:
    """Return the hidden name under which an older folder waits to be removed, and what holds it until then."""
    held = None
    if os.name != "nt":
        with suppress(OSError):
            held = os.open(target, os.O_RDONLY)
            try_lock(held)
    return target.with_name(f".{target.name}.{number}.{OLD}"), held


def _alone_with(path: Path, rename_to: Path | None = None) -> bool:
    """Remove a place (or give it a name) that no living run holds; return whether that was done."""
    if path.is_symlink() or (os.name == "nt" and path.is_dir()):
        return False
    if os.name == "nt":
        with suppress(OSError):
            path.unlink()  # refused while it is open
        return not path.exists()
    try:
        descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    except OSError:
        return False
    try:
        if try_lock(descriptor) is not Held.US or not is_still(path, descriptor):
            return False
        if rename_to is None:
            return remove(path)
        os.rename(path, rename_to)
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
