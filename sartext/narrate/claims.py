"""From a text to what it claims, without looking at any tile."""

from typing import NamedTuple

from sartext.narrate.reader import read
from sartext.narrate.reading import UNREAD, Reading
from sartext.narrate.tokens import sentences, tokenize
from sartext.tile import Claim


class Said(NamedTuple):
    """One sentence: what it states, the values of its tokens, and for each statement its kind and its words."""

    reading: Reading
    values: tuple[object, ...]
    kinds: tuple[str, ...]
    texts: tuple[str, ...]


def said_in(text: str) -> list[Said]:
    """What the sentences of a text state, in their order."""
    return [_said(sentence) for sentence in sentences(text)]


def coverage(claims: tuple[Claim, ...]) -> tuple[int, int]:
    """How many of the claims were understood, and how many there are."""
    return sum(claim.kind != UNREAD for claim in claims), len(claims)


def _said(text: str) -> Said:
    sentence = tokenize(text)
    reading = read(sentence.shape)
    kinds, texts = [], []
    for statement, kind in zip(reading.statements, reading.kinds, strict=True):
        kinds.append(str(sentence.values[statement.tokens[0]]) if kind == "vague" else kind)
        first, after = statement.span
        words = " ".join(sentence.words[first:after]).replace(" ,", ",")
        texts.append(words if words and kind != UNREAD else text)
    return Said(reading, sentence.values, tuple(kinds), tuple(texts))
