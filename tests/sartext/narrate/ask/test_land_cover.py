"""Questions about land covers: only where all of a tile is labelled."""

import numpy as np

from sartext.narrate.ask.land_cover import area, border, largest_cover, shares
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.seeded import Pick
from sartext.tile import Tile
from tests.reading.mosaics import OPEN, tile_of
from tests.reading.recount import Recount

SEEDS = 20


def striped(*widths: int) -> np.ndarray:
    return np.repeat(np.arange(len(widths)), widths)[None, :].repeat(100, axis=0)


def asked(tile: Tile) -> set[tuple[str, str, str]]:
    """What is asked of halves: what covers, the half that is asked of, and the answer, which is right."""
    found = set()
    for seed in range(SEEDS):
        pick = Pick(str(seed))
        for draft in area(facts_of(tile), pick):
            assert list(Recount(tile).faults(draft.question(pick))) == []
            found.add((draft.words["one"], draft.words["part"], draft.answer))
    return found


def test_nothing_is_asked_where_a_pixel_is_open() -> None:
    for names, found in ((("water", "forest"), [("water", 0.6), ("forest", 0.4)]), (("water", OPEN), [])):
        tile = tile_of(striped(60, 40), names, 0)
        assert shares(facts_of(tile)) == found
        assert bool(asked(tile)) is bool(largest_cover(facts_of(tile))) is bool(found)


def test_the_half_with_more_of_a_land_cover() -> None:
    assert asked(tile_of(striped(60, 25, 15), ("water", "forest", "road"), 0)) == {
        *(("water", "left half", "yes"), ("water", "right half", "no")),
        *(("forest", "left half", "no"), ("forest", "right half", "yes")),
        *(("roads", "left half", "no"), ("roads", "right half", "yes")),
    }
    assert asked(tile_of(striped(45, 10, 45), ("water", "road", "forest"), 0)) >= {("water", "left half", "yes")}
    assert asked(tile_of(striped(100), ("water",), 0)) == set()
    assert asked(tile_of(striped(100).T, ("water",), 0)) == set()


def test_what_may_be_called_by_the_name_of_another_is_not_asked() -> None:
    """Flooded land may be called water."""
    found = asked(tile_of(striped(40, 30, 30), ("water", "flood", "forest"), 0))
    assert {name for name, _, _ in found} == {"forest"}


def test_the_largest_leads() -> None:
    largest = largest_cover(facts_of(tile_of(striped(60, 25, 15), ("water", "forest", "cropland"), 0)))
    assert largest is not None
    assert (largest.kind, largest.answer) == ("class", "water")
    assert largest_cover(facts_of(tile_of(striped(48, 44, 8), ("water", "forest", "cropland"), 0))) is None


def test_borders_are_asked_of_halves_of_which_one_has_one() -> None:
    drawn = np.zeros((100, 100), dtype=np.int64)
    drawn[:, 40:45] = 1
    drawn[:50, 45:] = 2  # what is between ends at the middle: below it water goes on beyond the road
    drawn[:50, :40] = 2
    tile = tile_of(drawn, ("water", "road", "forest"), 0)
    found = set()
    for seed in range(SEEDS):
        for draft in border(facts_of(tile), Pick(str(seed))):
            question = draft.question(Pick(str(seed)))
            assert question.question.startswith(("Do the ", "In the "))
            assert list(Recount(tile).faults(question)) == []
            found.add((frozenset((draft.words["one"], draft.words["second"])), draft.words["part"], draft.answer))
    roads = {frozenset(("roads", name)) for name in ("water", "forest")}
    assert {pair for pair, _, _ in found} == roads
    assert {one for one in found if one[1] in ("upper half", "lower half")} == {
        *((frozenset(("roads", "water")), part, answer) for part, answer in (("upper half", "no"), ("lower half", "yes"))),
        *((frozenset(("roads", "forest")), part, answer) for part, answer in (("upper half", "yes"), ("lower half", "no"))),
    }


def test_no_border_is_asked_where_both_halves_have_one_or_none() -> None:
    for widths in ((50, 50), (30, 40, 30)):
        names = ("water", "forest", "road")[: len(widths)]
        for turned in (False, True):
            drawn = striped(*widths)
            found = border(facts_of(tile_of(drawn.T if turned else drawn, names, 0)), Pick("0"))
            assert all(draft.words["part"].startswith(("upper", "lower") if turned else ("left", "right")) for draft in found)
    assert border(facts_of(tile_of(striped(50, 50), ("water", "forest"), 0)), Pick("0")) == []
