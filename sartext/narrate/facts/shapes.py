"""Length and orientation of one box, in the image frame, with the bands in which nothing is said.

Elongated: the long side is at least twice the short one. Only elongated boxes have a length or an orientation.
Orientation of the long side, folded to 0..90 degrees from the horizontal: horizontal up to 15, diagonal 30 to 60, vertical
from 75, and nothing between. A box with sides along the image axes may be drawn around an object that is turned: an object
of length L and width W at angle t fills L cos t + W sin t by L sin t + W cos t, so tan t is at most short / long. Such a box
is horizontal or vertical only where short / long is at most tan 15 degrees, and never diagonal; and its long side is within
-5% and +12% of the object's length where it is elongated.

Length in metres: the long side, each axis times its ground sample distance, where the box is elongated, at least 10 px
long, wholly visible, and at least 1 px away from the tile's border (an object cut by the border has an unknown length).
"""

import math

from sartext.narrate.facts.tile_facts import SPAN_SHARE, Facts, Object, sides_px

ELONGATED = 2.0
HORIZONTAL_DEG = 15.0
DIAGONAL_DEG = (30.0, 60.0)
VERTICAL_DEG = 75.0
UPRIGHT_RATIO = math.tan(math.radians(HORIZONTAL_DEG))
MEASURABLE_PX = 10.0
WHOLE_SHARE = 0.99


def angle_deg(thing: Object) -> float | None:
    """Angle of the long side from the horizontal, 0..90 degrees; None where the labels do not tell."""
    along, across = sides_px(thing.polygon)
    longer, shorter = (along, across) if along > across else (across, along)
    if longer < ELONGATED * shorter or longer == 0:
        return None
    dx, dy = _long_side(thing.polygon)
    if (dx == 0 or dy == 0) and shorter > UPRIGHT_RATIO * longer:
        return None
    return math.degrees(math.atan2(abs(dy), abs(dx)))


def long_side_tells(thing: Object) -> bool:
    """Whether the long side of the box is that of the object: not where a box along the axes may hold one that is turned."""
    along, across = sides_px(thing.polygon)
    dx, dy = _long_side(thing.polygon)
    return (dx != 0 and dy != 0) or max(along, across) >= ELONGATED * min(along, across)


def orientation(thing: Object) -> str | None:
    """ "horizontal", "vertical", "diagonal", or None where nothing may be said."""
    angle = angle_deg(thing)
    if angle is None:
        return None
    if angle <= HORIZONTAL_DEG:
        return "horizontal"
    if angle >= VERTICAL_DEG:
        return "vertical"
    return "diagonal" if DIAGONAL_DEG[0] <= angle <= DIAGONAL_DEG[1] else None


def slope(thing: Object) -> str | None:
    """ "falling" from the upper left to the lower right or "rising" from the lower left to the upper right; None for an object
    that is not diagonal."""
    if orientation(thing) != "diagonal":
        return None
    dx, dy = _long_side(thing.polygon)
    return "falling" if dx * dy > 0 else "rising"


def whole(thing: Object, facts: Facts) -> bool:
    """Whether all of the object lies inside the tile, as far as the labels tell."""
    return (
        thing.visible_share >= WHOLE_SHARE
        and thing.left >= 1
        and thing.top >= 1
        and thing.right <= facts.width_px - 1
        and thing.bottom <= facts.height_px - 1
    )


def spans(thing: Object, word: str, facts: Facts) -> bool | None:
    """Whether the object reaches from one edge of the tile to the other, "across" or "down"; None in the dead band."""
    low, high, side = (
        (thing.left, thing.right, facts.width_px) if word == "across" else (thing.top, thing.bottom, facts.height_px)
    )
    if low <= SPAN_SHARE * side and high >= (1 - SPAN_SHARE) * side:
        return True
    return False if high - low < side / 2 else None


def length_m(thing: Object, facts: Facts) -> float | None:
    """Length of the object in metres, or None where the labels do not tell."""
    if facts.gsd_m is None or not whole(thing, facts):
        return None
    along, across = sides_px(thing.polygon)
    longer, shorter = (along, across) if along > across else (across, along)
    if longer < MEASURABLE_PX or longer < ELONGATED * shorter:
        return None
    return long_side(thing, facts)


def long_side(thing: Object, facts: Facts) -> float:
    """The long side in metres, or in pixels where the ground sample distance is unknown."""
    dx, dy = _long_side(thing.polygon)
    along_y, along_x = facts.gsd_m or (1.0, 1.0)
    return math.hypot(dx * along_x, dy * along_y)


def said_length_m(length: float) -> float:
    """The length as a text says it: to 1 m below 20 m, 5 m below 100 m, 10 m below 300 m, 50 m above."""
    step = 1 if length < 20 else 5 if length < 100 else 10 if length < 300 else 50
    return float(step * math.floor(length / step + 0.5))


def area_px(thing: Object) -> float:
    """Area of the polygon in square pixels (shoelace formula)."""
    x1, y1, x2, y2, x3, y3, x4, y4 = thing.polygon
    return abs(x1 * y2 - x2 * y1 + (x2 * y3 - x3 * y2) + (x3 * y4 - x4 * y3) + (x4 * y1 - x1 * y4)) / 2


def _long_side(polygon: tuple[float, ...]) -> tuple[float, float]:
    x1, y1, x2, y2, x3, y3, x4, y4 = polygon
    along_x, along_y = (x2 - x1 + x3 - x4) / 2, (y2 - y1 + y3 - y4) / 2
    across_x, across_y = (x3 - x2 + x4 - x1) / 2, (y3 - y2 + y4 - y1) / 2
    if along_x * along_x + along_y * along_y >= across_x * across_x + across_y * across_y:
        return along_x, along_y
    return across_x, across_y
