import pytest

from sartext.narrate.facts import arrangement
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.write.nouns import article, coarse_groups, groups_of
from tests.support.narration import MakeBox, MakeTile


@pytest.mark.parametrize(
    ("noun", "text"),
    [("ship", "a ship"), ("aircraft", "an aircraft"), ("Airbus A320", "an Airbus A320"), ("ARJ21", "an ARJ21")],
)
def test_articles(noun: str, text: str) -> None:
    assert article(noun) == text


def test_a_finer_label_joins_the_coarser_one(make_tile: MakeTile, make_box: MakeBox) -> None:
    labels = ("ship", "tanker", "tanker", "bridge")
    facts = facts_of(make_tile(*(make_box(label, 10 * n, 10, 10 * n + 5, 20) for n, label in enumerate(labels))))
    ships, bridges = groups_of(facts)
    assert (ships.name, len(ships.things), ships.parts, ships.exact) == ("ship", 3, (("tanker", 2),), True)
    assert (bridges.name, bridges.noun) == ("bridge", "bridge")


def test_coarse_groups_go_up_to_the_root(make_tile: MakeTile, make_box: MakeBox) -> None:
    labels = ("tanker", "tug", "tug", "bridge")
    boxes = [make_box(label, 10 * n, 10, 10 * n + 5, 20) for n, label in enumerate(labels)]
    facts = facts_of(make_tile(*boxes, exhaustive=("tug",)))
    groups = groups_of(facts)
    assert [(group.name, group.exact, group.noun) for group in groups] == [
        ("tug", True, "tugs"),
        ("bridge", False, "bridge"),
        ("tanker", False, "tanker"),
    ]
    coarse = coarse_groups(facts, groups)
    assert [(group.name, len(group.things), group.exact) for group in coarse] == [("ship", 3, False), ("bridge", 1, False)]


def test_groups_and_what_is_asked_of_them_are_worked_out_once_a_tile(
    make_tile: MakeTile, make_box: MakeBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts, other = (facts_of(make_tile(*(make_box("ship", x, 10, x + 5, 20) for x in xs))) for xs in ((10, 30, 50), (10, 250)))
    (group,) = groups_of(facts)
    assert groups_of(facts)[0] is group
    assert group.word == "line"
    monkeypatch.setattr(arrangement, "word_of", lambda *_: pytest.fail("looked at again"))
    assert (group.word, group.homes) == ("line", {0: 3})
    assert groups_of(other)[0].homes == {0: 1, 2: 1}
