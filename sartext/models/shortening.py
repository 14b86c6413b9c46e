"""Texts that are longer than a model's context, shortened to whole sentences: half a sentence may say something else."""

import re
from collections.abc import Callable, Sequence

_MARK = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s)|[。！？]+[”’」』）]*")
_WORD = re.compile(r"\S+")
_OPENING = "\"'“‘(["
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_ABBREVIATIONS = frozenset(
    "al approx avg ca cf dr e.g etc fig figs i.e incl mr mrs ms mt no nos prof resp st vs".split()  # noqa: SIM905
)


def shortened(text: str, fits: Callable[[str], bool]) -> str:
    """The most whole sentences from the beginning that fit; where not even the first does, the most whole words.

    The text itself where it fits, and where not even a word does.
    """
    if fits(text):
        return text
    words = [word.end() for word in _WORD.finditer(text)]
    return _longest(text, sentence_ends(text), fits) or _longest(text, words, fits) or text


def sentence_ends(text: str) -> list[int]:
    """Where sentences end, their marks included; a mark after an abbreviation, initials or the number of a list ends none."""
    ends, start = [], 0
    for mark in _MARK.finditer(text):
        sentence = text[start : mark.start()]
        words = sentence.split()
        word = words[-1].lstrip(_OPENING) if words and not sentence[-1].isspace() else ""
        listed = len(words) == 1 and word.isdecimal()
        if not listed and not _INITIALS.fullmatch(word) and word.lower() not in _ABBREVIATIONS:
            ends.append(mark.end())
            start = mark.end()
    return ends


def _longest(text: str, ends: Sequence[int], fits: Callable[[str], bool]) -> str:
    """The longest beginning that fits of those with these ends, rising; "" where none does."""
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(text[: ends[middle - 1]]):
            low = middle
        else:
            high = middle - 1
    return text[: ends[low - 1]] if low else ""


def whole_sentences(text: str) -> str:
    """The text up to the end of its last whole sentence; all of it where none is whole.

    A point after a figure at the end of the text ends none: where a text was cut, it may be a decimal point.
    """
    ends = sentence_ends(f"{text} ")
    if ends and ends[-1] == len(text) and text[-2:-1].isdecimal():
        ends.pop()
    return text[: ends[-1]] if ends else text
