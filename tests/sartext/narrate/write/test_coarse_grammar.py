"""What coarse captions say: rough numbers that hold, places, and what masks tell, over many draws of a tile."""

import re
from dataclasses import replace

import numpy as np
import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.read.lexicon import INFINITE, LEXICON, Quantity
from sartext.narrate.seeded import Pick
from sartext.narrate.write import coarse_templates as phrases
from sartext.narrate.write.coarse_grammar import coarse
from sartext.tile import Tile
from tests.reading.mosaics import tile_of
from tests.support.narration import MakeBox, MakeTile

DRAWS = 400


def texts(tile: Tile) -> set[str]:
    """Many coarse captions of one tile."""
    return {str(coarse(facts_of(tile), Pick(str(number)))).lower() for number in range(DRAWS)}


def fleet(make_tile: MakeTile, make_box: MakeBox, count: int, **others: object) -> Tile:
    """So many ships all over the tile."""
    places = [(20 + 48 * (at % 6), 20 + 48 * (at // 6)) for at in range(count)]
    return make_tile(*(make_box("ship", x, y, x + 20, y + 20) for x, y in places), **others)


@pytest.mark.parametrize(
    "word", sorted({word for word, _, most in phrases.ROUGH_NUMBERS if most != 1 or word != "a"} - {"", "a"})
)
def test_rough_numbers_are_written_as_they_are_read(word: str) -> None:
    bounds = [(least, most) for one, least, most in phrases.ROUGH_NUMBERS if one == word]
    code, read = LEXICON[word]
    if code == "#":
        assert {(read, read)} == set(bounds)
        return
    assert isinstance(read, Quantity)
    assert all(least >= read.low and (INFINITE if most is None else most) <= read.high for least, most in bounds)


@pytest.mark.parametrize(
    ("count", "said", "never"),
    [
        (1, {"a ship"}, "ships"),
        (2, {"two ships", "a couple of ships", "a pair of ships"}, "a few"),
        (4, {"a few ships"}, "many"),
        (12, {"several ships", "many ships"}, "dozens"),
        (13, {"many ships", "numerous ships"}, "several"),
        (24, {"dozens of ships", "many ships"}, "several"),
    ],
)
def test_numbers_are_rough_and_true(make_tile: MakeTile, make_box: MakeBox, count: int, said: set[str], never: str) -> None:
    found = texts(fleet(make_tile, make_box, count, exhaustive=("ship",)))
    assert said <= found
    assert not [text for text in found if never in text]


def test_where_there_may_be_more_words_hold_all_the_same(make_tile: MakeTile, make_box: MakeBox) -> None:
    unsure = [fleet(make_tile, make_box, 4, exhaustive=())]
    sure = fleet(make_tile, make_box, 4, exhaustive=("ship",))
    cut = replace(make_box("ship", 290, 290, 299, 299), visible_share=0.3)
    unsure += [
        replace(sure, boxes=(*sure.boxes, cut)),
        replace(sure, boxes=(*sure.boxes, replace(sure.boxes[0], crowd=True))),
        replace(sure, boxes=tuple(replace(box, component=True) for box in sure.boxes)),
    ]
    for tile in unsure:
        found = texts(tile)
        assert {"some ships", "multiple ships"} <= found
        assert not [text for text in found if any(word in text for word in ("few", "several", "handful", "four", "many"))]
    alone = texts(fleet(make_tile, make_box, 1, exhaustive=()))
    assert {"ship", "ship in the upper left"} <= alone
    assert not [text for text in alone if text.startswith(("a ship", "one ship", "a single"))]


def test_what_is_unresolvable_is_tiny_and_of_many_counts_in_no_number(make_tile: MakeTile, make_box: MakeBox) -> None:
    small = [make_box("ship", 20 * at, 200, 20 * at + 3, 203) for at in range(1, 4)]
    assert all("tiny" in text for text in texts(make_tile(*small, exhaustive=("ship",))))
    found = texts(make_tile(make_box("ship", 20, 20, 60, 60), *small, exhaustive=("ship",)))
    assert not [text for text in found if text.startswith("ship ") or text == "ship"]  # a reader would miss the tiny ones
    assert not [text for text in found if "tiny" in text]
    fleet = [
        make_box("ship", 20 + 40 * (at % 6), 20 + 40 * (at // 6), 50 + 40 * (at % 6), 50 + 40 * (at // 6)) for at in range(10)
    ]
    many = texts(make_tile(*fleet, *small, exhaustive=("ship",)))
    assert not [text for text in many if any(word in text for word in ("many", "numerous", "several", "ten"))]


def test_places_are_those_of_all_objects_or_of_some_of_them(make_tile: MakeTile, make_box: MakeBox) -> None:
    left = [make_box("ship", 20, y, 60, y + 20) for y in (20, 140, 260)]
    assert {"some ships on the left", "a few vessels on the left side"} <= texts(make_tile(*left, exhaustive=("ship",)))
    spread = texts(make_tile(*left, make_box("ship", 260, 20, 290, 40), exhaustive=("ship",)))
    assert any(text.endswith(", most of them on the left") for text in spread)
    assert not any(text.endswith(("ships on the left", "vessels on the left")) for text in spread)


def test_ships_are_near_a_port_where_all_of_them_are(make_tile: MakeTile, make_box: MakeBox) -> None:
    port = make_box("harbor", 100, 100, 180, 180)
    near = [make_box("ship", x, 185, x + 15, 195) for x in (100, 130, 160)]
    assert {"a few ships near a port", "three ships near a harbor"} <= texts(make_tile(port, *near))
    far = make_box("ship", 280, 20, 295, 30)
    assert not [text for text in texts(make_tile(port, *near, far)) if re.search("(?:ships|vessels) (?:near|by|close)", text)]


def test_helicopters_are_no_planes(make_tile: MakeTile, make_box: MakeBox) -> None:
    assert not [text for text in texts(make_tile(make_box("helicopter", 20, 20, 60, 60))) if "plane" in text]
    assert [text for text in texts(make_tile(make_box("aircraft", 20, 20, 60, 60))) if "plane" in text]


def shore() -> np.ndarray:
    """A mask with one class on the left and another on the right."""
    drawn = np.zeros((300, 300), dtype=np.int64)
    drawn[:, 150:] = 1
    return drawn


def test_masks_tell_what_objects_are_on_and_near(make_box: MakeBox) -> None:
    tile = replace(tile_of(shore(), ("sea", "cropland"), 0), exhaustive=("ship",))
    at_sea = texts(replace(tile, boxes=(make_box("ship", 20, 20, 60, 40),)))
    assert "a ship at sea" in at_sea
    assert any(re.fullmatch(".*(?:sea and farmland|farmland and sea).* with a ship", text) for text in at_sea), at_sea
    assert not [text for text in at_sea if "near farmland" in text]
    close = texts(replace(tile, boxes=(make_box("ship", 100, 20, 140, 40),)))
    assert "a ship near farmland" in close
    ashore = texts(replace(tile, boxes=(make_box("ship", 200, 20, 240, 40),)))
    assert not [text for text in ashore if "at sea" in text or "on the sea" in text or "on farmland" in text]


def test_a_tile_without_objects_is_told_by_its_land_covers() -> None:
    found = texts(tile_of(shore(), ("water", "cropland"), 0, ("water", "cropland")))
    assert {"farmland and water", "farmland next to water", "farmland in the right half"} <= found
    drawn = shore()
    drawn[:, 40:] = 1
    assert {"mostly cropland", "mainly cropland"} <= texts(tile_of(drawn, ("water", "cropland"), 0))
    assert {"water", "entirely water"} <= texts(tile_of(np.zeros((90, 90), dtype=np.int64), ("water",), 0))
