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


class JudgedSentence(NamedTuple):
    """A sentence with its claims, and for each of them its statement and the entities that it spoke of."""

    said: SaidSentence
    claims: list[Claim]
    statements: list[Statement]
    entities: list[list[Entity]]

    def each(self) -> list[Judged]:
        """Its claims one by one."""
        return [Judged(*one) for one in zip(self.statements, self.claims, self.entities, strict=True)]


def judged_in(text: str, judge: Judge) -> Iterator[JudgedSentence]:
    """The sentences of a text with what they state, judged."""
    start = 0
    verdict, ground, discourse = judge.verdict, judge.ground, judge.discourse
    for said in said_in(text):
        reading, values, kinds, texts, sentence = said
        claims, statements, entities, last = list[Claim](), list[Statement](), list[list[Entity]](), 0
        start = text.index(sentence, start)
        alone = len(texts) == 1
        lower = sentence if alone else sentence.lower()
        for statement, kind, words in zip(reading.statements, kinds, texts, strict=True):
            before = len(discourse.entities)
            found = verdict(statement, values)
            if found is None:
                continue
            boxes, regions = ground()
            if alone:
                span: tuple[int, int] | None = (start, start + len(sentence.rstrip(".!?\"' ")))
            else:
                span = span_of(words, lower, start, last)
                last = last if span is None else span[0] - start
            claim = object.__new__(Claim)  # as `with_fields` does: the constructor takes twice as long
            vars(claim).update(
                kind=kind, text=words, verdict=found[0], evidence=found[1], span=span, boxes=boxes, regions=regions
            )
            claims.append(claim)
            statements.append(statement)
            entities.append(discourse.entities[before:])
        judge.end_sentence()
        start += len(sentence)
        yield JudgedSentence(said, claims, statements, entities)


def span_of(words: str, lower: str, start: int, after: int = 0) -> tuple[int, int] | None:
    """Where the words of a claim stand in a text, given its sentence in lower case and where that begins.

    Of the places from `after` on it is the first where they stand side by side, else the one with most of the words in their
    order and least between them, where words may stand that say nothing; None where there is none of the words.
    """
    together = words.lower().strip(" ,")
    at = _find(together, lower, after) if together else -1
    if at >= 0:
        return start + at, start + at + len(together)
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
    return start + begin, start + begin + length


def _find(word: str, lower: str, at: int) -> int:
    """Where a whole word stands from a place on; -1 where it does not."""
    while (at := lower.find(word, at)) >= 0:
        end = at + len(word)
        if not (lower[at - 1 : at].isalnum() or lower[end : end + 1].isalnum()):
            return at
        at = end
    return -1
