"""On which side of the image a group is, and whether cells would tear it apart."""

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.seeded import Pick
from sartext.narrate.write.nouns import groups_of
from sartext.narrate.write.sides import compact, may_be_in, most_on_one_side, on_one_side, on_side
from tests.support.narration import MakeBox, MakeTile


def test_a_side_counts_only_where_nothing_lies_between_it_and_the_middle(make_tile: MakeTile, make_box: MakeBox) -> None:
    left, right = [make_box("ship", 20, y, 40, y + 20) for y in (20, 140, 260)], make_box("ship", 260, 20, 280, 40)
    facts = facts_of(make_tile(*left, right))
    (group,) = groups_of(facts)
    assert (on_side(group, "left", facts), on_side(group, "right", facts)) == (3, 1)
    assert on_side(group, "upper", facts) is None  # one is in the middle
    (said,) = most_on_one_side(group, facts, Pick("0"))
    assert said.text.startswith("Most of the ships ")
    assert "left" in said.text
    assert on_one_side(group, Pick("0")) == []
    between = facts_of(make_tile(*left, make_box("ship", 120, 20, 140, 40)))
    assert on_side(groups_of(between)[0], "left", between) is None


def test_what_is_close_together_is_not_told_apart_by_cells(make_tile: MakeTile, make_box: MakeBox) -> None:
    close = facts_of(make_tile(make_box("car", 80, 20, 95, 30), make_box("car", 110, 20, 125, 30)))
    (group,) = groups_of(close)
    assert compact(group, close)
    (said,) = on_one_side(group, Pick("0"))
    assert "upper part" in said.text
    apart = facts_of(make_tile(make_box("car", 20, 20, 35, 30), make_box("car", 250, 20, 265, 30)))
    assert not compact(groups_of(apart)[0], apart)
    assert [may_be_in(groups_of(apart)[0], cell) for cell in (0, 1, 2)] == [1, 0, 1]
