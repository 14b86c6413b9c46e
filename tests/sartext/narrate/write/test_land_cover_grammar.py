"""Figures and parts of captions of land covers."""

import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.write.land_cover_grammar import _figure, _worded, parts_of
from sartext.tile import Tile


@pytest.mark.parametrize(
    ("share", "figure", "words"),
    [
        (1.0, "100%", ""),
        (1 - 1e-6, "more than 99%", ""),
        (0.995, "more than 99%", ""),
        (0.9949, "99%", ""),
        (0.755, "76%", "about three quarters"),
        (0.52, "52%", "about half"),
        (0.46, "46%", ""),
        (0.031, "3%", ""),
        (0.0052, "0.5%", ""),
        (0.001, "0.1%", ""),
        (0.0009, "less than 0.1%", ""),
    ],
)
def test_words_and_figures_of_shares(share: float, figure: str, words: str) -> None:
    """Words only where they hold the share closely: 46% is not "about half" in one caption and 54% the same in another."""
    assert (_figure(share), _worded(share)) == (figure, words)


def test_what_is_not_exhaustive_is_said_to_be_annotated(hand_tiles: dict[str, Tile]) -> None:
    parts = parts_of(facts_of(hand_tiles["depot"]))
    assert [(part.noun, part.share) for part in parts] == [("annotated cropland", 0.4)]
    assert [part.noun for part in parts_of(facts_of(hand_tiles["patchy"]))] == ["grassland", "wetland"]
