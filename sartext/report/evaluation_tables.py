"""The numbers of an evaluation as tables, the same for Markdown and for the page.

`report` is what `report.json` holds: `dataset`, and `trainings` by name, each with its `objective`, its `models` in the order
of their stages, and `chance` (retrieval by guessing) or `majority` where it has them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sartext.report.table import Table

Report = Mapping[str, Any]
_DEPTHS = (1, 5, 10)
_METRICS = ("BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "METEOR", "ROUGE-L", "CIDEr", "SPICE")
_NONE = "–"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One number that models are compared by: its values by model, and what guessing has."""

    name: str
    values: Mapping[str, float | None]
    guess: tuple[str, float] | None
    shown: Callable[[float | None], str]


def _percent(share: float | None) -> str:
    """48.9 for 0.489."""
    return _NONE if share is None else f"{100 * share:.1f}"


def _plain(value: float | None) -> str:
    """0.52."""
    return _NONE if value is None else f"{value:.2f}"


def models_of(report: Report) -> list[str]:
    """The names of all models, in the order of their stages."""
    return list(dict.fromkeys(model for training in report["trainings"].values() for model in training["order"]))


def measures(report: Report) -> list[Measure]:
    """The numbers that the models are compared by."""
    found = []
    for name, training in report["trainings"].items():
        models = training["models"]
        for what, value, guess, shown in _compared(training):
            values = {model: value(models[model]) for model in training["order"]}
            found.append(Measure(name=f"{name}: {what}", values=values, guess=guess, shown=shown))
    return found


_Compared = tuple[str, Callable[[Report], float | None], tuple[str, float] | None, Callable[[float | None], str]]


def _compared(training: Report) -> list[_Compared]:
    """What a training is compared by: its name, how it is had from a model's scores, what guessing has, how it is shown."""
    found: list[_Compared] = []
    if "chance" in training:
        found += [
            (
                f"mean recall, {protocol.replace('_', ' ')}, %",
                lambda one, of=protocol: one["retrieval"][of]["mean"],  # type: ignore[misc]
                ("chance", training["chance"][protocol]["mean"]),
                _percent,
            )
            for protocol in ("exact_pair", "identical_text")
        ]
    if measured(training, "captions"):
        found += [
            ("CIDEr", lambda one: one["captions"]["values"].get("CIDEr"), None, _plain),
            ("fact precision, %", lambda one: _value(one["facts"]["precision"]), None, _percent),
            ("fact recall, %", lambda one: _value(one["facts"]["recall"]), None, _percent),
        ]
    if measured(training, "vqa"):
        majority = training["models"][training["order"][0]]["vqa"]["overall"]["majority_accuracy"]
        found.append(("accuracy, %", lambda one: one["vqa"]["overall"]["accuracy"], ("majority", majority), _percent))
    return found


def measured(training: Report, what: str) -> bool:
    """Whether the models of a training have such scores, by what they can do: `captions` or `vqa`."""
    return what in training["models"][training["order"][0]]


def order_note(report: Report) -> str:
    """Whether each model is better than the one before it, as measured."""
    models = models_of(report)
    holds: list[str] = []
    fails: list[str] = []
    for one in measures(report):
        values = [one.values.get(model) for model in models]
        known = [value for value in values if value is not None]
        if len(known) < 2 or len(known) < len(values):
            continue
        rising = all(before < after for before, after in pairwise(known))
        (holds if rising else fails).append(one.name.removesuffix(", %"))
    chain = " < ".join(models)
    parts = [f"{chain} holds for {'; '.join(holds)}."] if holds else []
    parts += [f"{chain} does not hold for {'; '.join(fails)}."] if fails else []
    return " ".join(parts)


def tables(report: Report) -> list[Table]:
    """The summary, then the details of each training."""
    found = [_summary(report)]
    for name, training in report["trainings"].items():
        if "chance" in training:
            found += [_retrieval(name, training, protocol) for protocol in ("exact_pair", "identical_text")]
        if measured(training, "captions"):
            found += [_captions(name, training), _facts(name, training)]
        if measured(training, "vqa"):
            found.append(_answers(name, training))
    return found


def _summary(report: Report) -> Table:
    models = models_of(report)
    rows = []
    for one in measures(report):
        guess = f"{one.guess[0]} {one.shown(one.guess[1])}" if one.guess else ""
        rows.append((one.name, *[one.shown(one.values.get(model)) for model in models], guess))
    return Table(title="Summary", head=("", *models, "guessing"), rows=tuple(rows), note=order_note(report))


