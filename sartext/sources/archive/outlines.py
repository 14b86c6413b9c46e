"""The outlines of things as dense points in their own frame, for painting bodies and shadows into pixels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sartext.sources.archive.layers import MARGIN_PX, drawn_px
from sartext.sources.archive.shapes import Floats
from sartext.sources.archive.things import Thing

Indices = npt.NDArray[np.intp]
SPACING_PX = 0.7  # below 1 / sqrt(2), so that no pixel is missed


@dataclass(frozen=True)
class Group:
    """Things of one class as columns (k, 1)."""

    x: Floats
    y: Floats
    c: Floats  # cosine of the angle
    s: Floats
    length: Floats
    width: Floats
    height: Floats
    depth: Floats
    style: npt.NDArray[np.int64]


def group(things: Sequence[Thing]) -> Group:
    """The things as columns, at the places of their images."""
    rows = [
        (t.x, t.y + t.shift_y, math.cos(t.angle), math.sin(t.angle), t.length, t.width, t.height, t.depth, t.style)
        for t in things
    ]
    table = np.array(rows, dtype=np.float32).T[:, :, None]
    x, y, c, s, length, width, height, depth, style = table
    return Group(x, y, c, s, length, width, height, depth, style.astype(np.int64))


def pixels(things: Group, u: Floats, v: Floats, move_x: Floats | float, move_y: Floats | float, size_px: int) -> Indices:
    """The flat index of the drawn pixel of each point, (k, p); -1 outside.

    `u` and `v` are (k, p) or (1, p), in px of the things' own frames; `move_x` and `move_y` are added in the image.
    """
    n = drawn_px(size_px)
    column: Indices = np.floor(things.x + u * things.c - v * things.s + (np.float32(MARGIN_PX) + move_x)).astype(np.intp)
    row: Indices = np.floor(things.y + u * things.s + v * things.c + (np.float32(MARGIN_PX) + move_y)).astype(np.intp)
    outside = column.view(np.uintp) >= n  # what is negative is huge without its sign
    outside |= row.view(np.uintp) >= n
    row *= n
    row += column
    row[outside] = -1
    return row


def body(label: str, things: Group) -> tuple[Floats, Floats]:
    """Points (k, p) that cover the things' outlines, in px of their own frames."""
    longest, widest = float(things.length.max()), float(things.width.max())
    steps_u, steps_v = math.ceil(longest / SPACING_PX / 4.0) * 4 + 1, math.ceil(widest / SPACING_PX / 4.0) * 4 + 1
    u, v = _OUTLINES.get(label, _rectangle)(steps_u, steps_v)
    return u * things.length, v * things.width


@lru_cache(maxsize=256)
def _rectangle(steps_u: int, steps_v: int) -> tuple[Floats, Floats]:
    u, v = np.meshgrid(np.linspace(-0.5, 0.5, steps_u), np.linspace(-0.5, 0.5, steps_v))
    return _frozen(u.ravel()), _frozen(v.ravel())


@lru_cache(maxsize=256)
def _hull(steps_u: int, steps_v: int) -> tuple[Floats, Floats]:
    u, v = _rectangle(steps_u, steps_v)
    inside = np.abs(v) <= half_beam(u) + 1e-6
    return _frozen(u[inside]), _frozen(v[inside])


def half_beam(u: Floats) -> Floats:
    """The half width of a hull at u (-0.5 stern, 0.5 bow), by its beam."""
    bow = np.clip((u - np.float32(0.22)) / np.float32(0.28), 0.0, 1.0)
    stern = np.clip((np.float32(-0.42) - u) / np.float32(0.08), 0.0, 1.0)
    return np.float32(0.5) * (1.0 - bow * bow) * (1.0 - np.float32(0.25) * stern)


@lru_cache(maxsize=256)
def _disk(steps_u: int, steps_v: int) -> tuple[Floats, Floats]:
    u, v = _rectangle(steps_u, steps_v)
    inside = u * u + v * v <= 0.25
    return _frozen(u[inside]), _frozen(v[inside])


@lru_cache(maxsize=256)
def _plane(steps_u: int, steps_v: int) -> tuple[Floats, Floats]:
    u, v = _rectangle(steps_u, steps_v)
    fuselage = np.abs(v) <= 0.055 * np.clip((0.52 - u) * 6.0, 0.3, 1.0) * np.clip((u + 0.56) * 3.0, 0.25, 1.0)
    sweep = 0.10 - 0.42 * np.abs(v)
    chord = 0.20 - 0.26 * np.abs(v)
    wings = (u < sweep) & (u > sweep - chord)
    tail = (np.abs(v) < 0.18) & (u < -0.36 - 0.35 * np.abs(v)) & (u > -0.48 - 0.12 * np.abs(v))
    inside = fuselage | wings | tail
    return _frozen(u[inside]), _frozen(v[inside])


_OUTLINES = {"ship": _hull, "tank": _disk, "aircraft": _plane}


def _frozen(values: npt.NDArray[np.floating]) -> Floats:
    array: Floats = values.astype(np.float32)
    array.setflags(write=False)
    return array
