"""What tests of narration share: the types of the fixtures that make tiles, and the verdict on a text about a tile."""

from collections.abc import Callable

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import claims_of, verdict_of
from sartext.tile import Box, Tile

MakeTile = Callable[..., Tile]
MakeBox = Callable[..., Box]


def verdict(tile: Tile, text: str) -> str:
    return verdict_of(claims_of(text, facts_of(tile)))
