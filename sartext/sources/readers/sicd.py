"""SICD in NITF, as Umbra, Capella and ICEYE deliver single-look complex images (NGA.STND.0024); read by sarpy.

Complex pixels become mean intensity over blocks with near-square pixels on the ground; block, looks and spacing are recorded.
With the product's own factor it is sigma nought, else the power that the user declares, or intensity without an absolute level.
The plane of the image is slant or ground range, never the map; its four corners say where it lies.
"""

import importlib
import logging
import math
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType, TracebackType
from typing import Any, Self

import numpy as np
from PIL import Image, ImageFile

from sartext.errors import SourceError, TileRejected
from sartext.sar.geolocation import ControlGrid, control_grid
from sartext.sar.multilook import block_of, ground_range_m, multilook
from sartext.sources.filesystem import join, read_file
from sartext.sources.readers.raster import MAX_PIXELS
from sartext.sources.readers.remote import refuse_remote
from sartext.sources.readers.scene import Declared, Floats, SceneFacts, check_declared, utc
from sartext.tile import QUANTITIES, Sensor

_ENDINGS = (".nitf", ".ntf")
_HEAD = b"NITF"
_PLANES = {"SLANT": "slant_range", "GROUND": "ground_range"}
_POWERS = tuple(one for one in QUANTITIES if one not in ("amplitude", "dn", "display"))
_SIDES = {"R": "right", "L": "left"}


@dataclass(frozen=True, kw_only=True)
class Sicd:
    """One image, by its file."""

    file: str

    @property
    def name(self) -> str:
        return os.path.splitext(self.file)[0]

    def files(self) -> Sequence[str]:
        return [self.file]

    def open(self, folder: str, declared: Declared) -> "OpenSicd":
        refuse_remote(folder, self.file, "SICD")
        return OpenSicd(os.path.join(folder, self.file), self.file, declared)


