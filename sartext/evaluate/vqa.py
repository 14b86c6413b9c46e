"""Visual question answering: accuracy by typed comparison, beside that of always giving the most frequent answer.

An answer is right where its typed value (see `answers`) equals that of the reference: "1" never scores for "10", "three" does
for "3", "top left" for "upper left". An answer that cannot be parsed is wrong, and counted. The majority answer of a kind shows
how much of an accuracy is a guess from the question alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sartext.errors import UserError
from sartext.evaluate.answers import PARSERS, ClassWords, Parser, Value


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The right answer to one question."""

    kind: str  # what is counted together: presence, count, position, class ...
    answer_type: str  # a key of the parsers
    answer: str


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """Of one kind, or of all: shares of questions, 0 to 1."""

    questions: int
    accuracy: float
    unparsed: int  # answers without a typed value, all of them wrong
    majority_accuracy: float  # of the majority answer of each kind


@dataclass(frozen=True, kw_only=True)
class KindAccuracy(Accuracy):
    """Of one kind, with its majority answer."""

    majority_answer: str
    majority_from: str  # "training", or "test" where no training answer of the kind was given


@dataclass(frozen=True, kw_only=True)
class VqaScores:
    """Accuracy by kind, in the order of their names, and over all questions."""

    by_kind: Mapping[str, KindAccuracy]
    overall: Accuracy


def vqa(
    references: Sequence[Reference],
    answers: Sequence[str],
    *,
    classes: Mapping[str, Iterable[str]],
    training: Iterable[Reference] = (),
    parsers: Mapping[str, Parser] = PARSERS,
) -> VqaScores:
    """Accuracy of the answers, one a reference, in the same order.

    `classes` maps each class to its further names, plurals included. `training` holds references of the training set, from
    which the majority answers are taken; a kind without any takes its majority from the test set itself, which makes it the
    best that one fixed answer can do. `parsers` adds types to those of `answers.PARSERS`.

    Raises `UserError` for a reference of an unknown type, or whose answer is not of its type; `ValueError` where there are
    no references or not as many answers.
    """
    if len(references) != len(answers) or not references:
        raise ValueError(f"{len(references)} references and {len(answers)} answers; one answer a reference is needed, and some")
    words = ClassWords(classes)
    right = [_typed(one, parsers, words) for one in references]
    given = [parsers[one.answer_type](text, words) for one, text in zip(references, answers, strict=True)]
    trained: dict[str, list[_Typed]] = {}
    for one in training:
        trained.setdefault(one.kind, []).append(_typed(one, parsers, words))
    by_kind: dict[str, KindAccuracy] = {}
    for kind in sorted({one.kind for one in references}):
        at = [index for index, one in enumerate(references) if one.kind == kind]
        truth = [right[index] for index in at]
        majority = _majority(trained.get(kind) or truth)
        by_kind[kind] = KindAccuracy(
            questions=len(at),
            accuracy=sum(_same(given[index], right[index][1]) for index in at) / len(at),
            unparsed=sum(given[index] is None for index in at),
            majority_accuracy=sum(one == majority for one in truth) / len(at),
            majority_answer=_said(majority[1]),
            majority_from="training" if kind in trained else "test",
        )
    return VqaScores(by_kind=by_kind, overall=_overall(list(by_kind.values())))


_Typed = tuple[str, Value]  # the type first, because True == 1


def _typed(one: Reference, parsers: Mapping[str, Parser], words: ClassWords) -> _Typed:
    if one.answer_type not in parsers:
        raise UserError(
            f"answer type {one.answer_type!r} of kind {one.kind!r} is none of {', '.join(sorted(parsers))}; add its parser"
        )
    value = parsers[one.answer_type](one.answer, words)
    if value is None:
        raise UserError(
            f"reference answer {one.answer!r} of kind {one.kind!r} is no {one.answer_type}; mend it, or add it to the classes"
        )
    return one.answer_type, value


def _same(given: Value | None, right: Value) -> bool:
    return given is not None and type(given) is type(right) and given == right


def _majority(found: Sequence[_Typed]) -> _Typed:
    """The most frequent; of several the first by its text, so that the order of questions does not matter."""
    counts = Counter(found)
    return min(counts, key=lambda one: (-counts[one], str(one[1]), one[0]))


def _said(value: Value) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _overall(kinds: Sequence[Accuracy]) -> Accuracy:
    total = sum(kind.questions for kind in kinds)
    return Accuracy(
        questions=total,
        accuracy=sum(kind.accuracy * kind.questions for kind in kinds) / total,
        unparsed=sum(kind.unparsed for kind in kinds),
        majority_accuracy=sum(kind.majority_accuracy * kind.questions for kind in kinds) / total,
    )
