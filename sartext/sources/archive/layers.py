"""Layers of ground, painted one over the other into a map of palette indices (n, n) of uint8."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sartext.sources.archive.shapes import Floats, Mask, Shape, turn_all

Map = npt.NDArray[np.uint8]
MARGIN_PX = 8  # drawn around the tile, so that what lies just outside still casts its sidelobes and shadows inside


@dataclass(frozen=True)
class Paint:
    """One entry of a scene's palette."""

    cover: str  # a name in COVERS
    offset_db: float = 0.0
    tint: int = 0  # added to each colour
    height_m: float | None = None  # None is the cover's own


@dataclass(frozen=True)
class Fill:
    """One paint everywhere."""

    paint: int


@dataclass(frozen=True)
class Area:
    """One paint inside a shape."""

    shape: Shape
    paint: int


@dataclass(frozen=True)
class Blobs:
    """One paint where a smooth random field exceeds a threshold (in standard deviations)."""

    field: int  # 0 or 1
    above: float
    paint: int
    within: Shape | None = None


@dataclass(frozen=True)
class Parcels:
    """Fields in strips: strips along u with edges in v, each cut across at its own pitch, start and slant."""

    angle: float
    edges: tuple[float, ...]  # px along v, rising, over -REACH to REACH
    pitches: tuple[float, ...]  # px along u, one a strip
    starts: tuple[float, ...]
    slants: tuple[float, ...]
    paints: tuple[int, ...]
    border: int  # the paint of tracks and hedges between parcels
    border_px: float
    within: Shape | None = None


@dataclass(frozen=True)
class Blocks:
    """A street grid: cells of `pitch` px, a street every `run` cells, a building in most cells."""

    angle: float
    x: float
    y: float
    pitch: tuple[float, float]
    share: tuple[float, float]  # of a cell that its building covers, along u and v
    run: tuple[int, int]
    ground: int
    street: int
    buildings: tuple[int, ...]  # paints by cell, drawn from in a fixed scramble; `ground` leaves a cell open
    within: Shape | None = None


Layer = Fill | Area | Blobs | Parcels | Blocks


@lru_cache(maxsize=8)
def pixel_centres(size_px: int) -> tuple[Floats, Floats]:
    """The centres x (1, n) and y (n, 1) of the drawn pixels, in px from the tile's top left corner."""
    axis = np.arange(drawn_px(size_px), dtype=np.float32) + np.float32(0.5 - MARGIN_PX)
    axis.setflags(write=False)
    return axis[None, :], axis[:, None]


@lru_cache(maxsize=32)
def drawn_px(size_px: int) -> int:
    """The side of the drawn field: the tile, its margins, and what makes a length that a fast Fourier transform likes."""
    side = size_px + 2 * MARGIN_PX
    while _rest(side) != 1:
        side += 1
    return side


def _rest(number: int) -> int:
    for factor in (2, 3, 5):
        while number % factor == 0:
            number //= factor
    return number


def paint(layers: tuple[Layer, ...], size_px: int, smooth: tuple[Floats, Floats] | None) -> Map:
    """The palette index of every drawn pixel, (n, n); `smooth` are the fields that Blobs ask for."""
    n = drawn_px(size_px)
    x, y = pixel_centres(size_px)
    ground = np.zeros((n, n), dtype=np.uint8)
    for layer in layers:
        if isinstance(layer, Fill):
            ground[...] = layer.paint
        elif isinstance(layer, Area):
            ground[layer.shape.mask(x, y)] = layer.paint
        elif isinstance(layer, Blobs):
            if smooth is None:
                raise ValueError("a layer of blobs needs the smooth fields")
            ground[_within(smooth[layer.field] > np.float32(layer.above), layer.within, x, y)] = layer.paint
        else:
            drawn = _parcels(layer, x, y) if isinstance(layer, Parcels) else _blocks(layer, x, y)
            if layer.within is None:
                ground = drawn
            else:
                np.copyto(ground, drawn, where=layer.within.mask(x, y))
    return ground


def needs_smooth(layers: tuple[Layer, ...]) -> bool:
    """Whether any layer asks for the smooth fields."""
    return any(isinstance(layer, Blobs) for layer in layers)


def _within(mask: Mask, shape: Shape | None, x: Floats, y: Floats) -> Mask:
    return mask if shape is None else mask & shape.mask(x, y)


def _parcels(layer: Parcels, x: Floats, y: Floats) -> Map:
    u, v = turn_all(x, y, layer.angle)
    low = float(v.min())
    strip_at = np.searchsorted(np.array(layer.edges), np.arange(int(v.max() - low) + 2) + low).astype(np.intp)
    strip_at = np.minimum(strip_at, len(layer.pitches) - 1)
    strip = strip_at[(v - np.float32(low)).astype(np.intp)]
    u += np.array(layer.slants, dtype=np.float32)[strip] * v
    u += np.array(layer.starts, dtype=np.float32)[strip]
    pitch = np.array(layer.pitches, dtype=np.float32)[strip]
    place = u / pitch
    cell = np.floor(place)
    table = np.array(layer.paints, dtype=np.uint8)
    drawn: Map = table[(cell.astype(np.intp) * 5 + strip * 3) % len(table)]
    edge = (place - cell) * pitch < np.float32(layer.border_px)
    edge |= np.diff(strip, axis=0, append=strip[-1:]) != 0
    edge |= np.diff(strip, axis=1, append=strip[:, -1:]) != 0
    drawn[edge] = layer.border
    return drawn


def _blocks(layer: Blocks, x: Floats, y: Floats) -> Map:
    u, v = turn_all(x - np.float32(layer.x), y - np.float32(layer.y), layer.angle)
    u /= np.float32(layer.pitch[0])
    v /= np.float32(layer.pitch[1])
    i, j = np.floor(u), np.floor(v)
    u -= i
    v -= j
    column, row = i.astype(np.intp), j.astype(np.intp)
    table = np.array(layer.buildings, dtype=np.uint8)
    drawn: Map = table[(column * 11 + row * 7 + (column * row) % 5) % len(table)]
    built = (u < np.float32(layer.share[0])) & (v < np.float32(layer.share[1]))
    street = (column % layer.run[0] == 0) | (row % layer.run[1] == 0)
    drawn[~built] = layer.ground
    drawn[street] = layer.street
    return drawn
