"""The closed list of words that say nothing: put into truths and lies, none of them changes a verdict."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sartext.narrate.facts.tile_facts import Facts, facts_of
from sartext.narrate.read.lexicon import LEXICON
from sartext.narrate.verify import claims_of, verdict_of
from sartext.tile import Tile

SILENT = sorted(words for words, (code, _) in LEXICON.items() if not code)
# The coast has one ship in the upper left and two in the lower right, a bridge, a harbor, three tanks, and no aircraft.
SENTENCES = {
    "Three ships are visible.": "supported",
    "Four ships are visible.": "contradicted",
    "There is one ship in the upper left.": "supported",
    "There is one ship in the center.": "contradicted",
    "There is no aircraft.": "supported",
    "There are no ships.": "contradicted",
    "The ships are not in the center.": "supported",
    "The ships are not in the upper left.": "contradicted",
    "There is a vertical ship and another vertical ship.": "supported",
    "The bridge is in the upper right and not in the center.": "supported",
    "Two ships are in the upper left and one ship is in the lower right.": "contradicted",
    "The ships glitter.": "unverifiable",
}
# Of the same coast in summer, in VV and VH, with pixels of 10 m.
OF_THE_RECORD = {
    "Three ships in summer.": "supported",
    "Three ships in winter.": "contradicted",
    "The image was not acquired in winter.": "supported",
    "The image was not acquired in summer.": "contradicted",
    "The image is in VV and has 10 m pixels.": "supported",
    "The image has only VV.": "contradicted",
    "Three ships, not in HH.": "supported",
    "No ships in winter.": "unverifiable",
    "The ships are in VV.": "unverifiable",
}


def put_in(words: str, sentence: str) -> Iterator[str]:
    parts = re.split(r" (?!left|right)", sentence.removesuffix("."))  # "upper left" is one word to a reader
    for at in range(len(parts) + 1):
        text = " ".join([*parts[:at], words, *parts[at:]])
        yield f"{text[0].upper()}{text[1:]}."


@pytest.mark.parametrize("words", SILENT)
def test_no_silent_word_changes_a_verdict(words: str, hand_tiles: dict[str, Tile]) -> None:
    facts = facts_of(hand_tiles["coast"])
    _holds(words, SENTENCES, facts)


@pytest.mark.parametrize("words", SILENT)
def test_no_silent_word_changes_what_is_said_of_the_record(words: str, hand_tiles: dict[str, Tile]) -> None:
    coast = hand_tiles["coast"]
    sensor = replace(coast.sensor, acquired=datetime(2020, 7, 14, tzinfo=UTC), gsd_m=(10.0, 10.0))
    geo = replace(coast.geo, footprint="POLYGON ((5 52, 6 52, 6 53, 5 53, 5 52))")
    rendering = replace(coast.rendering, polarisations=("VV", "VH"))
    _holds(words, OF_THE_RECORD, facts_of(replace(coast, sensor=sensor, geo=geo, rendering=rendering)))


def _holds(words: str, sentences: dict[str, str], facts: Facts) -> None:
    for sentence, verdict in sentences.items():
        assert verdict_of(claims_of(sentence, facts)) == verdict
        wrong = {text: got for text in put_in(words, sentence) if (got := verdict_of(claims_of(text, facts))) != verdict}
        assert not wrong
