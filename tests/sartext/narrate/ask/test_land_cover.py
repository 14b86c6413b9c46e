"""Questions about land covers: only where all of a tile is labelled."""

import numpy as np

from sartext.narrate.ask.land_cover import area, borders, shares
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.seeded import Pick
from tests.reading.mosaics import OPEN, tile_of


def striped(*widths: int) -> np.ndarray:
    return np.repeat(np.arange(len(widths)), widths)[None, :].repeat(100, axis=0)


def test_nothing_is_asked_where_a_pixel_is_open() -> None:
    for names, found in ((("water", "forest"), [("water", 0.6), ("forest", 0.4)]), (("water", OPEN), [])):
        facts = facts_of(tile_of(striped(60, 40), names, 0))
        assert shares(facts) == found
        assert bool(area(facts, Pick("a"))) == bool(found)


def test_the_largest_half_and_percentages() -> None:
    facts = facts_of(tile_of(striped(60, 25, 15), ("water", "forest", "cropland"), 0))
    asked = [[(one.answer_type, one.answer) for one in group] for group in area(facts, Pick("a"))]
    assert asked == [[("class", "water")], [("yes_no", "yes"), ("yes_no", "no")], [("percent", "60%")]]


def test_no_class_leads_where_two_are_close() -> None:
    facts = facts_of(tile_of(striped(48, 44, 8), ("water", "forest", "cropland"), 0))
    assert "class" not in {one.answer_type for group in area(facts, Pick("a")) for one in group}


def test_borders_are_asked_in_pairs() -> None:
    facts = facts_of(tile_of(striped(40, 30, 30), ("water", "forest", "cropland"), 0))
    ((yes, no),) = borders(facts, Pick("a"))
    assert (yes.answer, no.answer, yes.kind) == ("yes", "no", "relation")
    assert all(word in no.question.lower() for word in ("water", "cropland"))
