"""What a batch is given: folders, globs, lists, filters; and what its results are called."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from faceerase.cli.batch_jobs import Wishes, wanted
from faceerase.configs.batch import BatchConfig
from faceerase.errors import ConfigError
from faceerase.streamer.batch.inputs.discovery import discover, filters_of
from faceerase.streamer.batch.inputs.job_list import read_lines, read_list
from faceerase.streamer.batch.inputs.naming import refuse_clashes
from faceerase.streamer.batch.job import Job

ALL = filters_of((), ())


@pytest.fixture
def tree(tmp_path: Path, make_pictures: Callable[..., Path]) -> Path:
    """A folder of files that need not be films to be found, and a sequence and a photo."""
    for name in ("a.mp4", "day1/b.MOV", "day1/proxies/b.mov", "day2/c.mpg", "notes.txt", ".hidden.mp4", "clean/a.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    make_pictures(tmp_path / "day2" / "shot.%04d.png", 3)
    make_pictures(tmp_path / "photo.jpg")
    return tmp_path


def make_wishes(folder: Path, film: dict[str, Any] | None = None, **batch: Any) -> Wishes:
    return Wishes(folder / "clean", ALL, BatchConfig(**batch), film or {}, mattes=False, reports=False)


def names(named: Path | str, root: Path, filters: Any = ALL) -> list[str]:
    return [one.name.as_posix() for one in discover(str(named), filters, root / "clean").found]


def test_a_folder_is_mirrored_and_its_results_left_out(tree: Path) -> None:
    found = discover(str(tree), ALL, tree / "clean")
    assert [one.name.as_posix() for one in found.found] == [
        "a.mp4", "photo.jpg", "day1/b.MOV", "day1/proxies/b.mov", "day2/c.mpg", "day2/shot.%04d.png",
    ]  # fmt: skip
    assert [path.name for path in found.others] == ["notes.txt"]


def test_globs_mirror_from_their_fixed_part(tree: Path) -> None:
    assert names(f"{tree}/day1/**/*.mov", tree) == ["proxies/b.mov"]
    assert names(f"{tree}/day*/*.png", tree) == ["day2/shot.%04d.png"]
    assert names(f"{tree}/day1*", tree) == ["day1/b.MOV", "day1/proxies/b.mov"]
    assert names(f"{tree}/none*.mov", tree) == ["none*.mov"]  # fails by itself, later
    assert names(tree / "notes.txt", tree) == ["notes.txt"]  # named, so taken


def test_filters_are_those_of_gitignore(tree: Path) -> None:
    assert names(tree, tree, filters_of((), ("proxies/", "*.png", "/a.mp4"))) == [
        "photo.jpg", "day1/b.MOV", "day2/c.mpg",
    ]  # fmt: skip
    assert names(tree, tree, filters_of(("*.mpg", "day1/"), ("proxies/",))) == ["day1/b.MOV", "day2/c.mpg"]
    assert names(tree, tree, filters_of((), ("*0002.png", "*.m*", "*.M*", "*.jpg"))) == [
        "day2/shot.0001.png", "day2/shot.0003.png",
    ]  # fmt: skip


def test_results_are_named_after_their_sources(tree: Path) -> None:
    jobs = wanted([str(tree), str(tree / "a.mp4")], make_wishes(tree, suffix="_x"))
    assert [job.name for job in jobs.jobs] == [
        "a_x.mp4", "photo_x.jpg", "day1/b_x.MOV", "day1/proxies/b_x.mov", "day2/c_x.mkv", "day2/shot.%04d_x.png",
    ]  # fmt: skip
    assert any("c.mpg: they become .mkv" in remark for remark in jobs.remarks)
    assert any("notes.txt" in remark for remark in jobs.remarks)
    films = wanted([str(tree)], make_wishes(tree, container="mov")).jobs
    assert {job.name for job in films} >= {"a.mov", "photo.jpg", "day2/c.mov"}


def test_what_would_share_a_name_or_replace_a_source_is_refused(tree: Path) -> None:
    (tree / "day2" / "b.mov").touch()
    twice = wanted([str(tree / "day2" / "b.mov"), str(tree / "day1/proxies/b.mov")], make_wishes(tree)).jobs
    with pytest.raises(ConfigError, match=r"would be written twice: from .*day2.b.mov, from .*proxies.b.mov"):
        refuse_clashes(twice, tree / "clean")
    one = twice[0]
    with pytest.raises(ConfigError, match="would replace the source"):
        refuse_clashes([Job("b.mov", one.source, one.source, None, None, one.config)], tree / "day2")
    with pytest.raises(ConfigError, match="the batch's own"):
        refuse_clashes([Job("x", one.source, tree / "batch.json", None, None, one.config)], tree)


LISTS = {
    "jobs.csv": "input,output,min-face,smart-copy,encoder-option,from\na.mp4,x/y.mp4,12,true,a=1;b=2,\nday2,,,,,\n",
    "jobs.json": '{"jobs": [{"input": "a.mp4", "output": "x/y.mp4", "min-face": 12, "smart-copy": true,'
    ' "encoder-option": ["a=1", "b=2"]}, {"input": "day2"}]}',
    "jobs.toml": '[[jobs]]\ninput = "a.mp4"\noutput = "x/y.mp4"\nmin-face = 12\nsmart-copy = true\n'
    'encoder-option = ["a=1", "b=2"]\n[[jobs]]\ninput = "day2"\n',
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_say_the_same_in_three_formats(tree: Path, name: str) -> None:
    (tree / name).write_text(LISTS[name])
    jobs = wanted([str(tree / name)], make_wishes(tree, {"crf": 20, "min_face": 30.0})).jobs
    assert [job.name for job in jobs] == ["x/y.mp4", "c.mkv", "shot.%04d.png"]
    first, second = jobs[0].config, jobs[1].config
    assert (first.look.min_face, first.encode.smart_copy, first.encode.options) == (12, True, {"a": "1", "b": "2"})
    assert (second.look.min_face, second.encode.smart_copy, second.encode.options) == (30, False, {})
    assert first.encode.crf == second.encode.crf == 20


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("input,min-fase\na.mp4,3\n", r"jobs.csv, row 1: min-fase: no such option; did you mean 'min-face'\?"),
        ("input,min-face\na.mp4,\na.mp4,small\n", "jobs.csv, row 2: min-face: .*given: 'small'"),
        ("input,min-face\na.mp4,2\n", r"jobs.csv, row 1: options: look.min_face: .*\(given: 2.0\)"),
        ("input,crf\na.mp4,99\na.mp4,98\n", "row 1: .*crf.*99.*row 2: .*crf.*98"),
        ("input,json\na.mp4,1\n", "row 1: json: no such option"),
        ("output\na.mp4\n", "row 1: no 'input'"),
        ("input\na.mp4,1\n", "row 1: more fields than names"),
        ("input,output\na.mp4,../a.mp4\n", "row 1: ../a.mp4: does not lie in the folder of the batch"),
        ("input,output\nday*,a.mp4\n", r"row 1: output: one name for \d sources"),
        ("input,encoder-option\na.mp4,tune\n", "row 1: --encoder-option tune: not of the form"),
        ("input,detector\na.mp4,x.onnx\n", "row 1: --detector and --keep-rejected belong to --verify"),
    ],
)
def test_mistakes_are_named_with_row_and_key(tree: Path, text: str, said: str) -> None:
    (tree / "jobs.csv").write_text(text)
    with pytest.raises(ConfigError, match=said):
        wanted([str(tree / "jobs.csv")], make_wishes(tree))


@pytest.mark.parametrize(
    ("name", "text"), [("l.json", "{"), ("l.toml", "= 1"), ("l.json", '{"films": []}'), ("l.json", '{"jobs": 3}')]
)
def test_what_is_no_list_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError, match=name):
        read_list(tmp_path / name)


def test_lists_of_one_name_keep_their_own_options(tree: Path) -> None:
    lists = []
    for folder, film, least in (("one", "a.mp4", "12"), ("two", "b.mov", "30")):
        (tree / folder).mkdir()
        lists.append(tree / folder / "jobs.csv")
        lists[-1].write_text(f"input,min-face\n{tree / film},{least}\n")
    found = wanted([str(path) for path in lists], make_wishes(tree))
    assert [job.config.look.min_face for job in found.jobs] == [12, 30]


def test_standard_input_holds_paths_or_rows(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = f'{tree}/a.mp4\n\n{{"input": "{tree}/day1/b.MOV", "crf": 30}}\n'
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    jobs = wanted(["-"], make_wishes(tree)).jobs
    assert [(job.name, job.config.encode.crf) for job in jobs] == [("a.mp4", 18), ("b.MOV", 30)]
    with pytest.raises(ConfigError, match="line 1: not JSON"):
        read_lines(["{nothing"])
