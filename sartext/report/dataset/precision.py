"""What a narrator may say, as a section of a dataset's page: kinds of claims, thresholds, and what is a guess."""

from collections.abc import Mapping
from typing import Any

from sartext.report.dataset.acquisition import all_known
from sartext.report.dataset.blocks import Section, count, share
from sartext.report.dataset.survey import Survey
from sartext.report.table import Table

_SENSORS = 12


def precision(survey: Survey, manifest: Mapping[str, Any]) -> Section | None:
    """The kinds with their thresholds, those never said among them; None where no precision was asked for."""
    rule = next((one for one in manifest["config"]["rules"] if one.get("calibrated")), None)
    if rule is None:
        return None
    made, asked = rule["calibrated"], rule["precision"]
    rows = [
        [
            one["kind"],
            "never said" if one["threshold"] is None else f"{one['threshold']:.2f}",
            count(one["claims"]),
            share(one["right"], one["claims"]),
            f"{one['bound']:.1%}",
        ]
        for one in made["kinds"]
    ]
    never = [one["kind"] for one in made["kinds"] if one["threshold"] is None]
    words = (
        f"Of what the narrator says {asked:.0%} is to be right, of each kind of claim. {count(made['scenes'])} labelled scenes "
        f"show from which score on that is so, all kinds together with a probability of {1 - rule.get('delta', _DELTA):.0%}. "
        f"Never said: {', '.join(never) or 'nothing of these'}; nor is any kind that is not in the table. "
    )
    words += _guesses(survey, set(made["sensors"]))
    head = ("kind of claim", "said from score", "claims", "right", "right at least")
    note = "Claims from the score on in the calibration set, one a scene; of a kind that is never said, all."
    body = Table(head=head, rows=rows, text=(0,), note=note)
    return Section(name="precision", short="Precision", title="What the narrator may say", words=words, blocks=[body])


_DELTA = 0.05  # where a build leaves it as it is by default, no fingerprint has it


def _guesses(survey: Survey, known: set[str]) -> str:
    """How many tiles are of a sensor or a distance that no labelled tile is known to have, and which."""
    others = [(name, number) for name, number in survey.acquisitions.most_common() if name not in known or not all_known(name)]
    if not others:
        return "All tiles are of sensors and ground sample distances of labelled ones."
    which = "; ".join(f"{name} ({count(number)})" for name, number in others[:_SENSORS])
    which += "; and others" if others[_SENSORS:] else ""
    number = sum(number for _, number in others)
    return (
        f"{count(number)} tiles ({share(number, survey.tiles)}) are of another sensor or ground sample distance than the "
        f"labelled ones, or one that is not known, and what is said of them is a guess: {which}."
    )
