"""Point echoes of things: where, how strong. Strength is the intensity at the peak, as sigma nought.

The choice of scatterers follows what high-resolution images show: edges and superstructure of ships, the dihedral that a
wall makes with the ground, engines and wing roots of aircraft, the arcs of a tank's base and roof, up to three parallel
lines of a bridge (Soergel et al. 2008, IEEE JSTARS 1).
"""

import math
from collections.abc import Callable

import numpy as np

from sartext.sources.archive.outlines import Group, half_beam
from sartext.sources.archive.shapes import Floats

# u, v, height (all (k, p), px) and strength (linear, (k, p)) of the points of a group.
Echoes = tuple[Floats, Floats, Floats, Floats]


def _spread(random: np.random.Generator, shape: tuple[int, int], low_db: float, high_db: float) -> Floats:
    """Strengths spread evenly in dB."""
    level = random.random(shape, dtype=np.float32) * np.float32(high_db - low_db) + np.float32(low_db)
    return _linear(level)


def _linear(level_db: Floats) -> Floats:
    power: Floats = np.exp(level_db * np.float32(math.log(10.0) / 10.0))
    return power


def _facing(things: Group, nu: Floats | float, nv: Floats | float, toward: int, sharpness: float) -> Floats:
    """How squarely a wall with the outward normal (nu, nv) faces the radar, 0 to 1."""
    towards = (nu * things.c - nv * things.s) * np.float32(toward)
    share: Floats = np.maximum(towards, np.float32(0.0)) ** np.float32(sharpness)
    return share


def ship(random: np.random.Generator, things: Group, toward: int) -> Echoes:
    """Hull edges, the brighter one toward the radar; superstructure aft; cranes and hatches along the deck."""
    k = len(things.x)
    along = max(8, math.ceil(float(things.length.max()) / 1.6))
    u = (np.arange(along, dtype=np.float32) + np.float32(0.5)) / np.float32(along) - np.float32(0.5)
    edge = half_beam(u)
    sides = [np.broadcast_to(u, (k, along)), np.broadcast_to(u, (k, along))]
    lateral = [np.broadcast_to(edge * 0.92, (k, along)), np.broadcast_to(-edge * 0.92, (k, along))]
    lit = [0.12 + _facing(things, 0.0, side, toward, 1.0) for side in (1.0, -1.0)]
    strength = [_spread(random, (k, along), -4.0, 11.0) * share for share in lit]
    deck = 6 + along // 3
    du = random.random((k, deck), dtype=np.float32) * np.float32(0.86) - np.float32(0.45)
    dv = (random.random((k, deck), dtype=np.float32) - np.float32(0.5)) * np.float32(1.3) * half_beam(du)
    bridge_at = np.where(things.style % 5 == 0, np.float32(0.05), np.float32(-0.36))
    house = 7
    hu = bridge_at + (random.random((k, house), dtype=np.float32) - np.float32(0.5)) * np.float32(0.1)
    hv = (random.random((k, house), dtype=np.float32) - np.float32(0.5)) * np.float32(0.8)
    heights = [np.zeros((k, 2 * along), dtype=np.float32), random.random((k, deck), dtype=np.float32) * np.float32(0.6)]
    heights.append(random.random((k, house), dtype=np.float32))
    strength += [_spread(random, (k, deck), -2.0, 16.0), _spread(random, (k, house), 6.0, 24.0)]
    return (
        np.concatenate([*sides, du, hu], axis=1) * things.length,
        np.concatenate([*lateral, dv, hv], axis=1) * things.width,
        np.concatenate(heights, axis=1) * things.height,
        np.concatenate(strength, axis=1),
    )


