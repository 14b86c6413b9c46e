"""The facts that texts state, whatever their words."""

from dataclasses import replace

import pytest

from sartext.narrate.facts.place import Place
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import claims_of
from sartext.narrate.verify.caption_facts import Fact, implied, told
from sartext.tile import Tile
from tests.support.narration import MakeBox, MakeTile

UPPER_LEFT, LOWER_RIGHT = Place(1, 1), Place(4, 4)
SHIP, THREE = Fact("ship"), Fact("ship", number=3)
LEFT_SHIP, RIGHT_SHIP = Fact("ship", UPPER_LEFT), Fact("ship", LOWER_RIGHT)

# The coast has one ship in the upper left and two in the lower right, all annotated, and no aircraft.
TEXTS = {
    "Three ships are visible.": {SHIP, THREE},
    "A radar image of 3 vessels.": {SHIP, THREE},
    "There are at least two ships.": {SHIP},
    "Three ships: one in the top left and two in the lower right.": {SHIP, THREE, LEFT_SHIP, RIGHT_SHIP},
    "Ships lie at the lower right and the upper left.": {SHIP, LEFT_SHIP, RIGHT_SHIP},
    "Three ships. They are not in the center. Two of them lie in the lower right.": {SHIP, THREE, RIGHT_SHIP},
    "The largest ship is in the lower right.": {SHIP, RIGHT_SHIP},
    "Four ships are visible.": set(),
    "All ships are in the lower right.": set(),  # contradicted
    "There are not four ships.": set(),
    "It is not true that there are four ships.": set(),
    "It is wrong that there are no ships.": set(),
    "No aircraft can be seen.": {Fact("aircraft", number=0)},
    "Something glitters.": set(),
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_states_what_its_supported_claims_say(text: str, hand_tiles: dict[str, Tile]) -> None:
    facts = facts_of(hand_tiles["coast"])
    found = told(text, facts)
    assert found.facts == TEXTS[text]
    assert found.claims == claims_of(text, facts)


def test_what_is_implied_is_wider_and_never_narrower() -> None:
    tanker = implied([Fact("tanker", UPPER_LEFT)])
    assert {SHIP, LEFT_SHIP, Fact("object"), Fact("ship", Place(1, 7, "side")), Fact("ship", Place(7, 7, "corner"))} <= tanker
    assert Fact("tanker", Place(7, 1, "side")) in tanker
    assert Fact("tanker", UPPER_LEFT) not in implied([LEFT_SHIP])
    assert LEFT_SHIP not in implied([Fact("ship", Place(7, 1, "side"))])
    assert implied([Fact("tanker", number=2)]) == {Fact("tanker", number=2), *implied([Fact("tanker")])}
    assert {Fact("tanker", number=0), Fact("ship", number=0)} <= implied([Fact("ship", number=0)])
    assert Fact("ship", number=0) not in implied([Fact("tanker", number=0)])
    assert Fact("object") not in implied([Fact("water")])


def test_of_two_texts_on_a_ship_and_a_tanker_the_finer_covers_the_coarser(make_tile: MakeTile, make_box: MakeBox) -> None:
    tile = make_tile(make_box("tanker", 20, 20, 60, 40))
    fine, coarse = (told(text, facts_of(tile)).facts for text in ("A tanker in the upper left.", "A ship on the left."))
    assert coarse <= implied(fine)
    assert not fine <= implied(coarse)


NAMED = {
    "Three ships are visible.": {"ship"},
    "Four vessels and a bridge are visible.": {"ship", "bridge"},  # named, though not so
    "ships near a port": {"ship", "harbor"},
    "There are more ships than bridges.": {"ship", "bridge"},
    "Water covers half of the image. A tanker lies on it.": {"tanker"},
    "No aircraft can be seen.": set(),
    "It is not true that there are four ships.": set(),
    "water without ships": set(),
    "Something glitters.": set(),
}


@pytest.mark.parametrize("text", NAMED)
def test_the_classes_that_a_text_says_are_there(text: str, hand_tiles: dict[str, Tile]) -> None:
    assert told(text, facts_of(hand_tiles["coast"])).named == NAMED[text]


def test_a_text_names_all_classes_where_it_names_each_and_no_other(make_tile: MakeTile, make_box: MakeBox) -> None:
    def right(text: str, *labels: str, **about: object) -> bool | None:
        tile = replace(
            make_tile(*[make_box(label, 20, 20 + 30 * at, 60, 40 + 30 * at) for at, label in enumerate(labels)]), **about
        )
        facts = facts_of(tile)
        return told(text, facts).names_all(facts)

    assert right("Two tankers and a bridge.", "tanker", "bridge")
    assert right("Two ships and a bridge.", "tanker", "cargo ship", "bridge")  # a class above both
    assert right("Two tankers and a bridge.", "ship", "bridge") is False
    assert right("Two tankers.", "tanker", "bridge") is False
    assert right("Something glitters.", "ship") is False
    assert right("Water.", exhaustive=("ship",))
    assert right("A ship on water.", exhaustive=("ship",)) is False
    assert right("Something glitters.", exhaustive=("ship",)) is False  # it is not understood
    assert right("Many ships are visible.", exhaustive=()) is None  # nothing is known


def test_what_is_a_crowd_or_cut_off_may_be_named_or_not(make_tile: MakeTile, make_box: MakeBox) -> None:
    for change in ({"crowd": True}, {"visible_share": 0.3}):
        tile = make_tile(replace(make_box("ship", 20, 20, 60, 40), **change), make_box("bridge", 20, 60, 60, 80))
        facts = facts_of(tile)
        for text in ("A bridge.", "A bridge and ships."):
            assert told(text, facts).names_all(facts)
        assert told("Ships.", facts).names_all(facts) is False
