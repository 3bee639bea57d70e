"""Tags that name people, places and devices."""

from pathlib import Path
from typing import Any

import av
import pytest

WHO = {"title": "My film", "artist": "Bob", "location": "+51.4779-000.0015/", "creation_time": "2024-01-01T00:00:00Z"}
MAKE = "com.apple.quicktime.make"


def film_with_tags(films: Any, path: Path, *, mdta: bool = False) -> Path:
    with films.open(path) as source:
        if mdta:
            source.options["movflags"] = "use_metadata_tags"
        source.metadata.update(WHO | {MAKE: "Apple"})
        write = films.add_sound(source, language="deu", title="Bob speaks")
        source.start_encoding()
        write()
    return path


@pytest.mark.parametrize("target", [".mp4", ".mov", ".mkv"])
def test_personal_tags_are_removed_and_named(tmp_path: Path, target: str, films: Any) -> None:
    source = film_with_tags(films, tmp_path / "in.mov", mdta=True)
    (remark,) = films.carry(source, tmp_path / f"out{target}")
    for key in (*WHO, MAKE):
        assert f" {key}" in remark
    assert "--keep-metadata" in remark
    for value in (*WHO.values(), "Apple"):
        assert value not in remark
    written = (tmp_path / f"out{target}").read_bytes()
    for value in (b"My film", b"Bob", b"51.4779", b"2024", b"Apple"):
        assert value not in written
    assert films.carry(tmp_path / f"out{target}", tmp_path / f"again{target}") == []


@pytest.mark.parametrize("target", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize("source", [".mov", ".mkv"])
def test_personal_tags_stay_where_asked_for(tmp_path: Path, source: str, target: str, films: Any) -> None:
    path = film_with_tags(films, tmp_path / f"in{source}", mdta=True)
    renamed = (source, target) == (".mkv", ".mov")
    said = ["stream 1 (audio pcm_s16le, deu): the language is called ger there, its other name"] if renamed else []
    assert films.carry(path, tmp_path / f"out{target}", metadata=True) == said
    with av.open(str(tmp_path / f"out{target}")) as result:
        found = {key.lower(): value for key, value in result.metadata.items()}
        names = {key.lower(): value for key, value in result.streams.audio[0].metadata.items()}
    assert found["title"] == "My film"
    assert found["artist"] == "Bob"
    assert found["location"] == WHO["location"]
    assert found["creation_time"].startswith("2024-01-01T00:00:00")
    assert found[MAKE] == "Apple"
    assert "Bob speaks" in names.values()


def test_tags_without_a_place_are_named(tmp_path: Path, films: Any) -> None:
    remarks = films.carry(film_with_tags(films, tmp_path / "in.mkv"), tmp_path / "out.avi", metadata=True)
    (said,) = [text for text in remarks if text.startswith("metadata that this container cannot hold: ")]
    assert "location" in said
    assert "artist" not in said
