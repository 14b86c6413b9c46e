"""From a text to its claims, sentence by sentence, each with its verdict, its words and what it stands on."""

from collections.abc import Iterator
from typing import NamedTuple

from sartext.narrate.read.claims import SaidSentence, said_in
from sartext.narrate.read.meaning import Statement
from sartext.narrate.verify.discourse import Entity
from sartext.narrate.verify.judge import Judge
from sartext.tile import Claim


class Judged(NamedTuple):
    """A statement with its claim, and the entities that it spoke of."""

    statement: Statement
    claim: Claim
    entities: list[Entity]


def judged_in(text: str, judge: Judge) -> Iterator[tuple[SaidSentence, list[Judged]]]:
    """The sentences of a text with what they state, judged."""
    start = 0
    for said in said_in(text):
        lower, judged = said.text.lower(), list[Judged]()
        start = text.index(said.text, start)
        alone, length = len(said.texts) == 1, len(said.text.rstrip(".!?\"' "))
        for statement, kind, words in zip(said.reading.statements, said.kinds, said.texts, strict=True):
            before = len(judge.discourse.entities)
            found = judge.verdict(statement, said.values)
            if found is None:
                continue
            boxes, regions = judge.ground()
            span = (start, start + length) if alone else span_of(words, lower, start)
            claim = Claim(kind=kind, text=words, verdict=found[0], evidence=found[1], span=span, boxes=boxes, regions=regions)
            judged.append(Judged(statement, claim, judge.discourse.entities[before:]))
        judge.end_sentence()
        start += len(said.text)
        yield said, judged


def span_of(words: str, lower: str, start: int) -> tuple[int, int] | None:
    """Where the words of a claim stand in a text, given its sentence in lower case and where that begins.

    Words that say nothing may stand between them; None where they are not found in this order.
    """
    first = last = -1
    at = 0
    for word in words.lower().split():
        found = lower.find(word.rstrip(","), at)
        if found < 0:
            continue  # a figure or a contraction that is written otherwise
        first = found if first < 0 else first
        last = at = found + len(word.rstrip(","))
    return None if first < 0 else (start + first, start + last)
