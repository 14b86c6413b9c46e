"""NISAR L2 GCOV: geocoded covariance in HDF5, of which the diagonal terms are backscatter (JPL D-102274 Rev E).

`/science/{LSAR|SSAR}/GCOV/grids/frequency{A|B}` holds the terms (HHHH, HVHV ...), the coordinates of pixel centres and the
projection; `.../metadata/processingInformation/parameters` says what the terms are normalised to and whether terrain was
corrected for; `.../metadata/radarGrid` holds angles of incidence in cubes over height.
Frequency A is read where there are both. Pixels that the mask marks as 0 or 255, NaN, 0 and the declared nodata have no
measurement.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np

from sartext.errors import SourceError, TileRejected
from sartext.sar.ellipsoid import Doubles
from sartext.sar.geolocation import AffineGrid, interpolate
from sartext.sources.filesystem import is_remote, join, read_file
from sartext.sources.readers.hdf5 import member
from sartext.sources.readers.raster import MAX_PIXELS
from sartext.sources.readers.remote import refuse_remote
from sartext.sources.readers.scene import Declared, Floats, SceneFacts, check_declared, check_pixels, gsd_m, utc
from sartext.tile import Sensor

_ENDINGS = (".h5", ".hdf5")
_HEAD = b"\x89HDF\r\n\x1a\n"
_BANDS = ("LSAR", "SSAR")
_FREQUENCIES = ("frequencyA", "frequencyB")
_TERMS = {"HHHH": "HH", "HVHV": "HV", "VHVH": "VH", "VVVV": "VV"}
_QUANTITIES = {"gamma0": "gamma0", "sigma0": "sigma0", "beta0": "beta0"}
_MAX_SIDE = 2**20
_MAX_LAYERS, _MAX_ANGLES = 1000, 2**24  # of the cube of incidence angles


@dataclass(frozen=True, kw_only=True)
class Gcov:
    """One product, by its file."""

    file: str

    @property
    def name(self) -> str:
        return os.path.splitext(self.file)[0]

    def files(self) -> Sequence[str]:
        return [self.file]

    def open(self, folder: str, declared: Declared) -> "OpenGcov":
        refuse_remote(folder, self.file, "HDF5")
        return OpenGcov(os.path.join(folder, self.file), self.file, declared)


class OpenGcov:
    """An open product. Raises `SourceError` where a part of it is missing or of another kind."""

    def __init__(self, path: str, shown: str, declared: Declared) -> None:
        self._shown = shown
        try:
            self._file = h5py.File(path, "r")
        except (OSError, ValueError) as error:
            raise SourceError(f"no HDF5 that is read, {str(error)[:120]}", file=shown) from error
        try:
            self.facts = self._facts(declared)
        except (OSError, KeyError, ValueError, TypeError, RuntimeError, AttributeError) as error:
            self._file.close()
            raise SourceError(f"no GCOV that is read, {str(error)[:160]}", file=shown) from error
        except BaseException:
            self._file.close()
            raise

    def _facts(self, declared: Declared) -> SceneFacts:
        band = next((one for one in _BANDS if self._member(f"/science/{one}/GCOV/grids") is not None), None)
        if band is None:
            raise SourceError("has no /science/LSAR/GCOV/grids", file=self._shown, remedy="give a GCOV product")
        grids = f"/science/{band}/GCOV/grids"
        grid = next((one for one in _FREQUENCIES if self._member(f"{grids}/{one}") is not None), _FREQUENCIES[-1])
        grid = f"{grids}/{grid}"
        terms = {_TERMS[name]: self._dataset(f"{grid}/{name}") for name in _TERMS}
        self._terms = {polarisation: term for polarisation, term in terms.items() if term is not None}
        self._mask = self._dataset(f"{grid}/mask")
        if not self._terms:
            raise SourceError("has no diagonal term", file=self._shown, place=grid)
        x, y = self._axis(grid, "xCoordinates"), self._axis(grid, "yCoordinates")
        shape = (len(y), len(x))
        for one in [*self._terms.values(), *([self._mask] if self._mask is not None else [])]:
            if one.shape != shape or one.dtype.kind not in "fui" or shape[0] * shape[1] > MAX_PIXELS:
                raise SourceError(f"{one.shape} of {one.dtype}, the coordinates {shape}", file=self._shown, place=one.name)
        step_x, step_y = float(x[1] - x[0]), float(y[1] - y[0])
        transform = (step_x, 0.0, float(x[0]) - step_x / 2, 0.0, step_y, float(y[0]) - step_y / 2)
        epsg = self._epsg(grid)
        self._located = located = AffineGrid(transform=transform, crs=f"EPSG:{epsg}")
        self._incidence = self._angles(f"/science/{band}/GCOV/metadata/radarGrid", epsg)
        about = f"/science/{band}/identification"
        return SceneFacts(
            height_px=shape[0],
            width_px=shape[1],
            polarisations=tuple(self._terms),
            quantity=self._quantity(f"/science/{band}/GCOV/metadata/processingInformation/parameters", declared),
            scale="linear",
            sensor=Sensor(
                platform=self._text(f"{about}/missionId") or self._text(f"{about}/platform"),
                band=band[0],
                gsd_m=gsd_m(located, *shape, self._shown),
                orbit=_lower(self._text(f"{about}/orbitPassDirection"), ("ascending", "descending")),
                look_side=_lower(self._text(f"{about}/lookDirection"), ("left", "right")),
                acquired=utc(self._text(f"{about}/zeroDopplerStartTime")),
            ),
            geolocation=located,
            grid="map",
            nodata=declared.nodata,
        )

    def _member(self, path: str) -> Any:
        """What lies at a path; None where there is nothing. Raises `SourceError` where it is not of the file itself."""
        return member(self._file, path, self._shown)

    def _dataset(self, path: str) -> Any:
        """The dataset at a path; None where there is none. Raises as `_member`."""
        found = self._member(path)
        return found if isinstance(found, h5py.Dataset) else None

    def _axis(self, group: str, name: str) -> Any:
        """Coordinates of pixel centres, evenly spaced."""
        axis = self._dataset(f"{group}/{name}")
        if axis is None or axis.ndim != 1 or not 2 <= len(axis) <= _MAX_SIDE or axis.dtype.kind not in "fui":
            raise SourceError("is no axis of coordinates", file=self._shown, place=f"{group}/{name}")
        values = axis[()].astype(np.float64)
        steps = np.diff(values)
        if not np.all(np.isfinite(values)) or not np.allclose(steps, steps[0], rtol=1e-3) or not steps[0]:
            raise SourceError("is not evenly spaced", file=self._shown, place=f"{group}/{name}")
        return values

    def _epsg(self, group: str) -> int:
        projection = self._dataset(f"{group}/projection")
        if projection is None:
            raise SourceError("is missing", file=self._shown, place=f"{group}/projection")
        code = int(projection.attrs.get("epsg_code", projection[()]))
        if not 1024 <= code <= 32767:
            raise SourceError(f"{code} is no EPSG code", file=self._shown, place=f"{group}/projection")
        return code

    def _quantity(self, group: str, declared: Declared) -> str:
        stated = self._text(f"{group}/rtc/outputBackscatterNormalizationConvention")
        stated = stated or self._text(f"{group}/outputBackscatterNormalizationConvention")
        quantity = _QUANTITIES.get((stated or "").lower().replace("-", "").replace(" ", ""))
        corrected = (self._text(f"{group}/radiometricTerrainCorrectionApplied") or "").lower() in ("true", "1")
        if quantity == "gamma0" and corrected:
            quantity = "gamma0_rtc"
        if quantity is not None:
            check_declared(declared, quantity, "linear", who="it", file=self._shown)
        elif declared.scale == "linear":
            quantity = declared.quantity
        if quantity is None:
            raise SourceError(
                "does not say what its terms are normalised to", file=self._shown, remedy="give --source.quantity gamma0_rtc"
            )
        return quantity

    def _text(self, path: str) -> str | None:
        """A scalar as text; None where there is none."""
        value = self._dataset(path)
        if value is None or value.shape != () or value.dtype.itemsize > 4096:
            return None
        found = value[()]
        return found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)

    def values(self, polarisation: str, row: int, column: int, height: int, width: int) -> Floats:
        """As `OpenScene` says."""
        window = np.s_[row : row + height, column : column + width]
        try:
            raw = self._terms[polarisation][window]
            mask = self._mask[window] if self._mask is not None else None
        except (OSError, ValueError, RuntimeError) as error:
            raise TileRejected("unreadable_pixels", f"{self._shown}: {str(error)[:160]}") from error
        if raw.shape != (height, width):
            raise TileRejected("unreadable_pixels", f"{self._shown}: {raw.shape} px of a window of {(height, width)}")
        check_pixels(raw, self._shown)
        values: Floats = raw.astype(np.float32)
        values[~np.isfinite(values) | (values == 0)] = np.nan
        if self.facts.nodata is not None:
            values[raw == self.facts.nodata] = np.nan
        if mask is not None:
            values[(mask == 0) | (mask == 255)] = np.nan
        return values

    def incidence_deg(self, row: float, column: float) -> float | None:
        """From the vertical, at the height nearest to the ellipsoid's of those that the product has it for."""
        if self._incidence is None:
            return None
        x, y = self._located.xy(row, column)
        at_y, at_x, angles = self._incidence
        try:
            found = float(interpolate(at_y, at_x, angles, np.array([y]), np.array([x]), (1, 1))[0, 0])
        except ValueError:  # beyond the cube
            return None
        return found if 0 <= found < 90 else None

    def _angles(self, group: str, epsg: int) -> tuple[Doubles, Doubles, Doubles] | None:
        """Rows and columns, both rising, and angles (rows, columns, 1) of the layer; None where there is none that fits."""
        cube, heights = (self._dataset(f"{group}/{name}") for name in ("incidenceAngle", "heightAboveEllipsoid"))
        if cube is None or heights is None:
            return None
        if self._member(f"{group}/projection") is not None and self._epsg(group) != epsg:
            return None
        y, x = (self._axis(group, name) for name in ("yCoordinates", "xCoordinates"))
        shape = (*heights.shape, len(y), len(x))
        if cube.shape != shape or len(shape) != 3 or not 0 < shape[0] <= _MAX_LAYERS or len(y) * len(x) > _MAX_ANGLES:
            raise SourceError(f"{cube.shape}, the coordinates {shape}", file=self._shown, place=cube.name)
        angles = cube[int(np.abs(heights[()]).argmin())].astype(np.float64)
        order_y, order_x = np.argsort(y), np.argsort(x)
        return y[order_y], x[order_x], angles[np.ix_(order_y, order_x)][..., None]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()


def found(folder: str, files: Sequence[str]) -> list[Gcov]:
    """The HDF5 files that hold a GCOV grid, and those that cannot be looked into; others are not of this reader."""
    return [Gcov(file=file) for file in files if file.lower().endswith(_ENDINGS) and _is_gcov(join(folder, file))]


def _is_gcov(path: str) -> bool:
    try:
        if read_file(path, len(_HEAD)) != _HEAD:
            return False
    except OSError:
        return True
    if is_remote(path):
        return True
    try:
        with h5py.File(path, "r") as file:
            return any(member(file, f"/science/{band}/GCOV", path) is not None for band in _BANDS)
    except (OSError, KeyError, ValueError, RuntimeError, SourceError):
        return True  # why it is not read is said when it is opened


def _lower(text: str | None, known: tuple[str, ...]) -> str | None:
    return text.lower() if text is not None and text.lower() in known else None
