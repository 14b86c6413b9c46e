"""The outline of a window as a WGS84 polygon, whole at the antimeridian and at the poles."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from sartext.sar import ellipsoid
from sartext.sar.ellipsoid import Doubles

SEGMENT_M = 10_000.0  # straight in degrees, such a piece leaves the true edge by 2 m at 45 degrees of latitude
_MAX_SEGMENTS = 64
_DECIMALS = 7  # of a degree: 1 cm
_FOLDED = "the outline crosses itself or has no area"

LonLat = Callable[[npt.ArrayLike, npt.ArrayLike], tuple[Doubles, Doubles]]  # of (rows, columns)
_Place = tuple[float, float, float, float]  # row, column, height and width of a window


def footprint(lonlat: LonLat, row: float, column: float, height: float, width: float) -> str:
    """The outline of a window as WKT, longitude first, counter-clockwise.

    Its edges have a corner every 10 km or less, up to 64 a side. Where it crosses the antimeridian it is a MULTIPOLYGON cut
    there, as RFC 7946 (3.1.9) has it; around a pole it reaches up to the pole's latitude. Raises `ValueError` where the
    outline is not finite or crosses itself, and as `lonlat` does.
    """
    found = _at_once(lonlat, [(row, column, height, width)])[0]
    if isinstance(found, ValueError):
        raise found
    return found


def footprints(lonlat: LonLat, windows: Sequence[_Place]) -> list[str | ValueError]:
    """The outlines of windows as `footprint` gives them, or what it raises: places are asked for all windows at once."""
    try:
        return _at_once(lonlat, windows)
    except ValueError:  # of `lonlat`, which does not say for which of them
        return [_alone(lonlat, window) for window in windows]


def _alone(lonlat: LonLat, window: _Place) -> str | ValueError:
    try:
        return footprint(lonlat, *window)
    except ValueError as error:
        return error


def _at_once(lonlat: LonLat, windows: Sequence[_Place]) -> list[str | ValueError]:
    """Raises `ValueError` as `lonlat` does."""
    counts, rows, columns, lon, lat = _corners(lonlat, windows)
    finite = np.isfinite(lon).all(axis=1) & np.isfinite(lat).all(axis=1)
    plain = finite & (counts == 1).all(axis=1) & (np.ptp(lon, axis=1) < 180.0)
    found: list[str | ValueError] = [ValueError("the outline is not finite")] * len(windows)
    rings = shapely.linearrings(np.stack([lon[plain], lat[plain]], axis=-1))
    shapes = shapely.polygons(np.where(shapely.is_ccw(rings), rings, shapely.reverse(rings)))
    good = shapely.is_valid(shapes) & (shapely.area(shapes) > 0)
    for number, text, whole in zip(np.flatnonzero(plain).tolist(), _wkt(shapes), good.tolist(), strict=True):
        found[number] = text if whole else ValueError(_FOLDED)
    for number in np.flatnonzero(finite & ~plain).tolist():
        try:
            found[number] = _of_ring(*_ring(lonlat, rows[number], columns[number], counts[number]))
        except ValueError as error:
            found[number] = error
    return found


def _corners(lonlat: LonLat, windows: Sequence[_Place]) -> tuple[npt.NDArray[np.intp], Doubles, Doubles, Doubles, Doubles]:
    """Of each window the pieces that its sides need, and row, column, longitude and latitude of its corners, from its top left
    one along the top; (windows, 4) each."""
    row, column, height, width = np.array(windows, np.float64).reshape(-1, 4).T
    rows = np.stack([row, row, row + height, row + height], axis=1)
    columns = np.stack([column, column + width, column + width, column], axis=1)
    lon, lat = lonlat(rows, columns)
    xyz = ellipsoid.geocentric(lon, lat, np.zeros_like(lon))
    lengths = np.linalg.norm(np.roll(xyz, -1, axis=1) - xyz, axis=-1)
    with np.errstate(invalid="ignore"):
        counts = np.nan_to_num(np.clip(np.ceil(lengths / SEGMENT_M), 1, _MAX_SEGMENTS), nan=1.0).astype(np.intp)
    return counts, rows, columns, lon, lat


def _ring(lonlat: LonLat, rows: Doubles, columns: Doubles, counts: npt.NDArray[np.intp]) -> tuple[Doubles, Doubles]:
    """Positions around a window, from its corners (4,) and the pieces of its sides."""
    around = [np.linspace(0.0, 1.0, n, endpoint=False) for n in counts]
    at_rows = np.concatenate([r + (e - r) * s for r, e, s in zip(rows, np.roll(rows, -1), around, strict=True)])
    at_columns = np.concatenate([c + (e - c) * s for c, e, s in zip(columns, np.roll(columns, -1), around, strict=True)])
    return lonlat(at_rows, at_columns)


def _of_ring(lon: Doubles, lat: Doubles) -> str:
    """The polygon in a ring that may cross the antimeridian, or go around a pole. Raises `ValueError`."""
    if not (np.all(np.isfinite(lon)) and np.all(np.isfinite(lat))):
        raise ValueError("the outline is not finite")
    turned = np.degrees(np.unwrap(np.radians(np.r_[lon, lon[0]])))
    around = round((turned[-1] - turned[0]) / 360.0)
    x, y, strips = turned[:-1], lat, range(int((turned.min() + 180.0) // 360.0), int((turned.max() + 180.0) // 360.0) + 1)
    if around:
        # The line never closes: three turns of it, closed at the pole, of which one strip is the whole.
        pole = 90.0 if lat.mean() > 0 else -90.0
        x = np.concatenate([x - 360.0 * around, x, x + 360.0 * around])
        x, y = np.r_[x, x[-1], x[0]], np.r_[lat, lat, lat, pole, pole]
        strips = range(strips.start, strips.start + 1) if around > 0 else range(strips.stop - 1, strips.stop)
    shape = shapely.Polygon(np.stack([x, y], axis=1))
    if not shape.is_valid or not shape.area > 0:
        raise ValueError(_FOLDED)
    parts = []
    for turn in strips:
        strip = shapely.box(360.0 * turn - 180.0, -90.0, 360.0 * turn + 180.0, 90.0)
        inside = shapely.transform(shapely.intersection(shape, strip), lambda xy, turn=turn: xy - [360.0 * turn, 0.0])
        parts += [part for part in shapely.get_parts(inside) if part.geom_type == "Polygon" and part.area > 0]
    whole = [shapely.geometry.polygon.orient(part) for part in parts]
    return _wkt([whole[0] if len(whole) == 1 else shapely.MultiPolygon(whole)])[0]


def _wkt(shapes: Sequence[shapely.Geometry] | npt.NDArray[np.object_]) -> list[str]:
    texts: list[str] = shapely.to_wkt(shapes, rounding_precision=_DECIMALS).tolist()
    return texts
