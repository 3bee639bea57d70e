"""Who may ask: stands before every request. Knows nothing of pictures.

- ``Host`` must be this machine by number or by one of its names: a stranger's name that points here (DNS rebinding) is
  refused.
- ``Origin`` and ``Sec-Fetch-Site`` must not be another page's: what other pages send or embed is refused.
- Where others can reach the page, a token is asked for, in the address once, in a cookie from then on, or as
  ``Authorization: Bearer``; compared in constant time.
"""

import secrets
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from faceerase.streamer.live.web.address import host_of, is_number

COOKIE = "faceerase-live"

HEADERS = (
    (b"content-security-policy", b"default-src 'none'; img-src 'self'; script-src 'self'; style-src 'self'; "
     b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)  # fmt: skip
"""On every answer: the page loads nothing from elsewhere, nobody embeds it, nothing is kept."""


class Guard:
    """An ASGI application before another."""

    def __init__(self, app: ASGIApp, names: Iterable[str], token: str | None) -> None:
        """Stand before ``app``.

        Args:
            app: what is guarded.
            names: of this machine, beside its numbers.
            token: that is asked for, or None.
        """
        self._app = app
        self._names = frozenset(name.lower() for name in names)
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # no websockets here

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        refused = self._refused(scope, Headers(scope=scope))
        await (refused or self._app)(scope, receive, with_headers)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if not (is_number(host_of(host)) or host_of(host) in self._names):
            return PlainTextResponse("this machine is not called so", 421)
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"http://{host.lower()}":
            return PlainTextResponse("not from another page", 403)
        # A link to the page may stand anywhere; whatever else another page asks for is refused.
        followed = headers.get("sec-fetch-mode") == "navigate" and scope["method"] == "GET" and scope["path"] == "/"
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not followed:
            return PlainTextResponse("not from another page", 403)
        return None if self._token is None else self._without_token(self._token, scope, headers)

    def _without_token(self, token: str, scope: Scope, headers: Headers) -> Response | None:
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if _same(_cookie(headers), token) or (scheme.lower() == "bearer" and _same(bearer.strip(), token)):
            return None
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["path"] == "/" and scope["method"] == "GET" and _same(asked, token):
            # From here on in a cookie: an address is seen by who looks over a shoulder, and kept.
            response = RedirectResponse("/", 303)
            response.set_cookie(COOKIE, token, httponly=True, samesite="strict")
            return response
        return PlainTextResponse("the address with the token is needed; it was said where the program was started", 401)


def _cookie(headers: Headers) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel is not None else ""


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())
