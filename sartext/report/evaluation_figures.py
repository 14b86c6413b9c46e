"""The numbers of an evaluation as charts: bars by model, with what guessing has beside them; light and dark."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from sartext.report.evaluation_tables import Report, measured, models_of

_HUES = ("#9aa4b0", "#4c8fd6", "#e0803a", "#5aa469", "#a875c2")  # one a model, told apart by lightness too
_INKS = {"light": "#1a1d21", "dark": "#e8eaed"}
_GROUNDS = {"light": "#ffffff", "dark": "#1d2126"}


@dataclass(frozen=True, kw_only=True)
class _Bars:
    """Groups of bars, one bar a model: percentages, their intervals where known, and a mark of what guessing has."""

    title: str
    groups: tuple[str, ...]
    values: Mapping[str, Sequence[float | None]]
    intervals: Mapping[str, Sequence[tuple[float, float] | None]]
    guesses: tuple[float | None, ...]
    guess: str = ""


def charts(report: Report) -> dict[str, bytes]:
    """PNGs by name: `retrieval`, `captions`, `answers`, what there is of them, each also as `<name>-dark`."""
    models = models_of(report)
    trainings = report["trainings"].items()
    shown = {
        "retrieval": [_recalls(name, one) for name, one in trainings if "chance" in one],
        "captions": [_facts(name, one) for name, one in trainings if measured(one, "captions")],
        "answers": [_answers(name, one) for name, one in trainings if measured(one, "vqa")],
    }
    return {
        name if theme == "light" else f"{name}-{theme}": _draw(panels, models, theme)
        for name, panels in shown.items()
        if panels
        for theme in _INKS
    }


def _recalls(name: str, training: Report) -> _Bars:
    protocols = ("exact_pair", "identical_text")
    return _Bars(
        title=f"{name}: mean recall, %",
        groups=tuple(protocol.replace("_", " ") for protocol in protocols),
        values={
            model: [100 * one["retrieval"][protocol]["mean"] for protocol in protocols]
            for model, one in training["models"].items()
        },
        intervals={},
        guesses=tuple(100 * training["chance"][protocol]["mean"] for protocol in protocols),
        guess="chance",
    )


def _facts(name: str, training: Report) -> _Bars:
    keys = ("precision", "decided_precision", "recall")

    def of(one: Report, key: str, part: str) -> float | None:
        estimate = one["facts"][key]
        return None if estimate is None else 100 * estimate[part]

    def interval(one: Report, key: str) -> tuple[float, float] | None:
        low, high = of(one, key, "low"), of(one, key, "high")
        return None if low is None or high is None else (low, high)

    models = training["models"]
    return _Bars(
        title=f"{name}: facts of captions, %",
        groups=("precision", "of decided", "recall"),
        values={model: [of(one, key, "value") for key in keys] for model, one in models.items()},
        intervals={model: [interval(one, key) for key in keys] for model, one in models.items()},
        guesses=(None,) * len(keys),
    )


def _answers(name: str, training: Report) -> _Bars:
    models = {model: one["vqa"] for model, one in training["models"].items()}
    first = next(iter(models.values()))
    kinds = list(first["by_kind"])
    return _Bars(
        title=f"{name}: right answers, %",
        groups=(*kinds, "all"),
        values={
            model: [100 * one["accuracy"] for one in (*found["by_kind"].values(), found["overall"])]
            for model, found in models.items()
        },
        intervals={},
        guesses=tuple(100 * one["majority_accuracy"] for one in (*first["by_kind"].values(), first["overall"])),
        guess="majority answer",
    )


def _draw(panels: Sequence[_Bars], models: Sequence[str], theme: str) -> bytes:
    ink, ground = _INKS[theme], _GROUNDS[theme]
    figure = Figure(figsize=(7, 2.8 * len(panels) + 0.3), dpi=120, layout="constrained", facecolor=ground)
    for axes, bars in zip(figure.subplots(len(panels), 1, squeeze=False)[:, 0], panels, strict=True):
        axes.set_facecolor(ground)
        _bars(axes, bars, models, ink, ground)
        axes.set_title(bars.title, color=ink, loc="left", fontsize=11)
        axes.tick_params(colors=ink, length=0)
        axes.grid(axis="y", color=ink, alpha=0.15)
        axes.set_axisbelow(True)
        axes.spines[:].set_visible(False)
    drawn = {model for bars in panels for model in bars.values}
    legend = {name: mark for mark, name in zip(*figure.axes[0].get_legend_handles_labels(), strict=True)}
    names = [name for name in legend if name in drawn or name not in models]
    marks = [legend[name] for name in names]
    figure.legend(marks, names, loc="outside lower center", ncols=min(4, len(names)), frameon=False, labelcolor=ink)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None}, facecolor=ground)
    return out.getvalue()


def _bars(axes: Any, bars: _Bars, models: Sequence[str], ink: str, ground: str) -> None:
    own = [model for model in models if model in bars.values]  # trainings may have stages of other names
    width = 0.8 / len(own)
    tallest = 0.0
    for number, model in enumerate(models):
        found = bars.values.get(model, [])
        axes.bar(0, 0, 0, color=_HUES[number % len(_HUES)], label=model)  # for the legend, whatever values there are
        for at, value in enumerate(found):
            if value is None:
                continue
            x = at + (own.index(model) - (len(own) - 1) / 2) * width
            axes.bar(x, value, 0.92 * width, color=_HUES[number % len(_HUES)])
            low, high = (bars.intervals.get(model) or [None] * len(found))[at] or (value, value)
            if high > low:
                axes.vlines(x, low, high, color=ink, linewidth=1)
            words = axes.annotate(
                f"{value:.1f}", (x, high), (0, 3), textcoords="offset points", ha="center", color=ink, fontsize=8
            )
            words.set_bbox({"facecolor": ground, "edgecolor": "none", "pad": 0.6, "alpha": 0.8})
            words.set_zorder(4)  # above the line of guessing
            tallest = max(tallest, high)
    for at, guess in enumerate(bars.guesses):
        if guess is not None:
            axes.hlines(guess, at - 0.42, at + 0.42, color=ink, linestyle=(0, (4, 2)), linewidth=1.2)
            tallest = max(tallest, guess)
    if bars.guess:
        axes.plot([], [], color=ink, linestyle=(0, (4, 2)), linewidth=1.2, label=bars.guess)
    axes.set_xticks(range(len(bars.groups)), bars.groups, color=ink)
    axes.set_xlim(-0.5, len(bars.groups) - 0.5)
    axes.set_ylim(0, max(1.0, 1.12 * tallest))
