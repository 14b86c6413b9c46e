"""What is annotated of scenes, cut along with their windows: boxes of a COCO instance JSON, masks of the scenes' own size."""

import hashlib
import os
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sartext.errors import SourceError, TileRejected
from sartext.sar.tiling import Window, cut_boxes
from sartext.sources.boxes import tile_boxes
from sartext.sources.detection import Annotated
from sartext.sources.formats.annotation import Annotation
from sartext.sources.formats.coco import parse_coco
from sartext.sources.listing import Stems, list_files
from sartext.sources.mask_image import ENDINGS
from sartext.sources.mask_table import MaskTable
from sartext.sources.readers.raster import Raster
from sartext.sources.regions import classes_annotated
from sartext.tile import Box


@dataclass(frozen=True, kw_only=True)
class SceneBoxes:
    """The annotations of a COCO JSON by the file that they are of."""

    path: str
    of_file: Mapping[str, tuple[Annotation, ...]]

    def of(self, files: Sequence[str], labels: Mapping[str, str], height_px: int, width_px: int) -> tuple[Box, ...] | None:
        """The boxes of a scene, by the path or the bare name of one of its files; None where the JSON does not list it.

        Raises `SourceError` where a box is not in the scene or its label is unknown.
        """
        names = [name for file in files for name in (file, posixpath.basename(file)) if name in self.of_file]
        if not names:
            return None
        try:
            return tile_boxes(self.of_file[names[0]], labels, width_px=width_px, height_px=height_px)
        except TileRejected as error:
            raise SourceError(f"{names[0]}: {error}", file=self.path) from error


def read_boxes(path: str) -> SceneBoxes:
    """Raises `SourceError` where the file is no COCO instance JSON."""
    try:
        with open(path, "rb") as stream:
            found = parse_coco(stream, path)
    except OSError as error:
        raise SourceError(f"cannot be read, {error.strerror}", file=path) from error
    of_file: dict[str, list[Annotation]] = {posixpath.normpath(file): [] for file in found.files}
    files = list(of_file)
    for at, image in enumerate(found.image.tolist()):
        label, corners = found.labels[found.label[at]], tuple(found.corners_px[at].tolist())
        crowd, place = bool(found.crowd[at]), f"annotations[{at}]"
        of_file[files[image]].append(Annotation(label, corners, crowd=crowd, place=place))
    return SceneBoxes(path=path, of_file={file: tuple(boxes) for file, boxes in of_file.items()})


def cut_along(boxes: Sequence[Box], window: Window, block_px: tuple[int, int]) -> tuple[Box, ...]:
    """The boxes of a scene in a window of its averaged grid, of `block_px` pixels (y, x) each."""
    down, across = block_px
    whole = Window(
        row=window.row * down,
        column=window.column * across,
        height=window.height * down,
        width=window.width * across,
        down=0,
        right=0,
    )
    cut = cut_boxes(boxes, whole)
    if block_px == (1, 1):
        return cut
    scales = (across, down) * 4
    return tuple(
        Box(**{**vars(box), "polygon_px": tuple(v / s for v, s in zip(box.polygon_px, scales, strict=True))}) for box in cut
    )


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


def mask_window(raster: Raster, window: tuple[int, int, int, int], block_px: tuple[int, int], table: MaskTable) -> Annotated:
    """Regions and boxes of a window of the averaged grid; of a block the pixel in its middle counts.

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
    return classes_annotated(whole, table, raster.shown, min_area_px=1)
