"""The story of a whole chain as one self-contained page: pictures, tables, and links to what the jobs left."""

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

SHOWN_PX = 192
_BOX = (255, 196, 0)


@dataclass(frozen=True, kw_only=True)
class Card:
    """A picture with the texts below it."""

    image: bytes  # encoded
    name: str
    texts: Sequence[str]
    polygons_px: Sequence[Sequence[float]] = ()  # x, y, x, y, ... to be drawn over it


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table: its head, its rows, and a line below."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One part of the story, in this order: words, cards, pictures, tables, links."""

    title: str
    words: str
    cards: Sequence[Card] = ()
    pictures: Sequence[tuple[bytes, str]] = ()  # a PNG and what it shows
    grids: Sequence[Grid] = ()
    links: Sequence[tuple[str, str]] = ()  # text, and a path relative to the page


_STYLE = """
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #5b6470; --line: #d5dae0; --paper: #f6f6f4;
  --card: #fff; --link: #2256a0 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --soft: #9aa4b0; --line: #353b43; --paper: #15181c;
  --card: #1d2126; --link: #8ab4f8 } }
* { box-sizing: border-box }
body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; max-width: 1100px;
  padding: 32px 16px }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 6px } h2 { font-size: 20px; margin: 40px 0 6px }
p { margin: 0 0 14px; max-width: 75ch } .soft { color: var(--soft); font-size: 13.5px; overflow-wrap: anywhere }
a { color: var(--link) }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 14px; margin: 0 0 14px }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 10px; min-width: 0 }
.card img { width: 100%; aspect-ratio: 1; object-fit: contain; border-radius: 6px; display: block; background: #000 }
.card p { font-size: 14px; line-height: 1.45; margin: 8px 0 0 }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 14px; margin: 0 0 14px;
  align-items: start }
figure { margin: 0; background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 10px; min-width: 0 }
figure img { width: 100%; height: auto; display: block } figcaption { color: #5b6470; font-size: 13px; margin-top: 6px }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px;
  margin: 0 0 14px }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { padding: 5px 12px 5px 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap }
th { color: var(--soft); font-size: 13px } th:first-child, td:first-child { text-align: left }
tr:last-child td { border-bottom: 0 } .scroll .soft { margin: 10px 0 0 }
nav a { margin-right: 16px }
"""


def story(title: str, words: str, chapters: Sequence[Chapter]) -> str:
    """The page as HTML text; it asks for nothing outside itself, and the same story gives the same bytes."""
    body = "\n".join(map(_chapter, chapters))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head>
<body><h1>{html.escape(title)}</h1><p>{html.escape(words)}</p>
{body}
</body></html>
"""


def _chapter(chapter: Chapter) -> str:
    parts = [f"<section><h2>{html.escape(chapter.title)}</h2><p>{html.escape(chapter.words)}</p>"]
    if chapter.cards:
        parts.append(f'<div class="cards">{"".join(map(_card, chapter.cards))}</div>')
    if chapter.pictures:
        parts.append(f'<div class="pictures">{"".join(_picture(*one) for one in chapter.pictures)}</div>')
    parts += [_grid(grid) for grid in chapter.grids]
    if chapter.links:
        links = "".join(f'<a href="{html.escape(path, quote=True)}">{html.escape(text)}</a>' for text, path in chapter.links)
        parts.append(f"<nav>{links}</nav>")
    return "\n".join([*parts, "</section>"])


def _card(card: Card) -> str:
    texts = "".join(f"<p>{html.escape(text)}</p>" for text in card.texts)
    name = html.escape(card.name)
    source = _data_uri(_shown(card), "jpeg")
    return f'<article class="card"><img alt="{name}" src="{source}">{texts}<p class="soft">{name}</p></article>'


def _shown(card: Card) -> bytes:
    """The picture as a small JPEG with its polygons."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(card.image)) as picture:
        small = picture.convert("RGB")
    scale = SHOWN_PX * 2 / max(small.size)
    small = small.resize((round(small.width * scale), round(small.height * scale)), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(small)
    for polygon in card.polygons_px:
        points = [(x * scale, y * scale) for x, y in zip(polygon[::2], polygon[1::2], strict=True)]
        draw.polygon(points, outline=_BOX, width=2)
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _picture(data: bytes, words: str) -> str:
    said = html.escape(words)
    return f'<figure><img alt="{said}" src="{_data_uri(data, "png")}"><figcaption>{said}</figcaption></figure>'


def _grid(grid: Grid) -> str:
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in grid.head)
    rows = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in grid.rows)
    note = f'<p class="soft">{html.escape(grid.note)}</p>' if grid.note else ""
    return f'<div class="scroll"><table><tr>{head}</tr>{rows}</table>{note}</div>'


def _data_uri(data: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
