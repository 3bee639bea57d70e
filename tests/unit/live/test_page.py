"""Who may ask the page for what: asked over a real socket, as browsers and strangers would."""

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from fake_camera import FACE, scene

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from faceerase.configs.live import ServeConfig
from faceerase.errors import ConfigError, SinkError
from faceerase.streamer.live.outlets.screen import Screen
from faceerase.streamer.live.web.routes import VIEWERS, Desk
from faceerase.streamer.live.web.server import Page

Ask = Callable[..., "Answer"]


@dataclass(frozen=True)
class Answer:
    code: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def address(page: Page) -> tuple[int, str]:
    """Return the port of a page, and its token if it has one."""
    found = re.fullmatch(r"http://[^/]+:([0-9]+)/(?:\?token=(.+))?", page.address)
    assert found is not None
    return int(found[1]), found[2] or ""


@pytest.fixture
def served(room: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    pages: list[Page] = []

    def make(host: str = "127.0.0.1", before: Screen | None = None) -> tuple[Page, Any]:
        it = room()
        desk = Desk(Screen(), lambda: it.session.status, it.tuner, it.recorder, before)
        desk.screen.put(scene(None))
        pages.append(Page(ServeConfig(host=host, port=0, split=before is not None), desk))
        return pages[-1], it

    yield make
    for page in pages:
        page.close()


def ask(page: Page, path: str, method: str = "GET", body: Any = None, **headers: str) -> Answer:
    port, _ = address(page)
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        given.setdefault("Content-Type", "application/json")
    with closing(connection):
        connection.request(method, path, json.dumps(body) if body is not None else None, given)
        with connection.getresponse() as answer:
            streamed = answer.getheader("content-type", "").startswith("multipart")
            read = answer.read(200) if streamed else answer.read()
            return Answer(answer.status, {key.lower(): value for key, value in answer.getheaders()}, read)


def test_the_page_loads_nothing_from_elsewhere(served: Any) -> None:
    page, _ = served()
    for path in ("/", "/page.js", "/page.css"):
        answer = ask(page, path)
        assert answer.code == 200
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert b"http://" not in answer.body
        assert b"https://" not in answer.body


def test_the_picture_is_a_stream_of_jpegs(served: Any) -> None:
    page, _ = served()
    answer = ask(page, "/picture")
    assert answer.headers["content-type"].startswith("multipart/x-mixed-replace")
    assert b"\xff\xd8\xff" in answer.body


def test_settings_are_changed_and_told(served: Any) -> None:
    page, it = served()
    assert ask(page, "/tune", "POST", {"method": "mosaic", "threshold": 0.5}).json == {"error": None}
    assert (it.tuner.now.method, it.tuner.now.threshold, it.tuner.now.margin) == ("mosaic", 0.5, 0.2)
    assert ask(page, "/state").json["tuning"] == {"method": "mosaic", "threshold": 0.5, "margin": 0.2}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"threshold": 7}, 409),
        ({"threshold": "x"}, 400),
        ({"method": "none"}, 409),
        ({"margin": None}, 400),
        ({"margin": float("nan")}, 409),
        ({"covering": False}, 409),
        ([1], 409),
        ({"x": "y" * 2000}, 413),
    ],
)
def test_settings_that_are_none_change_nothing(served: Any, body: Any, code: int) -> None:
    page, it = served()
    before = it.tuner.now
    assert ask(page, "/tune", "POST", body).code == code
    assert it.tuner.now == before


def test_a_recording_is_begun_ended_and_fetched(served: Any, tmp_path: Path) -> None:
    page, it = served()
    assert ask(page, "/record", "POST", {"on": True}).code == 200
    assert ask(page, "/record", "POST", {"on": True}).code == 409
    assert ask(page, "/state").json["recording"]
    it.session.run(lambda: len(it.seen.shown) < 5, [it.seen])
    (one,) = ask(page, "/state").json["recordings"]
    got = ask(page, f"/recordings/{one['name']}")
    assert got.body == (tmp_path / one["name"]).read_bytes()


