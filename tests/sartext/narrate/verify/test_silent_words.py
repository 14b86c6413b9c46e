"""The closed list of words that say nothing: put into truths and lies, none of them changes a verdict."""

import re
from collections.abc import Iterator

import pytest

from sartext.narrate.facts.tile_facts import facts_of
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


def put_in(words: str, sentence: str) -> Iterator[str]:
    parts = re.split(r" (?!left|right)", sentence.removesuffix("."))  # "upper left" is one word to a reader
    for at in range(len(parts) + 1):
        text = " ".join([*parts[:at], words, *parts[at:]])
        yield f"{text[0].upper()}{text[1:]}."


@pytest.mark.parametrize("words", SILENT)
def test_no_silent_word_changes_a_verdict(words: str, hand_tiles: dict[str, Tile]) -> None:
    facts = facts_of(hand_tiles["coast"])
    for sentence, verdict in SENTENCES.items():
        assert verdict_of(claims_of(sentence, facts)) == verdict
        wrong = {text: got for text in put_in(words, sentence) if (got := verdict_of(claims_of(text, facts))) != verdict}
        assert not wrong