_PLANE = np.array(
    [  # u, v, height by the thing's, strength in dB
        (0.47, 0.0, 0.4, 4.0),
        (0.36, 0.02, 0.5, 8.0),
        (0.22, -0.02, 0.5, 4.0),
        (0.06, 0.06, 0.4, 12.0),
        (0.06, -0.06, 0.4, 12.0),
        (-0.08, 0.03, 0.4, 9.0),
        (-0.20, -0.02, 0.4, 4.0),
        (-0.34, 0.0, 0.5, 7.0),
        (0.03, 0.17, 0.3, 15.0),
        (0.03, -0.17, 0.3, 15.0),
        (-0.05, 0.30, 0.3, 10.0),
        (-0.05, -0.30, 0.3, 10.0),
        (-0.16, 0.48, 0.4, 4.0),
        (-0.16, -0.48, 0.4, 4.0),
        (-0.46, 0.16, 0.6, 5.0),
        (-0.46, -0.16, 0.6, 5.0),
        (-0.47, 0.0, 1.0, 12.0),
    ],
    dtype=np.float32,
)


def aircraft(random: np.random.Generator, things: Group, toward: int) -> Echoes:
    """A cross of bright points: nose, wing roots, engines, wing tips, tail, and the fuselage's lit side."""
    k, count = len(things.x), len(_PLANE)
    along = 12
    u = np.linspace(-0.42, 0.44, along, dtype=np.float32)
    side = np.where(things.s * np.float32(-toward) > 0.0, np.float32(0.04), np.float32(-0.04))
    lit = 0.15 + _facing(things, 0.0, np.sign(side), toward, 1.0)
    table = np.broadcast_to(_PLANE[:, 3], (k, count))
    strength = _linear(table + (random.random((k, count), dtype=np.float32) - np.float32(0.5)) * np.float32(9.0))
    jitter = (random.random((k, count), dtype=np.float32) - np.float32(0.5)) * np.float32(0.02)
    return (
        np.concatenate([_PLANE[:, 0] + jitter, np.broadcast_to(u, (k, along))], axis=1) * things.length,
        np.concatenate([np.broadcast_to(_PLANE[:, 1], (k, count)), np.broadcast_to(side, (k, along))], axis=1) * things.width,
        np.concatenate([np.broadcast_to(_PLANE[:, 2], (k, count)), np.full((k, along), 0.3, np.float32)], axis=1)
        * things.height,
        np.concatenate([strength, _spread(random, (k, along), -2.0, 10.0) * lit], axis=1),
    )


def car(random: np.random.Generator, things: Group, toward: int) -> Echoes:
    """The dihedral along the sides that face the radar, the corners of the body, the edges of the roof."""
    k = len(things.x)
    long_side, short_side = np.linspace(-0.48, 0.48, 9, dtype=np.float32), np.linspace(-0.45, 0.45, 5, dtype=np.float32)
    parts_u, parts_v, heights, strength = [], [], [], []
    for side in (-1.0, 1.0):
        for along, nu, nv in ((long_side, 0.0, side), (short_side, side, 0.0)):
            count = len(along)
            flat = np.broadcast_to(along, (k, count))
            fixed = np.full((k, count), 0.47 * side, dtype=np.float32)
            lit = _facing(things, nu, nv, toward, 3.0)
            for height, low_db, high_db in ((0.0, 2.0, 13.0), (0.9, -8.0, 5.0)):
                parts_u.append(fixed if nu else flat)
                parts_v.append(flat if nu else fixed)
                heights.append(np.full((k, count), height, dtype=np.float32))
                strength.append(_spread(random, (k, count), low_db, high_db) * lit)
    inner = 4
    parts_u.append((random.random((k, inner), dtype=np.float32) - np.float32(0.5)) * np.float32(0.8))
    parts_v.append((random.random((k, inner), dtype=np.float32) - np.float32(0.5)) * np.float32(0.7))
    heights.append(random.random((k, inner), dtype=np.float32))
    strength.append(_spread(random, (k, inner), -4.0, 10.0))
    return (
        np.concatenate(parts_u, axis=1) * things.length,
        np.concatenate(parts_v, axis=1) * things.width,
        np.concatenate(heights, axis=1) * things.height,
        np.concatenate(strength, axis=1),
    )


