"""More and fewer, the first and the last, side by side."""

import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import claims_of, verdict_of
from tests.support.narration import MakeBox, MakeTile


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The left half holds more ships than the right half.", "supported"),
        ("The right half holds more ships than the left half.", "contradicted"),
        ("There are more ships than bridges.", "supported"),
        ("Ships outnumber bridges three to one.", "supported"),
        ("Ships outnumber bridges two to one.", "contradicted"),
        ("The leftmost ship is in the upper left.", "supported"),
        ("The leftmost ship is in the lower right.", "contradicted"),
        ("The ships are side by side.", "contradicted"),
        ("The ships are larger than the bridges.", "unverifiable"),
    ],
)
def test_verdicts(make_tile: MakeTile, make_box: MakeBox, text: str, expected: str) -> None:
    ships = [make_box("ship", 20, 20, 40, 26), make_box("ship", 50, 60, 70, 66), make_box("ship", 240, 250, 260, 256)]
    tile = make_tile(*ships, make_box("bridge", 250, 20, 290, 28), exhaustive=("ship", "bridge"))
    assert verdict_of(claims_of(text, facts_of(tile))) == expected
