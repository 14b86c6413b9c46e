"""The words of captions as a cloud: the more often, the larger; on a light and on a dark ground."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from sartext.report.html import data_uri

WORDS = 110
_WIDTH_PX, _HEIGHT_PX, _SCALE = 600, 190, 2
# By rank, in turn; the two grounds have the same hues in other lightness.
_COLOURS = {
    "light": ("#1f4e79", "#2f7f93", "#3a78b8", "#5b6470", "#7a5a9c", "#2e7d5b"),
    "dark": ("#8ab8e8", "#6fc3d3", "#5c9bd8", "#9aa4b0", "#b99ad8", "#6cc79a"),
}
# Words that every English text has; articles, prepositions, forms of to be.
COMMON = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "by",
        "from",
        "with",
        "and",
        "or",
        "as",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "there",
        "here",
        "which",
        "who",
        "one",
        "can",
        "has",
        "have",
        "had",
        "not",
        "no",
        "for",
        "into",
        "onto",
        "over",
        "under",
        "than",
        "then",
        "them",
        "they",
        "their",
        "some",
        "any",
        "each",
        "other",
        "another",
        "also",
        "about",
        "but",
        "while",
        "where",
        "such",
        "both",
        "all",
        "more",
        "most",
        "very",
        "up",
        "near",
    ]
)


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """A word cloud as the data URIs of two pictures, for a light and for a dark ground."""

    light: str
    dark: str
    alt: str


def cloud(words: Sequence[tuple[str, int]]) -> Cloud | None:
    """A picture of the words with their counts; None where there is no word but common ones.

    What a model writes may hold what no font can draw: words with control characters, or with what was no text, are left out.
    """
    said = [(word, number) for word, number in words if word not in COMMON and not word.isdecimal() and _drawable(word)][:WORDS]
    if not said:
        return None
    from wordcloud import WordCloud  # half a second, and only a dataset with captions needs it

    ranks = {word: rank for rank, (word, _) in enumerate(said)}
    layout = WordCloud(
        width=_WIDTH_PX,
        height=_HEIGHT_PX,
        scale=_SCALE,
        mode="RGBA",
        background_color=None,
        prefer_horizontal=1.0,
        relative_scaling=0.4,
        min_font_size=7,
        margin=3,
        max_words=WORDS,
        random_state=0,
        color_func=lambda word, **_: _COLOURS["light"][ranks[word] % len(_COLOURS["light"])],
    ).generate_from_frequencies(dict(said))
    light = _png(layout.to_image())
    layout.recolor(color_func=lambda word, **_: _COLOURS["dark"][ranks[word] % len(_COLOURS["dark"])])
    alt = f"word cloud: {', '.join(word for word, _ in said[:10])}"
    return Cloud(light=data_uri(light, "png"), dark=data_uri(_png(layout.to_image()), "png"), alt=alt)


def _drawable(word: str) -> bool:
    return word.isprintable() and "\N{REPLACEMENT CHARACTER}" not in word


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.quantize(64, method=Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return out.getvalue()
