"""What is written on a film and its streams: languages, dispositions, time code, chapters; personal tags only if asked.

Knows nothing of packets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from av.container import InputContainer, OutputContainer
from av.stream import Stream

from faceerase.streamer.decode.part import WHOLE, Cut
from faceerase.streamer.encode.arrival import Promise, Promised
from faceerase.streamer.encode.chapters import Chapter, chapters_of, within, write_chapters
from faceerase.streamer.encode.metadata import personal, spelt_alike, spelt_for, track_tags
from faceerase.streamer.encode.room import ISO_MUXERS
from faceerase.streamer.encode.roster import Roster, label
from faceerase.streamer.encode.timecode import TAG

KEPT = "--keep-metadata keeps them"


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the written file has to show for it, and remarks on what was taken off."""

    promise: Promise
    remarks: tuple[str, ...]


def label_film(
    source: InputContainer,
    output: OutputContainer,
    picture: Stream,
    streams: Mapping[int, Stream],
    roster: Roster,
    keep_metadata: bool,
    cut: Cut = WHOLE,
) -> Labelled:
    """Write on a film that is not begun what was written on its source.

    Args:
        source: the film.
        output: what is made of it; its first video stream, if any, is the picture.
        picture: the stream of the source that becomes it.
        streams: those of the output, by the number of the stream of the source.
        roster: who travels.
        keep_metadata: whether personal tags and titles of chapters stay.
        cut: what of the film is taken.
    """
    muxer = output.format.name
    pairs = [(source.streams[index], added) for index, added in streams.items()]
    seen: list[tuple[Stream, Stream]] = [(picture, added) for added in output.streams.video[:1]]
    for stream, added in (*seen, *pairs):
        added.disposition = stream.disposition
        language = stream.metadata.get("language")
        if language:
            added.metadata["language"] = spelt_for(muxer, language)
    if roster.time_code is not None:
        for _, added in seen:
            added.metadata[TAG] = roster.time_code
        if muxer == "avi":
            output.metadata[TAG] = roster.time_code
    labels = [source.metadata, picture.metadata, *(stream.metadata for stream, _ in pairs)]
    found = {name for tags in labels for name in personal(tags)}
    kept: set[str] = set()
    remarks = []
    if keep_metadata:
        kept = _keep(source, output, [*seen, *pairs])
    elif found:
        names = sorted({spelt_alike(name) for name in found})
        remarks.append(f"metadata removed, as it can name people, places and devices: {', '.join(names)} ({KEPT})")
    chapters = within(chapters_of(source), cut) if roster.chapters else []
    titled = sum(bool(chapter.title) for chapter in chapters)
    if titled and not keep_metadata:
        remarks.append(f"chapter titles removed: {titled} ({KEPT})")
        chapters = [Chapter(chapter.start, chapter.end) for chapter in chapters]
    if chapters:
        write_chapters(output, chapters)
    promised = tuple(
        Promised(stream.type, label(stream), stream.metadata.get("language"), stream.disposition) for stream, _ in pairs
    )
    return Labelled(Promise(promised, roster.time_code, tuple(chapters), frozenset(kept)), tuple(remarks))


def _keep(source: InputContainer, output: OutputContainer, pairs: Sequence[tuple[Stream, Stream]]) -> set[str]:
    """Copy personal tags; return their names."""
    of_film = personal(source.metadata)
    output.metadata.update(of_film)
    names = set(of_film)
    for stream, added in pairs:
        of_track = track_tags(stream.metadata)
        added.metadata.update(of_track)
        names |= set(of_track)
    if names and output.format.name in ISO_MUXERS:
        # Without it the muxer writes those keys only that iTunes knows.
        output.options["movflags"] = f"{output.options.get('movflags', '')}+use_metadata_tags"
    return {spelt_alike(name) for name in names}
