"""An evaluation as one self-contained page: the numbers, the charts, and examples of what each model says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sartext.imaging.thumbnail import thumbnail
from sartext.report.evaluation_tables import ScoreTable, about, tables
from sartext.report.html import data_uri, html_page

THUMB_PX = 256
_CHARTS = {
    "retrieval": "Mean recall of the models, and of guessing.",
    "captions": "What captions claim, judged by the annotations; lines are 95% intervals.",
    "answers": "Right answers by kind of question, and those of the most frequent answer in training.",
}


@dataclass(frozen=True, kw_only=True)
class HitExample:
    """An image that a model found for a text."""

    image: bytes
    key: str
    right: bool


@dataclass(frozen=True, kw_only=True)
class SearchExample:
    """A text, and the first images that each model found."""

    text: str
    hits: Mapping[str, Sequence[HitExample]]


@dataclass(frozen=True, kw_only=True)
class Written:
    """A tile with the captions that it has and those that each model wrote: text, and (claim, verdict) of each claim."""

    image: bytes
    key: str
    references: Sequence[str]
    captions: Mapping[str, tuple[str, Sequence[tuple[str, str]]]]


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A tile with questions: each with its right answer, and each model's answer and whether that is right."""

    image: bytes
    key: str
    questions: Sequence[tuple[str, str, Mapping[str, tuple[str, bool]]]]


@dataclass(frozen=True, kw_only=True)
class Examples:
    """What people look at, by training."""

    searches: Mapping[str, Sequence[SearchExample]]
    written: Mapping[str, Sequence[Written]]
    answered: Mapping[str, Sequence[Answered]]


def page(report: Mapping[str, Any], scores: Sequence[ScoreTable], figures: Mapping[str, bytes], examples: Examples) -> str:
    """The page as HTML text; it asks for nothing outside itself. `figures` are those of `evaluation_figures.charts`."""
    summary, *details = tables(scores)
    charts = [
        (data_uri(figures[name], "png"), data_uri(figures[f"{name}-dark"], "png"), words)
        for name, words in _CHARTS.items()
        if name in figures
    ]
    return html_page(
        "evaluation.html",
        title="Evaluation",
        about=about(report),
        summary=summary,
        charts=charts,
        examples=examples,
        thumbnail=lambda image: thumbnail(image, THUMB_PX),
        details=details,
    )
