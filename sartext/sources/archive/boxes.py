"""Oriented boxes of things as a SAR image shows them, and their cut at the edge of the tile."""

import math
from collections.abc import Sequence

from sartext.sources.archive.things import Thing
from sartext.tile import Box

_Point = tuple[float, float]
EDGE_PX = 0.6  # beyond the outline, half a resolution cell
LEAST_VISIBLE = 0.10  # a thing of which less lies inside the tile is neither drawn nor annotated


def extent(thing: Thing, layover_px: float) -> tuple[float, float, float, float]:
    """How far the image of a thing reaches along its length and across, (u0, u1, v0, v1) from its imaged centre.

    `layover_px` is the displacement in x of its top, negative toward a radar on the left. The roof lies there, the
    base stays. A tank hides the far half of its base, so it ends where its roof does, or at its middle; a bridge has an
    echo on the far side too, by way of the water (Soergel et al. 2008, IEEE JSTARS 1).
    """
    half_u, half_v = thing.length / 2.0 + EDGE_PX, thing.width / 2.0 + EDGE_PX
    u, v = layover_px * math.cos(thing.angle), -layover_px * math.sin(thing.angle)
    if thing.label == "bridge":
        return -half_u, half_u, -half_v - abs(v), half_v + abs(v)
    if thing.label == "tank":
        return min(-half_u + u, 0.0), max(half_u + u, 0.0), -half_v, half_v
    return -half_u + min(u, 0.0), half_u + max(u, 0.0), -half_v + min(v, 0.0), half_v + max(v, 0.0)


def corners(thing: Thing, layover_px: float) -> list[_Point]:
    """The four corners of the thing's image, clockwise as seen, uncut."""
    u0, u1, v0, v1 = extent(thing, layover_px)
    return _to_image(thing, [(u0, v0), (u1, v0), (u1, v1), (u0, v1)])


def visible(thing: Thing, layover_px: float, size_px: int) -> float:
    """The share of the thing's box that lies inside the tile."""
    whole = corners(thing, layover_px)
    if all(0.0 <= x <= size_px and 0.0 <= y <= size_px for x, y in whole):
        return 1.0
    return min(1.0, area(clip(whole, size_px)) / area(whole))


def box(thing: Thing, layover_px: float, size_px: int) -> Box:
    """The annotation of a thing.

    A thing that the tile's edge cuts gets the rectangle, in its own frame, around what is left of its box, with its
    corners moved to the nearest place inside the tile.
    """
    whole = corners(thing, layover_px)
    share = visible(thing, layover_px, size_px)
    if share < 1.0:
        c, s = math.cos(thing.angle), math.sin(thing.angle)
        left = clip(whole, size_px)
        centre_y = thing.y + thing.shift_y
        frame = [((x - thing.x) * c + (y - centre_y) * s, (y - centre_y) * c - (x - thing.x) * s) for x, y in left]
        u0, u1 = min(u for u, _ in frame), max(u for u, _ in frame)
        v0, v1 = min(v for _, v in frame), max(v for _, v in frame)
        whole = _to_image(thing, [(u0, v0), (u1, v0), (u1, v1), (u0, v1)])
        whole = [(min(max(x, 0.0), float(size_px)), min(max(y, 0.0), float(size_px))) for x, y in whole]
    start = min(range(4), key=lambda i: (round(whole[i][0] + whole[i][1], 2), whole[i][1]))
    ordered = whole[start:] + whole[:start]
    return Box(
        label=thing.label,
        polygon_px=tuple(round(value, 2) for point in ordered for value in point),
        visible_share=round(share, 3),
    )


def clip(polygon: Sequence[_Point], size_px: int) -> list[_Point]:
    """The part of a convex polygon inside the tile (Sutherland & Hodgman 1974); empty where there is none."""
    for axis in (0, 1):
        for sign, bound in ((1.0, 0.0), (-1.0, -float(size_px))):
            kept: list[_Point] = []
            for i, after in enumerate(polygon):
                before = polygon[i - 1]
                a, b = sign * before[axis] - bound, sign * after[axis] - bound
                if (a >= 0.0) != (b >= 0.0):
                    t = a / (a - b)
                    kept.append((before[0] + t * (after[0] - before[0]), before[1] + t * (after[1] - before[1])))
                if b >= 0.0:
                    kept.append(after)
            polygon = kept
    return list(polygon)


def area(polygon: Sequence[_Point]) -> float:
    """The area of a polygon, positive where its corners run clockwise as seen."""
    return sum(polygon[i - 1][0] * b[1] - b[0] * polygon[i - 1][1] for i, b in enumerate(polygon)) / 2.0


def _to_image(thing: Thing, frame: Sequence[_Point]) -> list[_Point]:
    c, s = math.cos(thing.angle), math.sin(thing.angle)
    return [(thing.x + u * c - v * s, thing.y + thing.shift_y + u * s + v * c) for u, v in frame]
