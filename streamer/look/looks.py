"""How often the network was asked, and why. Knows nothing of what it answered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Looks:
    """Tiles that were looked at by plan, again, and backwards.

    Of the ``candidates`` that were looked at again, ``rejected`` were no faces.
    """

    planned: int = 0
    again: int = 0
    back: int = 0
    candidates: int = 0
    rejected: int = 0

    @property
    def tiles(self) -> int:
        """All of them."""
        return self.planned + self.again + self.back

    def plus(self, other: "Looks") -> "Looks":
        """Return the sum of two."""
        return Looks(
            self.planned + other.planned,
            self.again + other.again,
            self.back + other.back,
            self.candidates + other.candidates,
            self.rejected + other.rejected,
        )
