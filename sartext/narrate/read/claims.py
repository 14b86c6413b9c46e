"""From a text to what it claims, without looking at any tile."""

import re
from functools import lru_cache
from typing import NamedTuple

from sartext.narrate.read.claim_types import vague_tokens
from sartext.narrate.read.lexicon import DENIED
from sartext.narrate.read.meaning import UNREAD, Reading
from sartext.narrate.read.parser import read, with_parts
from sartext.narrate.read.record import has_record, with_record
from sartext.narrate.read.tokenizer import sentences, tokenize
from sartext.tile import Claim

_DENIAL = re.compile(r"\s*it (?:is(?: not|n't) (?:true|the case)|is (?:untrue|false|wrong)) that ", re.IGNORECASE)
_QUESTION = re.compile(r"[?？][!\"')\s]*$")


class SaidSentence(NamedTuple):
    """One sentence: what it states, the values of its tokens, and for each statement its kind and its words."""

    reading: Reading
    values: tuple[object, ...]
    kinds: tuple[str, ...]
    texts: tuple[str, ...]
    text: str


def said_in(text: str) -> list[SaidSentence]:
    """What the sentences of a text state, in their order."""
    said = [_said(sentence) for sentence in sentences(text)]
    for at in range(len(said) - 1, 0, -1):
        if said[at].reading.of_rest and not said[at - 1].reading.of_rest:
            said[at - 1] = said[at - 1]._replace(reading=with_parts(said[at - 1].reading))
    return said


def coverage(claims: tuple[Claim, ...]) -> tuple[int, int]:
    """How many of the claims were understood, and how many there are."""
    return sum(claim.kind != UNREAD for claim in claims), len(claims)


@lru_cache(maxsize=8192)  # captions of rules repeat half of their sentences
def _said(text: str) -> SaidSentence:
    denial = _DENIAL.match(text) if text[:3].lower() == "it " else None
    shape, values, words = tokenize(text if denial is None else text[denial.end() :])
    if denial is not None:
        shape, values, words = DENIED + shape, (None, *values), (denial[0].strip().lower(), *words)
    if ("?" in text or "？" in text) and _QUESTION.search(text):
        reading = read("u")  # a question states nothing
    elif has_record(shape):
        reading, values, words = with_record(shape, values, words, read)
    else:
        reading = read(shape)
    kinds, texts = reading.kinds, []
    for statement, kind in zip(reading.statements, kinds, strict=True):
        first, after = statement.span
        quoted = " ".join(words[first:after]).replace(" ,", ",")
        texts.append(quoted if quoted and kind != UNREAD else text)
    if "vague" in kinds:
        kinds = tuple(
            [
                str(values[vague_tokens(statement)[0]]) if kind == "vague" else kind
                for statement, kind in zip(reading.statements, kinds, strict=True)
            ]
        )
    return SaidSentence(reading, values, kinds, tuple(texts), text)
