"""Which tiles lie at one place, so that no split may part them: those of one scene, and those whose footprints overlap."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from sartext.imaging.polygons import footprints, overlaps


def places(scenes: Sequence[str], outlines: Sequence[str | None], together: Iterable[tuple[int, int]] = ()) -> list[str]:
    """For each tile the name of its place: the first, in the order of names, of all scenes that belong together.

    Tiles belong together where they are of one scene, where their footprints (WGS84 polygons as WKT; None or what is no polygon
    overlaps nothing) have 1% of the smaller one in common, where `together` has both, by their numbers, and where both lie with
    a third.
    """
    names = sorted(set(scenes))
    number = {name: at for at, name in enumerate(names)}
    place = list(range(len(names)))  # of each scene: another one, of a smaller number, or itself

    def root(at: int) -> int:
        while place[at] != at:
            place[at] = place[place[at]]
            at = place[at]
        return at

    for one, other in chain(_overlapping(outlines), together):
        first, second = sorted((root(number[scenes[one]]), root(number[scenes[other]])))
        place[second] = first
    return [names[root(number[scene])] for scene in scenes]


def _overlapping(texts: Sequence[str | None]) -> Iterator[tuple[int, int]]:
    """The pairs of tiles whose footprints overlap, by their numbers."""
    shapes = footprints(texts)
    there = np.flatnonzero(shapes != np.array(None))
    for one in overlaps(shapes[there]):
        yield int(there[one.asked]), int(there[one.known])
