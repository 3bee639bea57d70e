"""Where a page is, and whether that is this machine alone. Pure functions."""

import ipaddress
import re

from faceerase.errors import ConfigError


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_number(host: str) -> bool:
    """Whether a host is an IP address: no name that somebody's name server could point elsewhere."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def parse_serve(text: str, host: str | None = None) -> tuple[str, int]:
    """Return (host, port) of ``8080``, ``127.0.0.1:8080`` or ``[::1]:8080``; ``host`` is another on purpose.

    Raises:
        ConfigError: it is none of these, or not this machine.
    """
    match = re.fullmatch(r"(?:(\[[0-9A-Fa-f:.]+\]|[^:\s]+):)?([0-9]{1,5})", text)
    if match is None or int(match[2]) > 65535:
        raise ConfigError(f"--serve {text}: name a port, or this machine and a port: 127.0.0.1:8080")
    here = (match[1] or "127.0.0.1").strip("[]")
    if host is None and not is_loopback(here):
        raise ConfigError(f"--serve {text}: not this machine; to be seen by others say --host {here}, too")
    return (host or here).strip("[]"), int(match[2])


def host_of(header: str) -> str:
    """Return the host of a ``Host`` header, without its port."""
    match = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::[0-9]+)?", header.strip().lower())
    return match[1].strip("[]") if match is not None else ""
