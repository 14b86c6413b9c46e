"""Hand-made tiles, the statements about them, and random tiles."""

import importlib.util
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sartext.imaging.run_lengths import encode
from sartext.tile import Box, EncodedImage, Geo, Region, Rendering, Sensor, Tile

ROOT = Path(__file__).parents[3]
SIX = ("ship", "aircraft", "car", "tank", "bridge", "harbor")
NORTH_UP = Geo(grid="map", crs="EPSG:32631", transform=(1.0, 0.0, 5e5, 0.0, -1.0, 5e6))


def box(label: str, left: float, top: float, right: float, bottom: float, **more: object) -> Box:
    """A box with sides along the axes."""
    return Box(label=label, polygon_px=(left, top, right, top, right, bottom, left, bottom), **more)  # type: ignore[arg-type]


def turned(label: str, x: float, y: float, long: float, short: float, degrees: float) -> Box:
    """A box around (x, y), its long side turned clockwise from the horizontal."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    corners = [
        (x + c * u * long / 2 - s * v * short / 2, y + s * u * long / 2 + c * v * short / 2)
        for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    return Box(label=label, polygon_px=tuple(value for corner in corners for value in corner))


def tile_of(
    *boxes: Box, side: int = 300, exhaustive: tuple[str, ...] = SIX, key: str = "hand/scene/0_0", **more: object
) -> Tile:
    """A square tile without pixels."""
    source, scene, _ = key.split("/")
    fields = {"gsd_m": None, "geo": Geo(), "regions": (), "split": "train", "unlabelled_share": None} | more
    return Tile(
        key=key,
        source=source,
        scene=f"{source}/{scene}",
        split=fields["split"],  # type: ignore[arg-type]
        image=EncodedImage(bytes=None),
        height_px=side,
        width_px=side,
        rendering=Rendering(quantity="amplitude"),
        sensor=Sensor(gsd_m=fields["gsd_m"]),  # type: ignore[arg-type]
        geo=fields["geo"],  # type: ignore[arg-type]
        boxes=boxes,
        regions=fields["regions"],  # type: ignore[arg-type]
        unlabelled_share=fields["unlabelled_share"],  # type: ignore[arg-type]
        exhaustive=exhaustive,
    )


def covered(drawn: np.ndarray, names: tuple[str, ...]) -> tuple[Region, ...]:
    """The regions of a mask (height, width) of positions in `names`; "" is unlabelled."""
    labelled = sum(int((drawn == at).sum()) for at, name in enumerate(names) if name)
    return tuple(
        Region(label=name, area_share=int((drawn == at).sum()) / labelled, rle=encode(drawn == at))
        for at, name in enumerate(names)
        if name
    )


def _mosaic() -> np.ndarray:
    """Half water on the left; on the right forest above cropland, and a strip of road between them and the edge."""
    drawn = np.zeros((300, 300), dtype=np.int64)
    drawn[:150, 150:] = 1
    drawn[150:, 150:] = 2
    drawn[:, 294:] = 3
    return drawn


def _patchy() -> np.ndarray:
    """A fifth unlabelled on the left, then wetland, then grassland."""
    drawn = np.full((200, 200), 2, dtype=np.int64)
    drawn[:, :40], drawn[:, 40:120] = 0, 1
    return drawn


def _tiles() -> dict[str, Tile]:
    fleet = [(60, 50), (150, 60), (90, 130), (180, 150), (60, 200), (600, 80), (700, 60), (650, 180), (80, 620), (160, 720)]
    fleet += [(620, 600), (720, 640), (640, 720), (740, 740)]
    return {
        # Three ships: one upper left (60 m, horizontal), two lower right (120 m and 32 m, vertical).
        "coast": tile_of(
            box("ship", 20, 44, 80, 56),
            box("ship", 245, 165, 255, 285),
            box("ship", 215, 240, 223, 272),
            box("bridge", 205, 45, 295, 55),
            box("harbor", 10, 210, 100, 290),
            *(box("tank", x, 144, x + 12, 156) for x in (124, 144, 164)),
            gsd_m=(1.0, 1.0),
            geo=NORTH_UP,
        ),
        "airfield": tile_of(
            box("airliner", 116, 29, 140, 51),
            box("airliner", 28, 117, 52, 139),
            box("fighter", 116, 117, 140, 139),
            box("aircraft", 198, 204, 222, 226),
            box("car", 34, 212, 46, 218),
            side=256,
            exhaustive=("aircraft",),
        ),
        "sea": tile_of(exhaustive=("ship",)),
        # Fourteen horizontal ships of 200 m: 5 upper left, 3 tankers upper right, 2 lower left, 4 lower right.
        "fleet": tile_of(
            *(box("tanker" if 5 <= n < 8 else "ship", x - 20, y - 5, x + 20, y + 5) for n, (x, y) in enumerate(fleet)),
            side=800,
            exhaustive=("ship",),
            gsd_m=(5.0, 5.0),
        ),
        "partial": tile_of(
            box("ship", 35, 46, 65, 54), box("ship", 65, 86, 95, 94), box("ship", 335, 346, 365, 354), side=400, exhaustive=()
        ),
        "lone": tile_of(turned("ship", 100, 100, 40, 10, 45), side=200),
        "depot": tile_of(
            *(box("tank", x, y, x + 10, y + 10) for y in (16, 32, 48) for x in (220, 236, 252, 268)),
            box("truck", 30, 255, 42, 261),
            box("car", 60, 270, 68, 274),
            exhaustive=("tank", "vehicle"),
            regions=(Region(label="cropland", area_share=0.4, rle=(54000, 36000)),),
        ),
        # Water 50% (left half), forest 24% (upper right), cropland 24% (lower right), road 2% (right edge); nothing else.
        "mosaic": tile_of(
            regions=covered(_mosaic(), ("water", "forest", "cropland", "road")),
            exhaustive=("water", "forest", "cropland", "road", "urban"),
        ),
        # Of the image: 20% unlabelled (left), 40% wetland (middle), 40% grassland (right).
        "patchy": tile_of(
            side=200, regions=covered(_patchy(), ("", "wetland", "grassland")), unlabelled_share=0.2, exhaustive=("ship",)
        ),
    }


TILES = _tiles()
# A ship in the center in the southern summer, and all that a record knows of an image.
TILES["bay"] = replace(
    tile_of(box("ship", 140, 145, 160, 155), key="hand/bay/0_0"),
    sensor=Sensor(
        platform="Sentinel-1A",
        band="C",
        gsd_m=(10.0, 10.0),
        orbit="descending",
        look_side="right",
        acquired=datetime(2020, 12, 31, 23, 30, tzinfo=UTC),
    ),
    geo=Geo(footprint="POLYGON ((5 -35, 6 -35, 6 -34, 5 -34, 5 -35))"),
    rendering=Rendering(quantity="amplitude", polarisations=("VV", "VH")),
)


def statements(name: str) -> Iterator[tuple[str, str]]:
    """(tile, statement) of a file of statements."""
    tile = ""
    for line in (Path(__file__).parent / "statements" / f"{name}.txt").read_text().splitlines():
        if line.startswith("["):
            tile = line.strip("[]")
        elif line and not line.startswith("#"):
            yield tile, line


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name in ("truth", "lie", "undecided"):
        if name in metafunc.fixturenames:
            file = {"truth": "truths", "lie": "lies"}.get(name, name)
            metafunc.parametrize(name, list(statements(file)), ids=lambda pair: f"{pair[0]}: {pair[1]}")


@pytest.fixture(scope="session")
def hand_tiles() -> dict[str, Tile]:
    return TILES


@pytest.fixture(scope="session")
def boxed_tiles() -> dict[str, Tile]:
    """Those whose boxes are what is known of them."""
    return {name: tile for name, tile in TILES.items() if name not in ("mosaic", "patchy")}


@pytest.fixture(scope="session")
def narrate_tiles() -> ModuleType:
    """The random tiles that the benchmarks use."""
    spec = importlib.util.spec_from_file_location("narrate_tiles", ROOT / "tests/benchmarks/narrate_tiles.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError("tests/benchmarks/narrate_tiles.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def make_tile() -> Callable[..., Tile]:
    return tile_of


@pytest.fixture(scope="session")
def make_box() -> Callable[..., Box]:
    return box


@pytest.fixture(scope="session")
def make_turned() -> Callable[..., Box]:
    return turned
