"""What "it", "the others" and "one" refer to."""

from sartext.tile import Tile
from tests.support.narration import verdict


def test_the_others_are_those_that_the_text_has_left(hand_tiles: dict[str, Tile]) -> None:
    tile = hand_tiles["coast"]
    assert verdict(tile, "There are three ships. One is in the upper left. The others are in the lower right.") == "supported"
    assert (
        verdict(tile, "There are three ships. One is in the lower right. The others are in the upper left.") == "contradicted"
    )
    assert verdict(tile, "The others are in the lower right.") == "unverifiable"
    assert verdict(tile, "A ship is in the upper left. No other ships are visible.") == "contradicted"


def test_it_is_clear_only_after_one_class(hand_tiles: dict[str, Tile]) -> None:
    tile = hand_tiles["coast"]
    assert verdict(tile, "There is a bridge. It is in the upper right.") == "supported"
    assert verdict(tile, "There is a bridge. It is in the lower left.") == "contradicted"
    assert verdict(tile, "There are a bridge and a harbor. It is in the upper right.") == "unverifiable"
    assert verdict(tile, "It is in the upper right.") == "unverifiable"


def test_what_a_next_sentence_can_refer_to(hand_tiles: dict[str, Tile]) -> None:
    tile = hand_tiles["coast"]
    assert verdict(tile, "Two ships are in the lower right. They are in the lower right.") == "supported"
    assert verdict(tile, "Two ships are in the lower right. They are in the upper left.") == "contradicted"
    assert verdict(tile, "Three ships and a bridge. They are in the upper left.") == "unverifiable"
    assert verdict(tile, "No aircraft are visible. They are in the upper left.") == "unverifiable"
