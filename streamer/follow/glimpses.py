"""What is covered before anybody has looked again: what the picture as a whole showed now and a moment ago.

For pictures that are shown at once. Knows nothing of networks, or of who is followed.
"""

from collections.abc import Sequence

from faceerase.streamer.mask.regions import Region

HELD_SECONDS = 0.4
"""How long a glimpse is covered: what shows in one picture and not in the next was there all the same."""

COVERED = 0.6
"""Share of a glimpse's box from which a cover makes it needless; an ellipse is 0.79 of its box."""


class Glimpses:
    """The glimpses of one scene that are covered still."""

    def __init__(self, rate: float) -> None:
        """Begin a film of ``rate`` frames a second."""
        self._held = round(HELD_SECONDS * rate)
        self._caught: list[tuple[int, Region]] = []

    def catch(self, frame: int, regions: Sequence[Region]) -> None:
        """Take note of what a frame shows."""
        lately = [(at, region) for at, region in self._caught if frame - at <= self._held]
        self._caught = [*((frame, region) for region in regions), *lately]

    def beside(self, covers: Sequence[Region]) -> tuple[Region, ...]:
        """Return what is to be covered beside what is covered anyway, the newest of what lies at one place."""
        kept: list[Region] = []
        for _, region in self._caught:
            if not any(one.holds(region.box) > COVERED for one in (*covers, *kept)):
                kept.append(region)
        return tuple(kept)
