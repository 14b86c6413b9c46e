"""Tiles of random boxes, without pixels: what the narration is measured and tested on."""

import math
import random
from collections.abc import Iterator
from dataclasses import replace

from sartext.tile import Box, EncodedImage, Geo, Rendering, Sensor, Tile
from tests.support.records import known_of

CLASSES = ("ship", "aircraft", "car", "tank", "bridge", "harbor")
FINER = ("tanker", "cargo ship", "container ship", "fighter", "airliner", "a320", "truck", "tug")
SIZE_M = {
    "ship": (100, 20),
    "aircraft": (35, 33),
    "car": (4.5, 1.8),
    "tank": (30, 30),
    "bridge": (250, 20),
    "harbor": (300, 120),
}


def random_tile(number: int, boxes: int | None = None, seed: int = 0) -> Tile:
    """The tile of a number: as many boxes as said, or mostly few and at times many."""
    draw = random.Random(f"{seed}/{number}")
    width = draw.choice((128, 256, 512, 800))
    height = draw.choice((width, width, width, 2 * width // 3))
    count = boxes if boxes is not None else draw.choice((0, 0, 1, 1, 1, 1, 2, 2, 3, 4, 5, 8, 13, 30))
    names = draw.sample(CLASSES, draw.choice((1, 1, 2, 3))) + ([draw.choice(FINER)] if draw.random() < 0.2 else [])
    labels = [draw.choice(names) for _ in range(count)]
    exhaustive = draw.choice((CLASSES, CLASSES, ("ship",), ("ship", "aircraft"), (), ("vehicle", "ship")))
    known = known_of(random.Random(f"record/{seed}/{number}"))
    return Tile(
        key=f"random/scene{number // 16}/{number % 16}_0",
        source="random",
        scene=f"random/scene{number // 16}",
        split="train",
        image=EncodedImage(bytes=None),
        height_px=height,
        width_px=width,
        rendering=Rendering(quantity="amplitude", polarisations=known.polarisations),
        sensor=Sensor(
            platform=known.platform,
            band=known.band,
            gsd_m=draw.choice((None, (1.0, 1.0), (3.0, 3.0), (2.0, 3.5))),
            orbit=known.orbit,
            look_side=known.look_side,
            acquired=known.acquired,
        ),
        geo=replace(
            draw.choice((Geo(), Geo(grid="map", crs="EPSG:32631", transform=(3.0, 0.0, 5e5, 0.0, -3.0, 5e6)))),
            footprint=known.footprint,
        ),
        boxes=tuple(_box(label, width, height, draw) for label in labels),
        exhaustive=exhaustive,
    )


def _box(label: str, width: int, height: int, draw: random.Random) -> Box:
    name = next((known for known in SIZE_M if known in label), "ship")
    grow = draw.uniform(0.3, 1.5) * draw.choice((1, 1, 1, 3))
    long, short = (max(2.0, side * grow / 3) for side in SIZE_M[name])
    angle = draw.choice((0.0, math.pi / 2, draw.uniform(0, math.pi), draw.uniform(0, math.pi)))
    x, y = draw.uniform(0, width), draw.uniform(0, height)
    if draw.random() < 0.1:  # on the edge of a cell
        x = width / 3 + draw.choice((-0.05, 0.0, 0.05)) * width
    along = (math.cos(angle) * long / 2, math.sin(angle) * long / 2)
    across = (-math.sin(angle) * short / 2, math.cos(angle) * short / 2)
    corners = []
    for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        corners.append(min(max(x + u * along[0] + v * across[0], 0.0), float(width)))
        corners.append(min(max(y + u * along[1] + v * across[1], 0.0), float(height)))
    outside = not (long / 2 < x < width - long / 2 and long / 2 < y < height - long / 2)
    return Box(
        label=label,
        polygon_px=tuple(corners),
        crowd=draw.random() < 0.02,
        visible_share=draw.uniform(0.2, 1.0) if outside else 1.0,
    )


def tiles(count: int, boxes: int | None = None, seed: int = 0) -> Iterator[Tile]:
    """So many random tiles."""
    return (random_tile(number, boxes, seed) for number in range(count))
