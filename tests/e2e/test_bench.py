"""``faceerase bench`` on the CPU, which every machine has."""

import json
from collections.abc import Callable
from typing import Any

QUICK = ("--provider", "cpu", "--batch-size", "2", "--seconds", "0.1")


def test_it_says_how_fast_the_network_is_and_what_that_means(run: Callable[..., Any]) -> None:
    ended = run("bench", *QUICK, program="faceerase")
    assert ended.code == 0, ended.err
    for words in ("tiles/s", "ms a tile", "on cpu", "9 faces", "× real time"):
        assert words in ended.out


def test_the_same_as_json(run: Callable[..., Any]) -> None:
    ended = run("bench", *QUICK, "--json", program="faceerase")
    assert ended.code == 0, ended.err
    (line,) = ended.out.splitlines()
    told = json.loads(line)
    assert (told["provider"], told["batch_size"], told["remarks"]) == ("cpu", 2, [])
    assert [rate["batch"] for rate in told["rates"]] == [1, 2]
    assert all(rate["tiles_per_second"] > 0 for rate in told["rates"])
    assert [film["faces"] for film in told["films"]] == [0, 9]


def test_what_is_no_batch_size_is_refused(run: Callable[..., Any]) -> None:
    ended = run("bench", "--batch-size", "none", program="faceerase")
    assert ended.code == 2
    assert ended.lines[-1].startswith("error: options: look.batch_size: a whole number of 1 to 1024, or auto")
