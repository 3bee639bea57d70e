"""Where a part that is asked for lies in a film. Knows nothing of pictures or outputs."""

from fractions import Fraction

from av.container import InputContainer
from av.video.stream import VideoStream

from faceerase.configs.film import PartConfig
from faceerase.errors import ConfigError
from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.moment import boundary
from faceerase.streamer.decode.opening import main_video, open_film
from faceerase.streamer.decode.part import WHOLE, Cut, packets_of


def find_cut(info: FilmInfo, part: PartConfig) -> Cut:
    """Return what of a film is taken.

    Raises:
        ConfigError: not a time, or no frame lies there.
        SourceError: the film cannot be read.
    """
    if part.begin is None and part.end is None:
        return WHOLE
    start, rate = info.start, info.rate
    first = boundary(part.begin, rate) if part.begin is not None else Fraction(0)
    end = boundary(part.end, rate) if part.end is not None else None
    asked = " ".join(f"--{name} {text}" for name, text in (("from", part.begin), ("to", part.end)) if text is not None)
    if end is not None and (end <= first or end <= 0):
        raise ConfigError(f"{asked}: nothing lies there; --to names a later moment than --from")
    cut = Cut(start + first if first > 0 else None, None if end is None else start + end, start)
    if cut.begin is None:
        return cut
    with open_film(info.path) as container:
        stream = main_video(container, info.path, info.stream_index)
        shift, last = _first_within(container, stream, cut, info)
    if shift is None:
        ended = last is not None and last < cut.begin
        where = f"; its last frame is shown at {float((last or start) - start):.3f} s" if ended else ""
        raise ConfigError(f"{asked}: the film has no frame there{where}")
    return Cut(cut.begin, cut.end, shift, shift - start)


def _first_within(
    container: InputContainer, stream: VideoStream, cut: Cut, info: FilmInfo
) -> tuple[Fraction | None, Fraction | None]:
    """Return the time of the first frame in a cut, and the last time that was seen."""
    first = last = None
    for packet in packets_of(container, stream, cut, info.clock, info.path):
        stamp = packet.dts if info.clock == "dts" else packet.pts
        if packet.stream.index != stream.index or not packet.size or stamp is None or packet.is_discard:
            continue
        time = (stamp + info.lag) * packet.time_base
        last = time if last is None else max(last, time)
        if cut.holds(time):
            first = time if first is None else min(first, time)
        if first is not None and packet.dts is not None and packet.dts * packet.time_base > first:
            break  # nothing that follows is shown earlier
    return first, last
