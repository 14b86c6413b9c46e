"""The words of captions as a cloud: the more often, the larger; on a light and on a dark ground."""

import base64
import io
from collections.abc import Sequence

from PIL import Image

from sartext.report.dataset.parts import esc

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


def cloud(words: Sequence[tuple[str, int]]) -> str:
    """A picture of the words with their counts, as HTML; nothing where there is no word but common ones.

    What a model writes may hold what no font can draw: words with control characters, or with what was no text, are left out.
    """
    said = [(word, number) for word, number in words if word not in COMMON and not word.isdecimal() and _drawable(word)][:WORDS]
    if not said:
        return ""
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
    light = _data_uri(layout.to_image())
    layout.recolor(color_func=lambda word, **_: _COLOURS["dark"][ranks[word] % len(_COLOURS["dark"])])
    dark = _data_uri(layout.to_image())
    most = esc(", ".join(word for word, _ in said[:10]))
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img width="{_WIDTH_PX}" height="{_HEIGHT_PX}" alt="word cloud: {most}" src="{light}"></picture>'
    )


def _drawable(word: str) -> bool:
    return word.isprintable() and "\N{REPLACEMENT CHARACTER}" not in word


def _data_uri(picture: Image.Image) -> str:
    out = io.BytesIO()
    picture.quantize(64, method=Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"
