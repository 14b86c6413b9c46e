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


_Span = tuple[int, int]  # the first character, and the one after the last


class SaidSentence(NamedTuple):
    """One sentence: what it states, the values of its tokens, and for each statement its kind, its words and where they are."""

    reading: Reading
    values: tuple[object, ...]
    kinds: tuple[str, ...]
    texts: tuple[str, ...]
    text: str
    spans: tuple[_Span | None, ...]  # in the sentence


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
    return SaidSentence(reading, values, kinds, tuple(texts), text, _spans_of(texts, text))


def _spans_of(texts: list[str], sentence: str) -> tuple[_Span | None, ...]:
    """Where the words of each statement stand in their sentence; of the only one, all of it without its mark at the end."""
    if len(texts) == 1:
        return ((0, len(sentence.rstrip(".!?\"' "))),)
    lower, spans, last = sentence.lower(), list[_Span | None](), 0
    for words in texts:
        span = _span_of(words, lower, last)
        spans.append(span)
        last = last if span is None else span[0]
    return tuple(spans)


def _span_of(words: str, lower: str, after: int) -> _Span | None:
    """Where the words of a claim stand in its sentence, which is in lower case.

    Of the places from `after` on it is the first where they stand side by side, else the one with most of the words in their
    order and least between them, where words may stand that say nothing; None where there is none of the words.
    """
    together = words.lower().strip(" ,")
    at = _find(together, lower, after) if together else -1
    if at >= 0:
        return at, at + len(together)
    wanted = [bare for word in words.lower().split() if (bare := word.rstrip(","))]
    first = next((word for word in wanted if _find(word, lower, after) >= 0), None)
    if first is None:
        return None
    found: list[tuple[int, int, int]] = []  # words that are not there, length, beginning
    begin = _find(first, lower, after)
    while begin >= 0:
        end, missing = begin, 0
        for word in wanted:
            at = _find(word, lower, end)
            if at < 0:  # also a figure or a contraction that is written otherwise
                missing += 1
            else:
                end = at + len(word)
        found.append((missing, end - begin, begin))
        begin = _find(first, lower, begin + 1)
    _, length, begin = min(found)
    return begin, begin + length


def _find(word: str, lower: str, at: int) -> int:
    """Where a whole word stands from a place on; -1 where it does not."""
    while (at := lower.find(word, at)) >= 0:
        end = at + len(word)
        if not (lower[at - 1 : at].isalnum() or lower[end : end + 1].isalnum()):
            return at
        at = end
    return -1
