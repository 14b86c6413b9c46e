"""Relations between two boxes, in the image frame. Each answers True, False, or None in its dead band.

Direction: the cone model of Peuquet and Zhang (Pattern Recognition 20(1), 1987) and Frank (Auto-Carto 10, 1991). A is left of
B where the extents do not overlap along x and the line between the centres is within 45 degrees of the axis, less a tenth:
|dy| <= 0.8 |dx|. It is false where the centre of A lies to the right of that of B by 2% of the width, or |dy| > 2 |dx|.
Distance: the gap between the extents as a share of the tile's longer side. Near is at most 0.10, and false from 0.30;
adjacent is at most 0.05, and false from 0.20.
At (a ship at a harbor): the centre of A inside the polygon of B and at least half of A's extent inside B's extent; false
where the gap between the extents is above 0.05.
Larger: the area of A is at least 1.25 times that of B and its diagonal at least the root of that, because a box along the
axes around a turned object has too large an area; false where neither is above B's.
"""

import math

from sartext.narrate.facts.shapes import area_px
from sartext.narrate.facts.tile_facts import Facts, Object, sides_px

CONE, OUTSIDE = 0.8, 2.0
BESIDE = 0.02
NEAR, FAR = 0.10, 0.30
ADJACENT, APART = 0.05, 0.20
LARGER = 1.25


def direction(a: Object, b: Object, word: str, facts: Facts) -> bool | None:
    """Whether A is "left", "right", "above" or "below" B."""
    dx = (b.left + b.right - a.left - a.right) / 2
    dy = (b.top + b.bottom - a.top - a.bottom) / 2
    if word == "left":
        ahead, aside, gap, side = dx, dy, b.left - a.right, facts.width_px
    elif word == "right":
        ahead, aside, gap, side = -dx, dy, a.left - b.right, facts.width_px
    elif word == "above":
        ahead, aside, gap, side = dy, dx, b.top - a.bottom, facts.height_px
    else:
        ahead, aside, gap, side = -dy, dx, a.top - b.bottom, facts.height_px
    if gap >= 0 and ahead > BESIDE * side and abs(aside) <= CONE * ahead:
        return True
    return False if ahead < -BESIDE * side or abs(aside) > OUTSIDE * ahead else None


def toward(a: Object, b: Object) -> str:
    """The only word of `direction` that can be true of A and B."""
    dx, dy = b.left + b.right - a.left - a.right, b.top + b.bottom - a.top - a.bottom
    if abs(dx) > abs(dy):
        return "left" if dx > 0 else "right"
    return "above" if dy > 0 else "below"


def gap_share(a: Object, b: Object, facts: Facts) -> float:
    """Distance between the extents, as a share of the tile's longer side; 0 where they overlap."""
    dx = _gap(a.left, a.right, b.left, b.right)
    dy = _gap(a.top, a.bottom, b.top, b.bottom)
    distance: float = (dx * dx + dy * dy) ** 0.5
    return distance / (facts.width_px if facts.width_px > facts.height_px else facts.height_px)


def _gap(low: float, high: float, other_low: float, other_high: float) -> float:
    if low > other_high:
        return low - other_high
    return other_low - high if other_low > high else 0.0


def near(a: Object, b: Object, facts: Facts) -> bool | None:
    """Whether A is near B."""
    gap = gap_share(a, b, facts)
    return True if gap <= NEAR else False if gap >= FAR else None


def adjacent(a: Object, b: Object, facts: Facts) -> bool | None:
    """Whether A is right beside B."""
    gap = gap_share(a, b, facts)
    return True if gap <= ADJACENT else False if gap >= APART else None


def at(a: Object, b: Object, facts: Facts) -> bool | None:
    """Whether A is inside or at B."""
    wide = max(min(a.right, b.right) - max(a.left, b.left), 0.0)
    high = max(min(a.bottom, b.bottom) - max(a.top, b.top), 0.0)
    inside = 2 * wide * high >= (a.right - a.left) * (a.bottom - a.top)
    if inside and _contains(b.polygon, (a.left + a.right) / 2, (a.top + a.bottom) / 2):
        return True
    return False if gap_share(a, b, facts) > ADJACENT else None


def larger(a: Object, b: Object, facts: Facts) -> bool | None:  # noqa: ARG001 - all relations are asked alike
    """Whether A is larger than B."""
    area_a, area_b = area_px(a), area_px(b)
    if area_b < area_a < LARGER * area_b:
        return None
    diagonal_a, diagonal_b = math.hypot(*sides_px(a.polygon)), math.hypot(*sides_px(b.polygon))
    if area_a >= LARGER * area_b and diagonal_a >= LARGER**0.5 * diagonal_b:
        return True
    return False if area_a <= area_b and diagonal_a <= diagonal_b else None


def _contains(polygon: tuple[float, ...], x: float, y: float) -> bool:
    """Whether a convex polygon contains the point, its border included."""
    sides = [
        (polygon[(i + 2) % 8] - polygon[i]) * (y - polygon[i + 1]) - (polygon[(i + 3) % 8] - polygon[i + 1]) * (x - polygon[i])
        for i in range(0, 8, 2)
    ]
    return all(side >= 0 for side in sides) or all(side <= 0 for side in sides)
