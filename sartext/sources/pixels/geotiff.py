"""Where a GeoTIFF's pixels lie, and an image moved from one such grid to another."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sartext.errors import StoreError, TileRejected
from sartext.sar.geolocation import AffineGrid
from sartext.sar.outline import footprint
from sartext.sources.filesystem import is_file, is_remote, opened_for_gdal
from sartext.tile import Geo

# rasterio is imported where it is used: it takes 0.3 s and 40 MB, and images that are no GeoTIFF do without.

_Bytes = npt.NDArray[np.uint8]
_Floats = npt.NDArray[np.float64]
MOST_COARSER = 2.0  # from here on a target pixel is the mean of the source's, below it is interpolated
_TIME_TAGS = ("ACQUISITIONDATETIME", "ACQUISITION_DATETIME", "ACQUISITION_TIME", "ACQUISITION_DATE", "SENSING_TIME")


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The grid of a georeferenced raster: where its pixels lie on the map."""

    crs: str  # as WKT
    transform: tuple[float, ...]  # 6 affine coefficients, (x, y)_crs = (a col + b row + c, d col + e row + f)
    width_px: int
    height_px: int


@dataclass(frozen=True, kw_only=True)
class Tagged:
    """What a TIFF says beside its pixels; unknown is None."""

    grid: Grid | None = None
    nodata: float | None = None
    acquired: str | None = None


def tagged(path: str) -> Tagged:
    """What the TIFF at `path` says. One that GDAL cannot open, or that has no affine grid on the map, has no grid."""
    import rasterio

    if not is_remote(path) and not is_file(path):  # a named pipe would be waited on for ever
        return Tagged()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that there is no georeference, which is said by None
            with opened_for_gdal(path) as file, rasterio.open(file, driver="GTiff") as dataset:
                tags = {**dataset.tags(), **dataset.tags(ns="IMAGERY")}
                return Tagged(
                    grid=_grid(dataset),
                    nodata=dataset.nodata,
                    acquired=next((tags[name] for name in _TIME_TAGS if tags.get(name)), None),
                )
    except StoreError:
        raise
    except Exception:  # GDAL's errors are of no one class; the file's pixels are proven elsewhere
        return Tagged()


def _grid(dataset: Any) -> Grid | None:
    crs = dataset.crs.to_wkt() if dataset.crs is not None else ""
    if not crs or dataset.transform.is_identity or dataset.transform.is_degenerate:
        return None
    return Grid(
        crs=crs,
        transform=tuple(float(value) for value in dataset.transform[:6]),
        width_px=dataset.width,
        height_px=dataset.height,
    )


def geo_of(grid: Grid) -> Geo:
    """The grid as a tile records it: without a code or a footprint where its system has none."""
    from rasterio.crs import CRS

    try:
        authority = CRS.from_wkt(grid.crs).to_authority()
    except Exception:  # GDAL's errors are of no one class
        authority = None
    return Geo(
        grid="map",
        crs=":".join(authority) if authority else None,
        transform=grid.transform,
        footprint=_footprint(grid),
    )


def warp(image: _Bytes, valid: npt.NDArray[np.bool_], source: Grid, target: Grid) -> tuple[_Bytes, npt.NDArray[np.bool_]]:
    """The image (rows, columns, channels) on the target's grid, and which of its pixels `valid` ones of the source cover.

    Bilinear; the mean of the pixels where the source's are less than half as large. Raises `TileRejected` as `twin_not_warped`
    where the two grids have no transformation.
    """
    from rasterio.warp import Resampling, calculate_default_transform, reproject

    shape = (target.height_px, target.width_px)
    grids: dict[str, Any] = {
        "src_transform": _affine(source),
        "src_crs": source.crs,
        "dst_transform": _affine(target),
        "dst_crs": target.crs,
    }
    moved = np.zeros((image.shape[2], *shape), dtype=np.uint8)
    covered = np.zeros(shape, dtype=np.uint8)
    try:
        columns, rows = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]).T
        xs, ys = _on_map(target, columns * target.width_px, rows * target.height_px)
        fitting, _, _ = calculate_default_transform(
            target.crs, source.crs, target.width_px, target.height_px, xs.min(), ys.min(), xs.max(), ys.max()
        )
        coarser = abs(fitting.determinant / _affine(source).determinant) ** 0.5
        resampling = Resampling.average if coarser > MOST_COARSER else Resampling.bilinear
        reproject(np.moveaxis(image, 2, 0), moved, resampling=resampling, **grids)
        reproject(valid.astype(np.uint8), covered, resampling=Resampling.nearest, **grids)
    except Exception as error:  # GDAL's errors are of no one class
        raise TileRejected("twin_not_warped", f"to the SAR image's grid: {error}") from error
    return np.ascontiguousarray(np.moveaxis(moved, 0, 2)), covered > 0


def _affine(grid: Grid) -> Any:
    from rasterio.transform import Affine

    return Affine(*grid.transform)


def _on_map(grid: Grid, columns: _Floats, rows: _Floats) -> tuple[_Floats, _Floats]:
    a, b, c, d, e, f = grid.transform
    return a * columns + b * rows + c, d * columns + e * rows + f


def _footprint(grid: Grid) -> str | None:
    """The outline in WGS84 as WKT; None where the grid lies nowhere on Earth."""
    try:
        located = AffineGrid(transform=grid.transform, crs=grid.crs)
        return footprint(located.lonlat, 0, 0, grid.height_px, grid.width_px)
    except ValueError:
        return None
