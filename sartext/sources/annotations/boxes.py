"""From a file's annotations to a tile's boxes: checked against the image, on one grid, in one order of corners.

Every coordinate is rounded to 1/64 px. Six decimals of an image's share, as YOLO files have them, are off by up to
0.75e-6 of its side (half a unit of the centre and a quarter of the size), so up to 10,000 px a side the same box gets the same
floats from every format; 1/64 is exact in binary, and 0.008 px is far below what anyone can annotate.
"""

import math
from collections.abc import Mapping, Sequence

from sartext.errors import TileRejected
from sartext.formats.annotation import Annotation
from sartext.imaging.corners import clockwise
from sartext.sources.annotations.labels import spelled
from sartext.tile import Box

GRID_PER_PX = 64
_TOLERANCE_PX = 1.0  # what a box may reach beyond the image by rounding; it is cut there


def tile_boxes(
    annotations: Sequence[Annotation], labels: Mapping[str, str], *, width_px: int, height_px: int
) -> tuple[Box, ...]:
    """The boxes in the file's order.

    Raises `TileRejected`: `bad_annotation` where a coordinate is not a finite number, `negative_box` where a box has no
    area or reaches below 0 by more than the tolerance, `box_outside_image` where it reaches beyond the right or lower
    edge by more than that, `unknown_category` where the label is not in `labels` (spelled as `labels.spelled` does).
    """
    return tuple(_box(annotation, labels, width_px, height_px) for annotation in annotations)


def _box(annotation: Annotation, labels: Mapping[str, str], width_px: int, height_px: int) -> Box:
    label = labels.get(annotation.label) or labels.get(spelled(annotation.label))
    if label is None:
        raise TileRejected("unknown_category", f"{annotation.place}: {short(annotation.label)} is not in the label map")
    if not all(map(math.isfinite, annotation.corners_px)):
        raise TileRejected("bad_annotation", f"{annotation.place}: the box is not made of finite numbers")
    corners = [_on_grid(value) for value in annotation.corners_px]
    if len(corners) == 4:
        left, top, right, bottom = corners
        if right <= left or bottom <= top:
            raise TileRejected("negative_box", f"{annotation.place}: {right - left:g} x {bottom - top:g} px")
        points = [(left, top), (right, top), (right, bottom), (left, bottom)]
    else:
        points = clockwise(list(zip(corners[::2], corners[1::2], strict=True)))
        if _area(points) <= 0:
            raise TileRejected("negative_box", f"{annotation.place}: an oriented box without area")
    _check_inside(points, annotation.place, width_px, height_px)
    points = [(min(max(x, 0.0), float(width_px)), min(max(y, 0.0), float(height_px))) for x, y in points]
    if _area(points) <= 0:
        raise TileRejected("box_outside_image", f"{annotation.place}: nothing of it is inside {width_px} x {height_px} px")
    return Box(
        label=label,
        polygon_px=tuple(value for point in points for value in point),
        difficult=annotation.difficult,
        crowd=annotation.crowd,
        component=annotation.component,
    )


def _on_grid(value: float) -> float:
    return math.floor(value * GRID_PER_PX + 0.5) / GRID_PER_PX if abs(value) < 2**40 else value


def _area(points: list[tuple[float, float]]) -> float:
    """Area in px², positive where the corners go clockwise as seen (the shoelace formula with y down)."""
    following = points[1:] + points[:1]
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(points, following, strict=True)) / 2


def _check_inside(points: list[tuple[float, float]], place: str, width_px: int, height_px: int) -> None:
    xs, ys = zip(*points, strict=True)
    if min(*xs, *ys) < -_TOLERANCE_PX:
        raise TileRejected("negative_box", f"{place}: reaches to x = {min(xs):g}, y = {min(ys):g} px")
    if max(xs) > width_px + _TOLERANCE_PX or max(ys) > height_px + _TOLERANCE_PX:
        raise TileRejected(
            "box_outside_image", f"{place}: reaches to x = {max(xs):g}, y = {max(ys):g} of {width_px} x {height_px} px"
        )


def short(text: str, limit: int = 60) -> str:
    """The text quoted, with what is not printable escaped, and cut: fit for one line of a report."""
    return repr(text if len(text) <= limit else text[:limit] + "...")
