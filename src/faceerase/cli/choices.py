"""What the options of a film may be, as the command line offers it. Knows nothing of what they mean."""

from enum import StrEnum


class Method(StrEnum):
    """What stands where a face was."""

    inpaint = "inpaint"
    blur = "blur"
    mosaic = "mosaic"
    solid = "solid"


class Rule(StrEnum):
    """How the map becomes a mask."""

    hysteresis = "hysteresis"
    histogram = "histogram"
    otsu = "otsu"
    fixed = "fixed"


class Scan(StrEnum):
    """How often it is looked everywhere."""

    thorough = "thorough"
    balanced = "balanced"
    fast = "fast"


class PurposeChoice(StrEnum):
    """What the result is for."""

    delivery = "delivery"
    mezzanine = "mezzanine"
    archive = "archive"


class ProviderChoice(StrEnum):
    """What the network runs on."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"
