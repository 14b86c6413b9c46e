"""From what models said of tiles to numbers, and to examples for people. Plain functions, no Ray."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sartext.evaluate.answers import PARSERS, ClassWords
from sartext.evaluate.captions import caption_scores_of
from sartext.evaluate.facts import AssertedFacts, fact_scores
from sartext.evaluate.retrieval import Recall, Retrieval, retrieval
from sartext.evaluate.vqa import Reference, vqa
from sartext.flow.evaluate.dataset import HeldOut, questions_of
from sartext.narrate.ask.questions import class_words
from sartext.narrate.facts.tile_facts import Facts, facts_of
from sartext.narrate.verify.caption_facts import Fact, implied, told
from sartext.tile import Question

Said = Mapping[str, Sequence[dict[str, Any]]]  # model -> its predictions, a row a tile
Scores = dict[str, Any]


@dataclass(frozen=True)
class _Asked:
    """A question that can be scored: which tile it is of, and the number of its answer among that tile's."""

    tile: int
    number: int
    question: Question

    @property
    def reference(self) -> Reference:
        return _reference(self.question)


class Truth:
    """What is known of the tiles, worked out once for all models; tiles whose image no model can read are left out."""

    def __init__(self, held: HeldOut, unreadable: Mapping[str, str]) -> None:
        self.dataset, self.tiles, self.texts = held.dataset, held.tiles, held.texts
        self.unreadable = unreadable
        self.good = [number for number, tile in enumerate(held.tiles) if tile.key not in unreadable]
        self.captioned = [number for number in self.good if held.texts(number)]

    @cached_property
    def facts(self) -> dict[int, Facts]:
        """The facts of each captioned tile."""
        return {number: facts_of(self.tiles[number]) for number in self.captioned}

    @cached_property
    def reference_facts(self) -> dict[int, frozenset[Fact]]:
        """What the captions that count of each captioned tile state: what a caption of it could say."""
        return {
            number: frozenset(fact for text in self.texts(number) for fact in told(text, facts).facts)
            for number, facts in self.facts.items()
        }

    @cached_property
    def asked(self) -> list[_Asked]:
        """The questions whose answers have a type that can be compared."""
        words = ClassWords(class_words())
        return [
            _Asked(tile, number, question)
            for tile in self.good
            for number, question in enumerate(questions_of(self.tiles[tile]))
            if comparable(question, words)
        ]


def comparable(question: Question, words: ClassWords) -> bool:
    """Whether the reference answer is of a type that is known here, and says a value of it."""
    parser = PARSERS.get(question.answer_type)
    return parser is not None and parser(question.answer, words) is not None


def unreadable(said: Iterable[Sequence[dict[str, Any]]]) -> dict[str, str]:
    """Why the images of some tiles could not be read, by key."""
    return {row["key"]: row["reject"] for rows in said for row in rows if row["reject"] is not None}


def retrieval_scores(truth: Truth, said: Said) -> tuple[dict[str, Scores], Scores]:
    """Recall of each model, and that of guessing, which shows what the gallery's size is worth."""
    owners = [at for at, number in enumerate(truth.captioned) for _ in truth.texts(number)]
    texts = [text for number in truth.captioned for text in truth.texts(number)]

    def score(image: np.ndarray[Any, Any], text: np.ndarray[Any, Any]) -> Scores:
        return _recalls(retrieval(image, text, owners, texts))

    found = {model: score(*features(truth, rows)) for model, rows in said.items()}
    # Features that are all the same leave every order to chance, and ties are averaged.
    return found, score(np.ones((len(truth.captioned), 1)), np.ones((len(texts), 1)))


def features(truth: Truth, rows: Sequence[dict[str, Any]]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Features of the captioned tiles' images and of all their texts, in double precision, as retrieval compares them."""
    images = np.array([rows[number]["image"] for number in truth.captioned], dtype=np.float64)
    texts = np.array([text for number in truth.captioned for text in rows[number]["texts"]], dtype=np.float64)
    return images, texts


def caption_values(truth: Truth, said: Said) -> dict[str, Scores]:
    """Caption metrics of each model, and precision and recall of what its captions claim."""
    references = [truth.texts(number) for number in truth.captioned]
    written = [[rows[number]["caption"] for number in truth.captioned] for rows in said.values()]
    scores = caption_scores_of(written, references)
    return {
        model: {"captions": asdict(score), "facts": asdict(fact_scores(_stated(truth, texts)))}
        for model, texts, score in zip(said, written, scores, strict=True)
    }


def _stated(truth: Truth, texts: Sequence[str]) -> list[AssertedFacts]:
    found = []
    for number, text in zip(truth.captioned, texts, strict=True):
        claims, facts = told(text, truth.facts[number])
        verdicts = [claim.verdict for claim in claims]
        found.append(
            AssertedFacts(
                supported=verdicts.count("supported"),
                contradicted=verdicts.count("contradicted"),
                unverifiable=verdicts.count("unverifiable"),
                facts=implied(facts),
                reference=truth.reference_facts[number],
            )
        )
    return found


def answer_scores(truth: Truth, said: Said, training: Iterable[Question]) -> dict[str, Scores]:
    """Accuracy of each model's answers beside that of the answers that are the most frequent in training."""
    words = ClassWords(class_words())
    references = [one.reference for one in truth.asked]
    known = [_reference(one) for one in training if comparable(one, words)]
    return {
        model: asdict(vqa(references, answers_of(truth, rows), classes=class_words(), training=known))
        for model, rows in said.items()
    }


def answers_of(truth: Truth, rows: Sequence[dict[str, Any]]) -> list[str]:
    """A model's answer to each of `truth.asked`."""
    return [rows[one.tile]["answers"][one.number] for one in truth.asked]


def right_answer(question: Question, answer: str, words: ClassWords) -> bool:
    """Whether the answer has the value of the reference."""
    parser = PARSERS[question.answer_type]
    return parser(answer, words) == parser(question.answer, words)


def _reference(question: Question) -> Reference:
    return Reference(kind=question.kind, answer_type=question.answer_type, answer=question.answer)


def _recalls(found: Retrieval) -> Scores:
    return {**asdict(found), "exact_pair": _recall(found.exact_pair), "identical_text": _recall(found.identical_text)}


def _recall(found: Recall) -> Scores:
    return {**asdict(found), "mean": found.mean}
