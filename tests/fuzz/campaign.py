"""Thousands of damaged files, seeded and bounded in time: ``python tests/fuzz/campaign.py`` (``make fuzz``).

Case N of a seed is always the same file. What went wrong is kept for another look.
"""

import argparse
import os
import pickle
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from case import Case, Ran, run_case
from mutate import mutated
from samples import SAMPLES, Sample, make

from faceerase.cli import video as video_command
from faceerase.cli.commands import video_app
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.seams import MaskEngine

INTO = (".mkv", ".mkv", ".mp4", ".mov", ".ts", ".avi", ".mxf", ".webm")
"""Kinds of output, in turn; what a codec does not go into is converted."""


def command_with(engine: MaskEngine) -> Callable[[Sequence[str]], None]:
    """Return the command line with a network that is loaded already."""

    def run(arguments: Sequence[str]) -> None:
        video_command.OnnxEngine = lambda *options: engine  # type: ignore[misc, assignment]
        video_app([*arguments])

    return run


def make_samples(folder: Path) -> dict[Sample, Path]:
    """Write every sample, whole."""
    folder.mkdir(parents=True, exist_ok=True)
    return {sample: make(sample, folder) for sample in SAMPLES}


def cases(samples: dict[Sample, Path], seed: int, numbers: Sequence[int], folder: Path) -> Iterator[Case]:
    """Yield the cases of some numbers, each file written when it is asked for."""
    kinds = list(samples)
    for number in numbers:
        sample = kinds[number % len(kinds)]
        key = f"{seed}/{number}"
        data, change = mutated(samples[sample].read_bytes(), key)
        path = folder / f"{number:05}-{sample.name}"
        path.write_bytes(data)
        suffix = path.suffix if sample.is_picture else INTO[(number // len(kinds)) % len(INTO)]
        if not sample.is_picture and sample.codec == "dnxhd":
            suffix = (".mxf", ".mov", ".mkv")[(number // len(kinds)) % 3]
        told = sample.numbered == "yes" or (sample.numbered == "until cut" and "cut" not in change)
        yield Case(sample.name, key, change, path, suffix, sample.frames if told else 1)


def share(numbers: Sequence[int], worker: int, workers: int) -> Sequence[int]:
    """Return what one of several workers does."""
    return numbers[worker::workers]


def run_all(seed: int, numbers: Sequence[int], room: Path, kept: Path, until: float) -> list[Ran]:
    """Run cases one after the other, in this process's children; keep the files that something is wrong with."""
    samples = make_samples(room / "samples")
    (room / "damaged").mkdir()
    engine = OnnxEngine(
        video_command.load_film_config(None, {}).look.model, "cpu", threads=1
    )  # more would not survive the fork
    command = command_with(engine)
    done = []
    for case in cases(samples, seed, numbers, room / "damaged"):
        if time.monotonic() > until:
            break
        ran = run_case(case, room / "case", command)
        if ran.faults:
            kept.mkdir(parents=True, exist_ok=True)
            shutil.copy(case.path, kept)
        case.path.unlink()
        done.append(ran)
    return done


def in_workers(seed: int, numbers: Sequence[int], room: Path, kept: Path, until: float, workers: int) -> list[Ran]:
    """Run cases in processes of their own, each of which loads the network once, before anything can go wrong."""
    children = []
    for worker in range(workers):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                mine = room / f"worker{worker}"
                mine.mkdir()
                part = run_all(seed, share(numbers, worker, workers), mine, kept, until)
                (room / f"{worker}.done").write_bytes(pickle.dumps(part))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        children.append(child)
    done: list[Ran] = []
    for worker, child in enumerate(children):
        os.waitpid(child, 0)
        done += pickle.loads((room / f"{worker}.done").read_bytes())
    return done


def tell(done: Sequence[Ran], kept: Path) -> int:
    """Say on stdout how it went; return the exit code."""
    faults = [ran for ran in done if ran.faults]
    for ran in faults:
        print(f"FAULT {ran.case.path.name} ({ran.case.change}) -> {ran.case.suffix}: {'; '.join(ran.faults)}")
        print("    " + ran.said.strip().replace("\n", "\n    ")[-1500:])
    codes = Counter(ran.code for ran in done)
    print(f"{len(done)} cases; exit codes {dict(sorted(codes.items()))}; {len(faults)} faults (kept in {kept})")
    print(
        f"slowest {max((ran.seconds for ran in done), default=0):.1f} s; greatest growth "
        f"{max((ran.grown for ran in done), default=0) >> 20} MiB"
    )
    return 1 if faults else 0


def main() -> int:
    """Run a campaign on some workers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--kept", type=Path, default=Path("fuzz-kept"))
    asked = parser.parse_args()
    numbers = range(asked.first, asked.first + asked.cases)
    until = time.monotonic() + 60 * asked.minutes
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        done = in_workers(asked.seed, numbers, Path(name), asked.kept, until, asked.workers)
        code = tell(done, asked.kept)
    print(f"{time.monotonic() - started:.0f} s")
    return code


if __name__ == "__main__":
    sys.exit(main())
