"""Boxes that were made on optical twins, as texts of these: which lasting classes there are and where, never how many."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from sartext.errors import TileRejected
from sartext.sources.annotations.labels import label_table, spelled
from sartext.sources.annotations.listed import read_coco

# Classes of boxes and masks that hold on another day too; what may have moved or changed since is unlabelled in the tile.
LASTING_LABELS = frozenset(
    (
        *("water", "vegetation", "tree cover", "forest", "cropland", "grassland", "shrubland", "urban", "road", "bare soil"),
        *("wetland", "bridge", "harbor", "tank", "oil tank", "building"),
    )
)
_SAID = {
    "bridge": "a bridge",
    "harbor": "a harbor",
    "building": "a building",
    "road": "a road",
    "urban": "urban land",
    "tank": "a storage tank",
    "oil tank": "an oil tank",
}
_EITHER = 0.05  # of a side: so near to the edge of a cell either word is true
_ROWS, _COLUMNS = ("upper", "middle", "lower"), ("left", "center", "right")
_ROW_PARTS, _COLUMN_PARTS = ("in the upper part", None, "in the lower part"), ("on the left side", None, "on the right side")


class TwinBox(NamedTuple):
    """The class of a box, and its sides in px of the optical image as it was labelled."""

    label: str
    left: float
    top: float
    right: float
    bottom: float


class TwinBoxes(NamedTuple):
    """The boxes of an optical image of classes that last, and its size in px: (0, 0) where nothing says it."""

    size_px: tuple[int, int]
    boxes: tuple[TwinBox, ...]


class ListedBoxes(NamedTuple):
    """What a list of boxes says of optical images, by their files, and what of it cannot be used."""

    of: dict[str, TwinBoxes]
    unknown: list[str]  # labels that no class is known for
    broken: list[str]  # images of which a box or the name is none


def read_twin_boxes(annotations: str, optical: str, label_map: Mapping[str, str]) -> ListedBoxes:
    """The boxes of a COCO instance JSON. Raises `SourceError` where it cannot be read."""
    found, listed = read_coco(annotations, optical)
    table = label_table(label_map, covers=True)
    classes = [table.get(spelled(label)) for label in found.labels]
    sizes = [(int(width), int(height)) for width, height in found.sizes_px]
    boxes: dict[int, list[TwinBox]] = {}
    broken = {found.files[at] for at, fault in enumerate(listed.faults) if fault is not None}
    for image, label, corners in zip(found.image, found.label, found.corners_px, strict=True):
        name = classes[label]
        if np.isnan(corners).any():
            broken.add(found.files[image])
        elif name in LASTING_LABELS:
            boxes.setdefault(int(image), []).append(TwinBox(str(name), *map(float, corners)))
    of = {
        file: TwinBoxes(sizes[at], tuple(boxes.get(at, ())))
        for at, file in enumerate(found.files)
        if file not in broken and listed.faults[at] is None
    }
    unknown = sorted({label for label, name in zip(found.labels, classes, strict=True) if name is None})
    return ListedBoxes(of, unknown, sorted(broken))


def said_of_boxes(boxes: Iterable[TwinBox], size_px: tuple[int, int]) -> str:
    """A sentence for each class and place that boxes show in an image of this size, each once; "" of none.

    A place is the cell of the frame, or the part of it, that holds all of a box; a box that spans more has none. Raises
    `TileRejected` where a box has nothing inside the image: then it was labelled on another one.
    """
    said = [f"There is {_SAID.get(one.label, one.label)}{_place(one, size_px)}." for one in boxes]
    return " ".join(dict.fromkeys(said))


def _place(box: TwinBox, size_px: tuple[int, int]) -> str:
    """Where a box lies, in words that follow what it is of."""
    width, height = size_px
    if min(box.right, width) <= max(box.left, 0.0) or min(box.bottom, height) <= max(box.top, 0.0):
        raise TileRejected("twin_box_outside", f"a {box.label} has nothing inside the optical image of {width} x {height} px")
    row, column = _third(box.top / height, box.bottom / height), _third(box.left / width, box.right / width)
    if row is not None and column is not None:
        return " in the center" if (row, column) == (1, 1) else f" in the {_ROWS[row]} {_COLUMNS[column]}"
    part = None if row is None and column is None else _ROW_PARTS[row] if row is not None else _COLUMN_PARTS[column or 0]
    return "" if part is None else f" {part}"


def _third(low: float, high: float) -> int | None:
    """The third of an axis in which an extent lies, in shares of the side; None where it spans several."""
    low, high = max(low, 0.0), min(high, 1.0)
    third = min(2, int(3 * (low + high) / 2))
    return third if third / 3 - _EITHER <= low and high <= (third + 1) / 3 + _EITHER else None
