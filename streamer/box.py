"""A rectangle in a picture. Knows nothing of faces or tiles."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Box:
    """Left, top, right, bottom in pixels of the upright picture; right and bottom lie outside."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Of the box."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Of the box."""
        return self.y1 - self.y0

    @property
    def side(self) -> float:
        """The longer side."""
        return max(self.width, self.height)

    @property
    def area(self) -> float:
        """In square pixels, at least 0."""
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y)."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def moved(self, dx: float, dy: float) -> "Box":
        """Return the box somewhere else."""
        return Box(self.x0 + dx, self.y0 + dy, self.x1 + dx, self.y1 + dy)

    def grown(self, by: float) -> "Box":
        """Return the box with ``by`` pixels more on each side."""
        return Box(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)

    def scaled(self, by: float) -> "Box":
        """Return the box in the same picture drawn ``by`` times as large."""
        return Box(self.x0 * by, self.y0 * by, self.x1 * by, self.y1 * by)

    def union(self, other: Self) -> "Box":
        """Return the smallest box around both."""
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def common(self, other: Self) -> float:
        """Return the area that both share, in square pixels."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0.0, width) * max(0.0, height)

    def apart(self, other: Self) -> bool:
        """Return whether the boxes share nothing but, perhaps, an edge."""
        return self.x1 <= other.x0 or other.x1 <= self.x0 or self.y1 <= other.y0 or other.y1 <= self.y0

    def has(self, point: tuple[float, float]) -> bool:
        """Return whether a point lies inside; left and upper edges belong to the box."""
        x, y = point
        return self.x0 <= x < self.x1 and self.y0 <= y < self.y1

    def overlap(self, other: Self) -> float:
        """Return the shared area as a share of the smaller box, 0 to 1."""
        return self.common(other) / max(1e-6, min(self.area, other.area))

    def iou(self, other: Self) -> float:
        """Return the shared area as a share of what both cover together, 0 to 1."""
        common = self.common(other)
        return common / max(1e-6, self.area + other.area - common)

    def turned(self, quarter_turns: int, width: float, height: float) -> "Box":
        """Return the box in a picture ``width`` × ``height`` after turning that counter-clockwise."""
        box: Box = self
        for _ in range(quarter_turns % 4):
            box = Box(box.y0, width - box.x1, box.y1, width - box.x0)
            width, height = height, width
        return box

    def towards(self, other: Self, share: float) -> "Box":
        """Return the box that lies ``share`` (0 to 1) of the way to another."""
        return Box(
            self.x0 + (other.x0 - self.x0) * share,
            self.y0 + (other.y0 - self.y0) * share,
            self.x1 + (other.x1 - self.x1) * share,
            self.y1 + (other.y1 - self.y1) * share,
        )
