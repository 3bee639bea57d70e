"""The sound of a recording that is made here: one encoder and its stream in a container.

Knows nothing of files, clocks or what is heard.
"""

from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from numpy.typing import NDArray

from faceerase.streamer.encode.room import USUAL_LAYOUTS

ENCODERS = {"webm": "libopus"}
"""By FFmpeg's name of the muxer; AAC elsewhere."""

CHANNEL_BITS = 96_000
"""A second, of each channel."""


class SoundTrack:
    """Encodes samples into packets of its stream, from time 0 on and without gaps."""

    def __init__(self, container: OutputContainer, channels: int, rate: int) -> None:
        """Open the encoder, and give the container its stream.

        Raises:
            ValueError, av.error.FFmpegError: the container does not hold the codec, or the encoder refuses.
        """
        encoder = ENCODERS.get(container.format.name, "aac")
        stream = container.add_stream(encoder, rate=rate, layout=USUAL_LAYOUTS[channels])
        assert isinstance(stream, AudioStream)
        stream.bit_rate = CHANNEL_BITS * channels
        self._stream, self._rate = stream, rate
        self._samples = 0

    @property
    def begun(self) -> bool:
        """Whether there is anything in it."""
        return self._samples > 0

    def encode(self, samples: NDArray[np.float32] | None) -> "Sequence[Packet[AudioStream]]":
        """Return the packets that samples, (channels, n) from -1 to 1, bring about; None: all that are left.

        Raises:
            av.error.FFmpegError: the encoder refuses.
        """
        if samples is None:
            return self._stream.encode(None) if self.begun else []
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples), format="fltp", layout=self._stream.layout.name
        )
        frame.sample_rate = self._rate
        frame.pts, frame.time_base = self._samples, Fraction(1, self._rate)
        self._samples += samples.shape[1]
        return self._stream.encode(frame)
