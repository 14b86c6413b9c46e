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
        self._totals: Counter[AnswerT] = Counter()  # words by answer
        self._words: Counter[str] = Counter()

    def learn(self, question: str, answer: AnswerT) -> None:
        """One question and its answer more."""
        words = _words(question)
        self._answers[answer] += 1
        self._counts.setdefault(answer, Counter()).update(words)
        self._totals[answer] += len(words)
        self._words.update(words)

    @property
    def majority(self) -> AnswerT:
        """The most frequent answer; of several the first by its text, so that the order of questions does not matter."""
        return min(self._answers, key=lambda one: (-self._answers[one], str(one)))

    def answer(self, question: str) -> AnswerT:
        """The likeliest answer; of several the first by its text. Raises `ValueError` where nothing was learned."""
        return self._likeliest(_words(question), None)

    def answer_of_others(self, question: str, answer: AnswerT) -> AnswerT:
        """The likeliest answer as though this question, which was learned with this answer, had not been (leave-one-out).

        Where there is no other question it is this answer.
        """
        return self._likeliest(_words(question), answer)

    def _likeliest(self, words: list[str], left_out: AnswerT | None) -> AnswerT:
        own = Counter(words) if left_out is not None else Counter[str]()
        known = [word for word in words if self._words[word] > own[word]]
        vocabulary = len(self._words) - sum(self._words[word] == own[word] for word in own)
        chances: dict[AnswerT, float] = {}
        for answer, times in self._answers.items():
            out = own if answer == left_out else Counter[str]()
            if number := times - (answer == left_out):
                counts, smoothed = self._counts[answer], self._totals[answer] - out.total() + vocabulary
                of_words = sum(log((counts[word] - out[word] + 1) / smoothed) for word in known)
                chances[answer] = log(number) + of_words
        if not chances and left_out is not None:
            return left_out
        return min(chances, key=lambda one: (-chances[one], str(one)))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
