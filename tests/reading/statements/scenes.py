"""Random tiles of few objects, most of whose facts are clear."""

import math
import random

from sartext.tile import Box, EncodedImage, Geo, Rendering, Sensor, Tile
from tests.support.records import known_of

FAMILIES = (
    ("ship", "tanker", "cargo ship", "container ship", "fishing vessel"),
    ("aircraft", "airliner", "helicopter"),
    ("bridge",),
    ("harbor",),
    ("tank",),
    ("vehicle", "car"),
)
SIDES_PX = (240, 300, 480, 600)
GSD_M = (None, (1.0, 1.0), (2.0, 2.0), (3.0, 3.0))
NUMBERS = (0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 8)
EDGES = (1 / 3, 2 / 3, 1 / 3 + 0.03, 2 / 3 - 0.04, 1 / 3 - 0.06, 2 / 3 + 0.06, 0.5, 0.47)


def random_tile(number: int, seed: int) -> Tile:
    """The tile of a number: 0 to 8 objects of one to three families of classes."""
    draw = random.Random(f"statements/{seed}/{number}")
    side = draw.choice(SIDES_PX)
    families = draw.sample(FAMILIES, draw.choice((1, 1, 2, 2, 3)))
    labels = [
        name
        for family in families
        for name in (family[:1] if draw.random() < 0.3 else draw.sample(family, min(2, len(family))))
    ]
    dirt = draw.choice((0.0, 0.0, 0.2))
    boxes = [_box(draw, draw.choice(labels), side, dirt) for _ in range(draw.choice(NUMBERS))]
    if draw.random() < 0.06:
        boxes.append(_box(draw, draw.choice(labels), side, 0.0, crowd=True))
    if draw.random() < 0.08:
        boxes.append(_box(draw, draw.choice(labels), side, 0.0, visible=draw.choice((0.1, 0.3, 0.39))))
    exhaustive = [family[0] if draw.random() < 0.9 else draw.choice(family) for family in FAMILIES if draw.random() < 0.85]
    known = known_of(random.Random(f"record/{seed}/{number}"))
    return Tile(
        key=f"statements/s{seed}/{number}_0",
        source="statements",
        scene=f"s{seed}",
        split="train",
        image=EncodedImage(bytes=None),
        height_px=side,
        width_px=side,
        rendering=Rendering(quantity="amplitude", polarisations=known.polarisations),
        sensor=Sensor(gsd_m=draw.choice(GSD_M), band=known.band, orbit=known.orbit, acquired=known.acquired),
        geo=Geo(footprint=known.footprint),
        boxes=tuple(boxes),
        exhaustive=tuple(exhaustive),
    )


def _box(draw: random.Random, label: str, side: int, dirt: float, *, crowd: bool = False, visible: float = 1.0) -> Box:
    long = side * draw.choice((0.06, 0.09, 0.12, 0.16))
    short = long / draw.choice((4.0, 5.0, 6.0)) if draw.random() < 0.9 else long / draw.choice((1.0, 1.7, 3.0))
    degrees = draw.choice((0, 0, 90, 90, 45, 135)) if draw.random() >= dirt else draw.uniform(0, 180)
    x, y = (_place(draw, dirt) * side for _ in range(2))
    if visible < 1:  # at the border
        x = draw.choice((0.0, float(side)))
    angle = math.radians(degrees)
    along = (round(math.cos(angle), 9) * long / 2, round(math.sin(angle), 9) * long / 2)
    across = (-round(math.sin(angle), 9) * short / 2, round(math.cos(angle), 9) * short / 2)
    corners = [
        (x + u * along[0] + v * across[0], y + u * along[1] + v * across[1]) for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    first = min(range(4), key=lambda at: corners[at][0] + corners[at][1])
    polygon = tuple(coordinate for corner in (*corners[first:], *corners[:first]) for coordinate in corner)
    return Box(label=label, polygon_px=polygon, crowd=crowd, visible_share=visible)


def _place(draw: random.Random, dirt: float) -> float:
    """A coordinate as a share of the side: well inside of a third, or near an edge of one."""
    if draw.random() < 0.05 + dirt:
        return draw.choice((*EDGES, draw.random()))
    return draw.choice((1, 3, 5)) / 6 + draw.uniform(-0.04, 0.04)
