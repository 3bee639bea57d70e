"""Opens a film for reading, and nothing but a film: one local file, known containers, no scripts or playlists.

Turns every way in which that fails into one line. Knows nothing of frames.
"""

from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Stream
from av.video.stream import VideoStream

from faceerase.errors import AbsurdInputError, ConfigError, SourceError, reason_of
from faceerase.streamer.decode.limits import MOST_STREAMS, refuse_greedy, refuse_huge

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,mxf,flv,asf,ogg,nut,ivf,dv,gif,"
    "yuv4mpegpipe,h264,hevc,m4v,av1,obu,png_pipe,jpeg_pipe,mjpeg,tiff_pipe,webp_pipe,bmp_pipe,dpx_pipe,exr_pipe,rm,gxf,"
    "wtv"
)
"""Demuxers that read one file and open no other; ``concat``, playlists and scripts are not among them."""


def open_film(path: Path, formats: str = FORMATS) -> InputContainer:
    """Return an open container, of one of FFmpeg's ``formats``; the caller closes it.

    Raises:
        SourceError: the file is missing, empty, unreadable, not a film, or has more in it than any film.
    """
    refuse_no_file(path, "a film")
    try:
        options = {"protocol_whitelist": "file", "format_whitelist": formats}
        container = av.open(f"file:{path}", options=options, metadata_errors="replace")
    except PermissionError as error:
        raise SourceError(f"{path}: no permission to read it") from error
    except (av.error.FFmpegError, OSError, ValueError) as error:
        refuse_greedy(path, error)
        raise SourceError(f"{path}: not a film that can be read ({reason_of(error)})") from error
    try:
        _refuse_absurd(container, path)
    except BaseException:
        container.close()
        raise
    return container


def refuse_no_file(path: Path, what: str) -> None:
    """Refuse what is not a regular file with something in it: a pipe or device can give bytes for ever.

    Raises:
        SourceError: the file is missing, empty, no regular file, or its folder may not be read.
    """
    try:
        if not path.exists():
            raise SourceError(f"{path}: no such file")
        if path.is_dir():
            raise SourceError(f"{path}: a folder, not {what}")
        if not path.is_file():
            raise SourceError(f"{path}: not a regular file")
        if path.stat().st_size == 0:
            raise SourceError(f"{path}: empty file")
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be read ({reason_of(error)})") from error


def _refuse_absurd(container: InputContainer, path: Path) -> None:
    count = len(container.streams)
    if count > MOST_STREAMS:
        raise AbsurdInputError(f"{path}: {count} streams in it; at most {MOST_STREAMS} are taken")
    for video in container.streams.video:
        if video.codec_context is not None:
            refuse_huge(path, video.codec_context.width, video.codec_context.height)


def main_video(container: InputContainer, path: Path, number: int | None = None) -> VideoStream:
    """Return the film's picture: the stream of a number, or the first default one; never a cover picture.

    Raises:
        SourceError: there is none.
        ConfigError: the stream of that number is none.
    """
    videos = pictures_of(container)
    if not videos:
        kinds = ", ".join(sorted({stream.type for stream in container.streams})) or "no streams"
        raise SourceError(f"{path}: no video stream in it (it holds {kinds})")
    default = [stream for stream in videos if "default" in disposition_names(stream)]
    stream = (default or videos)[0] if number is None else _numbered(videos, number, path)
    if stream.codec_context is None or not stream.codec_context.width or not stream.codec_context.height:
        raise SourceError(f"{path}: the video stream has no picture size; the file is damaged or not a film")
    return stream


def pictures_of(container: InputContainer) -> list[VideoStream]:
    """Return the video streams that are not cover pictures."""
    return [stream for stream in container.streams.video if not is_cover(stream)]


def is_cover(stream: Stream) -> bool:
    """Whether a stream is a cover picture or thumbnail."""
    return bool({"attached_pic", "timed_thumbnails"} & set(disposition_names(stream)))


def disposition_names(stream: object) -> list[str]:
    """Return the names of a stream's disposition flags."""
    flags = getattr(stream, "disposition", None)
    return [flag.name for flag in flags if flag.name] if flags else []


def _numbered(videos: list[VideoStream], number: int, path: Path) -> VideoStream:
    for stream in videos:
        if stream.index == number:
            return stream
    known = [video for video in videos if video.codec_context is not None]
    there = ", ".join(f"{video.index} ({video.name} {video.width}×{video.height})" for video in known)
    raise ConfigError(f"--video-stream {number}: not a video stream of {path}, which has {there}")
