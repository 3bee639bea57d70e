"""What the page can ask for: the live picture, how it goes, settings, recordings. Knows nothing of who may ask."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, get_args

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from faceerase.configs.film import Method
from faceerase.errors import ConfigError, FaceEraseError
from faceerase.streamer.live.outlets.recorder import Recorder
from faceerase.streamer.live.outlets.screen import Screen
from faceerase.streamer.live.session import Status
from faceerase.streamer.live.tuning import GREATEST_MARGIN, Tuner, Tuning

HERE = Path(__file__).parent

VIEWERS = 8
"""Streams at a time, of all pages together."""

WAIT_SECONDS = 0.5

MOST_BYTES = 1024
"""Of a request's body."""

BOUNDARY = "picture"

MULTIPART = f"multipart/x-mixed-replace; boundary={BOUNDARY}"

METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page shows and changes. ``before``: pictures as they were captured, or None: there are none to be had."""

    screen: Screen
    status: Callable[[], Status]
    tuner: Tuner
    recorder: Recorder
    before: Screen | None = None


def make_app(desk: Desk) -> Starlette:
    """Return the application over a desk; there is no route to the raw picture where it is not to be had."""
    viewers = CapacityLimiter(VIEWERS)

    def page(name: str) -> Route:
        path = f"/{name}" if name != "page.html" else "/"
        return Route(path, lambda request: FileResponse(HERE / name), methods=["GET"])

    async def state(request: Request) -> Response:
        return JSONResponse(_state(desk))

    async def tune(request: Request) -> Response:
        return await _answer(request, partial(_tune, desk))

    async def record(request: Request) -> Response:
        return await _answer(request, partial(_record, desk))

    async def recording(request: Request) -> Response:
        name = request.path_params["name"]
        for one in desk.recorder.finished:
            if one.path.name == name:
                return FileResponse(one.path, filename=name)
        return PlainTextResponse("no such recording", 404)

    def stream(screen: Screen) -> Callable[[Request], Any]:
        async def pictures(request: Request) -> Response:
            if viewers.available_tokens < 1:
                return PlainTextResponse(f"{VIEWERS} viewers are watching already", 503)
            return StreamingResponse(_parts(screen, viewers), media_type=MULTIPART)

        return pictures

    routes = [
        *(page(name) for name in ("page.html", "page.js", "page.css")),
        Route("/picture", stream(desk.screen), methods=["GET"]),
        Route("/state", state, methods=["GET"]),
        Route("/tune", tune, methods=["POST"]),
        Route("/record", record, methods=["POST"]),
        Route("/recordings/{name}", recording, methods=["GET"]),
    ]
    if desk.before is not None:
        routes.append(Route("/before", stream(desk.before), methods=["GET"]))
    return Starlette(routes=routes)


async def _parts(screen: Screen, viewers: CapacityLimiter) -> AsyncIterator[bytes]:
    """Yield the newest picture as soon as the viewer has taken the one before."""
    holder = object()
    await viewers.acquire_on_behalf_of(holder)
    threads = CapacityLimiter(1)
    try:
        number = 0
        yield f"--{BOUNDARY}\r\n".encode()
        while not screen.closed:
            drawn = await run_sync(screen.after, number, WAIT_SECONDS, limiter=threads)
            if drawn is not None:
                number = drawn.number
                # The boundary comes at once: browsers show a part when it has ended.
                head = f"Content-Type: image/jpeg\r\nContent-Length: {len(drawn.jpeg)}\r\n\r\n"
                yield head.encode() + drawn.jpeg + f"\r\n--{BOUNDARY}\r\n".encode()
    finally:
        viewers.release_on_behalf_of(holder)


def _state(desk: Desk) -> dict[str, Any]:
    tuning = desk.tuner.now
    return {
        **asdict(desk.status()),
        "tuning": asdict(tuning),
        "methods": METHODS,
        "greatest_threshold": desk.tuner.greatest_threshold,
        "greatest_margin": GREATEST_MARGIN,
        "recordings": [{"name": one.path.name, "seconds": round(one.seconds, 1)} for one in desk.recorder.finished],
        "split": desk.before is not None,
    }


async def _answer(request: Request, act: Callable[[dict[str, Any]], None]) -> Response:
    """Act on a JSON object; what cannot be is said."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return PlainTextResponse("application/json is needed", 415)
    body = b""
    with suppress(ClientDisconnect):
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return PlainTextResponse("too long", 413)
    try:
        asked = json.loads(body)
        if not isinstance(asked, dict):
            raise ConfigError("an object is needed")
        await run_sync(act, asked)
    except (ValueError, TypeError) as error:
        return JSONResponse({"error": f"not understood: {error}"}, 400)
    except FaceEraseError as error:
        return JSONResponse({"error": str(error)}, 409)
    return JSONResponse({"error": None})


def _tune(desk: Desk, asked: dict[str, Any]) -> None:
    unknown = asked.keys() - {"method", "threshold", "margin"}
    if unknown:
        raise ConfigError(f"no such setting: {', '.join(sorted(unknown))}")
    now = desk.tuner.now
    method = asked.get("method", now.method)
    if method not in METHODS:
        raise ConfigError(f"method {method}: one of {', '.join(METHODS)}")
    threshold, margin = float(asked.get("threshold", now.threshold)), float(asked.get("margin", now.margin))
    desk.tuner.set(Tuning(method, threshold, margin))


def _record(desk: Desk, asked: dict[str, Any]) -> None:
    if asked.get("on") is True:
        desk.recorder.start()
    elif asked.get("on") is False:
        desk.recorder.stop()
    else:
        raise ConfigError("say on: true or false")
