"""What is known of an optical twin, as numbered statements that a sentence can cite: of masks first, then of texts."""

from typing import NamedTuple

from sartext.narrate.write.twin.compose import place_said
from sartext.narrate.write.twin.lasting import said_as
from sartext.narrate.write.twin.regions import lasting_regions
from sartext.narrate.write.twin.rule import twin_texts
from sartext.narrate.write.twin.understand import LastingFact, lasting_in
from sartext.tile import Tile

MOST_STATEMENTS, _MOST_CHARACTERS = 12, 400


class Evidence(NamedTuple):
    """A statement about the twin, the lasting facts that it states, and the text that it is of, by its position in the tile."""

    text: str
    facts: tuple[LastingFact, ...]
    caption: int | None = None


def evidence_of(tile: Tile) -> tuple[Evidence, ...]:
    """The statements about a tile's twin that state something lasting, each once; none of a text that gives orders."""
    regions = lasting_regions(tile) if tile.optical is not None and tile.regions else ()
    found = [Evidence(_stated(one), (one,)) for one in regions]
    for at, caption in twin_texts(tile):
        found += [Evidence(text[:_MOST_CHARACTERS], facts, at) for text, facts in lasting_in(caption.text) if facts]
    return tuple({one.text: one for one in reversed(found)}.values())[::-1][:MOST_STATEMENTS]


def _stated(fact: LastingFact) -> str:
    at = None if fact.place is None else place_said(fact.place)
    return said_as(fact.name) if at is None else f"{said_as(fact.name)} {at}"
