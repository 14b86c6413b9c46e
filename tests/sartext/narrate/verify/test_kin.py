"""The places of a class are what `in_place` and `in_any_place` say of each of its objects, in whatever way they are found."""

from itertools import combinations, product

import pytest

from sartext.narrate.facts.place import CELL, Place
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify.kin import Kins, tally_of
from sartext.narrate.verify.predicates import FREE, in_any_place, in_place
from tests.benchmarks.narrate_tiles import random_tile

_PLACES = [
    *CELL,
    *[Place(rows, columns, "half") for rows, columns in product((1, 4, 7), (1, 4, 7)) if (rows, columns) != (7, 7)],
    *[Place(7, 1, "half", compass=True), Place(1, 7, "half", compass=True)],
    *[Place(rows, columns, "side") for rows, columns in ((7, 1), (7, 4), (1, 7), (4, 7))],
    *[Place(1, 1, "corner"), Place(7, 1, "edge")],
]
_TILES = [random_tile(number) for number in range(60)]


@pytest.mark.parametrize("name", ["ship", "aircraft", "vehicle", "object"])
def test_the_objects_of_a_class_in_a_place(name: str) -> None:
    found = 0
    for tile in _TILES:
        facts = facts_of(tile)
        kin = Kins(facts)[name]
        for place in _PLACES:
            expected = [min(value, in_place(thing, place, facts)) for thing, value in kin.things()]
            assert kin.inside((place,)) == expected
            if place in CELL:  # which are kept otherwise
                sure, free, unknown, more = tally_of(expected)
                assert kin.tally(CELL[place]) == (sure, free, unknown, more)
                assert kin.boxes(CELL[place]) == kin.boxes_at(expected)
            boxes = sorted(thing.box for thing, value in zip(kin.objects, expected, strict=True) if value >= FREE)
            assert kin.boxes_at(expected) == tuple(boxes)
            found += len(boxes)
    assert found > 20


def test_the_objects_of_a_class_in_one_of_several_places() -> None:
    for tile in _TILES[:30]:
        facts = facts_of(tile)
        kin = Kins(facts)["object"]
        for places in combinations(_PLACES, 2):
            assert kin.inside(places) == [min(value, in_any_place(thing, places, facts)) for thing, value in kin.things()]
