"""The outline of a window as a WGS84 polygon, whole at the antimeridian and at the poles."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely

from sartext.sar import ellipsoid
from sartext.sar.ellipsoid import Doubles

SEGMENT_M = 10_000.0  # straight in degrees, such a piece leaves the true edge by 2 m at 45 degrees of latitude
_MAX_SEGMENTS = 64
_DECIMALS = 7  # of a degree: 1 cm

LonLat = Callable[[npt.ArrayLike, npt.ArrayLike], tuple[Doubles, Doubles]]  # of (rows, columns)


def footprint(lonlat: LonLat, row: float, column: float, height: float, width: float) -> str:
    """The outline of a window as WKT, longitude first, counter-clockwise.

    Its edges have a corner every 10 km or less, up to 64 a side. Where it crosses the antimeridian it is a MULTIPOLYGON cut
    there, as RFC 7946 (3.1.9) has it; around a pole it reaches up to the pole's latitude. Raises `ValueError` where the
    outline is not finite or crosses itself.
    """
    lon, lat = _ring(lonlat, row, column, height, width)
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
        raise ValueError("the outline crosses itself or has no area")
    parts = []
    for turn in strips:
        strip = shapely.box(360.0 * turn - 180.0, -90.0, 360.0 * turn + 180.0, 90.0)
        inside = shapely.transform(shapely.intersection(shape, strip), lambda xy, turn=turn: xy - [360.0 * turn, 0.0])
        parts += [part for part in shapely.get_parts(inside) if part.geom_type == "Polygon" and part.area > 0]
    whole = [shapely.geometry.polygon.orient(part) for part in parts]
    one = whole[0] if len(whole) == 1 else shapely.MultiPolygon(whole)
    text: str = shapely.to_wkt(one, rounding_precision=_DECIMALS)
    return text


def _ring(lonlat: LonLat, row: float, column: float, height: float, width: float) -> tuple[Doubles, Doubles]:
    """Positions around the window, from its top left corner along the top, with as many as its length needs."""
    rows, columns = np.array([row, row, row + height, row + height]), np.array([column, column + width, column + width, column])
    lon, lat = lonlat(rows, columns)
    if not (np.all(np.isfinite(lon)) and np.all(np.isfinite(lat))):
        raise ValueError("the outline is not finite")
    xyz = ellipsoid.geocentric(lon, lat, np.zeros(4))
    lengths = np.linalg.norm(np.roll(xyz, -1, axis=0) - xyz, axis=1)
    counts = np.clip(np.ceil(lengths / SEGMENT_M), 1, _MAX_SEGMENTS).astype(int)
    around = [np.linspace(0.0, 1.0, n, endpoint=False) for n in counts]
    at_rows = np.concatenate([r + (e - r) * s for r, e, s in zip(rows, np.roll(rows, -1), around, strict=True)])
    at_columns = np.concatenate([c + (e - c) * s for c, e, s in zip(columns, np.roll(columns, -1), around, strict=True)])
    return lonlat(at_rows, at_columns)
