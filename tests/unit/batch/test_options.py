"""The options of a film in a batch: each has its place, and none was forgotten."""

import inspect

import pytest

from faceerase.cli.batch import batch
from faceerase.cli.film_flags import OF_ONE_FILM, OF_THE_RUN, read_options
from faceerase.cli.film_tables import PLACES, tables_of
from faceerase.cli.video import video
from faceerase.configs.film import FilmConfig
from faceerase.errors import ConfigError

FILES_OF_OPTIONS = {"config", "purpose"}


def test_every_option_of_a_film_has_a_place_and_is_one_of_a_batch() -> None:
    of_film = set(inspect.signature(video).parameters) - OF_ONE_FILM - OF_THE_RUN
    assert of_film == set(PLACES) | FILES_OF_OPTIONS
    assert of_film <= set(inspect.signature(batch).parameters)


def test_every_place_exists() -> None:
    for table, key in PLACES.values():
        assert key in type(getattr(FilmConfig(), table)).model_fields


def test_what_was_not_given_stays_open() -> None:
    assert all(value is None for table in tables_of({}).values() for value in table.values())
    assert tables_of({"keep_rejected": False, "encoder_option": []})["verify"]["keep_rejected"] is None


def test_values_are_read_as_on_the_command_line() -> None:
    read = read_options({"--video-stream": 1, "verify": "yes", "for": "archive", "threshold": "0.5"}, "here")
    assert read == {"video_stream": "1", "verify": True, "purpose": "archive", "threshold": 0.5}
    with pytest.raises(ConfigError, match=r"here: scan: .*given: 'deep'"):
        read_options({"scan": "deep"}, "here")
