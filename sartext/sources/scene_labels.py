"""Boxes of whole scenes, from a COCO instance JSON, cut along with their windows."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sartext.errors import SourceError, TileRejected
from sartext.sar.tiling import Window, cut_boxes
from sartext.sources.boxes import tile_boxes
from sartext.sources.formats.annotation import Annotation
from sartext.sources.formats.coco import parse_coco
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
