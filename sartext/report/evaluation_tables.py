"""The numbers of an evaluation as tables, the same for Markdown and for the page.

Which numbers there are, what they are called and how they are had is said where models are scored: it comes as `ScoreTable`s.
`report` is what `report.json` holds: `dataset`, and `trainings` by name, each with its `models` in the order of their stages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from sartext.report.table import Table

Report = Mapping[str, Any]
Unit = Literal["%", "count", ""]  # a share, shown as a percentage; a number of things; a score without a unit
ScoreValue = float | str | Mapping[str, float] | None  # of those with names: an estimate's `value`, `low` and `high`
_NONE = "–"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One metric: its name and unit, its values, by model as a rule, and what is had by guessing, with the name of that, and by
    knowing everything.
    """

    name: str
    unit: Unit
    values: Mapping[str, ScoreValue]
    chance: tuple[str, ScoreValue] | None = None
    oracle: ScoreValue = None

    @property
    def title(self) -> str:
        """The name, with the unit where numbers do not show it."""
        return _titled(self.name, self.unit)


@dataclass(frozen=True, kw_only=True)
class ScoreTable:
    """Metrics that stand side by side, a column each, and those of them that models are compared by first."""

    title: str
    columns: Sequence[Measure]
    note: str = ""
    compared: Sequence[Measure] = ()


def formatted(value: ScoreValue, unit: Unit) -> str:
    """48.9 for the share 0.489, with the 95% interval of an estimate; 1,234; 0.52."""
    if value is None or isinstance(value, str):
        return value or _NONE
    if isinstance(value, Mapping):
        return f"{formatted(value['value'], unit)} [{formatted(value['low'], unit)}, {formatted(value['high'], unit)}]"
    if unit == "count":
        return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
    return f"{100 * value:.1f}" if unit == "%" else f"{value:.2f}"


def central(value: ScoreValue) -> ScoreValue:
    """An estimate without its interval."""
    return value["value"] if isinstance(value, Mapping) else value


def measured(training: Report, what: str) -> bool:
    """Whether the models of a training have such scores, by what they can do: `captions` or `vqa`."""
    return what in training["models"][training["order"][0]]


def models_of(report: Report) -> list[str]:
    """The names of all models, in the order of their stages."""
    return in_one_order([training["order"] for training in report["trainings"].values()])


def in_one_order(orders: Iterable[Iterable[str]]) -> list[str]:
    """The names of several orders in one, each behind all that stand before it in its own; where orders contradict one another,
    and where they say nothing, it is the one that comes first."""
    before: dict[str, set[str]] = {}
    for order in map(list, orders):
        for at, name in enumerate(order):
            before.setdefault(name, set()).update(order[:at])
    found: list[str] = []
    while len(found) < len(before):
        left = [name for name in before if name not in found]
        found.append(next((name for name in left if before[name] <= set(found)), left[0]))
    return found


def compared(scores: Sequence[ScoreTable]) -> list[Measure]:
    """The metrics that models are compared by first."""
    return [measure for table in scores for measure in table.compared]


def tables(scores: Sequence[ScoreTable]) -> list[Table]:
    """The summary, a row a metric, then all numbers."""
    return [_summary(compared(scores)), *map(_detail, scores)]


def _summary(measures: Sequence[Measure]) -> Table:
    models = in_one_order(one.values for one in measures)
    bounded = any(one.oracle is not None for one in measures)
    rows = []
    for one in measures:
        # Of the models of other trainings, whose stages may have other names, it has no value that is missing.
        values = [formatted(central(one.values[model]), one.unit) if model in one.values else "" for model in models]
        guess = f"{one.chance[0]} {formatted(one.chance[1], one.unit)}" if one.chance else ""
        best = formatted(one.oracle, one.unit) if one.oracle is not None else ""
        rows.append((one.title, *values, guess, *([best] if bounded else [])))
    head = ("", *models, "guessing", *(["knowing everything"] if bounded else []))
    return Table(title="Summary", head=head, rows=tuple(rows), note=order_note(measures))


def order_note(measures: Sequence[Measure]) -> str:
    """Whether each model of a training is better than the one before it, as measured; trainings of the same stages together."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for one in measures:
        values = [central(value) for value in one.values.values()]
        known = [value for value in values if isinstance(value, int | float)]
        if len(known) < 2 or len(known) < len(values):
            continue
        rising = all(before < after for before, after in pairwise(known))
        holds, fails = found.setdefault(" < ".join(one.values), ([], []))
        (holds if rising else fails).append(one.name)
    parts = []
    for chain, (holds, fails) in found.items():
        parts += [f"{chain} holds for {'; '.join(holds)}."] if holds else []
        parts += [f"{chain} does not hold for {'; '.join(fails)}."] if fails else []
    return " ".join(parts)


def _detail(scores: ScoreTable) -> Table:
    """A row a model, and one for guessing where that is known; a unit that all columns share stands in the title."""
    columns = scores.columns
    units = {one.unit for one in columns}
    common: Unit = columns[0].unit if len(units) == 1 else ""
    head = ["", *[one.name if one.unit == common else one.title for one in columns]]
    rows = [(name, *[formatted(one.values[name], one.unit) for one in columns]) for name in columns[0].values]
    for guess in dict.fromkeys(one.chance[0] for one in columns if one.chance):
        had = [one.chance[1] if one.chance and one.chance[0] == guess else "" for one in columns]
        rows.append((guess, *[formatted(value, one.unit) for value, one in zip(had, columns, strict=True)]))
    return Table(title=_titled(scores.title, common), head=head, rows=rows, note=scores.note)


def _titled(name: str, unit: Unit) -> str:
    return f"{name}, %" if unit == "%" else name


def markdown(report: Report, scores: Sequence[ScoreTable], figures: Sequence[str]) -> str:
    """The tables as Markdown, and the figures by their paths."""
    lines = ["# Evaluation", "", about(report), ""]
    for table in tables(scores):
        lines += [f"## {_cell(table.title)}", "", _line(table.head), _line(("---", *["---:"] * (len(table.head) - 1)))]
        lines += [*map(_line, table.rows), ""]
        lines += [table.note, ""] if table.note else []
    lines += [line for path in figures for line in (f"![{path}]({path})", "")]
    return "\n".join(lines).rstrip() + "\n"


def about(report: Report) -> str:
    """What was evaluated on what, in a line or two."""
    dataset = report["dataset"]
    limited = f", the first {dataset['limit']:,}" if dataset["limit"] is not None else ""
    narrated = dataset["narrator_captions"]
    counted = "count" if narrated["counted"] else "are left out"
    models_own = f"; {narrated['captions']:,} captions of the route narrator {counted}" if narrated["captions"] else ""
    bad = f"; {len(dataset['unreadable']):,} images cannot be read" if dataset["unreadable"] else ""
    cut = f" Of that dataset {dataset['cut_by_authors']}." if dataset.get("cut_by_authors") else ""  # reports of before lack it
    trainings = "; ".join(f"{name} {one['fingerprint'][:12]}" for name, one in report["trainings"].items())
    return (
        f"Split {dataset['split']} of the dataset {dataset['fingerprint'][:12]}{limited}: {dataset['tiles']:,} tiles, "
        f"{dataset['captioned']:,} with captions, {dataset['questions']:,} questions{models_own}{bad}. "
        f"Trainings: {trainings}.{cut}"
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
