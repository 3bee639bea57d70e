"""What is told of a film that is read from end to end, for tests."""

from pathlib import Path

from faceerase.streamer.decode.source import FilmSource


def lost(path: Path) -> list[str]:
    """Return what is told to be missing or damaged."""
    source = FilmSource(path)
    for _ in source.frames():
        pass
    return source.lost
