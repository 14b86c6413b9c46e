"""The independent reader: that it can fail, and that what the rules write passes it."""

import ast
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest

from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.tile import Box, EncodedImage, Geo, Region, Rendering, Sensor, Tile
from tests.reading.archives import FORMATS, REAL, embedded_tiles, real_tiles
from tests.reading.mutations import mutations
from tests.reading.reader import read, read_tile, sentences
from tests.reading.scene import Scene
from tests.reading.tiles import tiles

RANDOM_TILES, EMBEDDED_TILES = 400, 200


def upright(label: str, x: float, y: float, width: float, height: float, *, crowd: bool = False, visible: float = 1.0) -> Box:
    corners = (x, y, x + width, y, x + width, y + height, x, y + height)
    return Box(label=label, polygon_px=corners, crowd=crowd, visible_share=visible)


def tile_of(
    *boxes: Box,
    exhaustive: tuple[str, ...] = ("ship", "harbor", "bridge"),
    gsd_m: float | None = 2.0,
    regions: tuple[Region, ...] = (),
) -> Tile:
    return Tile(
        key="reading/by_hand/0_0",
        source="reading",
        scene="by_hand",
        split=None,
        image=EncodedImage(bytes=None),
        height_px=300,
        width_px=300,
        rendering=Rendering(quantity="amplitude"),
        sensor=Sensor(gsd_m=None if gsd_m is None else (gsd_m, gsd_m)),
        boxes=boxes,
        regions=regions,
        unlabelled_share=0.0 if regions else None,
        exhaustive=exhaustive,
    )


FLEET = tile_of(
    upright("ship", 20, 20, 60, 12),
    upright("tanker", 120, 130, 50, 10),
    upright("ship", 220, 250, 72, 16),
    upright("bridge", 130, 20, 12, 60),
)
TRUE = (
    "Three ships and a bridge are visible in this SAR image.",
    "The SAR scene shows three ships. Of the ships, one lies in the upper left, one at the center and one in the lower right.",
    "Among the ships, one is in the upper left, one near the center and one in the lower right part.",
    "The ships include at least one tanker.",
    "A bridge at the upper center and three ships. The bridge measures about 120 m in length.",
    "The bridge is oriented vertically in the image.",
    "The lengths of the ships range from about 100 to 140 m.",
    "The largest of the ships lies in the lower right.",
    "The ships are lined up.",
    "No harbors can be seen.",
)
FALSE = (
    ("Four ships are visible in this SAR image.", "wrong count"),
    ("Two ships are visible in this SAR image.", "wrong count"),
    ("At least four ships are visible in this SAR image.", "wrong count"),
    ("Dozens of ships are visible in this SAR image.", "wrong count"),
    ("One tanker is visible in this SAR image.", "inexact as exact"),
    ("A harbor is visible in this SAR image.", "wrong class"),
    ("A bridge at the upper left.", "wrong position"),
    ("The bridge is in the lower center.", "wrong position"),
    ("Of the ships, two lie in the upper left and one at the center.", "wrong position"),
    ("Of the ships, one lies in the upper left and one at the center.", "wrong count"),
    ("Both of the ships lie at the center.", "wrong count"),
    ("No tankers can be seen.", "false absence"),
    ("No cars can be seen.", "false absence"),
    ("The bridge measures about 200 m in length.", "wrong length"),
    ("The lengths of the ships range from about 50 to 140 m.", "wrong length"),
    ("The bridge is oriented horizontally in the image.", "wrong orientation"),
    ("The largest of the ships lies in the upper left.", "wrong position"),
    ("The ships are clustered together.", "wrong arrangement"),
    ("The bridge is below the annotated tanker.", "wrong relation"),
    ("The bridge is next to the annotated tanker.", "wrong relation"),
    ("Three tiny ships are visible in this SAR image.", "wrong size"),
    ("Two ships and a bridge in the upper center.", "ambiguous"),
    ("Three ship is visible in this SAR image.", "grammar"),
)


@pytest.mark.parametrize("text", TRUE)
def test_true_captions_pass(text: str) -> None:
    reading = read(text, Scene(FLEET))
    assert not reading.faults
    assert not reading.unread


@pytest.mark.parametrize(("text", "kind"), FALSE)
def test_false_captions_are_faulted(text: str, kind: str) -> None:
    reading = read(text, Scene(FLEET))
    assert kind in {fault.kind for fault in reading.faults}
    assert not reading.unread


def test_words_that_are_not_understood_are_returned() -> None:
    reading = read("Three ships are visible in this SAR image. The ships glitter in the moonlight.", Scene(FLEET))
    assert reading.unread == ("The", "ships", "glitter", "in", "the", "moonlight")
    assert read("Three gray ships are visible in this SAR image.", Scene(FLEET)).unread


def test_numbers_are_exact_only_where_the_labels_allow() -> None:
    one = upright("ship", 20, 20, 60, 12)
    crowd = upright("ship", 120, 20, 60, 12, crowd=True)
    cut = upright("ship", 220, 20, 60, 12, visible=0.3)
    plain = "A ship is visible in this SAR image."
    bound = "At least one annotated ship is visible in this SAR image."
    for boxes, exhaustive, exact in (
        ((one,), ("ship",), True),
        ((one,), (), False),
        ((one,), ("tanker",), False),
        ((one, crowd), ("ship",), False),
        ((one, cut), ("ship",), True),
    ):
        scene = Scene(tile_of(*boxes, exhaustive=exhaustive))
        assert bool(read(plain, scene).faults) != exact
        assert not read(bound, scene).faults


