"""The faults of an input: how each is made, and what is to come of it. ``docs/faults.md`` shows this table.

``Maker`` gets a whole film of ten frames (MP4, index at its end, sound) and the path that the bad input is to have.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av

NOTHING = "nothing"
RESULT = "the result"

Maker = Callable[[Path, Path], None]


@dataclass(frozen=True)
class Fault:
    """A row: what is wrong, the input's name, how it is made, further options, and what is to come of it."""

    what: str
    name: str
    make: Maker
    code: int
    says: str
    left: str = NOTHING
    options: tuple[str, ...] = ()


def _text(content: str) -> Maker:
    return lambda film, path: _write(path, content.format(film=film).encode())


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _no_index(film: Path, path: Path) -> None:
    data = film.read_bytes()
    path.write_bytes(data[: data.index(b"moov") - 4])


def _copy(film: Path, path: Path, options: dict[str, str] | None = None, streams: int = 1) -> None:
    """Write the packets of a film's picture into another container, so many times."""
    with av.open(str(film)) as old, av.open(str(path), "w", options=options or {}) as new:
        tracks = [new.add_stream_from_template(old.streams.video[0], opaque=True) for _ in range(streams)]
        for packet in old.demux(video=0):
            if packet.size:
                data, times = bytes(packet), (packet.pts, packet.dts, packet.duration, packet.time_base)
                for track in tracks:
                    copy = av.Packet(data)
                    copy.pts, copy.dts, copy.duration, copy.time_base = times
                    copy.is_keyframe = packet.is_keyframe
                    copy.stream = track
                    new.mux(copy)


