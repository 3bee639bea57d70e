"""The floor: a film decoded and encoded again with the settings that the anonymised one gets, and nothing else.

python -m benchmarks.film.transcode FILM OUTPUT
"""

import sys
from fractions import Fraction
from pathlib import Path

import av

from faceerase.configs.film import FilmConfig
from faceerase.streamer.encode.codecs import choose_encoder
from faceerase.streamer.encode.settings import SourceCodec


def transcode(film: Path, output: Path) -> None:
    """Write a film anew."""
    with av.open(str(film)) as source, av.open(str(output), "w") as written:
        video = source.streams.video[0]
        video.thread_type = "AUTO"
        context = video.codec_context
        coded = SourceCodec(context.codec.canonical_name, context.profile, (video.width, video.height))
        choice = choose_encoder(FilmConfig().encode, coded, str(context.pix_fmt), False, output.suffix)
        rate = video.average_rate or Fraction(25)
        stream = written.add_stream(choice.encoder, rate=rate, options=dict(choice.options))
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = video.width, video.height, choice.pixel_format
        for picture in source.decode(video):
            picture.pict_type = av.video.frame.PictureType.NONE
            written.mux(stream.encode(picture))
        written.mux(stream.encode(None))


if __name__ == "__main__":
    transcode(Path(sys.argv[1]), Path(sys.argv[2]))
