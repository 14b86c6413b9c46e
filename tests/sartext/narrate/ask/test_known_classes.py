"""Classes whose objects are all known."""

from sartext.narrate.ask.known_classes import known_classes
from sartext.narrate.facts.tile_facts import facts_of
from tests.support.narration import MakeBox, MakeTile


def test_only_classes_of_an_exact_number_are_subjects(make_tile: MakeTile, make_box: MakeBox) -> None:
    ship, bridge = make_box("ship", 40, 40, 60, 60), make_box("bridge", 200, 200, 230, 210)
    assert [one.name for one in known_classes(facts_of(make_tile(ship, bridge)))] == ["bridge", "ship"]
    assert known_classes(facts_of(make_tile(ship, bridge, exhaustive=()))) == []
    assert known_classes(facts_of(make_tile())) == []
    for more in (
        make_box("ship", 100, 100, 190, 190, crowd=True),
        make_box("ship", 0, 100, 10, 120, visible_share=0.3),
        make_box("ship", 100, 100, 120, 120, component=True),
    ):
        assert [one.name for one in known_classes(facts_of(make_tile(ship, bridge, more)))] == ["bridge"]


def test_a_finer_class_is_a_subject_and_what_is_above_it(make_tile: MakeTile, make_box: MakeBox) -> None:
    tile = make_tile(make_box("car", 40, 40, 60, 60), make_box("truck", 140, 140, 160, 160), exhaustive=("vehicle",))
    found = {one.name: (len(one.things), one.alone) for one in known_classes(facts_of(tile))}
    assert found == {"car": (1, True), "truck": (1, True), "vehicle": (2, False)}


def test_the_phrase_for_a_subject_agrees_with_its_verbs(make_tile: MakeTile, make_box: MakeBox) -> None:
    (one,) = known_classes(facts_of(make_tile(make_box("ship", 40, 40, 60, 60))))
    assert (one.the, one.verbs["is_"], one.only) == ("the ship", "is", ("ship",))
    (several,) = known_classes(facts_of(make_tile(make_box("ship", 40, 40, 60, 60), make_box("ship", 90, 40, 99, 60))))
    assert (several.the, several.verbs["is_"], several.only) == ("the ships", "are", ())
