"""Interlaced pictures: which encoders code fields as fields, and how they are told. Knows nothing of frames."""

from faceerase.streamer.decode.display import BOTTOM_FIRST, PROGRESSIVE, TOP_FIRST

FIELD_FLAGS = {
    "libx264": "+ildct+ilme", "libx264rgb": "+ildct+ilme", "mpeg2video": "+ildct+ilme", "prores_ks": "+ildct",
}  # fmt: skip
"""Encoders that code fields, and the flags by which they do; FFV1 and others take the order from the frames."""


def with_fields(encoder: str, options: dict[str, str], field_order: int) -> dict[str, str]:
    """Return an encoder's options, with those by which it codes fields of an order; given ones win."""
    if field_order == PROGRESSIVE or encoder not in FIELD_FLAGS:
        return options
    changed = {**options, "flags": FIELD_FLAGS[encoder] + options.get("flags", "")}
    first = {**dict.fromkeys(TOP_FIRST, "tff"), **dict.fromkeys(BOTTOM_FIRST, "bff")}.get(field_order)
    if encoder.startswith("libx264") and first is not None:  # which asks no frame
        given = [options["x264-params"]] if options.get("x264-params") else []
        changed["x264-params"] = ":".join([f"{first}=1", *given])
    return changed
