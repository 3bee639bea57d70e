"""What is known of results: whether files are still what they were, why something is done again, who has it in hand."""

import os
from pathlib import Path

import pytest

from faceerase.configs.film import FilmConfig
from faceerase.errors import ModelError
from faceerase.streamer.batch.film_work import FilmWork
from faceerase.streamer.batch.job import Job, identity_of
from faceerase.streamer.batch.plan import judge
from faceerase.streamer.batch.record.fingerprint import fingerprint, same
from faceerase.streamer.batch.record.ledger import Entry, Ledger
from faceerase.streamer.hidden.place import HiddenPlace, hidden_path
from faceerase.streamer.segments.workplace import Workplace


def test_a_file_is_known_again(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    known = fingerprint([path])
    assert same(known, [path])
    path.chmod(0o600)  # another stamp, the same content
    assert same(known, [path])
    before = path.stat()
    path.write_bytes(b"two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # the same size and date
    assert not same(known, [path])
    path.write_bytes(b"longer")
    assert not same(known, [path])
    path.unlink()
    assert not same(known, [path])
    assert not same(known, [])


def test_a_sequence_is_known_by_all_its_pictures(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("1.png", "2.png")]
    for path in paths:
        path.write_bytes(path.name.encode())
    known = fingerprint(paths)
    assert (known.files, known.size, same(known, paths)) == (2, 10, True)
    assert not same(known, paths[:1])
    paths[1].write_bytes(b"other")
    assert not same(known, paths)


def make_job(folder: Path, **config: object) -> Job:
    model = folder / "model.onnx"
    if not model.exists():
        model.write_bytes(b"a network")
        (folder / "in.mkv").write_bytes(b"a film")
    tables = {"look": {"model": model}, **config}
    return Job("out.mkv", folder / "in.mkv", folder / "out.mkv", None, None, FilmConfig.model_validate(tables))


@pytest.fixture
def done(tmp_path: Path) -> tuple[Job, Ledger]:
    """A job that is done, and the ledger that says so."""
    job, ledger = make_job(tmp_path), Ledger(tmp_path)
    job.output.write_bytes(b"a result")
    results = {"output": fingerprint([job.output])}
    entry = Entry(
        state="done", name=job.name, source="in.mkv", identity=identity_of(job), input=fingerprint([job.source]),
        results=results,
    )  # fmt: skip
    ledger.write(job.name, entry)
    return job, ledger


def test_what_is_done_is_not_done_again(done: tuple[Job, Ledger], tmp_path: Path) -> None:
    job, ledger = done
    assert judge(job, ledger).why is None
    assert judge(job, ledger, rehash=True).why is None
    assert (
        judge(
            make_job(tmp_path, look={"model": tmp_path / "model.onnx", "threads": 3}, segments={"resume": True}), ledger
        ).why
        is None
    )
    assert judge(job, ledger, overwrite=True).why == "asked for"


def test_a_broken_result_is_never_done(done: tuple[Job, Ledger]) -> None:
    job, ledger = done
    job.output.write_bytes(b"a res")
    assert judge(job, ledger).why == "damaged or edited"
    job.output.write_bytes(b"A result")
    assert judge(job, ledger).why == "damaged or edited"
    job.output.unlink()
    assert judge(job, ledger).why == "missing"


def test_other_source_options_or_network(done: tuple[Job, Ledger], tmp_path: Path) -> None:
    job, ledger = done
    model = tmp_path / "model.onnx"
    other = make_job(tmp_path, look={"model": model, "min_face": 9})
    assert judge(other, ledger).why == "other options"
    with_matte = Job(job.name, job.source, job.output, tmp_path / "m.mkv", None, job.config)
    assert judge(with_matte, ledger).why == "other options"
    model.rename(tmp_path / "moved.onnx")  # another place is no other network
    assert judge(make_job(tmp_path, look={"model": tmp_path / "moved.onnx"}), ledger).why is None
    moved = {"model": tmp_path / "moved.onnx", "threads": 3}
    allowed = make_job(tmp_path, look=moved, decode={"allow_damaged": True}, segments={"workers": 2})
    assert judge(allowed, ledger).why is None  # what changes no bit
    (tmp_path / "other.onnx").write_bytes(b"another network")
    assert judge(make_job(tmp_path, look={"model": tmp_path / "other.onnx"}), ledger).why == "other network"
    with pytest.raises(ModelError, match=r"none\.onnx"):
        judge(make_job(tmp_path, look={"model": tmp_path / "none.onnx"}), ledger)
    job.source.write_bytes(b"another film")
    assert judge(make_job(tmp_path, look={"model": tmp_path / "moved.onnx"}), ledger).why == "other source"


def test_what_no_batch_made_is_not_replaced(tmp_path: Path) -> None:
    job, ledger = make_job(tmp_path), Ledger(tmp_path)
    assert judge(job, ledger).refused is None
    job.output.write_bytes(b"somebody's")
    assert "no batch made it" in (judge(job, ledger).refused or "")
    assert judge(job, ledger, overwrite=True).refused is None


@pytest.mark.parametrize(("state", "why"), [("begun", "interrupted before"), ("failed", "failed before")])
def test_what_was_not_finished_is_done_again(tmp_path: Path, state: str, why: str) -> None:
    job, ledger = make_job(tmp_path), Ledger(tmp_path)
    ledger.write(job.name, Entry.model_validate({"state": state, "name": job.name, "source": "in.mkv"}))
    assert judge(job, ledger).why == why


def test_a_spoiled_entry_counts_as_begun(done: tuple[Job, Ledger]) -> None:
    job, ledger = done
    (entry,) = (ledger.folder / ".faceerase" / "ledger").iterdir()
    entry.write_text('{"state": "do')
    assert judge(job, ledger).why == "interrupted before"


def test_one_at_a_time(tmp_path: Path) -> None:
    name = "deep/" + "ü" * 120 + ".mkv"  # as long as names can be
    ledger, other = Ledger(tmp_path), Ledger(tmp_path)
    lock = ledger.lock(name)
    assert lock is not None
    assert other.lock(name) is None
    lock.release()
    again = other.lock(name)
    assert again is not None
    again.release()


def test_what_a_worker_that_is_no_more_left_goes(tmp_path: Path) -> None:
    job = make_job(tmp_path)
    left = hidden_path(job.output, 7, folder=False)
    left.touch()
    living = HiddenPlace(job.output)
    FilmWork(job, tmp_path / "log").clear(7)
    assert (left.exists(), living.path.exists()) == (False, True)
    living.remove()


@pytest.mark.parametrize("resume", [False, True])
def test_segments_stay_only_to_go_on_from(tmp_path: Path, resume: bool) -> None:
    job = make_job(tmp_path, segments={"resume": resume})
    workplace = Workplace(job.output, "0" * 64, resume=True)
    workplace.leave()
    FilmWork(job, tmp_path / "log").clear(7)
    assert workplace.path.exists() == resume
