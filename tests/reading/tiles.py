"""Random tiles for the reader: boxes of every class, and whatever makes the truth hard to tell.

Some tiles hold a pattern (a row, a cluster, a spread, a pair, ships at a harbor), some have boxes exactly on the edges of
cells, at the border of the tile, cut by it, or too small to be resolved; some labels are exhaustive, some are crowds.
"""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from sartext.tile import Box, EncodedImage, Geo, Rendering, Sensor, Tile
from tests.reading.classes import PARENTS
from tests.support.records import known_of

CLASSES = tuple(PARENTS)
USUAL = ("ship", "aircraft", "car", "tank", "bridge", "harbor")
SIDES_PX = (64, 96, 128, 224, 256, 300, 512, 800, 1000)
GSD_M = (
    None,
    None,
    (0.3, 0.3),
    (1.0, 1.0),
    (3.0, 3.0),
    (10.0, 10.0),
    (2.0, 3.5),
    (0.5, 1.5),
    (0.31, 0.31),
    (2.33, 2.35),
    (9.97, 10.1),
)
EDGES = (0.0, 1 / 3, 2 / 3, 1.0, 1 / 3 - 0.05, 1 / 3 + 0.05, 2 / 3 - 0.05, 2 / 3 + 0.05, 0.5, 0.45, 0.55, 0.1, 0.9, 0.05)

Draw = random.Random
Place = tuple[float, float]


def random_tile(number: int, seed: int = 0) -> Tile:
    """The tile of a number: 0 to 40 boxes of one to four classes."""
    draw = Draw(f"reading/{seed}/{number}")
    width = draw.choice(SIDES_PX)
    height = width if draw.random() < 0.6 else draw.choice(SIDES_PX)
    count = draw.choice((0, 1, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10, 11, 12, 15, 23, 24, 25, 30, 40))
    pool = USUAL if draw.random() < 0.5 else CLASSES
    names = draw.sample(pool, draw.choice((1, 1, 2, 2, 3, 4)))
    if draw.random() < 0.3:
        names.append(PARENTS[names[0]] or names[0])
    pattern = draw.choice(PATTERNS)
    places = pattern(draw, count, width, height)
    scale = draw.choice((0.01, 0.03, 0.06, 0.1, 0.1, 0.2, 0.4)) * min(width, height)
    turn_rad = draw.choice((0.0, math.pi / 2, None, None, draw.uniform(0, math.pi)))
    dirt = draw.choice((0.0, 0.0, 0.1, 0.3))
    boxes = tuple(_box(draw, draw.choice(names), place, (width, height), scale, turn_rad, dirt) for place in places)
    known = known_of(Draw(f"record/{seed}/{number}"))
    return Tile(
        key=f"reading/s{seed}-{number // 8}/{number % 8}_0",
        source="reading",
        scene=f"s{seed}-{number // 8}",
        split="train",
        image=EncodedImage(bytes=None),
        height_px=height,
        width_px=width,
        rendering=Rendering(quantity="amplitude", polarisations=known.polarisations),
        sensor=Sensor(
            platform=known.platform,
            band=known.band,
            gsd_m=draw.choice(GSD_M),
            orbit=known.orbit,
            look_side=known.look_side,
            acquired=known.acquired,
        ),
        geo=replace(
            draw.choice((Geo(), Geo(grid="map", crs="EPSG:32631", transform=(3.0, 0.0, 5e5, 0.0, -3.0, 5e6)))),
            footprint=known.footprint,
        ),
        boxes=boxes,
        exhaustive=_exhaustive(draw, names),
    )


def tiles(count: int, seed: int = 0) -> Iterator[Tile]:
    """So many random tiles, one after the other."""
    return (random_tile(number, seed) for number in range(count))


def _exhaustive(draw: Draw, names: list[str]) -> tuple[str, ...]:
    kind = draw.random()
    if kind < 0.2:
        return ()
    if kind < 0.5:
        return USUAL
    if kind < 0.7:
        return CLASSES
    return tuple(dict.fromkeys([*draw.sample(names, 1), *draw.sample(CLASSES, 3)]))


def _spread(draw: Draw, count: int, width: int, height: int) -> list[Place]:
    return [(draw.uniform(0, width), draw.uniform(0, height)) for _ in range(count)]


def _cluster(draw: Draw, count: int, width: int, height: int) -> list[Place]:
    x, y = draw.uniform(0.1, 0.9) * width, draw.uniform(0.1, 0.9) * height
    reach = draw.uniform(0.02, 0.2)
    return [(x + draw.gauss(0, reach) * width, y + draw.gauss(0, reach) * height) for _ in range(count)]


