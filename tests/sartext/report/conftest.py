"""A report of an evaluation, scores as its tables are given them, and its figures."""

from typing import Any

import pytest

from sartext.report.evaluation_figures import charts
from sartext.report.evaluation_tables import Measure, ScoreTable

MODELS = ["baseline", "optical-only", "progressive"]


def recall(mean: float) -> dict[str, Any]:
    return {"exact_pair": {"mean": mean}, "identical_text": {"mean": mean}}


def estimate(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.02, "high": value + 0.02}


def coca(mean: float, value: float) -> dict[str, Any]:
    facts = {"precision": estimate(value), "decided_precision": None, "recall": estimate(value / 2)}
    return {"retrieval": recall(mean), "captions": {}, "facts": facts}


def answered(share: float) -> dict[str, Any]:
    one = {"accuracy": share, "majority_accuracy": 0.5}
    return {"vqa": {"by_kind": {"count": one}, "overall": one}}


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    dataset = {"fingerprint": "a" * 64, "split": "test", "limit": None, "tiles": 1200, "captioned": 1200, "questions": 50}
    narrated = {"counted": False, "captions": 30}
    common = {"fingerprint": "b" * 64, "order": MODELS}
    trainings = {
        "coca": {
            "objective": "coca",
            **common,
            "chance": recall(0.01),
            "models": {
                model: coca(mean, value)
                for model, mean, value in zip(MODELS, (0.03, 0.06, 0.489), (0.1, 0.3, 0.2), strict=True)
            },
        },
        "gpt": {"objective": "gpt", **common, "models": {model: answered(at / 4) for at, model in enumerate(MODELS)}},
    }
    return {
        "dataset": {**dataset, "narrator_captions": narrated, "unreadable": {"a/b/0_0": "truncated_image"}},
        "trainings": trainings,
    }


@pytest.fixture(scope="module")
def scores() -> list[ScoreTable]:
    recalls = dict(zip(MODELS, (0.03, 0.06, 0.489), strict=True))
    cider = dict(zip(MODELS, (0.2, 0.6, 0.4), strict=True))
    precision = {model: estimate(value / 2) for model, value in cider.items()}
    accuracy = {model: at / 4 for at, model in enumerate(MODELS)}
    return [
        ScoreTable(
            title="coca: retrieval",
            columns=[Measure(name="R@1", unit="%", values=recalls, chance=("chance", 0.01))],
            note="1,200 images",
            compared=[Measure(name="coca: mean recall", unit="%", values=recalls, chance=("chance", 0.01))],
        ),
        ScoreTable(
            title="coca: captions",
            columns=[
                Measure(name="CIDEr", unit="", values=cider),
                Measure(name="precision", unit="%", values=precision),
                Measure(name="SPICE", unit="%", values=dict.fromkeys(MODELS)),
            ],
            note="Missing: SPICE (its jars | are not there)",
            compared=[
                Measure(name="coca: CIDEr", unit="", values=cider),
                Measure(name="coca: fact precision", unit="%", values=precision),
            ],
        ),
        ScoreTable(
            title="gpt: answers",
            columns=[Measure(name=model, unit="%", values={"count": share, "all": share}) for model, share in accuracy.items()],
            compared=[Measure(name="gpt: accuracy", unit="%", values=accuracy, chance=("majority", 0.5))],
        ),
    ]


@pytest.fixture(scope="module")
def figures(report: dict[str, Any]) -> dict[str, bytes]:
    return charts(report)