@pytest.mark.parametrize("path", ["/recordings/../pyproject.toml", "/recordings/%2e%2e%2fx", "/recordings/x.mp4"])
def test_nothing_but_recordings_is_fetched(served: Any, path: str) -> None:
    page, _ = served()
    assert ask(page, path).code == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "x@127.0.0.1"])
def test_strangers_names_are_refused(served: Any, host: str) -> None:
    page, _ = served()
    for path in ("/", "/picture", "/state"):
        assert ask(page, path, Host=host).code in (400, 421)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_pages_change_nothing_and_see_nothing(served: Any, headers: dict[str, str]) -> None:
    page, it = served(before=Screen())
    before = it.tuner.now
    assert ask(page, "/tune", "POST", {"margin": 0}, **headers).code == 403
    assert ask(page, "/record", "POST", {"on": True}, **headers).code == 403
    for path in ("/picture", "/before", "/state"):
        assert ask(page, path, **headers).code == 403
    assert it.tuner.now == before
    assert not it.recorder.running


def test_a_form_cannot_post(served: Any) -> None:
    page, _ = served()
    assert ask(page, "/tune", "POST", {"margin": 0}, Content_Type="text/plain").code == 415
    assert ask(page, "/tune").code == 405


def test_the_raw_picture_is_there_only_where_it_was_asked_for(served: Any) -> None:
    page, _ = served()
    assert ask(page, "/before").code == 404
    assert not ask(page, "/state").json["split"]
    before = Screen()
    before.put(scene(100))
    page, _ = served(before=before)
    assert b"\xff\xd8\xff" in ask(page, "/before").body


def test_the_raw_picture_never_leaves_this_machine(served: Any) -> None:
    with pytest.raises(ConfigError, match="--split shows the raw picture, and only on this machine"):
        served("0.0.0.0", Screen())
    page, _ = served("0.0.0.0")
    _, token = address(page)
    assert ask(page, "/before", Authorization=f"Bearer {token}").code == 404


def test_others_need_the_token(served: Any) -> None:
    page, it = served("0.0.0.0")
    _, token = address(page)
    assert len(token) >= 32
    for path in ("/", "/picture", "/state", "/recordings/x", f"/state?token={token}", "/?token=x", "/?token="):
        assert ask(page, path).code == 401, path
    assert ask(page, "/record", "POST", {"on": True}).code == 401
    assert not it.recorder.running
    assert ask(page, "/state", Authorization=f"Bearer {token}").code == 200
    assert ask(page, "/state", Authorization="Bearer x").code == 401
    answer = ask(page, f"/?token={token}")
    assert (answer.code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert ask(page, "/state", Cookie=cookie.partition(";")[0]).code == 200


def test_each_page_has_another_token(served: Any) -> None:
    assert address(served("0.0.0.0")[0])[1] != address(served("0.0.0.0")[0])[1]


def test_too_many_viewers(served: Any) -> None:
    page, _ = served()
    port, _ = address(page)
    held = []
    for _ in range(VIEWERS):
        viewer = socket.create_connection(("127.0.0.1", port), timeout=5)
        viewer.sendall(b"GET /picture HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200" in viewer.recv(64)
        held.append(viewer)
    time.sleep(0.1)
    assert ask(page, "/picture").code == 503
    for viewer in held:
        viewer.close()


def test_a_port_that_is_taken(room: Callable[..., Any]) -> None:
    it = room()
    desk = Desk(Screen(), lambda: it.session.status, it.tuner, it.recorder)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SinkError, match="name another port"):
            Page(ServeConfig(port=taken.getsockname()[1]), desk)


def test_viewers_see_no_face(served: Any, room: Callable[..., Any]) -> None:
    import cv2
    import numpy as np

    page, it = served()
    pictures: list[bytes] = []

    def wanted() -> bool:
        drawn = page._desk.screen.after(0, 0)
        pictures.append(drawn.jpeg if drawn is not None else b"")
        return len(pictures) < 10

    it.session.run(wanted, [page])
    decoded = [cv2.imdecode(np.frombuffer(one, np.uint8), cv2.IMREAD_GRAYSCALE) for one in pictures if one]
    assert decoded
    assert all(one is not None and int(one.max()) < FACE - 60 for one in decoded)
