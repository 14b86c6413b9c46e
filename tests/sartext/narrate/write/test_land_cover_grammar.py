"""Figures and parts of captions of land covers."""

import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.write.land_cover_grammar import _figure, _rounded, parts_of
from sartext.tile import Tile


@pytest.mark.parametrize(
    ("share", "figure", "rounded"),
    [
        (1.0, "100%", "100%"),
        (1 - 1e-6, "more than 99%", "more than 99%"),
        (0.995, "more than 99%", "more than 99%"),
        (0.9949, "99%", "99%"),
        (0.975, "98%", "98%"),
        (0.974, "97%", "about 95%"),
        (0.001, "0.1%", "0.1%"),
        (0.0009, "less than 0.1%", "less than 0.1%"),
    ],
)
def test_figures(share: float, figure: str, rounded: str) -> None:
    assert (_figure(share), _rounded(share)) == (figure, rounded)


def test_what_is_not_exhaustive_is_said_to_be_annotated(hand_tiles: dict[str, Tile]) -> None:
    parts = parts_of(facts_of(hand_tiles["depot"]))
    assert [(part.noun, part.share) for part in parts] == [("annotated cropland", 0.4)]
    assert [part.noun for part in parts_of(facts_of(hand_tiles["patchy"]))] == ["grassland", "wetland"]