def tank(random: np.random.Generator, things: Group, toward: int) -> Echoes:
    """The near arc of the base, where wall and ground make a dihedral; the rim of the roof; fittings in its middle."""
    k = len(things.x)
    count = max(16, math.ceil(float(things.length.max()) * math.pi / 1.4))
    turn = np.linspace(-math.pi, math.pi, count, endpoint=False, dtype=np.float32)
    nearness = np.cos(turn)  # 1 where the wall faces the radar
    u, v = nearness * np.float32(0.5 * toward), np.sin(turn) * np.float32(0.5)
    base = _spread(random, (k, count), 2.0, 9.0) * np.maximum(nearness, 0.0) ** 4
    rim = _spread(random, (k, count), -5.0, 5.0) * (np.float32(0.3) + np.float32(0.7) * np.maximum(np.abs(nearness), 0.0) ** 3)
    middle = _spread(random, (k, 2), 0.0, 12.0)
    zeros = np.zeros((k, count), dtype=np.float32)
    off = (random.random((k, 2), dtype=np.float32) - np.float32(0.5)) * np.float32(0.5)
    return (
        np.concatenate([np.broadcast_to(u, (k, count))] * 2 + [off], axis=1) * things.length,
        np.concatenate([np.broadcast_to(v, (k, count))] * 2 + [off[:, ::-1]], axis=1) * things.width,
        np.concatenate([zeros, zeros + 1.0, np.ones((k, 2), dtype=np.float32)], axis=1) * things.height,
        np.concatenate([base, rim, middle], axis=1),
    )


def bridge(random: np.random.Generator, things: Group, toward: int) -> Echoes:
    """Three lines: the deck's near edge, displaced; edge and water, in place; water, deck and water, beyond."""
    k = len(things.x)
    count = max(16, math.ceil(float(things.length.max()) / 1.2))
    u = np.broadcast_to(np.linspace(-0.49, 0.49, count, dtype=np.float32), (k, count))
    square = np.abs(things.s) ** 2  # of the deck's side to the radar
    near = np.where(things.s * np.float32(-toward) > 0.0, np.float32(0.46), np.float32(-0.46))
    side = np.broadcast_to(near, (k, count))
    posts = np.where(np.arange(count) % 7 == 0, np.float32(6.0), np.float32(1.0))
    direct = _spread(random, (k, count), -6.0, 4.0) * (0.25 + square) * posts
    double = _spread(random, (k, count), 3.0, 12.0) * (0.08 + square)
    triple = _spread(random, (k, count), -6.0, 4.0) * (0.05 + square)
    rise = camber(u)
    return (
        np.concatenate([u, u, u], axis=1) * things.length,
        np.concatenate([side, side, -side], axis=1) * things.width,
        np.concatenate([rise, np.zeros_like(rise), -rise], axis=1) * things.height,
        np.concatenate([direct, double, triple], axis=1),
    )


def camber(u: Floats) -> Floats:
    """The height of a bridge's deck by its greatest, at u (-0.5 to 0.5 along it): it comes down to both banks."""
    square: Floats = 4.0 * u * u
    return np.float32(1.0) - square * square


def harbor(random: np.random.Generator, things: Group, toward: int) -> Echoes:
    """Cranes and goods along the quay, and its wall where it faces the radar over the water."""
    k, cranes = len(things.x), 16
    along = max(12, math.ceil(float(things.length.max()) / 1.3))
    wall = np.broadcast_to(np.linspace(-0.49, 0.49, along, dtype=np.float32), (k, along))
    u = random.random((k, cranes), dtype=np.float32) * np.float32(0.96) - np.float32(0.48)
    back = random.random((k, cranes), dtype=np.float32) * np.float32(0.7)
    edge = things.depth - np.float32(0.5) * things.width
    lit = np.float32(0.03) + _facing(things, 0.0, 1.0, toward, 2.0)
    strength = [_spread(random, (k, cranes), -2.0, 17.0), _spread(random, (k, along), -2.0, 10.0) * lit]
    return (
        np.concatenate([u, wall], axis=1) * things.length,
        np.concatenate([edge - back * things.depth, np.broadcast_to(edge, (k, along))], axis=1),
        np.zeros((k, cranes + along), dtype=np.float32),
        np.concatenate(strength, axis=1),
    )


ECHOES: dict[str, Callable[[np.random.Generator, Group, int], Echoes]] = {
    "ship": ship,
    "aircraft": aircraft,
    "car": car,
    "tank": tank,
    "bridge": bridge,
    "harbor": harbor,
}
