"""From a file's annotations to a tile's boxes: checked against the image, on one grid, in one order of corners.

Every coordinate is rounded to 1/64 px. Six decimals of an image's share, as YOLO files have them, are off by up to
0.75e-6 of its side (half a unit of the centre and a quarter of the size), so up to 10,000 px a side the same box gets the same
floats from every format; 1/64 is exact in binary, and 0.008 px is far below what anyone can annotate.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence

from sartext.errors import TileRejected
from sartext.formats.annotation import Annotation
from sartext.imaging.corners import clockwise
from sartext.sar.tiling import Window, cut_boxes
from sartext.sources.annotations.labels import spelled
from sartext.tile import Box

GRID_PER_PX = 64
_TOLERANCE_PX = 1.0  # what a box may reach beyond the image by rounding; it is cut there


def tile_boxes(
    annotations: Sequence[Annotation],
    labels: Mapping[str, str],
    *,
    width_px: int,
    height_px: int,
    cut: bool = False,
    remedy: str = "",
) -> tuple[Box, ...]:
    """The boxes in the file's order; with `cut` those that reach beyond the image are cut at its edge, and have the share of
    their area that is inside.

    Raises `TileRejected`: `bad_annotation` where a coordinate is not a finite number, `negative_box` where a box has no
    area, `box_outside_image` where nothing of it is inside, `unknown_category` where the label is not in `labels` (spelled as
    `labels.spelled` does); and without `cut` `negative_box` where a box reaches below 0 by more than the tolerance,
    `box_outside_image` where it reaches beyond the right or lower edge by more than that, with the `remedy` behind it.
    """
    return tuple(_box(annotation, labels, width_px, height_px, cut, remedy) for annotation in annotations)


def _box(annotation: Annotation, labels: Mapping[str, str], width_px: int, height_px: int, cut: bool, remedy: str) -> Box:
    label = labels.get(annotation.label) or labels.get(spelled(annotation.label))
    if label is None:
        raise TileRejected("unknown_category", f"{annotation.place}: {short(annotation.label)} is not in the label map")
    if not all(map(math.isfinite, annotation.corners_px)):
        raise TileRejected("bad_annotation", f"{annotation.place}: the box is not made of finite numbers")
    corners = [_on_grid(value) for value in annotation.corners_px]
    if len(corners) == 4:
        left, top, right, bottom = corners
        if right <= left or bottom <= top:
            swapped = "; its corners are swapped" if right < left or bottom < top else ""
            raise TileRejected("negative_box", f"{annotation.place}: {right - left:g} x {bottom - top:g} px{swapped}")
        points = [(left, top), (right, top), (right, bottom), (left, bottom)]
    else:
        points = clockwise(list(zip(corners[::2], corners[1::2], strict=True)))
        if _area(points) <= 0:
            raise TileRejected("negative_box", f"{annotation.place}: an oriented box without area")
    beyond = _beyond(points, width_px, height_px)
    if beyond is not None and not cut:
        raise TileRejected(beyond[0], f"{annotation.place}: {beyond[1]}{remedy}")
    made = Box(
        label=label,
        polygon_px=tuple(value for point in points for value in point),
        difficult=annotation.difficult,
        crowd=annotation.crowd,
        component=annotation.component,
    )
    if beyond is not None:
        kept = cut_boxes((made,), Window(row=0, column=0, height=height_px, width=width_px, down=0, right=0))
        if not kept:
            raise _nothing_inside(annotation.place, width_px, height_px)
        return kept[0]
    points = [(min(max(x, 0.0), float(width_px)), min(max(y, 0.0), float(height_px))) for x, y in points]
    if _area(points) <= 0:
        raise _nothing_inside(annotation.place, width_px, height_px)
    return dataclasses.replace(made, polygon_px=tuple(value for point in points for value in point))


def _nothing_inside(place: str, width_px: int, height_px: int) -> TileRejected:
    return TileRejected("box_outside_image", f"{place}: nothing of it is inside {width_px} x {height_px} px")


def _on_grid(value: float) -> float:
    return math.floor(value * GRID_PER_PX + 0.5) / GRID_PER_PX if abs(value) < 2**40 else value


def _area(points: list[tuple[float, float]]) -> float:
    """Area in px², positive where the corners go clockwise as seen (the shoelace formula with y down)."""
    following = points[1:] + points[:1]
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(points, following, strict=True)) / 2


def _beyond(points: list[tuple[float, float]], width_px: int, height_px: int) -> tuple[str, str] | None:
    """How far a box reaches beyond the image, as a reason and words; None where it does not by more than the tolerance."""
    xs, ys = zip(*points, strict=True)
    if min(*xs, *ys) < -_TOLERANCE_PX:
        return "negative_box", f"reaches to x = {min(xs):g}, y = {min(ys):g} px"
    if max(xs) > width_px + _TOLERANCE_PX or max(ys) > height_px + _TOLERANCE_PX:
        return "box_outside_image", f"reaches to x = {max(xs):g}, y = {max(ys):g} of {width_px} x {height_px} px"
    return None


def short(text: str, limit: int = 60) -> str:
    """The text quoted, with what is not printable escaped, and cut: fit for one line of a report."""
    return repr(text if len(text) <= limit else text[:limit] + "...")
