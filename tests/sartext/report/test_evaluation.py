"""The report of an evaluation: tables, charts and the page."""

import io
import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sartext.report.evaluation import Answered, Examples, Hit, Search, Written, page
from sartext.report.evaluation_figures import charts
from sartext.report.evaluation_tables import markdown, measures, order_note, tables

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


def test_the_summary_compares_the_models_and_says_where_an_order_fails(report: dict[str, Any]) -> None:
    summary = tables(report)[0]
    rows = {row[0]: row[1:] for row in summary.rows}
    assert rows["coca: mean recall, exact pair, %"] == ("3.0", "6.0", "48.9", "chance 1.0")
    assert rows["coca: CIDEr"] == ("0.20", "0.60", "0.40", "")
    assert rows["gpt: accuracy, %"] == ("0.0", "25.0", "50.0", "majority 50.0")
    holds, fails = order_note(report).split("does not hold for")
    assert "gpt: accuracy" in holds
    assert "coca: mean recall, exact pair" in holds
    assert "coca: CIDEr" in fails
    assert len(measures(report)) == len(rows) == 6


def test_markdown_names_what_is_missing_and_keeps_its_columns(report: dict[str, Any]) -> None:
    text = markdown(report, ["figures/retrieval.png"])
    assert "Missing: SPICE (its jars | are not there)" in text
    assert "10.0 [8.0, 12.0]" in text
    assert "1,200 images, 2,400 texts of which 2,000 are distinct" in text
    assert "1 images cannot be read" in text
    assert "30 captions of the route narrator are left out" in text
    assert "![figures/retrieval.png](figures/retrieval.png)" in text
    for block in re.findall(r"(?:^\|.*\|\n)+", text, re.M):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


def test_charts_are_pictures_in_two_themes_and_the_same_every_time(report: dict[str, Any], figures: dict[str, bytes]) -> None:
    assert sorted(figures) == ["answers", "answers-dark", "captions", "captions-dark", "retrieval", "retrieval-dark"]
    corners = {name: np.asarray(Image.open(io.BytesIO(data)).convert("L"))[0, 0] for name, data in figures.items()}
    assert all((corner < 80) == name.endswith("-dark") for name, corner in corners.items())
    again = charts({**report, "trainings": {"gpt": report["trainings"]["gpt"]}})
    assert again == {name: figures[name] for name in ("answers", "answers-dark")}


class Links(HTMLParser):
    """What a page asks for, and whether its tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.images = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.images += tag == "img"
        self.asked += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action", "data")]
        assert tag not in ("script", "iframe", "object")


def test_the_page_shows_examples_and_asks_for_nothing_outside(report: dict[str, Any], figures: dict[str, bytes]) -> None:
    stream = io.BytesIO()
    Image.new("L", (300, 200), 90).save(stream, "PNG")
    image = stream.getvalue()
    hits = (Hit(image=image, key="a/b/0_0", right=True), Hit(image=image, key="a/b/0_1", right=False))
    claims = [("three <ships>", "supported"), ("no cars", "contradicted"), ("calm", "unverifiable")]
    examples = Examples(
        searches={"clip": [Search(text="A ship & <b>more</b>", hits=dict.fromkeys(MODELS, hits))]},
        written={
            "coca": [Written(image=image, key="a/b/0_0", references=["ref"], captions=dict.fromkeys(MODELS, ("", claims)))]
        },
        answered={"gpt": [Answered(image=image, key="a/b/0_0", questions=[("How many?", "3", {"baseline": ("three", True)})])]},
    )
    text = page(report, figures, examples)
    links = Links()
    links.feed(text)
    assert links.images == 3 + 6 + 1 + 1
    assert all(link.startswith("data:") for link in links.asked)
    assert not re.search(r"url\(|@import|https?:", text)
    assert "A ship &amp; &lt;b&gt;more&lt;/b&gt;" in text
    assert "three &lt;ships&gt;" in text
    assert text.count('class="contradicted"') == 3
    assert "(nothing)" in text
    assert "prefers-color-scheme: dark" in text
