"""How three or more objects of one class lie: in a line, in a cluster, or scattered; from their centres, in pixels.

Line: the root of the ratio of the variances along the two principal axes of the centres is at most 0.10, and no gap between
neighbours along the line is above three times the median gap; false where the ratio is 0.30 or more.
Cluster: the nearest-neighbour index of Clark and Evans (Ecology 35(4), 1954), mean distance to the nearest neighbour over its
expectation 0.5 sqrt(area / n) for points strewn at random over the tile, is at most 0.6, and all centres lie within a third of
the tile's side on both axes; false where the index is at least 1 or the centres reach over more than 0.6 of a side.
Scattered: the index is at least 0.8, and the centres reach over at least half of both sides; or objects are in seven of the
nine cells of the tile or more. False where the centres reach over less than a third of both sides.
"""

import math
from itertools import pairwise
from operator import mul
from statistics import median

from sartext.narrate.facts.shapes import DIAGONAL_DEG
from sartext.narrate.facts.tile_facts import Facts, Object

FEWEST = 3
LINE, NO_LINE = 0.10, 0.30
WIDEST_GAP = 3  # in medians of the gaps
CLUSTERED, RANDOM, STREWN = 0.6, 1.0, 0.8
CLUSTER_REACH, NO_CLUSTER_REACH, STREWN_REACH, NARROW_REACH = 1 / 3, 0.6, 0.5, 1 / 3
CELLS_ALL_OVER = 7  # of nine
MOST = 200  # more objects than this are not compared, each with each


def word_of(things: tuple[Object, ...], facts: Facts) -> str | None:
    """ "line", "cluster" or "scattered": the first of them that is true of the objects; as the three functions below say, but
    quicker where none is, because the centres are found once and distances are compared only where they could decide."""
    if len(things) < FEWEST:
        return None
    points = _centres(things)
    if _axis_ratio(points) <= LINE and _evenly_spaced(points):
        return "line"
    if len(things) > MOST:
        return None
    reach_x, reach_y = _reach(points, facts)
    if reach_x <= CLUSTER_REACH and reach_y <= CLUSTER_REACH:
        return "cluster" if nearest_neighbour_index(points, facts) <= CLUSTERED else None
    if reach_x >= STREWN_REACH and reach_y >= STREWN_REACH:
        return "scattered" if all_over(things) or nearest_neighbour_index(points, facts) >= STREWN else None
    return None


def line(things: tuple[Object, ...], facts: Facts) -> bool | None:  # noqa: ARG001 - all arrangements are asked alike
    """Whether the objects lie along one line."""
    if len(things) < FEWEST:
        return None
    points = _centres(things)
    ratio = _axis_ratio(points)
    if ratio <= LINE:
        return True if _evenly_spaced(points) else None
    return False if ratio >= NO_LINE else None


def cluster(things: tuple[Object, ...], facts: Facts) -> bool | None:
    """Whether the objects lie close together in one group."""
    if not FEWEST <= len(things) <= MOST:
        return None
    points = _centres(things)
    widest = max(_reach(points, facts))
    if widest > NO_CLUSTER_REACH:
        return False
    index = nearest_neighbour_index(points, facts)
    if index <= CLUSTERED and widest <= CLUSTER_REACH:
        return True
    return False if index >= RANDOM else None


def scattered(things: tuple[Object, ...], facts: Facts) -> bool | None:
    """Whether the objects are strewn over the tile."""
    if not FEWEST <= len(things) <= MOST:
        return None
    points = _centres(things)
    reach = _reach(points, facts)
    if min(reach) >= STREWN_REACH:
        return True if all_over(things) or nearest_neighbour_index(points, facts) >= STREWN else None
    return False if max(reach) < NARROW_REACH else None


def all_over(things: tuple[Object, ...]) -> bool:
    """Whether the objects are in most cells of the tile, in whatever order they stand there."""
    return len({thing.home for thing in things if thing.home >= 0}) >= CELLS_ALL_OVER


def line_slope(things: tuple[Object, ...]) -> str | None:
    """Of objects in a line whether it is "falling" from the upper left to the lower right or "rising" from the lower left to
    the upper right; None where it is not diagonal, as `shapes` says it of one object."""
    xx, yy, xy = _variances(_centres(things))
    angle_deg = math.degrees(math.atan2(2 * xy, xx - yy)) / 2
    if not DIAGONAL_DEG[0] <= abs(angle_deg) <= DIAGONAL_DEG[1]:
        return None
    return "falling" if angle_deg > 0 else "rising"


def nearest_neighbour_index(points: list[tuple[float, float]], facts: Facts) -> float:
    """Mean distance to the nearest neighbour over its expectation at random, without correction for the border."""
    nearest = [math.inf] * len(points)  # squares of the distances
    for at, (x, y) in enumerate(points):
        least = nearest[at]
        for other in range(at + 1, len(points)):
            u, v = points[other]
            square = (dx := x - u) * dx + (dy := y - v) * dy
            if square < least:
                least = square
            if square < nearest[other]:
                nearest[other] = square
        nearest[at] = least
    total: float = sum([square**0.5 for square in nearest])
    expected: float = 0.5 * (facts.width_px * facts.height_px / len(points)) ** 0.5
    return total / len(points) / expected


def _centres(things: tuple[Object, ...]) -> list[tuple[float, float]]:
    return [((thing.left + thing.right) / 2, (thing.top + thing.bottom) / 2) for thing in things]


def _reach(points: list[tuple[float, float]], facts: Facts) -> tuple[float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (max(xs) - min(xs)) / facts.width_px, (max(ys) - min(ys)) / facts.height_px


def _evenly_spaced(points: list[tuple[float, float]]) -> bool:
    """Whether no gap between neighbours of some points in a line is above three times the median gap."""
    xs, ys = zip(*points, strict=True)
    along = sorted(xs) if max(xs) - min(xs) >= max(ys) - min(ys) else sorted(ys)
    gaps = [high - low for low, high in pairwise(along)]
    return bool(max(gaps) <= WIDEST_GAP * median(gaps))


def _axis_ratio(points: list[tuple[float, float]]) -> float:
    """Standard deviation along the minor principal axis over that along the major one; 1 for coinciding points."""
    xx, yy, xy = _variances(points)
    middle, spread = (xx + yy) / 2, (((xx - yy) / 2) ** 2 + xy**2) ** 0.5
    if middle + spread == 0:
        return 1.0
    return float((max(middle - spread, 0.0) / (middle + spread)) ** 0.5)


def _variances(points: list[tuple[float, float]]) -> tuple[float, float, float]:
    """The variances along x and y, and the covariance."""
    n = len(points)
    xs, ys = zip(*points, strict=True)
    mean_x, mean_y = sum(xs) / n, sum(ys) / n
    off_x, off_y = [x - mean_x for x in xs], [y - mean_y for y in ys]
    return sum(map(mul, off_x, off_x)) / n, sum(map(mul, off_y, off_y)) / n, sum(map(mul, off_x, off_y)) / n
