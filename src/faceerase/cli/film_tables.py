"""Which place in a film's configuration each option of the command line has. Knows nothing of what is done with it."""

from collections.abc import Mapping
from typing import Any

from faceerase.cli.pairs import pairs_of

PLACES = {
    "rate": ("decode", "rate"),
    "decoder": ("decode", "decoder"),
    "allow_damaged": ("decode", "allow_damaged"),
    "scan": ("look", "scan"),
    "min_face": ("look", "min_face"),
    "model": ("look", "model"),
    "model_sha256": ("look", "model_sha256"),
    "provider": ("look", "provider"),
    "batch_size": ("look", "batch_size"),
    "threshold_rule": ("mask", "rule"),
    "threshold": ("mask", "threshold"),
    "method": ("erase", "method"),
    "codec": ("encode", "codec"),
    "crf": ("encode", "crf"),
    "bitrate": ("encode", "bitrate"),
    "preset": ("encode", "preset"),
    "pix_fmt": ("encode", "pix_fmt"),
    "encoder_option": ("encode", "options"),
    "smart_copy": ("encode", "smart_copy"),
    "video_stream": ("streams", "video"),
    "audio": ("streams", "audio"),
    "keep_metadata": ("streams", "metadata"),
    "keep_data": ("streams", "data"),
    "strict_streams": ("streams", "strict"),
    "begin": ("part", "begin"),
    "end": ("part", "end"),
    "segment": ("segments", "seconds"),
    "resume": ("segments", "resume"),
    "cluster": ("segments", "cluster"),
    "cluster_workers": ("segments", "cluster_workers"),
    "cluster_gpus": ("segments", "cluster_gpus"),
    "verify": ("verify", "enabled"),
    "detector": ("verify", "detector"),
    "keep_rejected": ("verify", "keep_rejected"),
}
"""Table and key of each option, by its name in Python."""


def workers_of(text: str | None) -> int | str | None:
    """Return how many workers are asked for: a number, or a word."""
    return int(text) if text is not None and text.isdecimal() else text


def tables_of(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what was given on a command line as tables of a configuration; None, False and nothing: not given.

    Args:
        values: by the names of the options in Python; others than those of ``PLACES`` are passed over.

    Raises:
        ConfigError: an encoder's option is not of the form NAME=VALUE.
    """
    tables: dict[str, dict[str, Any]] = {}
    for name, (table, key) in PLACES.items():
        value = values.get(name)
        if name == "encoder_option":
            value = pairs_of(value, "--encoder-option") if value else None
        if name == "keep_rejected":
            value = value or None
        tables.setdefault(table, {})[key] = value
    return tables
