"""Where tiles lie: their footprints counted on the globe, and some of them kept to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sartext.report.dataset.counting import Lowest

CELL_DEG = 2
DRAWN = 1_500
_CORNERS = 64  # of a footprint that is drawn with more, only so many
_CHARACTERS = 20_000  # a longer one is counted and not drawn

Ring = tuple[tuple[float, float], ...]  # longitude, latitude in degrees; longitudes go on beyond 180 rather than jump


@dataclass(frozen=True)
class Footprint:
    """The outer rings of one tile's footprint."""

    rings: tuple[Ring, ...]

    @property
    def center(self) -> tuple[float, float]:
        """The middle of its extent: longitude from -180 to 180, latitude."""
        points = [point for ring in self.rings for point in ring]
        west, east = min(x for x, _ in points), max(x for x, _ in points)
        south, north = min(y for _, y in points), max(y for _, y in points)
        return wrapped((west + east) / 2), (south + north) / 2


class Footprints:
    """Footprints so far."""

    def __init__(self) -> None:
        self.total = 0
        self.unreadable = 0
        self.cells: npt.NDArray[np.int64] = np.zeros((180 // CELL_DEG, 360 // CELL_DEG), np.int64)  # from the north west
        self._drawn: Lowest[str] = Lowest(DRAWN)

    def add(self, polygons: Sequence[str], hashes: npt.NDArray[np.uint64]) -> None:
        """Takes in footprints as WKT, each with a hash that decides whether it is drawn."""
        import shapely  # 0.2 s, and most datasets have no footprint

        with np.errstate(all="ignore"):  # a number that is too large is infinite, and not on Earth
            shapes = shapely.from_wkt(polygons, on_invalid="ignore")
        usable = (shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes)
        points, owner = shapely.get_coordinates(shapes[usable], return_index=True)
        on_earth = np.isfinite(points).all(axis=1) & (np.abs(points) <= (360.0, 90.0)).all(axis=1)
        wrong = np.flatnonzero(usable)[np.unique(owner[~on_earth])]
        usable[wrong] = False
        self.total += int(usable.sum())
        self.unreadable += len(usable) - int(usable.sum())
        if not usable.any():
            return
        points, owner = shapely.get_coordinates(shapes[usable], return_index=True)
        starts = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
        for longitude, latitude in zip(*_centers(points, starts), strict=True):
            column = int((longitude + 180) // CELL_DEG) % self.cells.shape[1]
            self.cells[min(int((90 - latitude) // CELL_DEG), self.cells.shape[0] - 1), column] += 1
        bound = self._drawn.bound
        for at in np.flatnonzero(usable & (hashes < min(bound, 2**64 - 1))).tolist():
            if len(polygons[at]) <= _CHARACTERS:
                self._drawn.add(int(hashes[at]), polygons[at])

    def drawn(self) -> list[Footprint]:
        """The footprints to be drawn: all, or as many as a page can show, whichever tiles these are."""
        return [footprint(text) for text in self._drawn.items()]


def footprint(text: str) -> Footprint:
    """The outer rings of a WKT polygon or multipolygon, unwrapped."""
    import shapely

    rings = [shapely.get_coordinates(shapely.get_exterior_ring(part)) for part in shapely.get_parts(shapely.from_wkt(text))]
    over = np.ptp(np.concatenate(rings)[:, 0]) > 180
    return Footprint(tuple(_ring(points, over) for points in rings))


def _ring(points: npt.NDArray[np.float64], over: bool) -> Ring:
    """What spans more than half the globe goes over the antimeridian: its west is moved on by 360 degrees."""
    some = points[:: -(-len(points) // _CORNERS)]
    longitudes = np.where(over & (some[:, 0] < 0), some[:, 0] + 360, some[:, 0])
    return tuple(zip(longitudes.tolist(), some[:, 1].tolist(), strict=True))


def _centers(
    points: npt.NDArray[np.float64], starts: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The middle of the extents of shapes whose points begin at `starts`: longitudes and latitudes, (n,) each."""
    longitudes, latitudes = points[:, 0], points[:, 1]
    spans = np.maximum.reduceat(longitudes, starts) - np.minimum.reduceat(longitudes, starts)
    over = np.repeat(spans > 180, np.diff(np.append(starts, len(points))))
    longitudes = np.where(over & (longitudes < 0), longitudes + 360, longitudes)
    middle = (np.maximum.reduceat(longitudes, starts) + np.minimum.reduceat(longitudes, starts)) / 2
    return (middle + 180) % 360 - 180, (np.maximum.reduceat(latitudes, starts) + np.minimum.reduceat(latitudes, starts)) / 2


def wrapped(longitude: float) -> float:
    """The longitude from -180 to 180."""
    return (longitude + 180) % 360 - 180
