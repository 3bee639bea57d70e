"""The way to a Ray cluster: connected once a process, within a bounded time, quietly.

Ray reports its use to its makers unless it is told not to; it is told. Knows nothing of what is done there.
"""

import importlib
import os
import signal
import socket
import threading
from typing import Any

from faceerase.errors import ClusterError, ConfigError, reason_of

ANSWER_SECONDS = 10.0
"""How long the head of a cluster may take to answer."""

HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
"""How a client of gRPC begins (RFC 9113, 3.4); a server answers with settings, too."""

FRAME_HEADER, SETTINGS_FRAME = 9, 4

QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS": "1",
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".*",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "1",
}
"""No reports to the makers of Ray; nothing of other processes on our standard output; a worker for which no card was
asked sees none."""


def load_ray() -> Any:
    """Return the module ``ray``.

    Raises:
        ConfigError: it is not installed.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise ConfigError("--cluster needs Ray; install it with: pip install 'faceerase[cluster]'") from error


def connect(address: str) -> Any:
    """Return the module ``ray``, connected to a cluster; a process stays connected to its end.

    Args:
        address: ``host:port`` of the head; ``auto``: that which RAY_ADDRESS names, or of which this machine is part.

    Raises:
        ConfigError: Ray is not installed, or the address is none.
        ClusterError: no cluster answers there.
    """
    ray = load_ray()
    if ray.is_initialized():
        return ray
    if "://" in address:
        told = "give auto, or host:port of the head, on a machine of the cluster"
        raise ConfigError(f"--cluster {address}: {told}")
    named = os.environ.get("RAY_ADDRESS", "") if address == "auto" else address
    if named and named != "auto":
        _knock(named)
    before = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, RuntimeError, ValueError, TimeoutError, ray.exceptions.RayError) as error:
        raise ClusterError(f"--cluster {address}: no Ray cluster is to be had there ({_first_line(error)})") from error
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)  # Ray has put its own there
    return ray


def _knock(address: str) -> None:
    """Refuse an address at which no head answers: Ray itself would wait for minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigError(f"--cluster {address}: give host:port of the head, or auto")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), ANSWER_SECONDS) as line:
            if os.environ.get("RAY_USE_TLS") == "1":
                return
            line.sendall(HTTP2_PREFACE)
            answer = line.recv(FRAME_HEADER)
    except (OSError, OverflowError) as error:
        told = f"nothing answers there ({reason_of(error)}); is the head up?"
        raise ClusterError(f"--cluster {address}: {told}") from error
    if len(answer) < FRAME_HEADER or answer[3] != SETTINGS_FRAME:
        raise ClusterError(f"--cluster {address}: what answers there is not the head of a Ray cluster")


def _first_line(error: Exception) -> str:
    lines = reason_of(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
