"""What is judged quickly is judged as what is not: each text again with words that make it go the long way."""

import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import claims_of
from sartext.narrate.verify.plain import NOT_PLAIN, Plain
from sartext.tile import Tile
from tests.support.narration import MakeBox, MakeTile


@pytest.fixture
def harbour(make_tile: MakeTile, make_box: MakeBox) -> Tile:
    ships = [make_box("ship", 20, y, 40, y + 20) for y in (20, 50)] + [make_box("ship", 92, 140, 112, 150)]
    return make_tile(*ships, make_box("harbor", 140, 140, 160, 160), exhaustive=("ship", "harbor"))


@pytest.mark.parametrize(
    "text",
    [
        "Three ships.",
        "Two ships are in the upper left.",
        "Three ships are in the upper left.",
        "No ships are in the center.",
        "No ships are in the lower right.",
        "Three ships. Two are in the upper left and one in the center.",
        "Three ships. Two are in the upper left and two in the center.",
        "Two ships. Two are in the upper left and one in the center.",
        "Three ships. As for the ships, two lie in the upper left, one in the center.",
        "Three ships: two in the upper left and one in the middle left.",
        "Three ships and a harbor. These ships are visible. The harbor is in the center.",
        "A harbor is visible. The harbor is in the upper left.",
        "A ship is in the upper left and a ship is in the center.",
    ],
)
def test_what_is_judged_quickly_is_judged_as_at_length(monkeypatch: pytest.MonkeyPatch, harbour: Tile, text: str) -> None:
    facts = facts_of(harbour)
    quick = [(claim.verdict, claim.boxes) for claim in claims_of(text, facts)]
    monkeypatch.setattr(Plain, "verdict", lambda *_: NOT_PLAIN)
    assert quick == [(claim.verdict, claim.boxes) for claim in claims_of(text, facts)]
