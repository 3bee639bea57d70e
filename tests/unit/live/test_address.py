"""Where a page may be without being asked twice."""

import pytest

from faceerase.errors import ConfigError
from faceerase.streamer.live.web.address import host_of, is_loopback, parse_serve


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("8080", ("127.0.0.1", 8080)),
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:9", ("::1", 9)),
    ],
)
def test_this_machine(text: str, wanted: tuple[str, int]) -> None:
    assert parse_serve(text) == wanted


@pytest.mark.parametrize("text", ["0.0.0.0:8080", "192.168.1.5:8080", "camera.example:80"])
def test_other_machines_are_asked_for_on_purpose(text: str) -> None:
    with pytest.raises(ConfigError, match="say --host"):
        parse_serve(text)
    assert parse_serve(text, "0.0.0.0")[0] == "0.0.0.0"


@pytest.mark.parametrize("text", ["", "abc", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ConfigError, match="name a port"):
        parse_serve(text)


def test_loopback() -> None:
    assert all(is_loopback(host) for host in ("localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "localhost.example", ""))


def test_hosts_of_headers() -> None:
    assert host_of("LocalHost:8080") == "localhost"
    assert host_of("[::1]:80") == "::1"
    assert host_of("127.0.0.1") == "127.0.0.1"
    assert host_of("evil@127.0.0.1:80:80") == ""
