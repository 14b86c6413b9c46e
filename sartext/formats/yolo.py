"""YOLO label files: one object a line, coordinates as shares of the image's width and height.

`class cx cy w h` is an upright box by its centre, `class x1 y1 x2 y2 x3 y3 x4 y4` an oriented one (the layouts that the
Ultralytics documentation calls "detect" and "OBB"). The class counts from 0 through the file of class names.
"""

import math

from sartext.errors import SourceError
from sartext.formats.annotation import Annotation, lines, number, whole


def parse_classes(data: bytes, file: str) -> tuple[str, ...]:
    """The class names of a file with one name a line, in order. Blank lines are allowed at the end only.

    Raises `SourceError` where there is no name or a blank line would shift the numbers.
    """
    named = lines(data, file)
    if not named:
        raise SourceError("no class names in it", file=file, remedy="give one name a line, in the order of the numbers")
    for expected, (line, _) in enumerate(named, 1):
        if line != expected:
            raise SourceError("a blank line among the class names", file=file, place=f"line {expected}")
    return tuple(name for _, name in named)


def parse_yolo(data: bytes, classes: tuple[str, ...], width_px: int, height_px: int, file: str) -> list[Annotation]:
    """The objects of one label file, in pixels; an empty file has none.

    A class number without a name becomes the label "class 7", which no label map knows. Raises `SourceError` where a
    line is no box: so for 6 values (detections with a confidence are not annotations) and for outlines of more corners.
    """
    found = []
    for line, text in lines(data, file):
        parts = text.split()
        if len(parts) not in (5, 9):
            if len(parts) in (6, 10):
                hint = "; a confidence makes it a detection, not an annotation"
            elif len(parts) > 10 and len(parts) % 2:
                hint = f"; an outline of {len(parts) // 2} points is no box: give boxes, or COCO JSON to coco_masks"
            else:
                hint = ""
            raise SourceError(
                f"{len(parts)} values, where a box has 5 and an oriented box 9{hint}", file=file, place=f"line {line}"
            )
        index, shares = whole(parts[0]), [number(part) for part in parts[1:]]
        if index is None or index < 0:
            raise SourceError(f"class {parts[0][:40]!r} is not a number from 0", file=file, place=f"line {line}")
        if not all(map(math.isfinite, shares)):
            raise SourceError("a coordinate is not a finite number", file=file, place=f"line {line}")
        label = classes[index] if index < len(classes) else f"class {index}"
        found.append(Annotation(label, _pixels(shares, width_px, height_px), place=f"line {line}"))
    return found


def _pixels(shares: list[float], width_px: int, height_px: int) -> tuple[float, ...]:
    if len(shares) == 8:
        return tuple(share * (height_px if place % 2 else width_px) for place, share in enumerate(shares))
    x, y, width, height = shares
    return (
        (x - width / 2) * width_px,
        (y - height / 2) * height_px,
        (x + width / 2) * width_px,
        (y + height / 2) * height_px,
    )