def _row(draw: Draw, count: int, width: int, height: int) -> list[Place]:
    ends = [(draw.uniform(0, width), draw.uniform(0, height)) for _ in range(2)]
    noise = draw.choice((0.0, 0.01, 0.05)) * width
    shares = [(i + 0.5) / max(count, 1) for i in range(count)]
    return [tuple(a + (b - a) * share + draw.gauss(0, 1) * noise for a, b in zip(*ends, strict=True)) for share in shares]


def _on_edges(draw: Draw, count: int, width: int, height: int) -> list[Place]:
    return [(draw.choice(EDGES) * width, draw.choice(EDGES) * height) for _ in range(count)]


def _one_cell(draw: Draw, count: int, width: int, height: int) -> list[Place]:
    column, row = draw.randrange(3), draw.randrange(3)
    return [((column + draw.random()) / 3 * width, (row + draw.random()) / 3 * height) for _ in range(count)]


def _half(draw: Draw, count: int, width: int, height: int) -> list[Place]:
    low = draw.choice((0.0, 0.45))
    side = draw.random() < 0.5
    shares = [(low + 0.55 * draw.random(), draw.random()) for _ in range(count)]
    return [((a if side else b) * width, (b if side else a) * height) for a, b in shares]


PATTERNS: tuple[Callable[[Draw, int, int, int], list[Place]], ...] = (
    _spread,
    _spread,
    _cluster,
    _row,
    _on_edges,
    _one_cell,
    _half,
)


def _box(draw: Draw, label: str, place: Place, size: tuple[int, int], scale: float, turn_rad: float | None, dirt: float) -> Box:
    """A box about the place; most are moved inside the tile, some hang over its border and are cut there or not."""
    long = scale * draw.uniform(0.5, 2.0) * (4 if label in ("bridge", "harbor") and draw.random() < 0.3 else 1)
    short = long / draw.choice((1.0, 1.1, 1.9, 2.0, 2.1, 3.0, 5.0, 8.0))
    angle = draw.uniform(0, math.pi) if turn_rad is None else turn_rad + draw.choice((0.0, draw.gauss(0, 0.1)))
    along = (math.cos(angle) * long / 2, math.sin(angle) * long / 2)
    across = (-math.sin(angle) * short / 2, math.cos(angle) * short / 2)
    if draw.random() < 0.3:  # sides along the axes
        along, across = draw.choice((((long / 2, 0.0), (0.0, short / 2)), ((0.0, long / 2), (-short / 2, 0.0))))
    reach = [abs(along[i]) + abs(across[i]) for i in range(2)]
    centre = list(place)
    if draw.random() < 0.8:
        centre = [min(max(c, min(r, s / 2)), max(s - r, s / 2)) for c, r, s in zip(centre, reach, size, strict=True)]
    corners = [
        (centre[0] + u * along[0] + v * across[0], centre[1] + u * along[1] + v * across[1])
        for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    start = min(range(4), key=lambda i: corners[i][0] + corners[i][1])
    corners = corners[start:] + corners[:start]
    if draw.random() < 0.3:
        corners = [(round(x), round(y)) for x, y in corners]
    outside = any(not 0 <= c <= s for corner in corners for c, s in zip(corner, size, strict=True))
    if outside and draw.random() < 0.8:
        corners = [(min(max(x, 0.0), size[0]), min(max(y, 0.0), size[1])) for x, y in corners]
    if not _solid(corners, size):  # a source refuses what has no area inside the tile
        corners, outside = [(0.0, 0.0), (size[0] / 4, 0.0), (size[0] / 4, size[1] / 8), (0.0, size[1] / 8)], False
    return Box(
        label=label,
        polygon_px=tuple(float(c) for corner in corners for c in corner),
        difficult=draw.random() < 0.1,
        crowd=draw.random() < dirt * 0.3,
        visible_share=draw.choice((0.39, 0.4, 0.41, draw.random(), 1.0)) if outside or draw.random() < dirt else 1.0,
    )


def _solid(corners: list[Place], size: tuple[int, int]) -> bool:
    """Whether the corners span at least a square pixel, and at least a pixel each way inside the tile."""
    doubled = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True))
    inside = [[min(max(corner[axis], 0), size[axis]) for corner in corners] for axis in range(2)]
    return abs(doubled) >= 2 and all(max(along) - min(along) >= 1 for along in inside)