def _cut(suffix: str) -> Maker:
    def make(film: Path, path: Path) -> None:
        whole = path.with_name(f"whole{suffix}")
        _copy(film, whole, {"movflags": "+faststart"} if suffix == ".mp4" else None)
        data = whole.read_bytes()
        whole.unlink()
        path.write_bytes(data[: len(data) * 3 // 4])

    return make


def _zeroed(film: Path, path: Path) -> None:
    with av.open(str(film)) as old:
        packet = [bytes(packet) for packet in old.demux(video=0) if packet.size][5]
    path.write_bytes(film.read_bytes().replace(packet, bytes(len(packet))))


def _many_streams(film: Path, path: Path) -> None:
    _copy(film, path, streams=400)


def _time_scale(film: Path, path: Path) -> None:
    """Let the header say that a frame lasts a nanosecond: a time scale of 10⁹, a step of 1."""
    data = bytearray(film.read_bytes())
    at = data.index(b"mdhd")
    struct.pack_into(">I", data, at + 16, 1_000_000_000)
    stts = data.index(b"stts")
    struct.pack_into(">III", data, stts + 8, 1, 10, 1)
    ctts = data.index(b"ctts")
    data[ctts : ctts + 4] = b"free"
    path.write_bytes(data)


def _no_fragment(film: Path, path: Path) -> None:
    """Cut one of the film's fragments out, in which a frame is."""
    _copy(film, path, {"movflags": "+frag_every_frame+empty_moov+default_base_moof"})
    data = path.read_bytes()
    starts = [at - 4 for at in range(len(data)) if data[at : at + 4] == b"moof"]
    path.write_bytes(data[: starts[4]] + data[starts[5] :])


def _no_tag(film: Path, path: Path) -> None:
    """Let one tag of an FLV, the last picture's, be of a kind that there is not: FFmpeg passes over it."""
    _copy(film, path)
    data = bytearray(path.read_bytes())
    at, pictures = 13, []
    while at < len(data):
        length = int.from_bytes(data[at + 1 : at + 4], "big")
        if data[at] == 9 and length > 5:
            pictures.append(at)
        at += 11 + length + 4
    data[pictures[-1]] = 0
    path.write_bytes(data)


def _no_packet(film: Path, path: Path) -> None:
    """Take a packet out of the middle of a transport stream: FFmpeg goes on with the next."""
    _copy(film, path)
    data = path.read_bytes()
    middle = [at for at in range(0, len(data), 188) if data[at + 1] & 0x1F == 1 and data[at + 2] == 0]
    at = middle[len(middle) // 2]
    path.write_bytes(data[:at] + data[at + 188 :])


def _absurd_table(film: Path, path: Path) -> None:
    """Let a table of times have so many entries that no memory can hold them."""
    data = bytearray(film.read_bytes())
    struct.pack_into(">I", data, data.index(b"stts") + 8, 0x7FFFFFFF)
    path.write_bytes(data)


def _absurd_sample(film: Path, path: Path) -> None:
    """Let the first picture of a fragment be of gigabytes."""
    _copy(film, path, {"movflags": "+frag_keyframe+empty_moov+default_base_moof"})
    data = bytearray(path.read_bytes())
    run = data.index(b"trun") + 4
    flags = struct.unpack_from(">I", data, run)[0] & 0xFFF
    before = sum(bool(flags & flag) for flag in (0x1, 0x4, 0x100))  # fields that a run may hold before its first size
    struct.pack_into(">I", data, run + 8 + 4 * before, 0xBF398EED)
    path.write_bytes(data)


def _bomb(width: int, height: int) -> Maker:
    def make(film: Path, path: Path) -> None:
        def chunk(name: bytes, content: bytes) -> bytes:
            check = struct.pack(">I", zlib.crc32(name + content))
            return struct.pack(">I", len(content)) + name + content + check

        head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
        row = zlib.compressobj()
        data = b"".join(row.compress(bytes(1 << 20)) for _ in range(64)) + row.flush()
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b""))

    return make


def _huge_header(film: Path, path: Path) -> None:
    """Let the container of a film of FFV1 say that it is absurdly large."""
    with av.open(str(path), "w") as new:
        stream = new.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 300, 300, "yuv420p"
        picture = av.VideoFrame(300, 300, "yuv420p")
        picture.pts = 0
        new.mux(stream.encode(picture))
        new.mux(stream.encode(None))
    data = path.read_bytes()
    said = b"\xb0\x82\x01\x2c\xba\x82\x01\x2c"
    assert said in data
    path.write_bytes(data.replace(said, b"\xb0\x82\x2e\xe0\xba\x82\x2e\xe0"))


PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{film}\n#EXT-X-ENDLIST\n"
MANIFEST = '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period/></MPD>'
NO_FILM = "not a film that can be read"

FAULTS: tuple[Fault, ...] = (
    Fault("empty file", "in.mp4", _text(""), 3, "empty file"),
    Fault("not a film, called one", "in.mkv", _text("Not a film at all.\n" * 100), 3, NO_FILM),
    Fault("an MP4 without its index", "in.mp4", _no_index, 3, NO_FILM),
    Fault("a script that names other files", "in.mp4", _text("ffconcat version 1.0\nfile '{film}'\n"), 3, NO_FILM),
    Fault("an HLS playlist", "in.mp4", _text(PLAYLIST), 3, NO_FILM),
    Fault("a DASH manifest", "in.mkv", _text(MANIFEST), 3, NO_FILM),
    Fault("an MP4 cut off", "in.mp4", _cut(".mp4"), 1, "the file is cut off", RESULT),
    Fault("a Matroska film cut off", "in.mkv", _cut(".mkv"), 1, "the file is cut off", RESULT),
    Fault("an MP4 in fragments that lacks one", "in.mp4", _no_fragment, 1, "the file is damaged", RESULT),
    Fault("an FLV in which a piece is of no known kind", "in.flv", _no_tag, 1, "the file is damaged", RESULT),
    Fault("a transport stream that lacks a packet", "in.ts", _no_packet, 1, "the file is damaged", RESULT),
    Fault("a frame that cannot be decoded", "in.mp4", _zeroed, 1, "lost: frame", RESULT),
    Fault("the same, allowed", "in.mp4", _zeroed, 0, "lost: frame", RESULT, ("--allow-damaged",)),
    Fault("400 streams", "in.mkv", _many_streams, 3, "400 streams in it; at most 128"),
    Fault("10⁹ frames a second", "in.mp4", _time_scale, 0, "clean.mkv", RESULT),
    Fault("a small file that calls itself 12000×12000", "in.mkv", _huge_header, 3, "a picture of 12000×12000"),
    Fault("a table of 2³¹ entries", "in.mp4", _absurd_table, 3, "ask for more memory than those of any film"),
    Fault("a picture of 3 GB, by a fragment's head", "in.mp4", _absurd_sample, 3,
          "ask for more memory than those of any film"),
    Fault("a picture of 100000×100000", "in.png", _bomb(100_000, 100_000), 3, "cannot be decoded"),
    Fault("a decompression bomb", "in.png", _bomb(16_000, 16_000), 3, "a decompression bomb"),
    Fault("a wrong suffix", "in.avi", lambda film, path: _write(path, film.read_bytes()), 0, "clean.mkv", RESULT),
    Fault("an address", "http:/example.invalid/film.mp4", lambda film, path: None, 2, "--allow-url"),
    Fault("an address of another kind", "rtsp:/example.invalid/film", lambda film, path: None, 2,
          "only http and https", options=("--allow-url",)),
)  # fmt: skip


def as_markdown() -> str:
    """Return the table as ``docs/faults.md`` shows it."""
    rows = ["| fault | message | exit code | what is left |", "|---|---|---|---|"]
    for fault in FAULTS:
        options = f" (`{' '.join(fault.options)}`)" if fault.options else ""
        rows.append(f"| {fault.what}{options} | … {fault.says} … | {fault.code} | {fault.left} |")
    return "\n".join(rows) + "\n"
