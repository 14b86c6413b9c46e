"""A model that sees the words of a question and no image: what an accuracy owes to how questions are put.

It is multinomial naive Bayes over words with Laplace's smoothing (Manning, Raghavan and Schütze 2008, Introduction to
Information Retrieval, 13.2).
"""

import re
from collections import Counter
from collections.abc import Hashable
from math import log
from typing import Generic, TypeVar

AnswerT = TypeVar("AnswerT", bound=Hashable)


class QuestionOnly(Generic[AnswerT]):
    """Learns from one question after the other; what it holds is a number for each word and answer."""

    def __init__(self) -> None:
        self._answers: Counter[AnswerT] = Counter()
        self._counts: dict[AnswerT, Counter[str]] = {}
        self._words: set[str] = set()

    def learn(self, question: str, answer: AnswerT) -> None:
        """One question and its answer more."""
        words = _words(question)
        self._answers[answer] += 1
        self._counts.setdefault(answer, Counter()).update(words)
        self._words.update(words)

    @property
    def majority(self) -> AnswerT:
        """The most frequent answer; of several the first by its text, so that the order of questions does not matter."""
        return min(self._answers, key=lambda one: (-self._answers[one], str(one)))

    def answer(self, question: str) -> AnswerT:
        """The likeliest answer; of several the first by its text. Raises `ValueError` where nothing was learned."""
        known = [word for word in _words(question) if word in self._words]
        return min(self._answers, key=lambda one: (-self._log_likelihood(one, known), str(one)))

    def _log_likelihood(self, answer: AnswerT, words: list[str]) -> float:
        counts = self._counts[answer]
        smoothed = counts.total() + len(self._words)
        return log(self._answers[answer]) + sum(log((counts[word] + 1) / smoothed) for word in words)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
