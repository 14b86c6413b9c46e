"""What is drawn over a tile's image: its boxes as outlines, its regions as a translucent picture, each class in its colour."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from sartext.report.html import data_uri
from sartext.tile import Box, Region, Tile

MASK_PX = 384  # the longest side of a picture of regions
_ALPHA = 70  # of 255: the image shines through
_OF_BOXES = {"ship": 195, "aircraft": 45, "vehicle": 300, "car": 300, "tank": 20, "bridge": 120, "harbor": 260, "building": 340}
_OF_REGIONS = {"water": 215, "forest": 140, "cropland": 70, "urban": 0, "bare soil": 32, "wetland": 175}
_OF_REGIONS |= {"oil spill": 285, "look-alike": 320, "land": 95, "sea ice": 190, "flood": 235}
_HUES = _OF_BOXES | _OF_REGIONS


def hue(label: str) -> int:
    """The hue of a class in degrees: one of its own for common classes, for others one that its name alone decides."""
    return _HUES[label] if label in _HUES else int.from_bytes(hashlib.sha256(label.encode()).digest()[:2], "big") % 360


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A box as a polygon of an SVG."""

    points: str
    hue: int
    dashed: bool  # of a crowd, or difficult
    label: str


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """What lies over an image: the regions as the data URI of a picture, "" where there are none, then the boxes."""

    width_px: int
    height_px: int
    mask: str
    outlines: Sequence[Outline]


def overlay(tile: Tile) -> Overlay:
    """The regions and boxes of a tile, to lie over its image."""
    mask = mask_png(tile)
    return Overlay(
        width_px=tile.width_px,
        height_px=tile.height_px,
        mask=data_uri(mask, "png") if mask else "",
        outlines=[_outline(box) for box in tile.boxes],
    )


def _outline(box: Box) -> Outline:
    points = " ".join(f"{x:g},{y:g}" for x, y in zip(box.polygon_px[::2], box.polygon_px[1::2], strict=True))
    return Outline(points=points, hue=hue(box.label), dashed=box.crowd or box.difficult, label=box.label)


def mask_png(tile: Tile) -> bytes | None:
    """The regions of a tile as a PNG with transparency, at most MASK_PX on its longest side; None where it has none.

    What the runs of a region do not cover exactly is left out: it is no mask of this tile.
    """
    step = max(1.0, max(tile.height_px, tile.width_px) / MASK_PX)
    rows = (np.arange(round(tile.height_px / step) or 1) * step).astype(np.intp).clip(max=tile.height_px - 1)
    columns = (np.arange(round(tile.width_px / step) or 1) * step).astype(np.intp).clip(max=tile.width_px - 1)
    labels = np.zeros((len(rows), len(columns)), np.uint8)
    palette, alphas = [0, 0, 0], [0]
    for region in tile.regions[:255]:
        mask = decoded_mask(region, tile.height_px, tile.width_px)
        if mask is not None:
            palette += _rgb(hue(region.label))
            alphas.append(_ALPHA)
            labels[mask[np.ix_(rows, columns)]] = len(alphas) - 1
    if len(alphas) == 1:
        return None
    out = io.BytesIO()
    picture = Image.fromarray(labels, "P")
    picture.putpalette(palette)
    picture.save(out, "PNG", transparency=bytes(alphas), optimize=True)
    return out.getvalue()


def decoded_mask(region: Region, height_px: int, width_px: int) -> npt.NDArray[np.bool_] | None:
    """The mask of a region's run lengths, (height, width); None where they do not cover the tile exactly."""
    runs = np.asarray(region.rle, np.int64)
    if (runs < 0).any() or int(runs.sum()) != height_px * width_px:
        return None
    ones = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return ones.reshape(width_px, height_px).T


def _rgb(degrees: int) -> list[int]:
    """The colour of a hue at full saturation and half lightness."""
    sextant, share = divmod(degrees % 360 / 60, 1)
    up, down = round(255 * share), round(255 * (1 - share))
    return [[255, up, 0], [down, 255, 0], [0, 255, up], [0, down, 255], [up, 0, 255], [255, 0, down]][int(sextant)]
