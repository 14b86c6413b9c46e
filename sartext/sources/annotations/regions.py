"""From the masks of classes to regions and boxes: shares of the labelled area, connected parts, instances."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sartext.errors import TileRejected
from sartext.formats.annotation import Annotation
from sartext.imaging.run_lengths import Mask, encode
from sartext.sources.annotations.detection import Annotated
from sartext.sources.annotations.labels import LAND_COVERS
from sartext.sources.annotations.mask_image import MaskValues
from sartext.sources.annotations.mask_table import BACKGROUND, NODATA, UNLABELLED, MaskTable, said_value
from sartext.tile import Region

MAX_PARTS = 10_000  # boxes of one tile


def classes_annotated(
    values: MaskValues, table: MaskTable, file: str, *, min_area_px: int, empty: Mask | None = None
) -> Annotated:
    """The regions of a mask of classes, and boxes around the connected parts of those that are things.

    Parts are connected by edges and corners; those of fewer than `min_area_px` pixels get no box. The pixels of `empty`, (H, W)
    as the values, have no measurement in the image: they are nodata whatever the mask says of them. Raises `TileRejected` as
    `unknown_category` where another pixel's value is not in the table.
    """
    order = np.argsort(np.array(table.values, dtype=np.uint32))
    known = np.array(table.values, dtype=np.uint32)[order]
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    strange = known[at] != values
    if empty is not None:
        strange &= ~empty
    if strange.any():
        value, count = int(values[strange][0]), int(strange.sum())
        raise TileRejected(
            "unknown_category", f"{file}: {said_value(value, table.colours)} is not in the class table ({count} px)"
        )
    names = sorted({*table.labels, NODATA})
    number_of = np.array([names.index(table.labels[entry]) for entry in order], dtype=np.uint16)
    drawn = number_of[at]
    if empty is not None:
        drawn[empty] = names.index(NODATA)
    counts = np.bincount(drawn.ravel(), minlength=len(names))
    masks = {
        name: drawn == number
        for number, name in enumerate(names)
        if counts[number] and name not in (BACKGROUND, UNLABELLED, NODATA)
    }
    area = dict(zip(names, counts.tolist(), strict=True))
    boxes = [box for name, mask in masks.items() if name not in LAND_COVERS for box in parts(mask, name, file, min_area_px)]
    return annotated(masks, boxes, unlabelled_px=area.get(UNLABELLED, 0), nodata_px=area.get(NODATA, 0), size_px=values.size)


def instances_annotated(values: MaskValues, label: str, file: str) -> Annotated:
    """The region and the boxes of a mask in which every value but 0 is one object of the label."""
    found, flat = np.unique(values, return_inverse=True)
    if len(found) > MAX_PARTS:
        raise TileRejected("bad_mask", f"{file}: {len(found)} values; at most {MAX_PARTS} instances in one mask")
    numbers = flat.reshape(values.shape)
    boxes = [
        Annotation(label, corners, place=f"{file}: value {found[number]}")
        for number, corners in enumerate(_extents(numbers, len(found)))
        if found[number] != 0
    ]
    mask = values != 0
    return annotated({label: mask} if mask.any() else {}, boxes, unlabelled_px=0, nodata_px=0, size_px=values.size)


def annotated(
    masks: Mapping[str, Mask], boxes: Sequence[Annotation], *, unlabelled_px: int, nodata_px: int, size_px: int
) -> Annotated:
    """Masks and boxes as what a tile has: shares are of the labelled area, which is the image without unlabelled and nodata."""
    labelled_px = size_px - unlabelled_px - nodata_px
    regions = [
        Region(label=name, area_share=int(mask.sum()) / labelled_px, rle=encode(mask)) for name, mask in sorted(masks.items())
    ]
    return Annotated(
        boxes,
        regions=tuple(regions),
        unlabelled_share=unlabelled_px / size_px,
        nodata_share=nodata_px / size_px,
        labels={box.label: box.label for box in boxes},  # they are classes already
    )


def parts(mask: Mask, label: str, file: str, min_area_px: int) -> list[Annotation]:
    """A box around each connected part of the mask, in reading order of their upper left corners."""
    from rasterio.features import shapes  # takes 0.3 s, and masks of land covers do without

    boxes = []
    for shape, _ in shapes(mask.astype(np.uint8), mask=mask, connectivity=8):
        rings = [np.asarray(ring) for ring in shape["coordinates"]]
        if _area(rings) >= min_area_px:
            (left, top), (right, bottom) = rings[0].min(axis=0).tolist(), rings[0].max(axis=0).tolist()
            boxes.append((top, left, bottom, right))
    if len(boxes) > MAX_PARTS:
        raise TileRejected("bad_mask", f"{file}: {len(boxes)} connected parts of {label}; at most {MAX_PARTS}")
    return [
        Annotation(label, (left, top, right, bottom), place=f"{file}: {label} at {left:g}, {top:g}", component=True)
        for top, left, bottom, right in sorted(boxes)
    ]


def _area(rings: Sequence[npt.NDArray[np.float64]]) -> float:
    """Pixels inside the first ring and outside the others (the shoelace formula)."""
    areas = [abs(float(np.dot(ring[:-1, 0], ring[1:, 1]) - np.dot(ring[1:, 0], ring[:-1, 1]))) / 2 for ring in rings]
    return areas[0] - sum(areas[1:])


def _extents(numbers: npt.NDArray[np.intp], kinds: int) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of each number's pixels."""
    height, width = numbers.shape
    low = np.full((2, kinds), max(height, width), dtype=np.int64)
    high = np.zeros((2, kinds), dtype=np.int64)
    rows, columns = np.indices(numbers.shape)
    for axis, place in enumerate((columns, rows)):
        np.minimum.at(low[axis], numbers.ravel(), place.ravel())
        np.maximum.at(high[axis], numbers.ravel(), place.ravel() + 1)
    return [(float(low[0, n]), float(low[1, n]), float(high[0, n]), float(high[1, n])) for n in range(kinds)]
