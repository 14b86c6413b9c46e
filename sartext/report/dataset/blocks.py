"""Blocks of a dataset's page from plain numbers: bars, histograms, legends, panels, sections; a macro shows each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NONE = "–"
_BINS = 48
_CHARACTERS = 400


def count(number: float) -> str:
    """1,234."""
    return f"{number:,.0f}"


def share(part: float, whole: float) -> str:
    """12.3%; a dash where there is no whole."""
    return NONE if not whole else f"{part / whole:.1%}"


def estimate(number: int, exact: bool) -> str:
    """A number that may be estimated: then with three figures, and a sign that says so."""
    return count(number) if exact else f"≈ {count(float(f'{number:.3g}'))}"


def truncated(text: str, characters: int = _CHARACTERS) -> str:
    """The text, or as much of it as there is room for."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A line of a chart: its name, parts of (style, number), what is written at its end, and whether it is a lesser one."""

    name: str
    parts: Sequence[tuple[str, float]]
    number: str
    aside: str = ""
    less: bool = False


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Horizontal bars, the longest (or `most`) over the whole width."""

    lines: Sequence[Bar]
    most: float | None = None

    @property
    def widest(self) -> float:
        """The number that has the whole width."""
        return self.most or max((sum(number for _, number in bar.parts) for bar in self.lines), default=0) or 1


@dataclass(frozen=True, kw_only=True)
class Legend:
    """What colours mean: (style, name)."""

    names: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a histogram: what it counts in words, and its parts of (style, number)."""

    words: str
    parts: Sequence[tuple[str, int]]


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """Counts of whole numbers as columns; the axis says where it begins and ends."""

    columns: Sequence[Column]
    low: int
    high: int
    unit: str

    @property
    def tallest(self) -> int:
        """The count of the highest column."""
        return max(sum(number for _, number in column.parts) for column in self.columns)


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A card with a heading, and a line below."""

    title: str
    blocks: Sequence[Any]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Blocks side by side as a `grid`, one below the other as a `stack`, or in columns as a `flow`."""

    blocks: Sequence[Any]
    style: str = "grid"
    least_px: int | None = None  # the narrowest that a block of a grid may be


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A line of text."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Verbatim:
    """Text as it is, to be unfolded."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the page that the navigation leads to; blocks that are None show nothing."""

    name: str
    short: str
    title: str
    words: str
    blocks: Sequence[Any]


def counted(name: str, number: float, whole: float, style: str = "", *, less: bool = False) -> Bar:
    """A bar of a count with its share of the whole."""
    return Bar(name=name, parts=[(style, number)], number=count(number), aside=share(number, whole), less=less)


def ranked(counts: Iterable[tuple[str, float]], whole: float, style: str = "") -> Bars:
    """Bars of counts with their shares of the whole."""
    return Bars(lines=[counted(name, number, whole, style) for name, number in counts])


def histogram(columns: Mapping[str, Mapping[int, int]], styles: Sequence[str], unit: str) -> Histogram | None:
    """Counts of whole numbers, one colour a name, stacked; None where nothing is counted."""
    numbers = sorted({number for counts in columns.values() for number in counts})
    if not numbers:
        return None
    low, high = numbers[0], numbers[-1]
    width = -(-(high - low + 1) // _BINS)
    bins: dict[int, list[int]] = {}
    for at, counts in enumerate(columns.values()):
        for number, found in counts.items():
            bins.setdefault((number - low) // width, [0] * len(columns))[at] += found
    shown = []
    for at in range((high - low) // width + 1):
        stacked = bins.get(at, [])
        first, last = low + at * width, min(low + (at + 1) * width - 1, high)
        words = f"{first if first == last else f'{first} to {last}'} {unit}: {count(sum(stacked))}"
        shown.append(Column(words=words, parts=list(zip(styles, stacked, strict=False))))
    return Histogram(columns=shown, low=low, high=high, unit=unit)
