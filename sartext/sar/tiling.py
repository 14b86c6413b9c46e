"""Windows over a scene, and its boxes cut along with them."""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import shapely

from sartext.imaging.corners import Point, clockwise
from sartext.tile import Box

EDGES = ("shift", "drop")


@dataclass(frozen=True, kw_only=True)
class Window:
    """A part of a scene, in whole pixels, and its place in the grid of windows."""

    row: int  # of its first pixel in the scene
    column: int
    height: int
    width: int
    down: int  # which window it is from the top, and from the left
    right: int

    @property
    def name(self) -> str:
        """The last segment of a tile's key: the place in the grid, "{down}_{right}"."""
        return f"{self.down}_{self.right}"

    @property
    def slices(self) -> tuple[slice, slice]:
        """What cuts it out of an array (H, W, ...) over the whole scene: pixels, a mask or a raster of labels."""
        return slice(self.row, self.row + self.height), slice(self.column, self.column + self.width)


def windows(height: int, width: int, *, size_px: int, overlap_px: int = 0, edge: str = "shift") -> list[Window]:
    """The windows of `size_px` x `size_px` over a scene, row by row.

    Neighbours share `overlap_px`. What is left at the right and lower edge, less than a window: "shift" moves the last window
    inward, so that every pixel is in one (a scene smaller than a window is one window of its own size); "drop" leaves
    it out, so that no two windows share more than the overlap. Raises `ValueError` where the size is below 1, the overlap
    is not in 0 .. size - 1, or the edge policy is none of EDGES.
    """
    if size_px < 1 or not 0 <= overlap_px < size_px:
        raise ValueError(f"windows of {size_px} px with an overlap of {overlap_px} px; it must be 0 to {size_px - 1}")
    if edge not in EDGES:
        raise ValueError(f"edge is {edge!r}; it is one of {', '.join(EDGES)}")
    rows = _starts(height, size_px, size_px - overlap_px, edge)
    columns = _starts(width, size_px, size_px - overlap_px, edge)
    return [
        Window(
            row=row,
            column=column,
            height=min(size_px, height),
            width=min(size_px, width),
            down=down,
            right=right,
        )
        for down, row in enumerate(rows)
        for right, column in enumerate(columns)
    ]


def cut_boxes(boxes: Sequence[Box], window: Window) -> tuple[Box, ...]:
    """The boxes of a scene that reach into the window, in the window's pixels and in their order.

    Each has the share of its area that is inside (times the share it had). What is left of a box has up to eight
    corners; the four of them that hold the most area become the new ones, so the box never reaches beyond the window
    or the object. A box that only touches the window is left out.
    """
    left, top = float(window.column), float(window.row)
    right, bottom = left + window.width, top + window.height
    frame = None
    kept: list[Box] = []
    for box in boxes:
        xs, ys = box.polygon_px[0::2], box.polygon_px[1::2]
        if max(xs) <= left or min(xs) >= right or max(ys) <= top or min(ys) >= bottom:
            continue
        if min(xs) >= left and max(xs) <= right and min(ys) >= top and max(ys) <= bottom:
            corners, share = list(zip(xs, ys, strict=True)), 1.0
        else:
            frame = frame if frame is not None else shapely.box(left, top, right, bottom)
            whole = shapely.Polygon(clockwise(list(zip(xs, ys, strict=True))))
            inside = shapely.intersection(whole, frame)
            if not whole.area > 0 or not inside.area > 0:
                continue
            corners, share = clockwise(_four(_outline(inside))), min(inside.area / whole.area, 1.0)
        moved = [value for x, y in corners for value in (x - left, y - top)]
        kept.append(dataclasses.replace(box, polygon_px=tuple(moved), visible_share=box.visible_share * share))
    return tuple(kept)


def _starts(length: int, size: int, step: int, edge: str) -> list[int]:
    starts = list(range(0, length - size + 1, step))
    if edge == "shift" and (not starts or starts[-1] + size < length):
        starts.append(max(length - size, 0))
    return starts


def _outline(shape: shapely.Geometry) -> list[Point]:
    """The corners of a polygon, of the largest where there are several, without those on a straight line."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    largest = max(parts, key=lambda part: part.area)
    return [(float(x), float(y)) for x, y in np.asarray(largest.simplify(0.0).exterior.coords)[:-1, :2]]


def _four(points: list[Point]) -> list[Point]:
    """Four corners out of more; of three, with the middle of the longest side as the fourth."""
    if len(points) == 3:
        sides = [(math.dist(points[k], points[k - 1]), k) for k in range(3)]
        _, k = max(sides)
        (x1, y1), (x2, y2) = points[k], points[k - 1]
        return [*points[:k], ((x1 + x2) / 2, (y1 + y2) / 2), *points[k:]]
    return list(max(combinations(points, 4), key=lambda corners: _area(corners)))


def _area(points: Iterable[Point]) -> float:
    points = list(points)
    following = [*points[1:], points[0]]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(points, following, strict=True))) / 2
