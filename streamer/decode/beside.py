"""What came with a film's frames beside their samples, counted. Knows nothing of samples or encoders."""

from collections import Counter

import av
from av.sidedata.sidedata import SideData, Type

from faceerase.streamer.decode.side_data import side_data_of

NAMES = {
    Type.A53_CC: "closed captions (A53)",
    Type.AFD: "active format description",
    Type.PANSCAN: "pan and scan",
    Type.STEREO3D: "stereoscopic layout",
    Type.SPHERICAL: "spherical projection",
    Type.GOP_TIMECODE: "time code of the group of pictures",
    Type.S12M_TIMECODE: "time code in the bitstream (SMPTE 12M)",
    Type.DYNAMIC_HDR_PLUS: "HDR10+ dynamic metadata",
    Type.DYNAMIC_HDR_VIVID: "HDR Vivid dynamic metadata",
    Type.DOVI_RPU_BUFFER: "Dolby Vision metadata",
    Type.DOVI_METADATA: "Dolby Vision metadata",
    Type.AMBIENT_VIEWING_ENVIRONMENT: "ambient viewing environment",
    Type.ICC_PROFILE: "ICC profile",
    Type.SEI_UNREGISTERED: "user data (SEI)",
}
"""What is worth a word when it is dropped; static HDR metadata and the display matrix go other ways."""

UUID_LENGTH = 16
SIGNATURES = (b"x264", b"x265")
"""How the user data begins in which encoders sign their own settings, which are not true of the new film."""


def count_beside(picture: av.VideoFrame, counted: Counter[Type]) -> None:
    """Add the kinds that come with a frame."""
    counted.update({data.type for data in side_data_of(picture) if data.type in NAMES and not _signed(data)})


def _signed(data: SideData) -> bool:
    return data.type is Type.SEI_UNREGISTERED and bytes(data)[UUID_LENGTH:].startswith(SIGNATURES)
