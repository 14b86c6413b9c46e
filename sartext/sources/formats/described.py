"""One image and what a file says of it in words, as the file states it; the same for every format of texts."""

from typing import NamedTuple


class Described(NamedTuple):
    """A file may speak of one image many times, each time with more texts; `place` is where it stands."""

    file: str
    texts: tuple[str, ...] = ()  # captions; "" where one is blank
    turns: tuple[tuple[str, str], ...] = ()  # (question, answer); "" where one is blank
    split: str | None = None  # as the file writes it; None where it says nothing
    place: str = ""
    fault: str | None = None  # what makes this image unusable; it spoils no other


def plain(text: str) -> str:
    """The text in one line: runs of white space, line ends included, are one space, and there is none at its ends."""
    return " ".join(text.split())
