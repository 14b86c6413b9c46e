"""Masks of whole scenes, of the scenes' own size, cut along with their windows."""

import hashlib
import os
import posixpath
from collections.abc import Sequence

import numpy as np

from sartext.errors import SourceError, TileRejected
from sartext.sar.rle import Mask
from sartext.sources.detection import Annotated
from sartext.sources.listing import Stems, list_files
from sartext.sources.mask_image import ENDINGS
from sartext.sources.mask_table import MaskTable
from sartext.sources.readers.raster import Raster
from sartext.sources.regions import classes_annotated


def find_mask(folder: str, files: Sequence[str], name: str, height_px: int, width_px: int) -> tuple[str, str] | None:
    """The mask of a scene and its SHA-256, by the stem of one of the scene's files or its name; None where there is none.

    Raises `SourceError` where it has another size than the scene.
    """
    stems = Stems(list_files(folder, ENDINGS))
    for one in (*[posixpath.splitext(file)[0] for file in files], name):
        found = stems.find(one)
        if found:
            with Raster(os.path.join(folder, found[0]), found[0]) as raster:
                if raster.dataset.shape != (height_px, width_px):
                    raise SourceError(f"has {raster.dataset.shape}, its scene {(height_px, width_px)} px", file=found[0])
            with open(os.path.join(folder, found[0]), "rb") as stream:
                return found[0], hashlib.file_digest(stream, "sha256").hexdigest()
    return None


def mask_window(
    raster: Raster, window: tuple[int, int, int, int], block_px: tuple[int, int], table: MaskTable, empty: Mask
) -> Annotated:
    """Regions and boxes of a window of the averaged grid; of a block the pixel in its middle counts.

    The pixels of `empty`, (height, width) of the window, have no measurement in the scene.

    Raises `TileRejected` where a value is not in the table.
    """
    row, column, height, width = window
    down, across = block_px
    values = raster.read(1, row * down, column * across, height * down, width * across)[
        down // 2 :: down, across // 2 :: across
    ]
    if values.dtype.kind not in "ui" or (values.dtype.kind == "i" and values.min(initial=0) < 0):
        raise TileRejected("bad_mask", f"{raster.shown}: values of the kind {values.dtype}")
    whole = values.astype(np.uint32)
    return classes_annotated(whole, table, raster.shown, min_area_px=1, empty=empty)
