"""How often the answer to a question is guessed right without the image: from its words, or from other turns."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sartext.tile import Question

_STEPS, _RATE, _DECAY = 200, 1.0, 1e-3


class Guesses(NamedTuple):
    """Of the questions of a kind in the half that was not learned from: shares that are right."""

    questions: int
    majority: float  # by the most frequent answer
    words: float  # by the words, of logistic regression or naive Bayes, whichever is better
    ordered: float  # by the words and by what follows what
    turns: float  # by the words, each together with the words and the answers of the other questions of the tile

    @property
    def error(self) -> float:
        """The standard error of such a share."""
        return float((self.majority * (1 - self.majority) / self.questions) ** 0.5)


def guesses(asked: Iterable[Sequence[Question]]) -> Mapping[str, Guesses]:
    """For each kind how often it is guessed; a tile's questions are one sequence. A random half is learned from."""
    draw = random.Random(0)
    kinds: dict[str, tuple[list[_Known], list[_Known]]] = {}
    for questions in asked:
        half = draw.randrange(2)
        for one in questions:
            others = [other for other in questions if other is not one]
            kinds.setdefault(one.kind, ([], []))[half].append(_known(one, others))
    return {kind: _guessed(*halves) for kind, halves in sorted(kinds.items()) if all(halves)}


class _Known(NamedTuple):
    words: list[str]
    ordered: list[str]
    turns: list[str]
    answer: str


def _known(one: Question, others: Sequence[Question]) -> _Known:
    words = _words(one)
    told = [f"{other.answer} {word}" for other in others for word in set(_words(other))]
    turns = [f"{word}|{tell}" for word in words for tell in told]
    return _Known(words, words + [" ".join(pair) for pair in pairwise(words)], words + turns, one.answer)


def _words(one: Question) -> list[str]:
    return re.findall(r"[a-z0-9]+", one.question.lower())


def _guessed(learned: Sequence[_Known], tested: Sequence[_Known]) -> Guesses:
    answers = [one.answer for one in tested]
    majority = Counter(answers).most_common(1)[0][1] / len(answers)
    truth = [one.answer for one in learned]
    shares = []
    for field in ("words", "ordered", "turns"):
        known = [getattr(one, field) for one in learned], [getattr(one, field) for one in tested]
        methods = (_by_bayes, _by_regression) if field == "words" else (_by_bayes,)
        shares.append(max(_right(method(known[0], truth, known[1]), answers) for method in methods))
    return Guesses(len(answers), majority, *shares)


def _right(given: Iterable[str], answers: Sequence[str]) -> float:
    return sum(map(str.__eq__, given, answers)) / len(answers)


def _by_bayes(known: Sequence[Sequence[str]], truth: Sequence[str], asked: Iterable[Sequence[str]]) -> Iterator[str]:
    """Answers by naive Bayes over the counts of words (multinomial, Laplace's smoothing)."""
    places: dict[str, int] = {}
    for words in known:
        for word in words:
            places.setdefault(word, len(places))
    names = sorted(set(truth))
    counts = np.ones((len(places), len(names)))
    prior = np.zeros(len(names))
    for words, answer in zip(known, truth, strict=True):
        at = names.index(answer)
        prior[at] += 1
        np.add.at(counts[:, at], [places[word] for word in words], 1)
    logs = np.log(counts / counts.sum(axis=0))
    for words in asked:
        found = [places[word] for word in words if word in places]
        yield names[int(np.argmax(np.log(prior) + logs[found].sum(axis=0)))]


def _by_regression(known: Sequence[Sequence[str]], truth: Sequence[str], asked: Sequence[Sequence[str]]) -> Iterator[str]:
    """Answers by multinomial logistic regression over the counts of words, by gradient descent."""
    places = {word: at for at, word in enumerate(sorted({word for words in known for word in words}))}
    names = sorted(set(truth))
    features, others = _counted(known, places), _counted(asked, places)
    right = np.eye(len(names))[[names.index(answer) for answer in truth]]
    weights, bias = np.zeros((len(places), len(names))), np.log(right.mean(axis=0))
    scale = np.maximum(features.std(axis=0), 0.01)
    mean = features.mean(axis=0)
    features, others = (features - mean) / scale, (others - mean) / scale
    rate = _RATE / max(1.0, float(np.linalg.norm(features, 2)) ** 2 / len(features) / 2)
    for _ in range(_STEPS):
        guess = _softmax(features @ weights + bias)
        weights -= rate * (features.T @ (guess - right) / len(right) + _DECAY * weights)
        bias -= rate * (guess - right).mean(axis=0)
    return (names[at] for at in np.argmax(others @ weights + bias, axis=1))


def _counted(texts: Sequence[Sequence[str]], places: Mapping[str, int]) -> np.ndarray:
    counts = np.zeros((len(texts), len(places)))
    for row, words in enumerate(texts):
        for word in words:
            if word in places:
                counts[row, places[word]] += 1
    return counts


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return shares
