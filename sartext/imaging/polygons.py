"""Footprints that overlap.

A footprint is a WGS84 polygon as WKT. Areas are compared as shares, in degrees scaled by the cosine of the latitude, so that
they need no projection: two footprints that overlap are at one latitude.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

OVERLAP = 0.01  # least share of the smaller footprint: neighbours on one grid share a border, and rounding makes slivers of it
_CHUNK = 256  # footprints that are looked up at once


@dataclass(frozen=True)
class Overlap:
    """Two footprints, by their numbers, and the area that both cover as a share of the smaller one."""

    asked: int
    known: int
    share: float


def footprints(texts: Sequence[str | None]) -> NDArray[np.object_]:
    """The footprints as valid polygons; None where there is none or the text is no polygon."""
    with np.errstate(invalid="ignore"):  # a text with NaN or infinity in it
        shapes = shapely.from_wkt(np.array([text or None for text in texts], dtype=object), on_invalid="ignore")
    corners, of = shapely.get_coordinates(shapes, return_index=True)
    shapes[of[~np.isfinite(corners).all(axis=1)]] = None
    shapes = shapely.make_valid(shapes)
    shapes[~(shapely.area(shapes) > 0)] = None
    polygons: NDArray[np.object_] = shapes
    return polygons


def overlaps(asked: NDArray[np.object_], known: NDArray[np.object_] | None = None) -> Iterator[Overlap]:
    """The pairs of footprints that overlap by at least `OVERLAP`, in the order of the first, then the second; without `known`
    those among `asked`, each once."""
    among = known is None
    known = asked if known is None else known
    tree = shapely.STRtree(known)
    areas = shapely.area(known)
    for start in range(0, len(asked), _CHUNK):
        some = asked[start : start + _CHUNK]
        mine, theirs = tree.query(some, predicate="intersects")
        if among:
            mine, theirs = mine[once := mine + start < theirs], theirs[once]
        order = np.lexsort((theirs, mine))
        mine, theirs = mine[order], theirs[order]
        smaller = np.minimum(shapely.area(some)[mine], areas[theirs])
        shares = shapely.area(shapely.intersection(some[mine], known[theirs])) / smaller
        for one, other, share in zip(mine.tolist(), theirs.tolist(), shares.tolist(), strict=True):
            if share >= OVERLAP:
                yield Overlap(start + one, other, min(share, 1.0))
