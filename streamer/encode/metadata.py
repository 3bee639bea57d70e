"""Which tags of a film identify people, and which are of a file's own making; languages as containers spell them.

What is not known to be technical counts as personal: places, devices, dates, names, titles. Knows nothing of files.
"""

from collections.abc import Mapping

TECHNICAL = frozenset({
    "language", "timecode", "encoder", "duration", "rotate", "alpha_mode", "vendor_id", "filename", "mimetype",
    "major_brand", "minor_version", "compatible_brands",
    "bps", "number_of_frames", "number_of_bytes",
    "_statistics_writing_app", "_statistics_writing_date_utc", "_statistics_tags",
    "operational_pattern_ul", "uid", "generation_uid", "product_uid", "product_version_num", "toolkit_version_num",
    "material_package_umid", "file_package_umid", "reel_umid", "variant_bitrate", "service_provider",
})  # fmt: skip
"""Tags that describe the file that went in, in lower case; the muxer writes its own for the one that comes out.

``language`` and ``timecode`` are carried by those who know what they mean."""

DEFAULT_HANDLERS = frozenset({"VideoHandler", "SoundHandler", "SubtitleHandler", "TimeCodeHandler", "DataHandler"})

TITLE = "title"
TRACK_NAME = "name"
"""What FFmpeg calls a title that it reads from a track of an MP4 or MOV, and does not write."""

MAC_LANGUAGES = {
    "ces": "ces", "cze": "ces", "deu": "ger", "ell": "gre", "fas": "per", "fre": "fra", "isl": "ice", "nld": "dut",
    "rum": "ron", "slo": "slk", "sqi": "alb", "swe": "sve", "zho": "chi",
}  # fmt: skip
"""ISO 639-2 has two names for some languages; the one by which FFmpeg finds Apple's number for it (MOV)."""


def personal(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that may say who, where, when, or with what."""
    kept = {}
    for key, value in tags.items():
        name, _, language = key.lower().partition("-")
        doubled = bool(language) and key[: len(name)] in tags  # FFmpeg gives "location" of MP4 as "location-eng" too
        if name in TECHNICAL or doubled or not value or (name == "handler_name" and value in DEFAULT_HANDLERS):
            continue
        kept[key] = value
    return kept


def track_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the personal tags of a stream, by the names under which muxers write them."""
    return {TITLE if key == TRACK_NAME else key: value for key, value in personal(tags).items()}


def spelt_for(muxer: str, language: str) -> str:
    """Return a language as it has to be named to a muxer."""
    if muxer == "mov":
        return MAC_LANGUAGES.get(language, language)
    return "swe" if language == "sve" else language  # FFmpeg's own mistake, when it reads MOV


def same_language(one: str | None, other: str | None) -> bool:
    """Whether two spellings name the same language; none and ``und`` are the same."""
    first, second = (MAC_LANGUAGES.get(name or "und", name or "und") for name in (one, other))
    return first == second


def spelt_alike(key: str) -> str:
    """Return the name of a tag by which those of two containers compare."""
    name = key.lower()
    return TITLE if name == TRACK_NAME else name
