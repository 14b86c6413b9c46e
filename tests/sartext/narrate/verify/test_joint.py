import pytest

from sartext.narrate.facts.place import Place
from sartext.narrate.facts.tile_facts import Facts, Object, facts_of
from sartext.narrate.read.meaning import Property
from sartext.narrate.verify.discourse import BoundProperty
from sartext.narrate.verify.joint import jointly
from sartext.narrate.verify.predicates import FALSE, FREE, TRUE, UNKNOWN, in_place, opposite
from tests.support.narration import MakeBox, MakeTile

LEFT, MIDDLE, CENTER = Place(2, 1), Place(7, 2, "side"), Place(2, 2)
LEFT_HALF = Place(7, 1, "half")


@pytest.fixture
def near_two_cells(make_tile: MakeTile, make_box: MakeBox) -> Facts:
    """A ship that may be counted in the middle left or in the center."""
    return facts_of(make_tile(make_box("ship", 92, 140, 112, 150), exhaustive=("ship",)))


def placed(place: Place, negated: bool = False) -> BoundProperty:
    return Property("p", (0,), negated), (place,)


def value(facts: Facts, said: list[BoundProperty], given: list[BoundProperty]) -> int:
    def has(thing: Object, one: BoundProperty) -> int:
        alone = in_place(thing, one[1][0], facts)
        return opposite(alone) if one[0].negated else alone

    return jointly(facts.objects[0], said, given, has, facts)


@pytest.mark.parametrize(
    ("said", "given", "expected"),
    [
        ([placed(LEFT)], [], FREE),
        ([placed(LEFT)], [placed(LEFT)], TRUE),
        ([placed(MIDDLE)], [placed(CENTER)], TRUE),
        ([placed(CENTER, negated=True)], [placed(LEFT)], TRUE),
        ([placed(CENTER, negated=True)], [placed(CENTER)], FALSE),
        ([placed(LEFT), placed(CENTER, negated=True)], [], FREE),
        ([placed(CENTER), placed(CENTER, negated=True)], [], FALSE),
        ([placed(LEFT), placed(CENTER)], [], UNKNOWN),  # loosely said of one that is in both
        ([placed(CENTER)], [placed(LEFT)], UNKNOWN),
    ],
)
def test_an_object_is_counted_in_one_cell_at_a_time(
    near_two_cells: Facts, said: list[BoundProperty], given: list[BoundProperty], expected: int
) -> None:
    assert value(near_two_cells, said, given) == expected


def test_what_is_given_of_a_half_decides_it(make_tile: MakeTile, make_box: MakeBox) -> None:
    facts = facts_of(make_tile(make_box("ship", 140, 140, 160, 150), exhaustive=("ship",)))
    assert value(facts, [placed(LEFT_HALF)], []) == FREE
    assert value(facts, [placed(LEFT_HALF)], [placed(LEFT_HALF)]) == TRUE
    assert value(facts, [placed(LEFT_HALF)], [placed(LEFT_HALF, negated=True)]) == FALSE
