"""The corners of a box in one order."""

import math
from collections.abc import Sequence

Point = tuple[float, float]


def clockwise(points: Sequence[Point]) -> list[Point]:
    """The corners by their angle around the mean, clockwise as seen, since y points down: whatever their order was, even where
    their outline crosses itself. The first is the one with the smallest x + y, the higher of two: of an upright box the top
    left."""
    x_mean, y_mean = (sum(values) / len(points) for values in zip(*points, strict=True))
    ordered = sorted(points, key=lambda point: math.atan2(point[1] - y_mean, point[0] - x_mean))
    first = min(range(len(ordered)), key=lambda place: (sum(ordered[place]), ordered[place][1]))
    return ordered[first:] + ordered[:first]
