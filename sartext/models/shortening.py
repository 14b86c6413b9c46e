"""Texts that are longer than a model's context, shortened to the whole sentences that matter most: half a sentence may say
something else.
"""

import re
from collections.abc import Callable, Sequence

_MARK = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s)|[。！？]+[”’」』）]*")
_WORD = re.compile(r"\S+")
_OPENING = "\"'“‘(["
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_ABBREVIATIONS = frozenset(
    "al approx avg ca cf dr e.g etc fig figs i.e incl mr mrs ms mt no nos prof resp st vs".split()  # noqa: SIM905
)


def shortened(text: str, fits: Callable[[str], bool], importance: Sequence[int] = ()) -> str:
    """The whole sentences that fit: those that matter most, in their order, or the most from the beginning.

    `importance` has a number for each sentence, the lowest for what matters most. Where not even one sentence fits, the most
    whole words; the text itself where it fits, and where not even a word does.
    """
    if fits(text):
        return text
    words = [word.end() for word in _WORD.finditer(text)]
    sentences = sentences_of(text)
    if importance and len(importance) == len(sentences):
        found = _most_important(sentences, importance, fits)
    else:
        found = _longest(text, sentence_ends(text), fits)
    return found or _longest(text, words, fits) or text


def sentences_of(text: str) -> list[str]:
    """The sentences, and what is left behind the last one that ends."""
    starts = [0, *sentence_ends(text)]
    return [part for start, end in zip(starts, [*starts[1:], len(text)], strict=True) if (part := text[start:end].strip())]


def _most_important(sentences: Sequence[str], importance: Sequence[int], fits: Callable[[str], bool]) -> str:
    """The sentences, the most important first, that fit beside those before them; "" where the first of them does not."""
    taken: list[int] = []
    for at in sorted(range(len(sentences)), key=lambda at: importance[at]):
        wanted = sorted([*taken, at])
        if fits(" ".join(sentences[one] for one in wanted)):
            taken = wanted
        elif not taken:
            return ""
    return " ".join(sentences[one] for one in taken)


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
