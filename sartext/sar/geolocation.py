"""Where a pixel lies: affine grids exactly, ground control points interpolated on their grid.

Positions are (row, column) of pixel edges, as everywhere in the record: the centre of the first pixel is (0.5, 0.5). Longitude
and latitude are WGS84 degrees. Control points are interpolated as geocentric coordinates, in which neither the antimeridian
nor a pole is a seam and a straight line over the ground stays one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from sartext.sar import ellipsoid
from sartext.sar.ellipsoid import Doubles
from sartext.tile import GRIDS

_SAME_PX = 1e-3  # control points of one row of the grid have the same row within this
_CHUNK = 2**14
_POLE_DEG = 1e-6  # by which rounding may put the edge of a grid beyond a pole


class Geolocation(Protocol):
    """What says where a pixel lies. Its `kind` is one of `tile.GRIDS`."""

    @property
    def kind(self) -> str: ...

    @property
    def accuracy_m(self) -> float | None:
        """Circular error that holds for 90% of places, of the interpolation alone; None is unknown."""
        ...

    def lonlat(self, rows: npt.ArrayLike, columns: npt.ArrayLike) -> tuple[Doubles, Doubles]:
        """Longitude in [-180, 180) and latitude of positions, in the shape to which rows and columns broadcast."""
        ...


@dataclass(frozen=True, kw_only=True)
class AffineGrid:
    """A map grid: (x, y)_crs = (a col + b row + c, d col + e row + f), exact but for the map's own accuracy.

    Raises `ValueError` where the coefficients are not 6 finite numbers that can be inverted.
    """

    transform: tuple[float, ...]
    crs: str  # anything that PROJ reads; "EPSG:32631"

    def __post_init__(self) -> None:
        if len(self.transform) != 6 or not all(map(math.isfinite, self.transform)):
            raise ValueError(f"the transform {self.transform} is not 6 finite coefficients")
        a, b, _, d, e, _ = self.transform
        if a * e == b * d:
            raise ValueError(f"the transform {self.transform} maps the image to a line")

    @property
    def kind(self) -> str:
        return "map"

    @property
    def accuracy_m(self) -> float | None:
        return None

    def xy(self, rows: npt.ArrayLike, columns: npt.ArrayLike) -> tuple[Doubles, Doubles]:
        """The map coordinates of positions, in the CRS's units."""
        a, b, c, d, e, f = self.transform
        row, column = np.asarray(rows, np.float64), np.asarray(columns, np.float64)
        return a * column + b * row + c, d * column + e * row + f

    def lonlat(self, rows: npt.ArrayLike, columns: npt.ArrayLike) -> tuple[Doubles, Doubles]:
        """As the protocol says. Raises `ValueError` where one of the positions is none on Earth."""
        from rasterio.warp import transform  # here, for it takes 0.3 s and 40 MB

        x, y = np.broadcast_arrays(*self.xy(rows, columns))
        # PROJ takes latitudes beyond a pole for places on its other side.
        if y.size and _is_geographic(self.crs) and not np.abs(y).max() <= 90 + _POLE_DEG:
            raise ValueError(f"latitudes of {y.min():g} to {y.max():g} deg; they are from -90 to 90")
        try:
            lon, lat = transform(self.crs, "EPSG:4326", x.ravel(), y.ravel())
        except Exception as error:  # of classes that rasterio does not export
            raise ValueError(f"{self.crs[:40]} to WGS84: {error}") from error
        return wrap(np.reshape(lon, x.shape)), np.reshape(np.asarray(lat, np.float64), x.shape)

    def cut(self, row: float, column: float) -> "AffineGrid":
        """The grid of the window whose top left corner is at (row, column)."""
        a, b, c, d, e, f = self.transform
        x, y = a * column + b * row + c, d * column + e * row + f
        return AffineGrid(transform=(a, b, x, d, e, y), crs=self.crs)


