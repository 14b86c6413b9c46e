"""Which tiles lie at one place, so that no split may part them: those of one scene, and those whose footprints overlap."""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely

LEAST_OVERLAP = 0.01  # of the smaller footprint: neighbours on one grid share a border, and rounding makes slivers of it
_CHUNK = 256  # footprints that are looked up at once


def places(scenes: Sequence[str], footprints: Sequence[str | None]) -> list[str]:
    """For each tile the name of its place: the first, in the order of names, of all scenes that belong together.

    Tiles belong together where they are of one scene, where their footprints (WGS84 polygons as WKT; None or what is no polygon
    overlaps nothing) have 1% of the smaller one in common, and where both lie with a third.
    """
    names = sorted(set(scenes))
    number = {name: at for at, name in enumerate(names)}
    place = list(range(len(names)))  # of each scene: another one, of a smaller number, or itself

    def root(at: int) -> int:
        while place[at] != at:
            place[at] = place[place[at]]
            at = place[at]
        return at

    for one, other in _overlapping(footprints):
        first, second = sorted((root(number[scenes[one]]), root(number[scenes[other]])))
        place[second] = first
    return [names[root(number[scene])] for scene in scenes]


def _overlapping(footprints: Sequence[str | None]) -> Iterator[tuple[int, int]]:
    """The pairs of tiles whose footprints overlap, by their numbers."""
    shapes = shapely.make_valid(shapely.from_wkt(np.array(footprints, dtype=object), on_invalid="ignore"))
    areas = shapely.area(shapes)
    there = np.flatnonzero(np.isfinite(areas) & (areas > 0))
    shapes, areas = shapes[there], areas[there]
    tree = shapely.STRtree(shapes)
    for start in range(0, len(shapes), _CHUNK):
        mine, theirs = tree.query(shapes[start : start + _CHUNK], predicate="intersects")
        mine += start
        mine, theirs = mine[mine < theirs], theirs[mine < theirs]
        common = shapely.area(shapely.intersection(shapes[mine], shapes[theirs]))
        large = common >= LEAST_OVERLAP * np.minimum(areas[mine], areas[theirs])
        yield from zip(there[mine[large]].tolist(), there[theirs[large]].tolist(), strict=True)
