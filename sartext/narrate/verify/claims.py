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
    start, new = 0, object.__new__
    verdict, ground, discourse = judge.verdict, judge.ground, judge.discourse
    for said in said_in(text):
        reading, values, kinds, texts, sentence, spans = said
        claims, statements, entities = list[Claim](), list[Statement](), list[list[Entity]]()
        start = text.index(sentence, start)
        for statement, kind, words, span in zip(reading.statements, kinds, texts, spans, strict=True):
            before = len(discourse.entities)
            found = verdict(statement, values)
            if found is None:
                continue
            claim = new(Claim)  # as `with_fields` does: the constructor takes three times as long
            fields = vars(claim)
            fields["kind"], fields["text"] = kind, words
            fields["verdict"], fields["evidence"] = found
            fields["span"] = None if span is None else (start + span[0], start + span[1])
            fields["boxes"], fields["regions"] = ground()
            claims.append(claim)
            statements.append(statement)
            entities.append(discourse.entities[before:])
        judge.end_sentence()
        start += len(sentence)
        yield JudgedSentence(said, claims, statements, entities)
