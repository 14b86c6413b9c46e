"""Masks of whole scenes, of the scenes' own size, cut along with their windows."""

import hashlib
import os
import posixpath
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from rasterio.enums import ColorInterp

from sartext.errors import SourceError, TileRejected
from sartext.sar.rle import Mask
from sartext.sources.detection import Annotated
from sartext.sources.listing import Stems, list_files
from sartext.sources.mask_image import ENDINGS, Values
from sartext.sources.mask_table import MAX_VALUE, MaskTable
from sartext.sources.readers.raster import Raster
from sartext.sources.regions import classes_annotated

_WHOLE = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")


def find_mask(
    folder: str, files: Sequence[str], name: str, height_px: int, width_px: int, table: MaskTable
) -> tuple[str, str] | None:
    """The mask of a scene and its SHA-256, by the stem of one of the scene's files or its name; None where there is none.

    Raises `SourceError` where it has another size than the scene, or pixels that the class table does not fit.
    """
    stems = Stems(list_files(folder, ENDINGS))
    for one in (*[posixpath.splitext(file)[0] for file in files], name):
        found = stems.find(one)
        if found:
            with Raster(os.path.join(folder, found[0]), found[0]) as raster:
                if raster.dataset.shape != (height_px, width_px):
                    raise SourceError(f"has {raster.dataset.shape}, its scene {(height_px, width_px)} px", file=found[0])
                _kind(raster, table)
            with open(os.path.join(folder, found[0]), "rb") as stream:
                return found[0], hashlib.file_digest(stream, "sha256").hexdigest()
    return None


def mask_window(
    raster: Raster, window: tuple[int, int, int, int], block_px: tuple[int, int], table: MaskTable, empty: Mask
) -> Annotated:
    """Regions and boxes of a window of the averaged grid; of a block the pixel in its middle counts.

    The pixels of `empty`, (height, width) of the window, have no measurement in the scene. Raises `TileRejected` where a value
    is not in the table, or the mask cannot be read; `SourceError` where it is no longer what was planned.
    """
    values = _values(raster, window, block_px, table)
    if values.shape != empty.shape:
        raise TileRejected("bad_mask", f"{raster.shown}: {values.shape} px of the window's {empty.shape}")
    return classes_annotated(values, table, raster.shown, min_area_px=1, empty=empty)


def _kind(raster: Raster, table: MaskTable) -> str:
    """How the mask has its values: in one band as "values", "gray" or "palette", or as "colours" in three.

    Raises `SourceError` where the class table cannot mean such pixels.
    """
    dataset = raster.dataset
    kinds = sorted(set(dataset.dtypes))
    if not set(kinds) <= set(_WHOLE):
        raise SourceError(f"pixels of the kind {kinds[0]}; a mask has whole numbers", file=raster.shown)
    if dataset.count in (3, 4) and kinds == ["uint8"]:
        return "colours"
    if dataset.count > 2 or (dataset.count == 2 and dataset.colorinterp[1] != ColorInterp.alpha):
        raise SourceError(
            f"{dataset.count} bands of {kinds[0]}; a mask has one band, or red, green and blue of 8 bits", file=raster.shown
        )
    if not table.colours:
        return "values"
    if dataset.colorinterp[0] == ColorInterp.palette:
        return "palette"
    if dataset.dtypes[0] != "uint8":
        raise SourceError(f"gray of the kind {dataset.dtypes[0]}, and the class table has colours", file=raster.shown)
    return "gray"


def _values(raster: Raster, window: tuple[int, int, int, int], block_px: tuple[int, int], table: MaskTable) -> Values:
    """Values or packed colours, as the table has them, (height, width) of the window of the averaged grid."""
    row, column, height, width = window
    down, across = block_px

    def band(number: int) -> npt.NDArray[np.uint32]:
        raw = raster.read(number, row * down, column * across, height * down, width * across)
        raw = raw[down // 2 :: down, across // 2 :: across]
        if raw.min(initial=0) < 0 or raw.max(initial=0) > MAX_VALUE:
            raise TileRejected("bad_mask", f"{raster.shown}: values beyond 0 to {MAX_VALUE}")
        whole: npt.NDArray[np.uint32] = raw.astype(np.uint32)
        return whole

    kind = _kind(raster, table)
    if kind == "colours":
        red, green, blue = band(1), band(2), band(3)
        if table.colours:
            return _packed(red, green, blue)
        if (red != green).any() or (green != blue).any():
            raise TileRejected("bad_mask", f"{raster.shown} has colours, and the class table has values; give [R, G, B]")
        return red
    if kind == "palette":
        shades = raster.dataset.colormap(1)
        table_of = np.zeros((256 if raster.dataset.dtypes[0] == "uint8" else 65536, 3), dtype=np.uint32)
        for index, shade in shades.items():
            table_of[index] = shade[:3]
        return _packed(*table_of.T)[band(1)]
    return band(1) * np.uint32(0x010101) if kind == "gray" else band(1)


def _packed(red: Values, green: Values, blue: Values) -> Values:
    packed: Values = red * np.uint32(65536) + green * np.uint32(256) + blue
    return packed
