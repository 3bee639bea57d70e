"""The page of ``faceerase live`` in headless Chromium: a film stands in for the camera.

Skips where there is no Chromium (Debian: apt-get install chromium) or no Playwright; run by ``make test-browser``.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
WAIT = 20_000

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "portrait.mp4"
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
]

NUMBER = re.compile(r"^[0-9.]*[1-9][0-9.]*$")


@dataclass
class Served:
    """A running ``faceerase live``."""

    address: str
    process: "subprocess.Popen[str]"

    @property
    def origin(self) -> str:
        return self.address.partition("/?")[0].rstrip("/")


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Served]]:
    """``serve(*options)``: run the command with a film that begins again and again."""
    running: list[subprocess.Popen[str]] = []

    def start(*options: str) -> Served:
        command = [str(Path(sys.executable).parent / "faceerase"), "live", "--camera", str(SAMPLE), "--loop", "--json"]
        folder = str(tmp_path_factory.mktemp("recordings"))
        process = subprocess.Popen(
            [*command, "--record-to", folder, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ,
        )
        running.append(process)
        assert process.stdout is not None
        while True:
            told = json.loads(process.stdout.readline())
            if told["event"] == "serving":
                break
        # Nobody reads the rest: a pipe that fills up would stop the program.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        return Served(told["address"], process)

    yield start
    for process in running:
        process.send_signal(signal.SIGINT)
    for process in running:
        with process:
            assert process.wait(30) == 130


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as player:
        chromium = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def served(serve: Callable[..., Served]) -> Served:
    return serve("--serve", "127.0.0.1:0")


def opened(browser: Any, address: str) -> Any:
    """Return a page that shows pictures and knows how it goes; whatever it logs as an error fails the test."""
    page = browser.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(address, wait_until="commit")
    # Whether a stream counts as complete differs between browsers; that something is shown does not.
    expect(page.locator("#picture")).not_to_have_js_property("naturalWidth", 0, timeout=WAIT)
    expect(page.locator("#rate")).to_have_text(NUMBER, timeout=WAIT)
    return page


def test_the_picture_moves(browser: Any, served: Served) -> None:
    page = opened(browser, served.address)
    seen = set()
    for _ in range(40):
        seen.add(page.locator("#picture").screenshot())
        if len(seen) > 3:
            break
        page.wait_for_timeout(250)
    assert len(seen) > 3
    page.close()


def test_sliders_act_and_others_see_it(browser: Any, served: Served) -> None:
    page, other = opened(browser, served.address), opened(browser, served.address)
    page.locator("#margin").fill("1.5")
    page.locator("#method").select_option("mosaic")
    expect(other.locator("#margin")).to_have_value("1.5", timeout=WAIT)
    expect(other.locator("#method")).to_have_value("mosaic", timeout=WAIT)
    state = page.request.get(f"{served.origin}/state").json()
    assert (state["tuning"]["method"], state["tuning"]["margin"]) == ("mosaic", 1.5)
    other.close()
    page.close()


def test_a_recording_is_downloaded(browser: Any, served: Served, tmp_path: Path) -> None:
    page = opened(browser, served.address)
    page.locator("#record").click()
    expect(page.locator("#record")).to_have_text("Stop", timeout=WAIT)
    page.wait_for_timeout(1500)
    page.locator("#record").click()
    link = page.locator("#recordings a").first
    with page.expect_download() as fetched:
        link.click()
    target = tmp_path / "clean.mp4"
    fetched.value.save_as(target)
    with av.open(str(target)) as film:
        assert sum(1 for _ in film.decode(video=0)) > 1
    page.close()


def test_the_raw_picture_cannot_be_had(browser: Any, served: Served) -> None:
    page = opened(browser, served.address)
    assert not page.locator("#split").is_visible()
    assert page.request.get(f"{served.origin}/before").status == 404
    page.close()


def test_another_page_sees_and_changes_nothing(browser: Any, served: Served) -> None:
    page = browser.new_page()
    page.route(
        "http://other.example/**", lambda route: route.fulfill(body="<p>another page</p>", content_type="text/html")
    )
    page.goto("http://other.example/")
    outcome = page.evaluate(
        """async (origin) => {
          const image = new Promise((done) => {
            const one = new Image();
            one.onload = () => done("seen"); one.onerror = () => done("refused");
            one.src = origin + "/picture";
          });
          const posted = fetch(origin + "/record", {
            method: "POST", mode: "no-cors", headers: {"Content-Type": "text/plain"}, body: '{"on": true}',
          }).then(() => "sent", () => "refused");
          return [await image, await posted];
        }""",
        served.origin,
    )
    assert outcome[0] == "refused"
    assert not page.request.get(f"{served.origin}/state").json()["recording"]
    page.close()


def test_before_and_after_on_this_machine(browser: Any, serve: Callable[..., Served]) -> None:
    page = opened(browser, serve("--serve", "127.0.0.1:0", "--split").address)
    assert not page.locator("#before").is_visible(), "off by default"
    page.locator("#split").check()
    expect(page.locator("#before")).to_be_visible()
    black = page.locator("#before").screenshot()
    for _ in range(40):
        if page.locator("#before").screenshot() != black:
            break
        page.wait_for_timeout(250)
    else:
        pytest.fail("nothing is shown")
    page.close()


def test_others_need_the_token_and_never_get_the_raw_picture(browser: Any, serve: Callable[..., Served]) -> None:
    far = serve("--serve", "0", "--host", "0.0.0.0")
    port = far.origin.rpartition(":")[2]
    origin, token = f"http://127.0.0.1:{port}", far.address.partition("token=")[2]
    stranger = browser.new_context().new_page()
    assert stranger.goto(f"{origin}/").status == 401
    for path in ("/picture", "/before", "/state"):
        assert stranger.request.get(origin + path).status == 401
    page = opened(browser, f"{origin}/?token={token}")
    assert page.url == f"{origin}/", "the token stays in no address"
    assert page.request.get(f"{origin}/before").status == 404
    page.close()
