"""Visual question answering: accuracy by typed comparison, beside that of the most frequent answer and of the question alone.

An answer is right where its typed value (see `answers`) equals that of the reference: "1" never scores for "10", "three" does
for "3", "top left" for "upper left". An answer that cannot be parsed is wrong, and counted. How much of an accuracy is a
guess is shown by the majority answer of a kind, and by a model that reads the question alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import eq

from sartext.errors import UserError
from sartext.evaluate.answers import PARSERS, ClassWords, Parser, Value
from sartext.evaluate.question_only import QuestionOnly

_SHOWN = 3  # confusions of a kind
TypedAnswer = tuple[str, Value]  # the type first, because True == 1


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The right answer to one question."""

    kind: str  # what is counted together: presence, count, position, class ...
    answer_type: str  # a key of the parsers
    answer: str
    question: str = ""


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """Of one kind, or of all: shares of questions, 0 to 1."""

    questions: int
    accuracy: float
    unparsed: int  # answers without a typed value, all of them wrong
    majority_accuracy: float  # of the majority answer of each kind
    question_only_accuracy: float  # of the answer that the words of a question make likely


@dataclass(frozen=True, kw_only=True)
class Confusion:
    """A wrong answer, and of how many questions with one right answer it was given."""

    right: str
    given: str  # "" for what cannot be parsed
    questions: int


@dataclass(frozen=True, kw_only=True)
class KindAccuracy(Accuracy):
    """Of one kind, with its majority answer and what is confused most."""

    majority_answer: str
    majority_from: str  # "training", or "test" where no training answer of the kind was given
    confusions: Sequence[Confusion]  # the most frequent first, three at most


@dataclass(frozen=True, kw_only=True)
class VqaScores:
    """Accuracy by kind, in the order of their names, and over all questions."""

    by_kind: Mapping[str, KindAccuracy]
    overall: Accuracy


def learned(
    training: Iterable[Reference], *, classes: Mapping[str, Iterable[str]], parsers: Mapping[str, Parser] = PARSERS
) -> dict[str, QuestionOnly[TypedAnswer]]:
    """What the questions of a training set teach of each kind without an image; they are read once, and not kept.

    Raises `UserError` as `vqa` does.
    """
    words, found = ClassWords(classes), dict[str, QuestionOnly[TypedAnswer]]()
    for one in training:
        found.setdefault(one.kind, QuestionOnly()).learn(one.question, _typed(one, parsers, words))
    return found


def vqa(
    references: Sequence[Reference],
    answers: Sequence[str],
    *,
    classes: Mapping[str, Iterable[str]],
    guesses: Mapping[str, QuestionOnly[TypedAnswer]] | None = None,
    parsers: Mapping[str, Parser] = PARSERS,
) -> VqaScores:
    """Accuracy of the answers, one a reference, in the same order.

    `classes` maps each class to its further names, plurals included. `guesses` are what `learned` made of a training set that
    has none of these questions: it gives the majority answers and what words tell. Of a kind that it lacks the test set itself
    gives the majority, which is the best that one fixed answer can do, and what words tell is learned from the other questions
    of the kind (leave-one-out). `parsers` adds types to those of `answers.PARSERS`.

    Raises `UserError` for a reference of an unknown type, or whose answer is not of its type; `ValueError` where there are
    no references or not as many answers.
    """
    if len(references) != len(answers) or not references:
        raise ValueError(f"{len(references)} references and {len(answers)} answers; one answer a reference is needed, and some")
    words = ClassWords(classes)
    right = [_typed(one, parsers, words) for one in references]
    given = [parsers[one.answer_type](text, words) for one, text in zip(references, answers, strict=True)]
    by_kind: dict[str, KindAccuracy] = {}
    for kind in sorted({one.kind for one in references}):
        at = [index for index, one in enumerate(references) if one.kind == kind]
        truth = [right[index] for index in at]
        known = (guesses or {}).get(kind)
        majority = known.majority if known else _majority(truth)
        asked = [references[index].question for index in at]
        alone = [known.answer(one) for one in asked] if known else _of_others(asked, truth)
        by_kind[kind] = KindAccuracy(
            questions=len(at),
            accuracy=sum(_same(given[index], right[index][1]) for index in at) / len(at),
            unparsed=sum(given[index] is None for index in at),
            majority_accuracy=sum(one == majority for one in truth) / len(at),
            question_only_accuracy=sum(map(eq, alone, truth)) / len(at),
            majority_answer=_said(majority[1]),
            majority_from="training" if known else "test",
            confusions=_confusions([(right[index][1], given[index]) for index in at]),
        )
    return VqaScores(by_kind=by_kind, overall=_overall(list(by_kind.values())))


def _typed(one: Reference, parsers: Mapping[str, Parser], words: ClassWords) -> TypedAnswer:
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


def _majority(found: Iterable[TypedAnswer]) -> TypedAnswer:
    counted: QuestionOnly[TypedAnswer] = QuestionOnly()
    for one in found:
        counted.learn("", one)
    return counted.majority


def _of_others(asked: Sequence[str], truth: Sequence[TypedAnswer]) -> list[TypedAnswer]:
    """To each question what the words of all others tell."""
    model: QuestionOnly[TypedAnswer] = QuestionOnly()
    for question, answer in zip(asked, truth, strict=True):
        model.learn(question, answer)
    return [model.answer_of_others(question, answer) for question, answer in zip(asked, truth, strict=True)]


def _confusions(pairs: Iterable[tuple[Value, Value | None]]) -> list[Confusion]:
    """Of pairs of a right answer and what was given."""
    counts = Counter((_said(right), "" if given is None else _said(given)) for right, given in pairs if not _same(given, right))
    order = sorted(counts, key=lambda pair: (-counts[pair], pair))
    return [Confusion(right=right, given=given, questions=counts[right, given]) for right, given in order[:_SHOWN]]


def _said(value: Value) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _overall(kinds: Sequence[Accuracy]) -> Accuracy:
    total = sum(kind.questions for kind in kinds)
    return Accuracy(
        questions=total,
        accuracy=sum(kind.accuracy * kind.questions for kind in kinds) / total,
        unparsed=sum(kind.unparsed for kind in kinds),
        majority_accuracy=sum(kind.majority_accuracy * kind.questions for kind in kinds) / total,
        question_only_accuracy=sum(kind.question_only_accuracy * kind.questions for kind in kinds) / total,
    )
