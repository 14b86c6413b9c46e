"""One image and what a file says of it in words, as the file states it; the same for every format of texts."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

# What programs write where there is no caption, in lower case: what pandas reads as missing, and writes of it as text.
_MISSING = frozenset(("nan", "-nan", "none", "null", "na", "n/a", "<na>", "#na", "#n/a", "nat"))
_CHARACTERS = 40


class TextRecord(NamedTuple):
    """A file may speak of one image many times, each time with more texts; `place` is where it stands."""

    file: str
    texts: tuple[str, ...] = ()  # captions; "" where one is blank
    turns: tuple[tuple[str, str], ...] = ()  # (question, answer); "" where one is blank
    split: str | None = None  # as the file writes it; None where it says nothing
    place: str = ""
    fault: str | None = None  # what makes this entry unusable; it spoils no other


def parted(file: str, texts: Iterable[tuple[Any, str]], split: str | None, place: str) -> list[TextRecord]:
    """The image with the captions among (value, place) that are texts, None for a blank one, and the others each as a fault of
    its own: values that are no text, and words that stand where there is no caption."""
    good, bad = [], []
    for value, at in texts:
        text = "" if value is None else plain(value) if isinstance(value, str) else None
        if text is None:
            bad.append(TextRecord(file, place=at, fault=f"a caption that is no text: {json.dumps(value)[:_CHARACTERS]}"))
        elif text.lower() in _MISSING:
            bad.append(TextRecord(file, place=at, fault=f"{text!r} in place of a caption"))
        else:
            good.append(text)
    return ([TextRecord(file, tuple(good), split=split, place=place)] if good or not bad else []) + bad


def plain(text: str) -> str:
    """The text in one line: runs of white space, line ends included, are one space, and there is none at its ends."""
    return " ".join(text.split())
