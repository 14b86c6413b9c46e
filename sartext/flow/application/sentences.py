"""Whole sentences of a text that was cut where a model had no room for more."""

import re

# A mark, and the quote or bracket that it stands in, before a space or at the end; but no decimal point that a cut left bare.
_END = re.compile(r"(?:(?<!\d)\.|\.(?=[\"')\]\s])|[!?])[.!?]*[\"')\]]*(?=\s|$)")
_ABBREVIATION = re.compile(r"(?:\b(?:approx|ca|cf|e\.g|i\.e|etc|fig|nos?|resp|vs)|\b[A-Za-z])\.$", re.IGNORECASE)


def whole_sentences(text: str) -> str:
    """The text up to the end of its last whole sentence; all of it where none is whole."""
    ends = [end.end() for end in _END.finditer(text) if not _ABBREVIATION.search(text[: end.end()])]
    return text[: ends[-1]] if ends else text
