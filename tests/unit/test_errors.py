"""The errors: the tree in the docstring is the tree in the code."""

import inspect
import re

import pytest

from faceerase import errors
from faceerase.errors import FaceEraseError

LINE = re.compile(r"^    (?P<indent>[│├└─ ]*)(?P<name>[A-Z]\w+Error) +(?P<code>\d)( |$)", re.MULTILINE)


def drawn() -> dict[str, tuple[str | None, int]]:
    """Parent and exit code of each class, as the docstring draws them."""
    assert errors.__doc__ is not None
    tree: dict[str, tuple[str | None, int]] = {}
    parents: list[str] = []
    for found in LINE.finditer(errors.__doc__):
        depth = len(found["indent"]) // 4
        del parents[depth:]
        tree[found["name"]] = (parents[-1] if parents else None, int(found["code"]))
        parents.append(found["name"])
    return tree


def coded() -> dict[str, tuple[str | None, int]]:
    classes = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]
    return {
        kind.__name__: (kind.__bases__[0].__name__ if kind is not FaceEraseError else None, kind.exit_code)
        for kind in classes
    }


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    assert drawn() == coded()


def test_there_is_one_root_and_it_is_an_exception() -> None:
    assert FaceEraseError.__bases__ == (Exception,)
    assert [name for name, (parent, _) in drawn().items() if parent is None] == ["FaceEraseError"]


@pytest.mark.parametrize("name", sorted(coded()))
def test_no_error_means_success_or_a_signal(name: str) -> None:
    assert 1 <= getattr(errors, name).exit_code <= 6


@pytest.mark.parametrize("name", sorted(coded()))
def test_every_error_says_what_it_means(name: str) -> None:
    assert (getattr(errors, name).__doc__ or "").strip()
