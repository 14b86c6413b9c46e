"""Shapes of ground: each is numbers, knows whether a point is inside, and paints its mask. Units are pixels.

x grows to the right and y downward from the top left corner of the tile; a shape may reach beyond the tile.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Wave = tuple[float, float, float]  # amplitude_px, radians per px, phase


@dataclass(frozen=True)
class Half:
    """Where v > offset + waves(u): u runs along `angle`, v to its right (clockwise as seen)."""

    angle: float  # radians from the x axis toward the y axis
    x: float  # a point of the edge
    y: float
    waves: tuple[Wave, ...] = ()

    def inside(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Whether the point lies inside, at least `margin` px from the edge."""
        u, v = turn(x - self.x, y - self.y, self.angle)
        return v > margin + sum(a * math.sin(k * u + p) for a, k, p in self.waves)

    def mask(self, x: Floats, y: Floats) -> Mask:
        """The mask (n, n) over pixel centres x (1, n) and y (n, 1)."""
        u, v = turn_all(x - np.float32(self.x), y - np.float32(self.y), self.angle)
        return np.greater(v, _waves(self.waves, u))


@dataclass(frozen=True)
class Band:
    """Where |v - waves(u)| < width / 2: a river, a road, a runway."""

    angle: float
    x: float
    y: float
    width: float
    waves: tuple[Wave, ...] = ()

    def inside(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Whether the point lies inside, at least `margin` px from both edges."""
        u, v = turn(x - self.x, y - self.y, self.angle)
        return abs(v - sum(a * math.sin(k * u + p) for a, k, p in self.waves)) < self.width / 2.0 - margin

    def mask(self, x: Floats, y: Floats) -> Mask:
        """The mask (n, n) over pixel centres x (1, n) and y (n, 1)."""
        u, v = turn_all(x - np.float32(self.x), y - np.float32(self.y), self.angle)
        inside: Mask = np.abs(v - _waves(self.waves, u)) < np.float32(self.width / 2.0)
        return inside


@dataclass(frozen=True)
class Rect:
    """A rectangle around (x, y), `length` along `angle`."""

    x: float
    y: float
    length: float
    width: float
    angle: float

    def inside(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Whether the point lies inside, at least `margin` px from the edge."""
        u, v = turn(x - self.x, y - self.y, self.angle)
        return abs(u) < self.length / 2.0 - margin and abs(v) < self.width / 2.0 - margin

    def mask(self, x: Floats, y: Floats) -> Mask:
        """The mask (n, n) over pixel centres x (1, n) and y (n, 1)."""
        u, v = turn_all(x - np.float32(self.x), y - np.float32(self.y), self.angle)
        inside = np.abs(u) < np.float32(self.length / 2.0)
        inside &= np.abs(v) < np.float32(self.width / 2.0)
        return inside


@dataclass(frozen=True)
class Oval:
    """An ellipse with an uneven rim: an island, a lake, a pond."""

    x: float
    y: float
    length: float
    width: float
    angle: float
    rim: tuple[tuple[float, float], ...] = ()  # (share of the radius, phase) of the lobes 2, 3, 4, ...

    def inside(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Whether the point lies inside, about `margin` px from the rim."""
        u, v = turn(x - self.x, y - self.y, self.angle)
        a = max(self.length / 2.0 - margin, 1e-6)
        b = max(self.width / 2.0 - margin, 1e-6)
        bearing = math.atan2(v, u)
        reach = 1.0 + sum(share * math.cos(n * bearing + p) for n, (share, p) in enumerate(self.rim, start=2))
        return (u / a) ** 2 + (v / b) ** 2 < reach**2

    def mask(self, x: Floats, y: Floats) -> Mask:
        """The mask (n, n) over pixel centres x (1, n) and y (n, 1)."""
        u, v = turn_all(x - np.float32(self.x), y - np.float32(self.y), self.angle)
        square = (u * np.float32(2.0 / self.length)) ** 2 + (v * np.float32(2.0 / self.width)) ** 2
        if not self.rim:
            return np.less(square, np.float32(1.0))
        bearing: Floats = np.arctan2(v, u)
        reach: Floats = np.ones_like(bearing)
        for n, (share, p) in enumerate(self.rim, start=2):
            reach += np.float32(share) * np.cos(np.float32(n) * bearing + np.float32(p))
        inside: Mask = square < reach * reach
        return inside


Shape = Half | Band | Rect | Oval


def turn(x: float, y: float, angle: float) -> tuple[float, float]:
    """A point in the frame whose first axis runs along `angle`."""
    c, s = math.cos(angle), math.sin(angle)
    return x * c + y * s, y * c - x * s


def turn_all(x: Floats, y: Floats, angle: float) -> tuple[Floats, Floats]:
    """All points of a row x (1, n) and a column y (n, 1) in the frame whose first axis runs along `angle`, (n, n) each."""
    c, s = np.float32(math.cos(angle)), np.float32(math.sin(angle))
    return x * c + y * s, y * c - x * s


def _waves(waves: tuple[Wave, ...], u: Floats) -> Floats | np.float32:
    total: Floats | np.float32 = np.float32(0.0)
    for amplitude, k, phase in waves:
        total = total + np.float32(amplitude) * np.sin(np.float32(k) * u + np.float32(phase))
    return total
