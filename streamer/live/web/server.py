"""Serves the page from a thread of its own. Knows nothing of what is on it."""

import secrets
import socket
import threading

import uvicorn

from faceerase.configs.live import ServeConfig
from faceerase.errors import ConfigError, SinkError, reason_of
from faceerase.streamer.live.cleaner import Clean
from faceerase.streamer.live.web.address import is_loopback
from faceerase.streamer.live.web.guard import Guard
from faceerase.streamer.live.web.routes import Desk, make_app

TOKEN_BYTES = 24

LEAVE_SECONDS = 2
"""How long viewers may take to leave at the end."""


class Page:
    """The page, while it is served; an outlet of pictures."""

    def __init__(self, config: ServeConfig, desk: Desk) -> None:
        """Serve it.

        Raises:
            ConfigError: the raw picture is asked for where others could see it.
            SinkError: the address is taken, or not this machine's.
        """
        local = is_loopback(config.host)
        if desk.before is not None and not local:
            raise ConfigError("--split shows the raw picture, and only on this machine: leave out --host, or --split")
        self._desk = desk
        self._token = None if local else secrets.token_urlsafe(TOKEN_BYTES)
        family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        self._socket = socket.socket(family)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((config.host, config.port))
            self._socket.listen()  # who comes before the server is ready waits
        except OSError as error:
            self._socket.close()
            raise SinkError(
                f"the page cannot be served at {config.host}:{config.port} ({reason_of(error)}); name another port"
            ) from error
        self._host, self._port = config.host, self._socket.getsockname()[1]
        names = ["localhost"] if local else ["localhost", socket.gethostname(), f"{socket.gethostname()}.local"]
        settings = uvicorn.Config(
            Guard(make_app(desk), names, self._token),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=LEAVE_SECONDS,
            h11_max_incomplete_event_size=16 * 1024,
        )
        self._server = uvicorn.Server(settings)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="faceerase-page")
        self._thread.daemon = True
        self._thread.start()

    @property
    def address(self) -> str:
        """What to open in a browser; with the token where one is needed."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        if host in ("0.0.0.0", "[::]"):
            host = socket.gethostname()
        return f"http://{host}:{self._port}/" + (f"?token={self._token}" if self._token else "")

    def show(self, clean: Clean) -> None:
        """Show a picture."""
        self._desk.screen.show(clean)

    def close(self) -> None:
        """Let viewers go."""
        self._desk.screen.close()
        self._server.should_exit = True
        self._thread.join(timeout=2 * LEAVE_SECONDS)
        self._socket.close()
