"""The table of answers: how often they are right by the kind of question, beside guessing, and what is confused."""

from collections.abc import Mapping
from typing import Any

from sartext.report.evaluation_tables import Measure, ScoreTable, ScoreValue, formatted

_WORST, _FEW = 3, 20  # kinds that the note names, of those with so many questions
_Scores = Mapping[str, Any]


def answers_table(training: str, scores: Mapping[str, _Scores]) -> ScoreTable:
    """A row a kind of question, a column a model; `scores` are those of `vqa` by model, the last one's confusions are shown."""
    kinds = {model: {**found["by_kind"], "all": found["overall"]} for model, found in scores.items()}
    first, last = next(iter(kinds.values())), list(kinds.values())[-1]
    accuracy: Mapping[str, Mapping[str, ScoreValue]] = {
        model: {kind: one["accuracy"] for kind, one in found.items()} for model, found in kinds.items()
    }
    unparsed = {kind: " / ".join(f"{found[kind]['unparsed']:,}" for found in kinds.values()) for kind in first}
    alone: Mapping[str, ScoreValue] = {kind: one["question_only_accuracy"] for kind, one in first.items()}
    return ScoreTable(
        title=f"{training}: answers",
        columns=[
            Measure(name="questions", unit="count", values={kind: one["questions"] for kind, one in first.items()}),
            *[Measure(name=model, unit="%", values=values) for model, values in accuracy.items()],
            Measure(name="majority answer", unit="%", values={kind: _majority(one) for kind, one in first.items()}),
            Measure(name="question only", unit="%", values=alone),
            Measure(name="not understood", unit="", values=unparsed),
            Measure(name="confused most", unit="", values={kind: _confused(one) for kind, one in last.items()}),
        ],
        note=_note(first, last, list(kinds)[-1]),
        compared=[
            Measure(
                name=f"{training}: accuracy",
                unit="%",
                values={model: found["all"] for model, found in accuracy.items()},
                chance=("majority", first["all"]["majority_accuracy"]),
            )
        ],
    )


def _majority(score: _Scores) -> str:
    """How often the majority answer is right, and which it is."""
    share = formatted(score["majority_accuracy"], "%")
    return f"{share} ({score['majority_answer']})" if "majority_answer" in score else share


def _confused(score: _Scores) -> str:
    """Right answers with what was given instead: "yes: no (31)"."""
    return ", ".join(
        f"{one['right']}: {one['given'] or 'nothing understood'} ({one['questions']:,})" for one in score.get("confusions", ())
    )


def _note(first: _Scores, last: _Scores, model: str) -> str:
    own = sorted(kind for kind, one in first.items() if one.get("majority_from", "training") != "training")
    if len(own) + 1 == len(first):  # and "all"
        note = (
            "The majority answer is the most frequent one of its kind among the questions asked here; question only is a model "
            "that learned from the other ones what the words of a question tell, and sees no image."
        )
    else:
        note = (
            "The majority answer is the most frequent one of its kind in the training split; question only is a model that "
            "learned there what the words of a question tell, and sees no image."
        )
        note += (
            f" There are none in training of the kind {', '.join(own)}, whose majority is of those asked here." if own else ""
        )
    note += f" Confused most: right answers, with the wrong one that {model} gives instead and how often."
    many = [kind for kind, one in last.items() if kind != "all" and one["questions"] >= _FEW]
    worst = sorted(many, key=lambda kind: (_ahead(last[kind]), kind))[:_WORST]
    named = [f"{kind} ({100 * _ahead(last[kind]):+.1f})" for kind in worst]
    return note + (f" Least ahead of both guesses, in percentage points: {', '.join(named)}." if named else "")


def _ahead(score: _Scores) -> float:
    """How far an accuracy is above the better guess."""
    return float(score["accuracy"] - max(score["majority_accuracy"], score["question_only_accuracy"]))
