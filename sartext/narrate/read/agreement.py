"""What a text states, in a form that other texts can be compared with: which captions of an image say the same of it."""

from collections.abc import Sequence
from typing import NamedTuple

from sartext.narrate.facts.taxonomy import KINDS
from sartext.narrate.read.claims import SaidSentence, said_in
from sartext.narrate.read.meaning import CONTEXT, UNREAD, Phrase, Statement

_INTRODUCED = frozenset({"some", "plural", "number", "none", "not number", "only", "any"})

Meaning = tuple[str, ...]  # kind, scope, and the meanings of its words, in no order


class StatedClaim(NamedTuple):
    """One statement: its kind of claim, its words, what it means, and the classes that it says are there."""

    kind: str
    words: str
    meaning: Meaning
    classes: frozenset[str]


class StatedSentence(NamedTuple):
    """A sentence, what it states, and whether it speaks of what was named before it."""

    text: str
    statements: list[StatedClaim]
    refers: bool


def stated_in(text: str) -> list[StatedSentence]:
    """The sentences of a text with what they state, in their order."""
    return [StatedSentence(one.text, _statements(one), _refers(one)) for one in said_in(text)]


def agreements(stated: Sequence[StatedClaim], others: Sequence[str]) -> list[int]:
    """Of each statement in how many of the other texts the same is stated, whatever its words.

    That there are objects of a class is also stated by what says more of them.
    """
    read = [[one for sentence in stated_in(text) for one in sentence.statements] for text in others]
    return [sum(any(_bears_out(other, one) for other in of) for of in read) for one in stated]


def _bears_out(other: StatedClaim, one: StatedClaim) -> bool:
    return other.meaning == one.meaning or (one.kind == "class" and bool(one.classes) and one.classes <= other.classes)


def _statements(said: SaidSentence) -> list[StatedClaim]:
    return [
        StatedClaim(kind, words, (kind, statement.scope, *sorted(_meanings(said, statement))), _classes(said, statement, kind))
        for statement, kind, words in zip(said.reading.statements, said.kinds, said.texts, strict=True)
    ]


def _meanings(said: SaidSentence, statement: Statement) -> list[str]:
    first, after = statement.span
    stated = (*statement.said, *(statement.phrase.narrowed if statement.phrase else ()))
    properties = [f"{'not ' if one.negated else ''}{one.form}" for one in stated]
    return [*properties, *(repr(value) for value in said.values[first:after] if value is not None)]


def _classes(said: SaidSentence, statement: Statement, kind: str) -> frozenset[str]:
    if kind in ("absence", UNREAD) or statement.scope or any(one.negated for one in statement.said):
        return frozenset()
    first, after = statement.span
    return frozenset(value for value in said.values[first:after] if isinstance(value, str) and value in KINDS)


def _refers(said: SaidSentence) -> bool:
    return said.reading.of_rest or any(_of_before(one) for one in said.reading.statements)


def _of_before(statement: Statement) -> bool:
    phrases = [*statement.pair, *(one.target for one in statement.said if one.target is not None)]
    phrases += [] if statement.phrase is None else [statement.phrase]
    return any(_referring(phrase) for phrase in phrases)


def _referring(phrase: Phrase) -> bool:
    if phrase.refers or phrase.noun == CONTEXT or phrase.amount not in _INTRODUCED:
        return True
    return any(one.target is not None and _referring(one.target) for one in phrase.narrowed)
