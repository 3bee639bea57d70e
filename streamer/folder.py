"""A folder of pictures: the same tree with the same names comes out, whole or not at all.

What is a sequence in it is followed through time, every other picture is a film of one frame. Knows nothing of
terminals.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Sized
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from faceerase.configs.film import FilmConfig
from faceerase.errors import ConfigError, SourceError
from faceerase.streamer.encode.holds import FORMATS
from faceerase.streamer.hidden.leftovers import clear_leftovers
from faceerase.streamer.hidden.naming import untorn
from faceerase.streamer.look.engine import OnnxEngine
from faceerase.streamer.pipeline import anonymise
from faceerase.streamer.report import FilmReport, Progress, together
from faceerase.streamer.stills.hidden import HiddenFolder
from faceerase.streamer.stills.kinds import kind_of_name
from faceerase.streamer.stills.units import Unit, sequence_in, units_in
from faceerase.streamer.verify.verdict import FacesLeftError, Verdict

Report = Callable[[Progress], None]
SHOWN_NAMES = 3


def anonymise_folder(
    source: Path,
    output: Path,
    matte: Path | None,
    config: FilmConfig,
    engine: OnnxEngine,
    report: Report,
    sidecar: Path | None = None,
) -> FilmReport:
    """Anonymise the pictures of a folder and return what happened.

    Args:
        source: a folder.
        output: a folder to be made; or a film or pattern, where the source is one sequence.
        matte: a folder to be made for the masks that were used, as PNG, or None; as for a film where the output is no
            folder.
        config: every option.
        engine: the loaded network.
        report: called after every picture.
        sidecar: where the report beside a film of one sequence goes (.json), or None.

    Raises:
        ConfigError: the output is one film, and the source is not one sequence; or a folder is to have a report.
        SourceError: there are no pictures, or none of them can be read.
        SinkError: a picture cannot be written or encoded.
        ModelError: the network failed.
        VerificationError: a written picture is not whole, or faces were found in one.
    """
    cleared = clear_leftovers((output, matte, sidecar))
    if not means_folder(output):
        done = anonymise(sequence_in(source), output, matte, config, engine, report, sidecar=sidecar)
        return replace(done, remarks=(*cleared, *done.remarks))
    if sidecar is not None:
        raise ConfigError("--report: not for a folder of pictures")
    if config.verify.keep_rejected:
        raise ConfigError("--keep-rejected: not for a folder of pictures")
    started = time.monotonic()
    units, others = units_in(source)
    names = {unit: unit.path.relative_to(source) for unit in units}
    covers = _matte_names(list(names.values())) if matte is not None else {}
    reports: dict[Path, FilmReport] = {}
    lost: list[str] = []
    rejected: dict[Path, FacesLeftError] = {}
    with ExitStack() as undo:
        clean = HiddenFolder(output)
        undo.callback(clean.remove)
        cover = HiddenFolder(matte) if matte is not None else None
        if cover is not None:
            undo.callback(cover.remove)
        tally = _Tally(report, sum(unit.count for unit in units))
        for unit, name in names.items():
            target = _made(clean.path / name)
            masks = _made(cover.path / covers[name]) if cover is not None else None
            try:
                reports[name] = anonymise(unit.path, target, masks, config, engine, tally.show)
            except SourceError as error:
                lost.append(str(error))
            except FacesLeftError as error:
                rejected[name] = error
            tally.done(unit.count, reports.get(name))
        if rejected:
            name, first = next(iter(rejected.items()))
            raise FacesLeftError(output / name, first.verdict, f"of {len(names)}, so in {_few(rejected)}; nothing kept")
        if not reports:
            raise SourceError(f"{source}: no picture in it can be read; {lost[0]}")

        def publish() -> None:
            for folder in (clean, cover):
                if folder is not None:
                    folder.publish()
            undo.pop_all()  # whole: nothing is to be undone any more

        untorn(publish)
    said = [*cleared, _what_it_was(units, names), *_remarks(reports)]
    if others:
        names_of_others = _few(path.relative_to(source) for path in others)
        said.append(f"dropped: {len(others)} file{_s(others)} that no picture is in ({names_of_others})")
    return _joined(reports, source, output, matte, said, lost, time.monotonic() - started)


def means_folder(output: Path) -> bool:
    """Return whether a result under this name is a folder: it has no suffix of a film or picture."""
    return kind_of_name(output) is None and output.suffix.lower() not in FORMATS


class _Tally:
    """Turns the progress of one picture or sequence into that of the folder."""

    def __init__(self, report: Report, total: int) -> None:
        self._report = report
        self._total = total
        self._frames = self._faces = 0

    def show(self, progress: Progress) -> None:
        """Report where the folder is, from where one of its units is."""
        if progress.stage == "erasing":
            self._report(Progress(self._frames + progress.frames, self._total, self._faces + progress.faces))

    def done(self, frames: int, outcome: FilmReport | None) -> None:
        """Count a unit that is done."""
        self._frames += frames
        self._faces += outcome.faces if outcome is not None else 0


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _matte_names(names: Sequence[Path]) -> dict[Path, Path]:
    mattes = {name: name.with_suffix(".png") for name in names}
    taken: dict[Path, Path] = {}
    for name, matte in mattes.items():
        if matte in taken:
            raise ConfigError(f"--matte: {taken[matte]} and {name} would share the name {matte}; rename one")
        taken[matte] = name
    return mattes


def _few(names: Iterable[object]) -> str:
    words = [str(name) for name in names]
    return ", ".join([*words[:SHOWN_NAMES], *(["…"] if len(words) > SHOWN_NAMES else [])])


def _s(things: Sized) -> str:
    return "" if len(things) == 1 else "s"


def _what_it_was(units: Sequence[Unit], names: dict[Unit, Path]) -> str:
    sequences = [unit for unit in units if unit.count > 1]
    singles = len(units) - len(sequences)
    words = []
    if sequences:
        shown = _few(names[unit] for unit in sequences)
        words.append(f"{len(sequences)} numbered sequence{_s(sequences)}, followed through time ({shown})")
    if singles:
        words.append(f"{singles} picture{_s(range(singles))}, each by itself")
    return "; ".join(words)


def _remarks(reports: dict[Path, FilmReport]) -> list[str]:
    said = defaultdict(list)
    for name, one in reports.items():
        for remark in one.remarks:
            said[remark].append(name)
    return [f"{remark} ({_few(names)})" for remark, names in said.items()]


def _joined(
    reports: dict[Path, FilmReport],
    source: Path,
    output: Path,
    matte: Path | None,
    remarks: Sequence[str],
    lost: Sequence[str],
    seconds: float,
) -> FilmReport:
    """Return what happened to all the units of a folder as one report."""
    every = list(reports.values())
    verdicts = [one.verified for one in every if one.verified is not None]
    verdict = None
    if verdicts:
        shells, doubts = sum(one.shells for one in verdicts), sum(one.doubts for one in verdicts)
        verdict = Verdict(sum(one.frames for one in verdicts), verdicts[0].finders, (), shells, doubts)
    return replace(
        together(every),
        source=source,
        output=output,
        matte=matte,
        encoder=", ".join(dict.fromkeys(one.encoder for one in every)),
        seconds=seconds,
        remarks=tuple(remarks),
        lost=(*lost, *(text for one in every for text in one.lost)),
        verified=verdict,
    )