def _retrieval(name: str, training: Report, protocol: str) -> Table:
    head = ["", *[f"image → text R@{k}" for k in _DEPTHS], *[f"text → image R@{k}" for k in _DEPTHS], "mean"]
    scored = [(model, training["models"][model]["retrieval"]) for model in training["order"]]
    rows = [
        (model, *map(_percent, (*one[protocol]["image_to_text"], *one[protocol]["text_to_image"], one[protocol]["mean"])))
        for model, one in [*scored, ("chance", training["chance"])]
    ]
    chance = training["chance"]
    sizes = f"{chance['images']:,} images, {chance['texts']:,} texts of which {chance['distinct_texts']:,} are distinct. "
    meant = {
        "exact_pair": "From an image any of its own texts is right, from a text only its own image.",
        "identical_text": "A text that reads the same, and its image, is right too.",
    }
    title = f"{name}: retrieval, {protocol.replace('_', ' ')}, %"
    return Table(title=title, head=tuple(head), rows=tuple(rows), note=sizes + meant[protocol])


def _captions(name: str, training: Report) -> Table:
    first = training["models"][training["order"][0]]["captions"]
    rows = []
    for model in training["order"]:
        one = training["models"][model]["captions"]
        values = [(_plain if metric == "CIDEr" else _percent)(one["values"].get(metric)) for metric in _METRICS]
        rows.append((model, *values, f"{one['distinct']:,}", f"{one['mean_words']:.1f}"))
    missing: dict[str, list[str]] = {}
    for metric, reason in first["missing"].items():
        missing.setdefault(reason, []).append(metric)
    lacking = " ".join(f"Missing: {', '.join(metrics)} ({reason})." for reason, metrics in missing.items())
    head = ("", *[metric if metric == "CIDEr" else f"{metric}, %" for metric in _METRICS], "distinct", "words")
    return Table(
        title=f"{name}: captions", head=head, rows=tuple(rows), note=f"{first['captions']:,} captions. {lacking}".rstrip()
    )


def _facts(name: str, training: Report) -> Table:
    head = ("", "precision, %", "of decided, %", "recall, %", "supported", "contradicted", "unverifiable", "facts stated")
    rows = []
    for model in training["order"]:
        one = training["models"][model]["facts"]
        shares = [_interval(one[key]) for key in ("precision", "decided_precision", "recall")]
        counts = [f"{one[key]:,}" for key in ("supported", "contradicted", "unverifiable")]
        rows.append((model, *shares, *counts, f"{one['covered']:,} of {one['reference']:,}"))
    note = (
        "Precision: supported claims of all claims. Recall: classes, exact numbers and places that the kept captions of a "
        "tile state, stated by supported claims. In brackets the 95% interval of a bootstrap over captions."
    )
    return Table(title=f"{name}: facts of captions", head=head, rows=tuple(rows), note=note)


def _answers(name: str, training: Report) -> Table:
    order = training["order"]
    scores = {model: training["models"][model]["vqa"] for model in order}
    first = scores[order[0]]
    rows = []
    for kind, one in [*first["by_kind"].items(), ("all", first["overall"])]:
        found = [scores[model]["overall"] if kind == "all" else scores[model]["by_kind"][kind] for model in order]
        guess = f"{_percent(one['majority_accuracy'])}" + (f" ({one['majority_answer']})" if kind != "all" else "")
        unparsed = " / ".join(f"{score['unparsed']:,}" for score in found)
        rows.append((kind, f"{one['questions']:,}", *[_percent(score["accuracy"]) for score in found], guess, unparsed))
    head = ("", "questions", *[f"{model}, %" for model in order], "majority answer, %", "not understood")
    note = "The majority answer is the most frequent one of its kind in the training split."
    own = sorted(kind for kind, one in first["by_kind"].items() if one["majority_from"] != "training")
    note += f" That has none of the kind {', '.join(own)}, whose majority is of the questions asked here." if own else ""
    return Table(title=f"{name}: answers", head=head, rows=tuple(rows), note=note)


def _interval(estimate: Report | None) -> str:
    if estimate is None:
        return _NONE
    return f"{_percent(estimate['value'])} [{_percent(estimate['low'])}, {_percent(estimate['high'])}]"


def _value(estimate: Report | None) -> float | None:
    return None if estimate is None else float(estimate["value"])


def markdown(report: Report, figures: Sequence[str]) -> str:
    """The tables as Markdown, and the figures by their paths."""
    lines = ["# Evaluation", "", about(report), ""]
    for table in tables(report):
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
    trainings = "; ".join(f"{name} {one['fingerprint'][:12]}" for name, one in report["trainings"].items())
    return (
        f"Split {dataset['split']} of the dataset {dataset['fingerprint'][:12]}{limited}: {dataset['tiles']:,} tiles, "
        f"{dataset['captioned']:,} with captions, {dataset['questions']:,} questions{models_own}{bad}. Trainings: {trainings}."
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