@dataclass(frozen=True, kw_only=True, eq=False)
class ControlGrid:
    """Ground control points at every crossing of `rows` and `columns`; made by `control_grid`."""

    rows: Doubles  # (R,) increasing
    columns: Doubles  # (C,) increasing
    xyz_m: Doubles  # (R, C, 3) geocentric
    kind: str  # "ground_range" or "slant_range"
    orders: tuple[int, int]  # of the polynomials along rows' axis (y) and columns' (x): 1 is linear, 3 cubic
    accuracy_m: float | None = None

    def lonlat(self, rows: npt.ArrayLike, columns: npt.ArrayLike) -> tuple[Doubles, Doubles]:
        """As the protocol says. Raises `ValueError` farther outside the grid than its outermost cell is wide."""
        row, column = np.broadcast_arrays(np.asarray(rows, np.float64), np.asarray(columns, np.float64))
        lon, lat = np.empty(row.shape), np.empty(row.shape)
        for start in range(0, row.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            xyz = interpolate(self.rows, self.columns, self.xyz_m, row.ravel()[part], column.ravel()[part], self.orders)
            lon.reshape(-1)[part], lat.reshape(-1)[part], _ = ellipsoid.geodetic(xyz)
        return wrap(lon), lat


def control_grid(
    rows: Sequence[float] | Doubles,
    columns: Sequence[float] | Doubles,
    longitudes: Sequence[float] | Doubles,
    latitudes: Sequence[float] | Doubles,
    heights_m: Sequence[float] | Doubles | None = None,
    *,
    kind: str,
) -> ControlGrid:
    """The grid of ground control points given one by one, in any order; `kind` as in `ControlGrid`.

    `rows` and `columns` are of pixel edges, as GDAL has them: positions that count pixel centres from 0, as the annotation of
    Sentinel-1 does, need 0.5 added.
    Along each axis the polynomial is linear or cubic, whichever finds left out points better: heights that change from row to
    row, as Sentinel-1 GRD has them, are followed better by straight lines. The accuracy is the error of the points that
    are left out along both axes, so at twice the spacing: more than that of the whole grid where the ground is flat, and of the
    size that heights between the points cause in hills. Raises `ValueError` where the points are not finite, not at
    least 2 x 2, or not one at every crossing, and for a kind that is none of GRIDS.
    """
    if kind not in GRIDS:
        raise ValueError(f"kind is {kind!r}; it is one of {', '.join(GRIDS)}")
    row, column, lon, lat = (np.asarray(values, np.float64) for values in (rows, columns, longitudes, latitudes))
    height = np.zeros_like(row) if heights_m is None else np.asarray(heights_m, np.float64)
    points = np.stack([row, column, lon, lat, height])
    if not row.size or not np.all(np.isfinite(points)) or np.any(np.abs(lat) > 90):
        raise ValueError("there is no control point, or one is not finite or has a latitude beyond 90 deg")
    at_rows, down = _levels(row)
    at_columns, right = _levels(column)
    shape = len(at_rows), len(at_columns)
    flat = down * shape[1] + right
    if min(shape) < 2 or len(row) != shape[0] * shape[1] or len(np.unique(flat)) != len(flat):
        raise ValueError(f"{len(row)} control points do not fill a grid of {shape[0]} rows and {shape[1]} columns")
    in_order = np.argsort(flat)
    xyz: Doubles = ellipsoid.geocentric(lon, lat, height)[in_order].reshape(*shape, 3)
    by_axis = []
    for axis in (0, 1):
        error = {order: held_out_errors_m(at_rows, at_columns, xyz, (order, order), axes=(axis,)) for order in (1, 3)}
        by_axis.append(min(error, key=lambda one: _circular_m(error[one]) or 0.0))
    orders = by_axis[0], by_axis[1]
    errors = held_out_errors_m(at_rows, at_columns, xyz, orders)
    return ControlGrid(rows=at_rows, columns=at_columns, xyz_m=xyz, kind=kind, orders=orders, accuracy_m=_circular_m(errors))


def held_out_errors_m(
    rows: Doubles, columns: Doubles, xyz_m: Doubles, orders: tuple[int, int], *, axes: Sequence[int] = (0, 1)
) -> Doubles:
    """How far over the ground points (R, C, 3) lie from where the others put them, (points that are left out,).

    Every other row (axis 0) and column (axis 1) is left out, never the outermost; empty where there are none between them.
    """
    keep = [_every_other(len(part)) if axis in axes else np.arange(len(part)) for axis, part in enumerate((rows, columns))]
    out = np.ones((len(rows), len(columns)), dtype=bool)
    out[np.ix_(*keep)] = False
    at = np.nonzero(out)
    kept_rows, kept_columns = rows[keep[0]], columns[keep[1]]
    found = interpolate(kept_rows, kept_columns, xyz_m[np.ix_(*keep)], rows[at[0]], columns[at[1]], orders)
    return ellipsoid.over_ground_m(xyz_m[at], found)


def interpolate(
    rows: Doubles, columns: Doubles, values: Doubles, row: Doubles, column: Doubles, orders: tuple[int, int]
) -> Doubles:
    """Values (R, C, n) on a grid at positions (points,), by the Lagrange polynomial of each axis's order through the nearest
    ones, (points, n). Raises `ValueError` as `ControlGrid.lonlat`."""
    down, share_down = _weights(rows, row, orders[0], "row")
    right, share_right = _weights(columns, column, orders[1], "column")
    result: Doubles = np.einsum("pi,pj,pijn->pn", share_down, share_right, values[down[:, :, None], right[:, None, :]])
    return result


def ground_spacing_m(geolocation: Geolocation, row: float, column: float, height: float, width: float) -> tuple[float, float]:
    """Ground sample distance along y and x: the means over the middle column and the middle row of a window.

    Raises `ValueError` where the window lies nowhere on Earth.
    """
    down, across, _ = _axes_m(geolocation, row, column, height, width)
    found = float(np.linalg.norm(down)) / height, float(np.linalg.norm(across)) / width
    if not (0 < found[0] < math.inf and 0 < found[1] < math.inf):
        raise ValueError(f"its pixels are {found[0]:g} x {found[1]:g} m")
    return found


def apart_m(one: Geolocation, other: Geolocation, height: float, width: float) -> float:
    """How far two geolocations put the same pixel apart, in metres through the Earth: the most of the corners and the middle of
    an image. Raises `ValueError` where one of them is none on Earth."""
    rows, columns = [0, 0, height, height, height / 2], [0, width, 0, width, width / 2]
    first, second = (ellipsoid.geocentric(*at.lonlat(rows, columns), np.zeros(5)) for at in (one, other))
    return float(np.linalg.norm(first - second, axis=1).max())


def is_mirrored(geolocation: Geolocation, row: float, column: float, height: float, width: float) -> bool:
    """Whether the image is a mirror of the map, as a GRD of a descending pass that looks right is: no rotation of it has north
    up and east to the right.

    On a map seen from above one turns clockwise from x (right) to y (down); the sign of the determinant says so.
    """
    down, across, (lon, lat) = _axes_m(geolocation, row, column, height, width)
    east, north = ellipsoid.east_north(lon, lat)
    return float((across @ east) * (down @ north) - (down @ east) * (across @ north)) > 0


def _axes_m(
    geolocation: Geolocation, row: float, column: float, height: float, width: float
) -> tuple[Doubles, Doubles, tuple[float, float]]:
    """The middle column and the middle row of a window as geocentric vectors, and longitude and latitude of its middle."""
    middle_row, middle_column = row + height / 2, column + width / 2
    lon, lat = geolocation.lonlat(
        [row, row + height, middle_row, middle_row, middle_row],
        [middle_column, middle_column, column, column + width, middle_column],
    )
    top, bottom, left, right, _ = ellipsoid.geocentric(lon, lat, np.zeros(5))
    return bottom - top, right - left, (float(lon[4]), float(lat[4]))


@lru_cache(maxsize=64)
def _is_geographic(crs: str) -> bool:
    """Whether coordinates are longitude and latitude. What PROJ does not read is said where it is transformed."""
    from rasterio.crs import CRS

    try:
        return bool(CRS.from_user_input(crs).is_geographic)
    except Exception:  # of classes that rasterio does not export
        return False


def wrap(longitude: npt.ArrayLike) -> Doubles:
    """Longitudes in [-180, 180); what lies there stays to the last bit, and what is not finite becomes NaN."""
    lon = np.asarray(longitude, np.float64)
    with np.errstate(invalid="ignore"):
        return np.where((lon >= -180.0) & (lon < 180.0), lon, (lon + 180.0) % 360.0 - 180.0)


def _circular_m(errors: Doubles) -> float | None:
    """The error that holds for 90% of the points (CE90); None without any."""
    return float(np.percentile(errors, 90)) if errors.size else None


def _every_other(count: int) -> npt.NDArray[np.intp]:
    return np.unique(np.r_[np.arange(0, count, 2), count - 1])


def _levels(values: Doubles) -> tuple[Doubles, npt.NDArray[np.intp]]:
    """The distinct values, those within _SAME_PX being one, and which of them each is."""
    order = np.argsort(values, kind="stable")
    first = np.r_[True, np.diff(values[order]) > _SAME_PX]
    levels = np.empty(len(values), dtype=np.intp)
    levels[order] = np.cumsum(first) - 1
    return values[order][first], levels


def _weights(positions: Doubles, at: Doubles, order: int, what: str) -> tuple[npt.NDArray[np.intp], Doubles]:
    """The `order` + 1 nearest positions to each place, fewer where there are not as many, and their Lagrange weights."""
    low, high = 2 * positions[0] - positions[1], 2 * positions[-1] - positions[-2]
    if at.size and not (at.min() >= low and at.max() <= high):
        raise ValueError(
            f"{what} {at.min():g} to {at.max():g} is outside the control points, {positions[0]:g} to {positions[-1]:g}"
        )
    count = min(order + 1, len(positions))
    cell = np.clip(np.searchsorted(positions, at, side="right") - 1, 0, len(positions) - 2)
    first = np.clip(cell - (count // 2 - 1), 0, len(positions) - count)
    near = first[:, None] + np.arange(count)
    weights = np.ones((len(at), count))
    for k in range(count):
        for other in range(count):
            if other != k:
                weights[:, k] *= (at - positions[near[:, other]]) / (positions[near[:, k]] - positions[near[:, other]])
    return near, weights
