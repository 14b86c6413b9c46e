"""A whole GeoTIFF as one tile's image: SAR bands whose quantity is declared, and the bands of an optical image that are shown.

Sets such as SEN12MS keep what was measured, float32 dB of two polarisations and 13 bands of 16 bits, in place of pictures.
"""

import hashlib
import os
import posixpath
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sartext.errors import SourceError, TileRejected
from sartext.imaging import encode
from sartext.imaging.orientation import UPRIGHT, tiff_orientation, unclear
from sartext.sources.pixels.image import ReadImage, check_sides, read_bytes
from sartext.sources.pixels.rendering import Look, limits_of, render
from sartext.sources.readers.scene import Declared
from sartext.sources.split_paths import path_in
from sartext.tile import EncodedImage

_Bytes = npt.NDArray[np.uint8]
_Mask = npt.NDArray[np.bool_]
LEAST_VALID = 0.5  # of a SAR image's pixels


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A SAR image that was rendered."""

    read: ReadImage
    pixels: _Bytes  # (rows, columns, 1 or 3)
    nodata_share: float


def read_radar(folder: str, file: str, declared: Declared, polarisations: tuple[str, ...]) -> Measured:
    """The bands of the GeoTIFF at `file` as scenes are shown, see `rendering`; their polarisations by the file where it
    says them, else as given, in order.

    Raises `TileRejected`: as `image.read_bytes`; exif_orientation, unreadable, too_small, too_large, unsupported_pixels, blank,
    and `bands` where there are not as many as polarisations.
    """
    from sartext.sources.readers.geotiff import GeoTiff  # GDAL takes 0.3 s, and most builds do without

    data = _bytes(folder, file)
    folder, file = os.path.split(path_in(folder, file))
    name = posixpath.splitext(file)[0]
    scene = GeoTiff(name=name, bands=_bands(folder, file, polarisations))
    try:
        with scene.open(folder, declared) as opened:
            limits = limits_of(opened, Look())
            window = (0, 0, opened.facts.height_px, opened.facts.width_px)
            gray, rendering = render(opened, window, limits, Look(), least_valid=LEAST_VALID)
    except SourceError as error:
        raise TileRejected("unreadable", str(error)) from error
    image = gray.image if gray.image.ndim == 3 else gray.image[:, :, None]
    read = ReadImage(
        image=EncodedImage(bytes=encode.png(gray.image), path=f"{name}.png"),
        height_px=window[2],
        width_px=window[3],
        rendering=rendering,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return Measured(read=read, pixels=image, nodata_share=gray.nodata_share)


def _bytes(folder: str, file: str) -> bytes:
    """The bytes of a TIFF, which viewers show as it is stored: GDAL does not look at the tag that says otherwise."""
    data = read_bytes(folder, file)
    if (turned := tiff_orientation(data)) != UPRIGHT:
        raise unclear(turned)
    return data


def _bands(folder: str, file: str, polarisations: tuple[str, ...]) -> tuple[tuple[str, str, int], ...]:
    """(polarisation, file, band) of those that are there."""
    from sartext.sources.readers.raster import Raster, polarisation_in

    try:
        with Raster(path_in(folder, file), file) as raster:
            dataset = raster.dataset
            check_sides(dataset.width, dataset.height)
            if any(kind.startswith("complex") for kind in dataset.dtypes):
                raise TileRejected("unsupported_pixels", "complex pixels; read them as a scene")
            described = [polarisation_in(text) for text in dataset.descriptions]
    except SourceError as error:
        raise TileRejected("unreadable", str(error)) from error
    names = [one for one in described if one is not None]
    if len(names) != len(described) or len(set(names)) != len(names):
        names = list(polarisations) or [""] * len(described)
        if len(names) != len(described) or (len(described) > 1 and not polarisations):
            raise TileRejected(
                "bands", f"{len(described)} bands and {len(polarisations)} polarisations; give --source.polarisations of all"
            )
    return tuple((one, file, band) for band, one in enumerate(names, 1))


def read_optical(folder: str, file: str, bands: tuple[int, ...], limits: tuple[float, ...]) -> tuple[_Bytes, _Mask]:
    """The three bands (numbers from 1) of the GeoTIFF at `file` as a picture (rows, columns, 3), where the lower limit and
    less is 0 and the upper and more 255; and which pixels are neither nodata nor not finite in all three.

    Raises `TileRejected`: as `image.read_bytes`; exif_orientation, unreadable, too_small, too_large, unsupported_pixels, and
    `bands` where one of them is not there.
    """
    from rasterio.io import MemoryFile

    data = _bytes(folder, file)
    try:
        with MemoryFile(data) as memory, memory.open(driver="GTiff") as dataset:
            check_sides(dataset.width, dataset.height)
            if max(bands) > dataset.count:
                raise TileRejected("bands", f"{dataset.count} of them, and band {max(bands)} is asked for")
            if any(dataset.dtypes[band - 1].startswith("complex") for band in bands):
                raise TileRejected("unsupported_pixels", "complex pixels")
            values: Any = dataset.read(list(bands))
            nodata = dataset.nodata
    except TileRejected:
        raise
    except Exception as error:  # GDAL's errors are of no one class
        raise TileRejected("unreadable", f"{file!r}: {str(error)[:160]}") from error
    valid = np.isfinite(values).all(axis=0)
    if nodata is not None:
        valid &= ~(values == nodata).all(axis=0)
    low, high = limits
    shades = np.clip((values.astype(np.float32) - np.float32(low)) * np.float32(255.0 / (high - low)), 0.0, 255.0)
    shades = np.where(valid, shades + np.float32(0.5), np.float32(0.0))
    return np.ascontiguousarray(np.moveaxis(shades.astype(np.uint8), 0, 2)), valid
