"""From a text to what it claims, without looking at any tile."""

import re
from typing import NamedTuple

from sartext.narrate.read.ambiguous import covers_image
from sartext.narrate.read.ast import UNREAD, Reading
from sartext.narrate.read.parser import read
from sartext.narrate.read.tokenizer import sentences, tokenize
from sartext.tile import Claim

_QUESTION = re.compile(r"[?？][!\"')\s]*$")


class _Said(NamedTuple):
    """One sentence: what it states, the values of its tokens, and for each statement its kind and its words."""

    reading: Reading
    values: tuple[object, ...]
    kinds: tuple[str, ...]
    texts: tuple[str, ...]


def said_in(text: str) -> list[_Said]:
    """What the sentences of a text state, in their order."""
    return [_said(sentence) for sentence in sentences(text)]


def coverage(claims: tuple[Claim, ...]) -> tuple[int, int]:
    """How many of the claims were understood, and how many there are."""
    return sum(claim.kind != UNREAD for claim in claims), len(claims)


def _said(text: str) -> _Said:
    shape, values, words = tokenize(text)
    # A question states nothing.
    reading = read("u" if _QUESTION.search(text) or covers_image(shape, values) else shape)
    kinds, texts = reading.kinds, []
    for statement, kind in zip(reading.statements, kinds, strict=True):
        first, after = statement.span
        quoted = " ".join(words[first:after]).replace(" ,", ",")
        texts.append(quoted if quoted and kind != UNREAD else text)
    if "vague" in kinds:
        pairs = zip(reading.statements, kinds, strict=True)
        kinds = tuple([str(values[statement.tokens[0]]) if kind == "vague" else kind for statement, kind in pairs])
    return _Said(reading, values, kinds, tuple(texts))
