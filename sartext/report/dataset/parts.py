"""Pieces of a dataset's page: bars, tables, histograms and figures as HTML, from plain numbers."""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

NONE = "–"
_BINS = 48
_CHARACTERS = 400
# HTML has no way to say these, and a terminal or an editor that shows the file would obey some.
_CONTROLS = dict.fromkeys(code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t")


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A line of a chart: its name, parts of (style, number), what is written at its end, and whether it is a lesser one."""

    name: str
    parts: Sequence[tuple[str, float]]
    number: str
    less: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a table; cells are text unless `raw`, styles go with the cells."""

    cells: Sequence[str]
    style: str = ""


def esc(text: str) -> str:
    """Text as HTML shows it, in attributes too; without control characters other than line ends and tabs."""
    return html.escape(text.translate(_CONTROLS), quote=True)


def count(number: float) -> str:
    """1,234."""
    return f"{number:,.0f}"


def share(part: float, whole: float) -> str:
    """12.3%; a dash where there is no whole."""
    return NONE if not whole else f"{part / whole:.1%}"


def estimate(number: int, exact: bool) -> str:
    """A number that may be estimated: then with three figures, and a sign that says so."""
    return count(number) if exact else f"≈ {count(float(f'{number:.3g}'))}"


def shortened(text: str) -> str:
    """The text, or as much of it as a table has room for."""
    return text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 1] + "…"


def bars(rows: Iterable[Bar], most: float | None = None) -> str:
    """Horizontal bars, the longest (or `most`) over the whole width."""
    lines = list(rows)
    widest = most or max((sum(number for _, number in bar.parts) for bar in lines), default=0) or 1
    shown = ""
    for bar in lines:
        pieces = "".join(
            f'<i class="{style}" style="width:{100 * number / widest:.2f}%"></i>' for style, number in bar.parts if number
        )
        less = ' class="less"' if bar.less else ""
        shown += (
            f'<span{less}>{esc(bar.name)}</span><span class="track">{pieces}</span><span class="number">{bar.number}</span>'
        )
    return f'<div class="bars">{shown}</div>'


def ranked(counts: Iterable[tuple[str, float]], whole: float, style: str = "") -> str:
    """Bars of counts with their shares of the whole."""
    return bars(Bar(name=name, parts=[(style, number)], number=_counted(number, whole)) for name, number in counts)


def _counted(number: float, whole: float) -> str:
    return f"{count(number)} <small>{share(number, whole)}</small>"


def key(names: Iterable[tuple[str, str]]) -> str:
    """What the colours mean: (style, name)."""
    items = "".join(f'<span><i class="{style}"></i>{esc(name)}</span>' for style, name in names)
    return f'<div class="key">{items}</div>'


def table(head: Sequence[str], rows: Iterable[Row], text: Sequence[int] = (), wrap: Sequence[int] = ()) -> str:
    """A table in a card that scrolls; columns `text` are set left, those of `wrap` over several lines."""
    styles = [" ".join(["text"] * (at in text or at in wrap) + ["wrap"] * (at in wrap)) for at in range(len(head))]
    top = "".join(f'<th class="{style}">{esc(name)}</th>' for name, style in zip(head, styles, strict=True))
    body = ""
    for row in rows:
        if len(row.cells) == 1:
            body += f'<tr class="head"><td colspan="{len(head)}">{esc(row.cells[0])}</td></tr>'
            continue
        cells = "".join(f'<td class="{style}">{esc(cell)}</td>' for cell, style in zip(row.cells, styles, strict=True))
        body += f'<tr class="{row.style}">{cells}</tr>'
    return f'<div class="card scroll"><table><tr>{top}</tr>{body}</table></div>'


def histogram(columns: Mapping[str, Mapping[int, int]], styles: Sequence[str], unit: str) -> str:
    """Counts of whole numbers as columns, one colour a name, stacked; the axis says where it begins and ends."""
    numbers = sorted({number for counts in columns.values() for number in counts})
    if not numbers:
        return ""
    low, high = numbers[0], numbers[-1]
    width = -(-(high - low + 1) // _BINS)
    bins: dict[int, list[int]] = {}
    for at, counts in enumerate(columns.values()):
        for number, found in counts.items():
            bins.setdefault((number - low) // width, [0] * len(columns))[at] += found
    tallest = max(map(sum, bins.values()))
    body = ""
    for at in range((high - low) // width + 1):
        stacked = bins.get(at, [])
        first, last = low + at * width, min(low + (at + 1) * width - 1, high)
        words = f"{first if first == last else f'{first} to {last}'} {unit}: {count(sum(stacked))}"
        pieces = "".join(
            f'<i class="{style}" style="height:{100 * number / tallest:.2f}%"></i>'
            for number, style in zip(stacked, styles, strict=False)
            if number
        )
        body += f'<span title="{esc(words)}">{pieces}</span>'
    middle = (low + high) // 2
    axis = f"<span>{low}</span><span>{middle}</span><span>{high} {esc(unit)}</span>"
    top = f"<b>highest: {count(tallest)}</b>"
    return f'<div class="histogram">{top}{body}</div><div class="axis">{axis}</div>'


def card(title: str, body: str, note: str = "") -> str:
    """A card with a heading, and a line below."""
    below = f'<p class="soft" style="margin:10px 0 0">{esc(note)}</p>' if note else ""
    return f'<section class="card"><h3>{esc(title)}</h3>{body}{below}</section>'


def chapter(name: str, title: str, words: str, body: str) -> str:
    """A part of the page that the navigation leads to."""
    return f'<section id="{name}"><h2>{esc(title)}</h2><p class="soft">{esc(words)}</p>{body}</section>'
