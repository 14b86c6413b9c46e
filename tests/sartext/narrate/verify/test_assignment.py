from sartext.narrate.facts.place import Place
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify.assignment import can_share
from tests.support.narration import MakeBox, MakeTile

LEFT, CENTER = Place(1, 1), Place(1, 2)


def test_each_object_is_in_one_place_only(make_tile: MakeTile, make_box: MakeBox) -> None:
    edge, left = make_box("ship", 95, 20, 105, 30), make_box("ship", 20, 20, 30, 30)
    facts = facts_of(make_tile(edge, left))
    things = list(facts.objects)
    assert can_share(things, [(LEFT, 2)], facts)
    assert can_share(things, [(LEFT, 1), (CENTER, 1)], facts)
    assert not can_share(things, [(LEFT, 2), (CENTER, 1)], facts)
    assert not can_share(things, [(CENTER, 2)], facts)


def test_objects_move_to_make_room(make_tile: MakeTile, make_box: MakeBox) -> None:
    edges = [make_box("ship", 95, y, 105, y + 10) for y in (10, 30, 50)]
    facts = facts_of(make_tile(*edges, make_box("ship", 20, 20, 30, 30)))
    assert can_share(list(facts.objects), [(LEFT, 3), (CENTER, 1)], facts)
    assert can_share(list(facts.objects), [(LEFT, 1), (CENTER, 3)], facts)
    assert not can_share(list(facts.objects), [(LEFT, 1), (CENTER, 4)], facts)