class OpenSicd:
    """An open image. Raises `SourceError` where it is no SICD, or lacks what its pixels need."""

    def __init__(self, path: str, shown: str, declared: Declared) -> None:
        self._shown = shown
        self._reader, self._meta = _opened(path, shown)
        try:
            self.facts = self._facts(declared)
        except (AttributeError, TypeError, ValueError, IndexError) as error:
            self._close()
            raise SourceError(f"lacks what its pixels need, {str(error)[:120]}", file=shown, place="SICD XML") from error
        except BaseException:
            self._close()
            raise

    def _facts(self, declared: Declared) -> SceneFacts:
        meta = self._meta
        rows, columns = int(meta.ImageData.NumRows), int(meta.ImageData.NumCols)
        if not 0 < rows * columns <= MAX_PIXELS or self._reader.data_size != (rows, columns):
            raise SourceError(f"{self._reader.data_size} px, its XML says {(rows, columns)}", file=self._shown)
        plane = str(meta.Grid.ImagePlane)
        incidence = None if meta.SCPCOA is None or meta.SCPCOA.IncidenceAng is None else float(meta.SCPCOA.IncidenceAng)
        self._incidence_deg = incidence
        spacing = (float(meta.Grid.Row.SS), float(meta.Grid.Col.SS))
        resolution = (float(meta.Grid.Row.ImpRespWid or spacing[0]), float(meta.Grid.Col.ImpRespWid or spacing[1]))
        if plane == "SLANT":
            if incidence is None:
                raise SourceError("slant range without an angle of incidence", file=self._shown, place="SCPCOA")
            spacing = (ground_range_m(spacing[0], incidence), spacing[1])
            resolution = (ground_range_m(resolution[0], incidence), resolution[1])
        if not all(map(math.isfinite, (*spacing, *resolution))):
            raise SourceError("a spacing that is no number", file=self._shown, place="Grid")
        self._block, self._spacing_m, self._resolution_m = block_of(spacing), spacing, resolution
        height, width = rows // self._block[0], columns // self._block[1]
        sample = np.ones(self._block, dtype=np.complex64)
        looked = multilook(sample, self._block, spacing_m=spacing, resolution_m=resolution)
        self._factor: Any = meta.Radiometric.SigmaZeroSFPoly if meta.Radiometric is not None else None
        return SceneFacts(
            height_px=height,
            width_px=width,
            polarisations=(self._polarisation(),),
            quantity=self._quantity(declared),
            scale="linear",
            sensor=Sensor(
                platform=str(meta.CollectionInfo.CollectorName)[:80] if meta.CollectionInfo else None,
                mode=str(meta.CollectionInfo.RadarMode.ModeType) if meta.CollectionInfo else None,
                gsd_m=looked.spacing_m,
                incidence_deg=incidence,
                look_side=_SIDES.get(str(meta.SCPCOA.SideOfTrack)) if meta.SCPCOA else None,
                acquired=utc(str(meta.Timeline.CollectStart)) if meta.Timeline else None,
            ),
            geolocation=self._located(rows, columns, _PLANES.get(plane, "unknown")),
            grid=_PLANES.get(plane, "unknown"),
            looks=looked.looks,
            multilook_px=self._block,
        )

    def _quantity(self, declared: Declared) -> str:
        """What the file's factor makes of its power; without one it is what the user says, or has no absolute level."""
        stated = "sigma0" if self._factor is not None else "intensity"
        if self._factor is None and declared.quantity is not None and declared.quantity in _POWERS:
            stated = declared.quantity
            if declared.scale == "db":
                raise SourceError("its pixels are linear power", file=self._shown, remedy=f"give --source.quantity {stated}")
        check_declared(declared, stated, "linear", who="it", file=self._shown)
        return stated

    def _polarisation(self) -> str:
        stated = str(self._meta.ImageFormation.TxRcvPolarizationProc or "") if self._meta.ImageFormation else ""
        both = stated.replace(":", "").upper()
        return both if both in ("VV", "VH", "HH", "HV") else ""

    def _located(self, rows: int, columns: int, kind: str) -> ControlGrid | None:
        """The corners as a grid of control points, in pixels of the averaged grid; None where there are none."""
        corners = self._meta.GeoData.ImageCorners if self._meta.GeoData else None
        if corners is None:
            return None
        latlon = np.array([one.get_array() for one in corners], dtype=np.float64)
        down, across = rows / self._block[0], columns / self._block[1]
        try:
            # The corners go around: first row first column, first row last column, and so on.
            return control_grid([0, 0, down, down], [0, across, across, 0], latlon[:, 1], latlon[:, 0], kind=kind)
        except ValueError as error:
            raise SourceError(str(error), file=self._shown, place="GeoData.ImageCorners") from error

    def values(self, polarisation: str, row: int, column: int, height: int, width: int) -> Floats:
        """As `OpenScene` says."""
        del polarisation
        down, across = self._block
        try:
            pixels = self._reader[row * down : (row + height) * down, column * across : (column + width) * across]
        except Exception as error:  # sarpy's readers raise almost anything on broken files
            raise TileRejected("unreadable_pixels", f"{self._shown}: {str(error)[:160]}") from error
        pixels = np.asarray(pixels).reshape(height * down, width * across)
        if (pixels == pixels.flat[0]).all():
            raise TileRejected("blank", f"{self._shown}: every pixel is {pixels.flat[0]}")
        intensity = multilook(pixels, self._block, spacing_m=self._spacing_m, resolution_m=self._resolution_m).intensity
        if self._factor is not None:
            intensity *= self._factor_over(row, column, height, width)
        return intensity

    def _factor_over(self, row: int, column: int, height: int, width: int) -> Floats:
        """The factor to sigma nought at the middles of blocks: a polynomial of metres from the scene's centre point."""
        image, grid = self._meta.ImageData, self._meta.Grid
        rows = (row + np.arange(height) + 0.5) * self._block[0] - 0.5 + image.FirstRow - image.SCPPixel.Row
        columns = (column + np.arange(width) + 0.5) * self._block[1] - 0.5 + image.FirstCol - image.SCPPixel.Col
        along, across = np.meshgrid(rows * grid.Row.SS, columns * grid.Col.SS, indexing="ij")
        factor: Floats = np.asarray(self._factor(along, across), dtype=np.float32)
        return factor

    def incidence_deg(self, row: float, column: float) -> float | None:
        """That of the scene's centre point."""
        del row, column
        return self._incidence_deg

    def _close(self) -> None:
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()


def found(folder: str, files: Sequence[str]) -> list[Sicd]:
    """The NITF files among the files; whether they are SICD is said when they are opened."""
    return [Sicd(file=file) for file in files if file.lower().endswith(_ENDINGS) and _is_nitf(join(folder, file))]


def sarpy_module(module: str) -> ModuleType:
    """A module of sarpy. Raises ImportError.

    Importing it lets Pillow, for the whole process, read truncated images and images of any size; both are put back.
    """
    kept = ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sarpy says that it is deprecated in favour of sarkit
            return importlib.import_module(module)
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS = kept


def _is_nitf(path: str) -> bool:
    try:
        return read_file(path, len(_HEAD)) == _HEAD
    except OSError:
        return False


def _opened(path: str, shown: str) -> tuple[Any, Any]:
    """The reader and the metadata of the one image in a file."""
    try:
        open_complex = sarpy_module("sarpy.io.complex.converter").open_complex
    except ImportError as error:
        raise SourceError(
            "SICD is read by sarpy, which is not installed", file=shown, remedy="install sartext[sicd]"
        ) from error
    logging.getLogger("sarpy").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = open_complex(path)
        sicds = reader.get_sicds_as_tuple()
    except Exception as error:  # sarpy's parsers raise almost anything on broken files
        raise SourceError(f"no SICD that is read, {str(error)[:120]}", file=shown) from error
    if len(sicds) != 1:
        reader.close()
        raise SourceError(f"{len(sicds)} images in one file", file=shown)
    return reader, sicds[0]
