"""The time code at which a film starts: where files keep it, and whether it can be written again.

FFmpeg's muxers make its track from a tag. Knows nothing of frames; a time code is text, ``hh:mm:ss:ff`` (``;`` before
the frames: drop-frame).
"""

from collections.abc import Mapping
from fractions import Fraction

from av.container import InputContainer
from av.stream import Stream

from faceerase.streamer.decode.clock import exact_rate
from faceerase.streamer.timecode import counting_rate, frame_at, read_time_code, time_code

TAG = "timecode"


def time_code_of(container: InputContainer, picture: Stream) -> str | None:
    """Return the time code at which a film starts: its picture's, else the file's, else that of a time code track."""
    tracks = [stream for stream in container.streams if is_time_code(stream)]
    for tags in (picture.metadata, container.metadata, *(track.metadata for track in tracks)):
        value = tag(tags, TAG)
        if value:
            return value
    return None


def is_time_code(stream: Stream) -> bool:
    """Whether a stream is a time code track."""
    return stream.type == "data" and tag(stream.metadata, TAG) is not None


def why_not(code: str, rate: Fraction | None) -> str | None:
    """Return why a time code cannot be written for a film of so many frames a second, or None."""
    if rate is None:
        return "the film's frame rate is not known"
    try:
        read_time_code(code, counting_rate(exact_rate(rate)))
    except ValueError as error:
        return str(error)
    return None


def later(code: str, seconds: Fraction, rate: Fraction) -> str:
    """Return the time code of the frame that is shown a time after that of a code.

    Raises:
        ValueError: it is no time code of this rate.
    """
    counted = counting_rate(exact_rate(rate))
    start, drop_frame = read_time_code(code, counted)
    return time_code(frame_at(seconds, counted), counted, start, drop_frame)


def tag(tags: Mapping[str, str], name: str) -> str | None:
    """Return the value of a tag, however its name is spelt: Matroska's are in capitals."""
    return next((value for key, value in tags.items() if key.lower() == name), None)