def test_absences_need_labels_that_prove_them() -> None:
    text = "No ships are visible."
    assert not read(text, Scene(tile_of())).faults
    for boxes in (
        upright("tanker", 9, 9, 60, 12),
        upright("ship", 9, 9, 60, 12, crowd=True),
        upright("ship", 9, 9, 60, 12, visible=0.1),
    ):
        assert read(text, Scene(tile_of(boxes))).faults
    assert read(text, Scene(tile_of(exhaustive=()))).faults


def test_either_word_is_true_at_the_edge_of_a_cell_and_each_box_is_shared_out_once() -> None:
    scene = Scene(tile_of(upright("ship", 90, 130, 20, 20), upright("ship", 240, 20, 20, 20)))
    for cell in ("in the middle left", "at the center"):
        assert not read(f"Of the ships, one lies {cell} and one in the upper right.", scene).faults
    assert read("Of the ships, one lies in the middle left and one at the center.", scene).faults
    assert read("Of the ships, one lies in the middle right and one in the upper right.", scene).faults


def test_a_tanker_is_a_ship_and_a_ship_is_not_known_to_be_a_tanker() -> None:
    assert not read("A ship is in the center.", Scene(tile_of(upright("tanker", 130, 130, 40, 10)))).faults
    ship = Scene(tile_of(upright("ship", 130, 130, 40, 10)))
    assert read("A tanker is in the center.", ship).faults
    assert read("No tankers are visible.", ship).faults


RECORDED = replace(
    tile_of(upright("ship", 130, 130, 40, 10), gsd_m=9.97),
    sensor=Sensor(gsd_m=(9.97, 9.97), band="X", orbit="ascending", acquired=datetime(2020, 12, 31, tzinfo=UTC)),
    geo=Geo(footprint="POLYGON ((5 -35, 6 -35, 6 -34, 5 -34, 5 -35))"),
    rendering=Rendering(quantity="amplitude", polarisations=("VV", "VH")),
)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Acquired in summer.", False),
        ("Acquired in winter.", True),  # in the south
        ("An X-band image from an ascending pass.", False),
        ("A X-band image from an ascending pass.", True),
        ("An X-band image from a descending pass.", True),
        ("The C-band image was acquired in summer.", True),
        ("The image is in VV and VH.", False),
        ("The image is in VV.", True),
        ("The image, in VV and VH, has pixels of 10 m.", False),
        ("The image has pixels of 9 m.", True),
        ("The image has pixels of 9.97 m.", True),  # nobody writes so
    ],
)
def test_the_reader_knows_how_an_image_was_made(text: str, wrong: bool) -> None:
    reading = read(text, Scene(RECORDED))
    assert not reading.unread
    assert bool(reading.faults) == wrong
    assert read(text, Scene(tile_of(upright("ship", 130, 130, 40, 10), gsd_m=None))).faults  # where nothing is known


def test_the_reader_catches_seeded_mutations() -> None:
    """At least 95% of changed captions are faulted, and 90% of each kind; those that stay are true by chance at an edge."""
    made, caught = Counter[str](), Counter[str]()
    draw = random.Random("mutations")
    for tile in chain(tiles(RANDOM_TILES, seed=1), embedded_tiles(EMBEDDED_TILES, seed=1)):
        scene = Scene(tile)
        for caption in A2C().apply(tile).captions:
            if read(caption.text, scene).faults:
                continue
            for kind, text in mutations(caption.text, scene, draw):
                made[kind] += 1
                caught[kind] += bool(read(text, scene).faults)
    assert len(made) == 12
    assert {kind: caught[kind] / made[kind] for kind in made if caught[kind] < 0.9 * made[kind]} == {}
    assert caught.total() >= 0.95 * made.total()


def problems(tile: Tile) -> list[str]:
    """What is wrong with the kept captions of a tile, or not understood."""
    narrated = Verify().apply(A2C().apply(tile))
    return [
        f"{tile.key}: {found}: {text}"
        for text, reading in read_tile(narrated)
        for found in [
            *(f"{fault.kind}, {fault.text}" for fault in reading.faults),
            *(f"unread {word}" for word in reading.unread),
        ]
    ]


def test_captions_of_random_tiles_state_only_facts() -> None:
    assert [problem for tile in tiles(RANDOM_TILES) for problem in problems(tile)] == []


def test_captions_of_the_embedded_archive_state_only_facts() -> None:
    assert [problem for tile in embedded_tiles(EMBEDDED_TILES) for problem in problems(tile)] == []


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real samples are not at {REAL}")
@pytest.mark.parametrize("exhaustive", [(), ("ship",)])
def test_captions_of_real_boxes_state_only_facts_and_are_the_same_from_every_format(exhaustive: tuple[str, ...]) -> None:
    texts = {}
    for form in FORMATS:
        found = real_tiles(form, exhaustive)
        assert len(found) == 18
        assert [problem for tile in found for problem in problems(tile)] == []
        texts[form] = {tile.key.partition("/")[2]: [c.text for c in A2C().apply(tile).captions] for tile in found}
    assert all(texts[form] == texts["coco"] for form in FORMATS)


def test_the_reader_shares_no_code_with_the_narration() -> None:
    for name in ("classes", "scene", "language", "stated", "frames", "truth", "reader", "mutations", "tiles", "record"):
        parsed = ast.parse((Path(__file__).parent / f"{name}.py").read_text())
        modules = {node.module or "" for node in ast.walk(parsed) if isinstance(node, ast.ImportFrom)}
        modules |= {alias.name for node in ast.walk(parsed) if isinstance(node, ast.Import) for alias in node.names}
        assert not [module for module in modules if module.startswith("sartext.") and module != "sartext.tile"]


def test_sentences_are_split_at_full_stops() -> None:
    assert sentences("A ship. No cars.") == ["A ship", "No cars"]
