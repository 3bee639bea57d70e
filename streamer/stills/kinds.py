"""The kinds of picture files: how each is known, decoded and encoded. Knows nothing of folders or films."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from faceerase.errors import SourceError
from faceerase.streamer.stills import dpx, exr, jpeg, png, tiff, webp
from faceerase.streamer.stills.extras import Extras


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of picture file: one packet of one codec, in a wrapping of its own.

    Attributes:
        name: for messages.
        suffixes: lower case; the first is the usual one.
        magics: how such a file begins.
        decoder: FFmpeg's.
        encoder: FFmpeg's.
        read: says what lies beside the picture.
        write: puts what goes along into an encoded file.
        options: of the encoder, where neither the source nor the user says otherwise.
        rgb_options: the same, where RGB goes in.
        strict: whether the decoder can be told to stop at the first error; that of TIFF then stops at tags, too.
    """

    name: str
    suffixes: tuple[str, ...]
    magics: tuple[bytes, ...]
    decoder: str
    encoder: str
    read: Callable[[bytes], Extras]
    write: Callable[[bytes, Extras], bytes]
    options: tuple[tuple[str, str], ...] = ()
    rgb_options: tuple[tuple[str, str], ...] = ()
    strict: bool = True


KINDS = (
    # qmin 1: the quantisers are 2 throughout, about quality 98 of libjpeg
    Kind("JPEG", (".jpg", ".jpeg"), (b"\xff\xd8\xff",), "mjpeg", "mjpeg", jpeg.read, jpeg.write,
         (("qmin", "1"), ("qmax", "1"))),
    Kind("PNG", (".png",), (b"\x89PNG\r\n\x1a\n",), "png", "png", png.read, png.write),
    Kind("TIFF", (".tif", ".tiff"), (b"II*\0", b"MM\0*"), "tiff", "tiff", tiff.read, tiff.write,
         (("compression_algo", "lzw"),), strict=False),
    Kind("WebP", (".webp",), (b"RIFF",), "webp", "libwebp", webp.read, webp.write, (("quality", "95"),),
         (("lossless", "1"),)),
    Kind("DPX", (".dpx",), (b"SDPX", b"XPDS"), "dpx", "dpx", dpx.read, dpx.write),
    Kind("OpenEXR", (".exr",), (b"v/1\x01",), "exr", "exr", exr.read, exr.write, (("compression", "zip16"),)),
)  # fmt: skip


def kind_of_name(path: Path) -> Kind | None:
    """Return the kind of picture that a name says, or None."""
    return next((kind for kind in KINDS if path.suffix.lower() in kind.suffixes), None)


def kind_of_data(data: bytes, path: Path) -> Kind:
    """Return the kind of picture that a file holds, whatever its name says.

    Raises:
        SourceError: it is none that is known.
    """
    for kind in KINDS:
        if data.startswith(kind.magics) and (kind.name != "WebP" or data[8:12] == b"WEBP"):
            return kind
    known = ", ".join(kind.name for kind in KINDS)
    raise SourceError(f"{path}: not a picture that can be read (known are {known})")
