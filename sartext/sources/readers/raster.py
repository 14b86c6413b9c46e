"""One raster file through GDAL: windows of one band, and where the grid lies."""

import re
import warnings
from types import TracebackType
from typing import Any, Self

import numpy.typing as npt
import rasterio
from rasterio.env import hasenv
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from sartext.errors import SourceError, TileRejected
from sartext.sar.geolocation import AffineGrid, ControlGrid, control_grid

_OPTIONS = {
    # In MB. GDAL would hold 5% of the machine's memory in blocks; a row of windows over the widest scenes needs less.
    "GDAL_CACHEMAX": 96,
    # Nothing beside the file is looked for, and nothing is fetched.
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": "NO",
}
MAX_PIXELS = 2**36
_POLARISATION = re.compile(r"(?<![A-Za-z0-9])(VV|VH|HH|HV)(?![A-Za-z0-9])", re.IGNORECASE)


class Raster:
    """An open file of one or more bands. Raises `SourceError` where GDAL cannot open it, or it is no image."""

    def __init__(self, path: str, shown: str) -> None:
        self.shown = shown
        if not hasenv():  # entered once a thread and never left: entering takes longer than a small read
            rasterio.Env(**_OPTIONS).__enter__()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NotGeoreferencedWarning)
                self.dataset = rasterio.open(path, driver="GTiff")
        except (RasterioError, ValueError) as error:
            raise SourceError(f"no GeoTIFF that is read, {str(error)[:160]}", file=shown) from error
        if not 0 < self.dataset.width * self.dataset.height <= MAX_PIXELS:
            self.close()
            raise SourceError(f"{self.dataset.width} x {self.dataset.height} px; at most {MAX_PIXELS} in all", file=shown)

    def read(self, band: int, row: int, column: int, height: int, width: int) -> npt.NDArray[Any]:
        """A window of a band as it is in the file. Raises `TileRejected` where it cannot be decoded."""
        try:
            pixels: npt.NDArray[Any] = self.dataset.read(band, window=Window(column, row, width, height))
        except (RasterioError, ValueError, MemoryError) as error:
            raise TileRejected("unreadable_pixels", f"{self.shown}: {str(error)[:160]}") from error
        return pixels

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


def polarisation_in(text: str | None) -> str | None:
    """The one polarisation that a name holds as a word of its own: "iw-vv", "scene_VH.tif"; None where none or several do."""
    found = {match.upper() for match in _POLARISATION.findall((text or "").replace("_", " "))}
    return found.pop() if len(found) == 1 else None
