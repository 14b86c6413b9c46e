"""16-bit digital numbers as an 8-bit picture: a linear stretch between two percentiles of the valid pixels.

The limits are the 2nd and the 98th percentile, the cumulative cut with which desktop GIS show such rasters by default;
they, and the share of pixels beyond each, are recorded. Pixels of the value that the file declares as nodata count for
nothing and become black; 0 is a value like any other where it is not declared.
"""

from collections.abc import Iterator
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

from sartext.errors import TileRejected
from sartext.tile import Limits, Rendering

_LOW_PERCENT, _HIGH_PERCENT = 2, 98
_LOWEST, _VALUES = -(2**15), 2**15 + 2**16  # from the lowest int16 to the highest uint16
_STRIP_PIXELS = 2**20
_GDAL_NODATA = 42113


def render_dn(picture: ImageFile.ImageFile) -> tuple[bytes, Rendering]:
    """The decoded 16-bit gray picture as an 8-bit PNG, and how it was made.

    v becomes round(255 (v - low) / (high - low)), cut to 0..255, where low and high are the smallest values up to which at
    least 2% and 98% of the valid pixels lie. Where both are one value, that one and less is black and more is white.
    Raises `TileRejected` as `no_valid_pixels` where every pixel is nodata.
    """
    nodata = declared_nodata(picture)
    counts = np.zeros(_VALUES, dtype=np.int64)
    for _, values in _strips(picture):
        counts += np.bincount(values.ravel() - _LOWEST, minlength=_VALUES)
    valid = counts.copy()
    hole = int(nodata) if nodata is not None and nodata == np.floor(nodata) else None
    if hole is not None and 0 <= hole - _LOWEST < _VALUES:
        valid[hole - _LOWEST] = 0
    total = int(valid.sum())
    if not total:
        raise TileRejected("no_valid_pixels", f"every pixel is the declared nodata, {nodata:g}")
    below = np.cumsum(valid)
    low, high = (int(np.argmax(below * 100 >= percent * total)) + _LOWEST for percent in (_LOW_PERCENT, _HIGH_PERCENT))
    shades = _shades(low, high)
    if hole is not None and 0 <= hole - _LOWEST < _VALUES:
        shades[hole - _LOWEST] = 0
    gray = np.empty((picture.height, picture.width), dtype=np.uint8)
    for top, values in _strips(picture):
        gray[top : top + len(values)] = shades[values - _LOWEST]
    encoded = BytesIO()
    Image.fromarray(gray).save(encoded, "PNG")
    return encoded.getvalue(), Rendering(
        quantity="dn",
        scale="linear",
        limits=(Limits(polarisation=None, low=float(low), high=float(high)),),
        nodata=nodata,
        clipped_low_share=float(valid[: low - _LOWEST].sum() / total),
        clipped_high_share=float(valid[high - _LOWEST + 1 :].sum() / total),
    )


def has_valid_float(picture: ImageFile.ImageFile) -> bool:
    """Whether a decoded float picture has a pixel that is finite and not the declared nodata."""
    nodata = declared_nodata(picture)
    return any(bool(np.any(np.isfinite(values) & (values != nodata))) for _, values in _strips(picture))


def declared_nodata(picture: ImageFile.ImageFile) -> float | None:
    """What a TIFF declares as nodata, in the tag that GDAL writes; None where it declares nothing that is a number."""
    declared = getattr(picture, "tag_v2", {}).get(_GDAL_NODATA)
    try:
        return float(str(declared).strip("\0 ")) if declared is not None else None
    except ValueError:
        return None


def _shades(low: int, high: int) -> npt.NDArray[np.uint8]:
    values = np.arange(_LOWEST, _LOWEST + _VALUES, dtype=np.float64)
    if high == low:
        return np.where(values > low, 255, 0).astype(np.uint8)
    return np.floor(np.clip((values - low) / (high - low), 0, 1) * 255 + 0.5).astype(np.uint8)


def _strips(picture: ImageFile.ImageFile) -> Iterator[tuple[int, npt.NDArray[np.generic]]]:
    """(first row, values) a few rows at a time, for a whole copy of a large picture is what memory cannot hold."""
    rows = max(1, _STRIP_PIXELS // picture.width)
    for top in range(0, picture.height, rows):
        strip = np.asarray(picture.crop((0, top, picture.width, min(top + rows, picture.height))))
        yield top, strip if strip.dtype.kind == "f" else strip.astype(np.int64)
