"""When a film's frames are shown and which of them are key frames: told from its packets, before anything is decoded.

Knows nothing of pictures or outputs.
"""

from array import array
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray

from faceerase.streamer.decode.info import FilmInfo
from faceerase.streamer.decode.opening import main_video, open_film
from faceerase.streamer.decode.part import packets_of


@dataclass(frozen=True, slots=True, repr=False)
class Timeline:
    """Times of a film, or of its part, in its time base; int64, growing.

    Attributes:
        ticks: of every frame; empty: not known.
        keys: of those that are key frames.
        whole: whether every packet of the picture could be read and has a time of its own.
    """

    ticks: NDArray[np.int64]
    keys: NDArray[np.int64]
    whole: bool


def timeline_of(info: FilmInfo) -> Timeline:
    """Return when the frames of a film, or of its part, are shown.

    Raises:
        SourceError: the film cannot be read.
    """
    ticks, keys = array("q"), array("q")  # of a film of hours these are all that is kept of each frame
    whole = True
    nothing = np.zeros(0, np.int64)
    with open_film(info.path) as container:
        stream = main_video(container, info.path, info.stream_index)
        packets = packets_of(container, stream, info.cut, info.clock, info.path)
        try:
            for packet in packets:
                if packet.stream.index != stream.index or not packet.size or packet.is_discard:
                    continue
                stamp = packet.dts if info.clock == "dts" else packet.pts
                if stamp is None:
                    return Timeline(nothing, nothing, whole=False)
                shown = stamp + info.lag
                if info.cut.holds(shown * info.time_base):
                    ticks.append(shown)
                    if packet.is_keyframe and not packet.is_corrupt:
                        keys.append(shown)
        except av.error.FFmpegError:
            whole = False  # what can be read is what will be decoded; the loss is told there
    distinct = np.unique(np.frombuffer(ticks, np.int64))
    return Timeline(distinct, np.unique(np.frombuffer(keys, np.int64)), whole and len(distinct) == len(ticks))
