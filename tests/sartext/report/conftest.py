"""A report of an evaluation, and its figures."""

from typing import Any

import pytest

from sartext.report.evaluation_figures import charts

MODELS = ["baseline", "optical-only", "progressive"]


def recall(mean: float) -> dict[str, Any]:
    both = {"image_to_text": [mean / 2, mean, 1.5 * mean], "text_to_image": [mean / 2, mean, 1.5 * mean], "mean": mean}
    sizes = {"images": 1200, "texts": 2400, "distinct_texts": 2000, "image_queries": 1200}
    return {"exact_pair": both, "identical_text": both, **sizes}


def estimate(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.02, "high": value + 0.02}


def coca(mean: float, value: float) -> dict[str, Any]:
    metrics = dict.fromkeys(("BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "METEOR", "ROUGE-L"), value)
    missing = {"SPICE": "its jars | are not there"}
    counts = dict.fromkeys(("captions", "supported", "contradicted", "unverifiable", "covered", "reference"), 7)
    facts = {"precision": estimate(value), "decided_precision": None, "recall": estimate(value / 2), **counts}
    captions = {"values": {**metrics, "CIDEr": 2 * value}, "missing": missing, "captions": 9, "distinct": 8, "mean_words": 7.5}
    return {"retrieval": recall(mean), "captions": captions, "facts": facts}


def answered(share: float) -> dict[str, Any]:
    one = {"questions": 50, "accuracy": share, "unparsed": 3, "majority_accuracy": 0.5}
    kinds = {"count": {**one, "majority_answer": "2", "majority_from": "training"}}
    return {"vqa": {"by_kind": kinds, "overall": one}}


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
def figures(report: dict[str, Any]) -> dict[str, bytes]:
    return charts(report)
