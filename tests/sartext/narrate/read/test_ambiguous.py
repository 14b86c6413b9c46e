"""Sentences that say more, or other, than their words."""

import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.read.ambiguous import both_kinds, is_ambiguous
from sartext.narrate.verify import claims_of
from sartext.tile import Tile


@pytest.mark.parametrize(
    "text",
    ["The bridge is the harbor.", "Not all ships are vertical.", "The harbor has no ships.", "The image is a harbor."],
)
def test_what_cannot_be_read_from_its_parts_is_not_understood(hand_tiles: dict[str, Tile], text: str) -> None:
    assert {(claim.kind, claim.verdict) for claim in claims_of(text, facts_of(hand_tiles["coast"]))} == {
        ("sentence", "unverifiable")
    }


def test_shapes() -> None:
    assert is_ambiguous("DkVDk")  # the bridge is the harbor
    assert not is_ambiguous("nkvqDp")
    assert both_kinds("Bk&k") == "Dk&k"  # both ships and bridges
    assert both_kinds("BkV") == "BkV"
