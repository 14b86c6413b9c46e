"""One raster file through GDAL: windows of one band, and where the grid lies."""

import math
import re
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.env import hasenv
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from sartext.errors import SourceError, TileRejected
from sartext.sar.geolocation import AffineGrid, ControlGrid, apart_m, control_grid, ground_spacing_m
from sartext.sources.filesystem import is_file, is_remote
from sartext.sources.readers.remote import RemoteFiles
from sartext.sources.readers.sidecar import MASK, check_sidecars

_OPTIONS = {
    # In MB. GDAL would hold 5% of the machine's memory in blocks; a row of windows over the widest scenes needs less.
    "GDAL_CACHEMAX": 96,
    # Files beside the one are asked for by their names; a folder of thousands is not listed for each of them.
    "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
}
MAX_PIXELS = 2**36
_HUGE = 1e30  # no measurement, but what programs fill with
_SAME = 1e-6  # share by which coefficients of one grid differ where two programs wrote them
_POLARISATION = re.compile(r"(?<![A-Za-z0-9])(VV|VH|HH|HV)(?![A-Za-z0-9])", re.IGNORECASE)


class Raster:
    """An open file of one or more bands, with what GDAL reads beside it: a mask (.msk), and what .aux.xml says.

    Raises `SourceError` where GDAL cannot open it or it is no image, and where GDAL would pass over a file beside it.
    """

    def __init__(self, path: str, shown: str) -> None:
        self.shown = shown
        check_sidecars(path, shown)
        self._remote = RemoteFiles(path) if is_remote(path) else None
        if not hasenv():  # entered once a thread and never left: entering takes longer than a small read
            rasterio.Env(**_OPTIONS).__enter__()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NotGeoreferencedWarning)
                self.dataset = self._opened(path)
        except (RasterioError, ValueError) as error:
            raise SourceError(f"no GeoTIFF that is read, {str(error)[:160]}", file=shown) from error
        if not 0 < self.dataset.width * self.dataset.height <= MAX_PIXELS:
            self.close()
            raise SourceError(f"{self.dataset.width} x {self.dataset.height} px; at most {MAX_PIXELS} in all", file=shown)
        if is_file(path + MASK) and not self._mask_fits(path + MASK):
            self.close()
            fact = "no mask that GDAL reads, of the file's size and with INTERNAL_MASK_FLAGS"
            raise SourceError(fact, file=shown + MASK, remedy="mend it, or take it away")

    def _opened(self, path: str) -> Any:
        return rasterio.open(path, driver="GTiff") if self._remote is None else self._remote.dataset(path)

    def read(self, band: int, row: int, column: int, height: int, width: int) -> npt.NDArray[Any]:
        """A window of a band as it is in the file. Raises `TileRejected` where it cannot be decoded, or the file has less."""
        return self._window(self.dataset.read, band, row, column, height, width)

    def nodata(self, band: int) -> float | None:
        """The number that stands for no measurement in a band."""
        stated = self.dataset.nodatavals[band - 1]
        return None if stated is None else float(stated)

    def _masked(self, band: int) -> bool:
        """Whether a band has a mask, in the file or beside it, of its own or of all bands."""
        flags = self.dataset.mask_flag_enums[band - 1]
        return MaskFlags.per_dataset in flags or not flags

    def _mask_fits(self, path: str) -> bool:
        """Whether GDAL takes the file beside this one for its mask; one of another size it would read at wrong places."""
        try:
            with warnings.catch_warnings(action="ignore"), self._opened(path) as mask:
                same: bool = mask.shape == self.dataset.shape
        except (RasterioError, ValueError):
            return False
        return same and any(map(self._masked, range(1, self.dataset.count + 1)))

    def _nearly(self, band: int) -> bool:
        """Whether a band's nodata may have been rounded as text, such as -3.40282e+38: GDAL takes what is near for it."""
        nodata = self.nodata(band)
        if nodata is None or not math.isfinite(nodata) or not self.dataset.dtypes[band - 1].startswith("float"):
            return False
        return abs(nodata) >= _HUGE or float(np.float32(nodata)) != nodata

    def valid(self, band: int, row: int, column: int, height: int, width: int) -> npt.NDArray[np.bool_] | None:
        """Which pixels of a window GDAL has for measured: by the mask in or beside the file, its alpha band, or a nodata that
        is no number of the pixels' own; None where all are, but for those that are `nodata`. Raises as `read`.
        """
        there: npt.NDArray[np.bool_] | None = None
        if self._masked(band) or self._nearly(band):
            there = self._window(self.dataset.read_masks, band, row, column, height, width) > 0
        if not self._masked(band) and ColorInterp.alpha in self.dataset.colorinterp:  # of floats, which is no mask to GDAL
            alpha = self.read(self.dataset.colorinterp.index(ColorInterp.alpha) + 1, row, column, height, width) > 0
            there = alpha if there is None else there & alpha
        return there

    def _window(self, read: Callable[..., Any], band: int, row: int, column: int, height: int, width: int) -> npt.NDArray[Any]:
        try:
            with nullcontext() if self._remote is None else self._remote.checked():
                pixels: npt.NDArray[Any] = read(band, window=Window(column, row, width, height))
        except (RasterioError, ValueError, MemoryError) as error:
            raise TileRejected("unreadable_pixels", f"{self.shown}: {str(error)[:160]}") from error
        if pixels.shape != (height, width):  # GDAL gives the part of a window that is in the file
            raise TileRejected("unreadable_pixels", f"{self.shown}: {pixels.shape} px of a window of {(height, width)}")
        return pixels

    def scaling(self, band: int) -> tuple[float, float]:
        """By what the band's numbers are multiplied and what is added then, as the file's tags say; (1, 0) without them.

        Raises `SourceError` where the tags make no value of a number.
        """
        scale, offset = float(self.dataset.scales[band - 1]), float(self.dataset.offsets[band - 1])
        if not (math.isfinite(scale) and math.isfinite(offset) and scale):
            raise SourceError(f"a scale of {scale:g} and an offset of {offset:g}", file=self.shown, place=f"band {band}")
        return scale, offset

    def measured(self) -> list[int]:
        """The numbers of the bands that are none of opacity, from 1."""
        return [band for band, kind in enumerate(self.dataset.colorinterp, 1) if kind != ColorInterp.alpha]

    def affine(self) -> AffineGrid | None:
        """The map grid; None where there is none."""
        dataset = self.dataset
        if dataset.crs is None or dataset.transform.is_identity:
            return None
        code = dataset.crs.to_authority()
        crs = f"{code[0]}:{code[1]}" if code else dataset.crs.to_wkt()
        try:
            return AffineGrid(transform=tuple(dataset.transform)[:6], crs=crs)
        except ValueError as error:
            raise SourceError(str(error), file=self.shown, place="geotransform") from error

    def controls(self, kind: str) -> ControlGrid | None:
        """The grid of ground control points; None where there are none. Raises `SourceError` where they are in no WGS84."""
        points, crs = self.dataset.gcps
        if not points:
            return None
        if crs is None or crs.to_epsg() != 4326:
            raise SourceError("ground control points that are not in EPSG:4326", file=self.shown)
        columns = zip(*[(p.row, p.col, p.x, p.y, p.z or 0.0) for p in points], strict=True)
        rows, cols, lons, lats, heights = (list(values) for values in columns)
        try:
            return control_grid(rows, cols, lons, lats, heights, kind=kind)
        except ValueError as error:
            raise SourceError(str(error), file=self.shown, place="ground control points") from error

    def close(self) -> None:
        self.dataset.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def check_same_place(one: Raster, other: Raster, kind: str) -> None:
    """Raises `SourceError` where two files' pixels are not of one grid, to half a pixel; `kind` is that of control points."""
    height, width = one.dataset.shape
    if other.dataset.shape != (height, width):
        raise SourceError(f"has {other.dataset.shape}, {one.shown} {(height, width)} rows and columns", file=other.shown)
    first, second = one.affine() or one.controls(kind), other.affine() or other.controls(kind)
    if first is None and second is None:
        if not np.allclose(one.dataset.transform[:6], other.dataset.transform[:6], rtol=_SAME):
            raise SourceError(f"lies elsewhere than {one.shown}", file=other.shown, place="geotransform")
    elif first is None or second is None:
        raise SourceError(f"of it and {one.shown} only one says where it lies", file=other.shown, place="georeference")
    elif first != second:
        try:
            apart = apart_m(first, second, height, width)
            limit = min(ground_spacing_m(first, 0, 0, height, width)) / 2
        except ValueError as error:
            raise SourceError(f"lies nowhere on Earth: {error}", file=other.shown, place="georeference") from error
        if not apart <= limit:
            raise SourceError(f"lies {apart:.0f} m from {one.shown}", file=other.shown, place="georeference")


def polarisation_in(text: str | None) -> str | None:
    """The one polarisation that a name holds as a word of its own: "iw-vv", "scene_VH.tif"; None where none or several do."""
    found = {match.upper() for match in _POLARISATION.findall((text or "").replace("_", " "))}
    return found.pop() if len(found) == 1 else None
