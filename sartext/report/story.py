"""The story of a whole chain as one self-contained page: pictures, tables, and links to what the jobs left."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from sartext.imaging.guard import opened
from sartext.report.html import data_uri, html_page
from sartext.report.table import Table

SHOWN_PX = 192
_BOX = (255, 196, 0)


@dataclass(frozen=True, kw_only=True)
class StoryCard:
    """A picture with the texts below it."""

    image: bytes  # encoded
    name: str
    texts: Sequence[str]
    claims: Sequence[tuple[str, str]] = ()  # of the last text: each with its verdict
    polygons_px: Sequence[Sequence[float]] = ()  # x, y, x, y, ... to be drawn over it


@dataclass(frozen=True, kw_only=True)
class StorySearch:
    """A text with the pictures that are found for it, best first, each with whether the text is true of it."""

    text: str
    note: str
    hits: Sequence[tuple[StoryCard, bool]]


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One part of the story, in this order: words, searches, cards, pictures, tables, links."""

    title: str
    words: str
    searches: Sequence[StorySearch] = ()
    cards: Sequence[StoryCard] = ()
    pictures: Sequence[tuple[bytes, str]] = ()  # a PNG and what it shows
    tables: Sequence[Table] = ()
    links: Sequence[tuple[str, str]] = ()  # text, and a path relative to the page


def story(title: str, words: str, chapters: Sequence[Chapter]) -> str:
    """The page as HTML text; it asks for nothing outside itself, and the same story gives the same bytes."""
    return html_page(
        "story.html",
        title=title,
        words=words,
        chapters=chapters,
        shown=lambda card: data_uri(_shown(card), "jpeg"),
        png=lambda data: data_uri(data, "png"),
    )


def _shown(card: StoryCard) -> bytes:
    """The picture as a small JPEG with its polygons."""
    out = io.BytesIO()
    small = opened(card.image).convert("RGB")
    scale = SHOWN_PX * 2 / max(small.size)
    small = small.resize((round(small.width * scale), round(small.height * scale)), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(small)
    for polygon in card.polygons_px:
        points = [(x * scale, y * scale) for x, y in zip(polygon[::2], polygon[1::2], strict=True)]
        draw.polygon(points, outline=_BOX, width=2)
    small.save(out, "JPEG", quality=80)
    return out.getvalue()
