"""Things on the ground: what is annotated with a box. Lengths are pixels of the tile."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sartext.sources.archive.draws import Draws

CLASSES = ("ship", "aircraft", "car", "tank", "bridge", "harbor")


@dataclass(frozen=True)
class Thing:
    """One object, where it truly is; `shift_y` is where its motion puts its image."""

    label: str  # one of CLASSES
    x: float  # of the centre
    y: float
    angle: float  # radians from the x axis toward the y axis: the direction of its length, and of its motion
    length: float
    width: float
    height: float  # above ground, px
    style: int = 0  # varies the arrangement of its scatterers
    shift_y: float = 0.0
    speed_m_s: float = 0.0
    jetties: int = 0  # of a harbor
    depth: float = 0.0  # of a harbor: from its landward side to the quay's edge

    @property
    def reach(self) -> float:
        """The radius of a circle around it."""
        return math.hypot(self.length, self.width) / 2.0


def arrange(
    draws: Draws,
    count: int,
    size: Callable[[], tuple[float, float]],
    allowed: Callable[[float, float, float], bool],
    span: tuple[float, float],
    arrangement: str,
    angle: float | None,
) -> list[tuple[float, float, float, float, float]]:
    """Up to `count` places (x, y, angle, length, width) that do not touch.

    `arrangement` is "row" (side by side, all at `angle`), "cluster" or "scattered"; `allowed(x, y, reach)` says where
    one may be; `span` is the low and high end of both coordinates.
    """
    low, high = span
    if arrangement == "row":
        return _row(draws, count, size, allowed, span, draws.uniform(0.0, math.tau) if angle is None else angle)
    centre = (draws.uniform(low + 0.25 * (high - low), high - 0.25 * (high - low)) for _ in range(2))
    cx, cy = centre
    radius = (high - low) * (0.12 + 0.045 * math.sqrt(count))
    placed: list[tuple[float, float, float, float, float]] = []
    circles: list[tuple[float, float, float]] = []
    for _ in range(count * 14):
        if len(placed) == count:
            break
        length, width = size()
        if arrangement == "cluster":
            r, t = radius * math.sqrt(draws.uniform(0.0, 1.0)), draws.uniform(0.0, math.tau)
            x, y = cx + r * math.cos(t), cy + r * math.sin(t)
        else:
            x, y = draws.uniform(low, high), draws.uniform(low, high)
        turn = draws.uniform(0.0, math.tau) if angle is None else angle + draws.uniform(-0.15, 0.15)
        reach = math.hypot(length, width) / 2.0
        if not (low <= x <= high and low <= y <= high and allowed(x, y, reach)):
            continue
        for px, py, taken in circles:
            if (x - px) * (x - px) + (y - py) * (y - py) < (reach + taken) ** 2:
                break
        else:
            placed.append((x, y, turn, length, width))
            circles.append((x, y, reach + 1.5))
    return placed


def _row(
    draws: Draws,
    count: int,
    size: Callable[[], tuple[float, float]],
    allowed: Callable[[float, float, float], bool],
    span: tuple[float, float],
    angle: float,
) -> list[tuple[float, float, float, float, float]]:
    """Rows across `angle`, each thing beside the next; as many rows as it takes."""
    low, high = span
    length, width = size()
    gap = width * draws.uniform(1.5, 2.1) + 1.0
    lane = length * draws.uniform(1.3, 1.7) + 2.0
    across, along = (-math.sin(angle), math.cos(angle)), (math.cos(angle), math.sin(angle))
    rows = max(1, math.ceil(count * gap / (0.8 * (high - low))))
    per_row = math.ceil(count / rows)
    mid = (low + high) / 2.0
    free = max(0.0, (high - low) / 2.0 - rows * lane / 2.0 - length / 2.0)
    shift_u = draws.uniform(-free, free) * 0.7
    free = max(0.0, (high - low) / 2.0 - per_row * gap / 2.0)
    shift_v = draws.uniform(-free, free) * 0.7
    placed = []
    for number in range(count):
        row, seat = divmod(number, per_row)
        u = (row - (rows - 1) / 2.0) * lane + shift_u + draws.uniform(-0.04, 0.04) * length
        v = (seat - (per_row - 1) / 2.0) * gap + shift_v
        x, y = mid + u * along[0] + v * across[0], mid + u * along[1] + v * across[1]
        if low <= x <= high and low <= y <= high and allowed(x, y, length / 2.0):
            turn = angle + (math.pi if draws.chance(0.3) else 0.0) + draws.uniform(-0.03, 0.03)
            scale = draws.uniform(0.94, 1.04)
            placed.append((x, y, turn, length * scale, width * scale))
    return placed


def moved(things: Sequence[Thing], draws: Draws, labels: tuple[str, ...]) -> tuple[Thing, ...]:
    """The things on another day: of the movable ones some have left and the rest have shifted a little."""
    later = []
    for thing in things:
        if thing.label not in labels:
            later.append(thing)
        elif draws.chance(0.6):
            far = thing.length * draws.uniform(-0.6, 0.6) if thing.label == "ship" else 0.0
            x, y = thing.x + far * math.cos(thing.angle), thing.y + far * math.sin(thing.angle)
            later.append(replace(thing, x=x, y=y, style=thing.style + 1))
    return tuple(later)
