"""The only place that opens a network connection, and only where it is asked to: an address becomes a local file.

The film is fetched whole, into a private folder beside the output, and is as little trusted as any other. Knows nothing
of films.
"""

import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from faceerase.errors import ConfigError, SinkError, SourceError, reason_of
from faceerase.streamer.hidden.place import HiddenPlace

SECONDS = 30
"""Without an answer, or a byte, for so long a server is given up."""

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):/+(.+)", re.DOTALL)
FETCHED = frozenset({"http", "https"})


@contextmanager
def local_file(source: Path, output: Path, allowed: bool) -> Iterator[Path]:
    """Give a source as a file of this machine: itself, or what is at an address, removed afterwards.

    Args:
        source: a path, which exists or not, or an address that was taken for one.
        output: beside which it is fetched.
        allowed: whether addresses are.

    Raises:
        ConfigError: an address, and they are not allowed, or none of http and https.
        SourceError: the server has no such file, or broke off.
        SinkError: no place for it.
    """
    said = None if source.exists() else _ADDRESS.fullmatch(str(source))
    if said is None:
        yield source
        return
    scheme, rest = said[1].lower(), said[2]
    address = f"{scheme}://{rest}"  # a path has lost a stroke
    if not allowed:
        raise ConfigError(f"{address}: an address; films are read from local files, --allow-url fetches it first")
    if scheme not in FETCHED:
        raise ConfigError(f"{address}: only http and https are fetched")
    place = HiddenPlace(output, folder=True)  # whatever ends this process, the raw film does not stay
    try:
        name = unquote(urlsplit(address).path).rpartition("/")[2].replace("\0", "") or "film"
        path = place.path / name[-100:]
        _fetch(address, path)
        yield path
    finally:
        place.remove()


def _fetch(address: str, path: Path) -> None:
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            length = answer.headers.get("Content-Length", "")
            try:
                with path.open("xb") as file:
                    shutil.copyfileobj(answer, file, 1 << 20)
            except TimeoutError:
                raise
            except OSError as error:
                raise SinkError(f"{path}: cannot be written ({reason_of(error)})") from error
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise SourceError(f"{address}: cannot be fetched ({reason})") from error
    if length.isdecimal() and path.stat().st_size != int(length):
        raise SourceError(f"{address}: broke off after {path.stat().st_size} of {length} bytes")
