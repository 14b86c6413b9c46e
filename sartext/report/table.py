"""A table of texts, as pages and Markdown show it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with its heading, and a line below it; a row of one cell is a heading over the rows that follow."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    note: str = ""
    text: Sequence[int] = (0,)  # columns that are set left
    wrap: Sequence[int] = ()  # columns over several lines, set left too
