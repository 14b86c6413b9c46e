"""COCO's segmentations (Lin et al., ECCV 2014): polygons, run lengths, and run lengths packed into text."""

import json
import math
from typing import Any

import numpy as np

from sartext.errors import TileRejected
from sartext.formats.annotation import number
from sartext.imaging.run_lengths import Mask, decode

TOLERANCE_PX = 16.0  # what a polygon may reach beyond the image; it is cut there
MAX_POINTS = 1_000_000


def mask_of(text: str, height_px: int, width_px: int, place: str) -> Mask:
    """The mask (height, width) of a segmentation as JSON text; empty for null.

    Raises `TileRejected` as `bad_annotation` where it is neither polygons inside the image nor run lengths of its size.
    """
    try:
        stated = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _bad(place, "no JSON") from error
    if stated is None or stated == []:
        return np.zeros((height_px, width_px), dtype=np.bool_)
    if isinstance(stated, list):
        return _of_polygons(stated, height_px, width_px, place)
    if not isinstance(stated, dict):
        raise _bad(place, "neither polygons nor run lengths")
    size = stated.get("size")
    if not isinstance(size, list) or [number(side) for side in size] != [height_px, width_px]:
        raise _bad(place, f"run lengths of {str(size)[:40]}, the image has {[height_px, width_px]}")
    counts = stated.get("counts")
    runs = _unpacked(counts, place) if isinstance(counts, str) else counts
    if not isinstance(runs, list) or not all(type(run) is int and 0 <= run <= height_px * width_px for run in runs):
        raise _bad(place, "run lengths that are no whole numbers")
    try:
        return decode(tuple(runs), height_px, width_px)
    except ValueError as error:
        raise _bad(place, str(error)) from error


def _of_polygons(stated: list[Any], height_px: int, width_px: int, place: str) -> Mask:
    from pycocotools import mask as coco

    polygons = []
    for ring in stated if isinstance(stated[0], list) else [stated]:
        values = [number(value) for value in ring] if isinstance(ring, list) else []
        if len(values) < 6 or len(values) % 2 or len(values) > 2 * MAX_POINTS:
            raise _bad(place, f"a polygon of {len(values)} numbers")
        if not all(map(math.isfinite, values)):
            raise _bad(place, "a polygon that is not made of finite numbers")
        xs, ys = values[::2], values[1::2]
        if min(*xs, *ys) < -TOLERANCE_PX or max(xs) > width_px + TOLERANCE_PX or max(ys) > height_px + TOLERANCE_PX:
            raise _bad(place, f"a polygon beyond the image of {width_px} x {height_px} px")
        xs = [min(max(x, 0.0), float(width_px)) for x in xs]
        ys = [min(max(y, 0.0), float(height_px)) for y in ys]
        polygons.append([value for point in zip(xs, ys, strict=True) for value in point])
    merged = coco.merge(coco.frPyObjects(polygons, height_px, width_px))
    # Its own `decode` fills an array by an interface that numpy 2 calls outdated, with a warning for every mask.
    return decode(tuple(_unpacked(merged["counts"].decode(), place)), height_px, width_px)


def _unpacked(text: str, place: str) -> list[int]:
    """The run lengths of COCO's text: 5 bits a character from 48 on, the sixth says that more follow; from the fourth run on,
    the difference to the last but one.

    Written here, for pycocotools reads beyond the end of a text that is cut off.
    """
    runs: list[int] = []
    at = 0
    while at < len(text):
        value = shift = 0
        while True:
            code = ord(text[at]) - 48 if at < len(text) else -1
            if not 0 <= code < 64 or shift > 60:
                raise _bad(place, "packed run lengths that are broken")
            value |= (code & 31) << shift
            shift += 5
            at += 1
            if not code & 32:
                if code & 16:
                    value |= -1 << shift
                break
        runs.append(value + runs[-2] if len(runs) > 2 else value)
    return runs


def _bad(place: str, fact: str) -> TileRejected:
    return TileRejected("bad_annotation", f"{place}: {fact}")
