from collections.abc import Callable

import pytest

from sartext.narrate.facts.place import Place
from sartext.narrate.facts.tile_facts import Facts, Object, facts_of
from sartext.narrate.read.figures import Length
from sartext.narrate.verify.predicates import (
    FALSE,
    FREE,
    MORE,
    TRUE,
    UNKNOWN,
    has_length,
    in_any_place,
    in_cells,
    in_place,
    is_a,
    is_oriented,
    is_tiny,
    opposite,
    relates,
    spans,
)
from tests.support.narration import MakeBox, MakeTile

Only = Callable[..., tuple[Object, Facts]]


@pytest.fixture
def only(make_tile: MakeTile, make_box: MakeBox) -> Only:
    def build(
        left: float, top: float, right: float, bottom: float, label: str = "ship", **more: object
    ) -> tuple[Object, Facts]:
        facts = facts_of(make_tile(make_box(label, left, top, right, bottom), **more))
        return facts.objects[0], facts

    return build


@pytest.mark.parametrize(
    ("box", "place", "expected"),
    [
        ((20, 20, 40, 40), Place(1, 1), TRUE),
        ((20, 20, 40, 40), Place(1, 2), FALSE),
        ((95, 20, 105, 40), Place(1, 1), FREE),
        ((80, 20, 160, 40), Place(1, 1), MORE),
        ((20, 20, 40, 40), Place(7, 1, "side"), TRUE),
        ((120, 20, 130, 40), Place(7, 1, "side"), UNKNOWN),  # left of the middle, in the center column
        ((145, 20, 155, 40), Place(7, 1, "side"), FALSE),
        ((120, 20, 130, 40), Place(7, 1, "half"), TRUE),
        ((140, 20, 160, 40), Place(7, 1, "half"), FREE),
        ((120, 20, 220, 40), Place(7, 1, "half"), UNKNOWN),
        ((160, 20, 220, 40), Place(7, 1, "half"), FALSE),
        ((20, 20, 40, 40), Place(7, 1, "edge"), TRUE),
        ((60, 20, 80, 40), Place(7, 1, "edge"), UNKNOWN),
        ((120, 20, 130, 40), Place(7, 1, "edge"), FALSE),
        ((140, 260, 160, 280), Place(7, 7, "edge"), TRUE),
        ((20, 20, 40, 40), Place(7, 7, "corner"), TRUE),
        ((140, 20, 160, 40), Place(7, 7, "corner"), FALSE),
        ((20, 20, 40, 40), Place(1, 1, "cell", True), UNKNOWN),
    ],
)
def test_places(only: Only, box: tuple[float, ...], place: Place, expected: int) -> None:
    thing, facts = only(*box)
    assert in_place(thing, place, facts) == expected


def test_several_places_cover_an_edge_between_them(only: Only) -> None:
    thing, facts = only(95, 20, 105, 40)
    assert in_any_place(thing, (Place(1, 1), Place(1, 2)), facts) == TRUE
    assert in_any_place(thing, (Place(1, 1), Place(4, 4)), facts) == FREE
    assert in_any_place(thing, (Place(4, 1), Place(4, 4)), facts) == FALSE


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        ((100, 100), TRUE),
        ((90, 90), TRUE),
        ((80, 80), UNKNOWN),
        ((60, 60), FALSE),
        ((150, 150), UNKNOWN),
        ((170, 170), FALSE),
        ((60, 120), TRUE),
    ],
)
def test_lengths(only: Only, claimed: tuple[float, float], expected: int) -> None:
    thing, facts = only(50, 50, 150, 60, gsd_m=(1.0, 1.0))
    assert has_length(thing, Length(*claimed), facts) == expected
    assert has_length(*only(50, 50, 150, 60)[:1], Length(*claimed), only(50, 50, 150, 60)[1]) == UNKNOWN


def test_classes_upward_and_downward(only: Only) -> None:
    tanker, _ = only(10, 10, 30, 30, label="tanker")
    ship, _ = only(10, 10, 30, 30, label="ship")
    assert is_a(tanker, "ship") == is_a(tanker, "object") == TRUE
    assert is_a(ship, "tanker") == is_a(tanker, "cargo ship") == UNKNOWN
    assert is_a(tanker, "tug") == is_a(ship, "aircraft") == FALSE


def test_orientation_size_and_span(only: Only) -> None:
    thing, facts = only(10, 100, 290, 110)
    assert is_oriented(thing, "horizontal", facts) == TRUE
    assert is_oriented(thing, "vertical", facts) == is_oriented(thing, "diagonal", facts) == FALSE
    assert spans(thing, "across", facts) == TRUE
    assert spans(thing, "down", facts) == FALSE
    assert is_tiny(thing, None, facts) == UNKNOWN  # 7 px at a model's size
    assert is_tiny(*only(10, 10, 12, 12)[:1], None, facts) == TRUE
    assert is_tiny(*only(10, 10, 50, 50)[:1], None, facts) == FALSE


def test_relations_by_compass_need_north_up(make_tile: MakeTile, make_box: MakeBox) -> None:
    facts = facts_of(make_tile(make_box("ship", 10, 10, 20, 20), make_box("bridge", 10, 200, 60, 210)))
    ship, bridge = facts.of("ship")[0], facts.of("bridge")[0]
    assert relates(ship, bridge, "above", facts) == TRUE
    assert relates(ship, bridge, "north", facts) == UNKNOWN
    assert relates(ship, bridge, "far", facts) == TRUE
    assert relates(ship, bridge, "near", facts) == FALSE


def test_not() -> None:
    assert [opposite(value) for value in (FALSE, MORE, UNKNOWN, FREE, TRUE)] == [TRUE, UNKNOWN, UNKNOWN, FREE, FALSE]


@pytest.mark.parametrize(
    "box", [(20, 20, 40, 40), (95, 20, 105, 40), (80, 20, 160, 40), (10, 95, 290, 205), (140, 200, 160, 210)]
)
def test_all_cells_at_once_are_the_same_as_each_place(only: Only, box: tuple[float, float, float, float]) -> None:
    thing, facts = only(*box)
    for value in (MORE, UNKNOWN, TRUE):
        cells = in_cells(value, thing.rows, thing.columns, thing.rows_open, thing.columns_open)
        assert list(cells) == [
            min(value, in_place(thing, Place(1 << row, 1 << column), facts)) for row in range(3) for column in range(3)
        ]
