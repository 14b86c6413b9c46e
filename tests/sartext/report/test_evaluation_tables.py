"""Tables of an evaluation's report."""

import re
from typing import Any

from sartext.report.evaluation_tables import (
    Measure,
    ScoreTable,
    about,
    compared,
    formatted,
    in_one_order,
    markdown,
    order_note,
    tables,
)


def test_the_summary_compares_the_models_and_says_where_an_order_fails(scores: list[ScoreTable]) -> None:
    summary = tables(scores)[0]
    rows = {row[0]: row[1:] for row in summary.rows}
    assert rows["coca: mean recall, %"] == ("3.0", "6.0", "48.9", "chance 1.0")
    assert rows["coca: fact precision, %"] == ("10.0", "30.0", "20.0", "")
    assert rows["coca: CIDEr"] == ("0.20", "0.60", "0.40", "")
    assert rows["gpt: accuracy, %"] == ("0.0", "25.0", "50.0", "majority 50.0")
    holds, fails = order_note(compared(scores)).split("does not hold for")
    assert "gpt: accuracy" in holds
    assert "coca: mean recall;" in holds
    assert "coca: CIDEr" in fails
    assert len(compared(scores)) == len(rows) == 4


def test_trainings_whose_stages_have_other_names_are_compared_each_with_its_own() -> None:
    clip = {"baseline": 0.1, "optical-only": 0.2, "progressive": 0.3}
    measures = [
        Measure(name="clip: first hit", unit="%", values=clip, chance=("chance", 0.1), oracle=0.9),
        Measure(name="coca: CIDEr", unit="", values={"baseline": 0.1, "distilled": None, "sar": 0.4}),
        Measure(name="gpt: accuracy", unit="%", values={"baseline": 0.1, "distilled": 0.0, "sar": 0.4}),
    ]
    summary = tables([ScoreTable(title="all", columns=measures[:1], compared=measures)])[0]
    models = ("baseline", "optical-only", "progressive", "distilled", "sar")
    assert summary.head == ("", *models, "guessing", "knowing everything")
    assert [tuple(row) for row in summary.rows] == [
        ("clip: first hit, %", "10.0", "20.0", "30.0", "", "", "chance 10.0", "90.0"),
        ("coca: CIDEr", "0.10", "", "", "–", "0.40", "", ""),
        ("gpt: accuracy, %", "10.0", "", "", "0.0", "40.0", "", ""),
    ]
    assert summary.note == (
        "baseline < optical-only < progressive holds for clip: first hit. "
        "baseline < distilled < sar does not hold for gpt: accuracy."
    )


def test_models_stand_in_the_order_of_their_stages_though_a_training_has_fewer() -> None:
    clip = Measure(name="clip: first hit", unit="%", values={"baseline": 0.1, "sar": 0.3})
    coca = Measure(name="coca: CIDEr", unit="", values={"baseline": 0.1, "distilled": 0.2, "sar": 0.4})
    for measures in ([clip, coca], [coca, clip]):
        summary = tables([ScoreTable(title="all", columns=[clip], compared=measures)])[0]
        assert summary.head == ("", "baseline", "distilled", "sar", "guessing")


def test_names_of_several_orders_stand_in_one_that_contradicts_none() -> None:
    assert in_one_order([["baseline", "sar"], ["baseline", "optical"], ["baseline", "optical", "sar"]]) == [
        "baseline",
        "optical",
        "sar",
    ]
    assert in_one_order([["a"], ["b"], ["b", "a"]]) == ["b", "a"]
    assert in_one_order([["a", "b"], ["b", "a"]]) == ["a", "b"]
    assert in_one_order([]) == []


def test_a_table_has_a_column_a_metric_and_a_row_for_guessing() -> None:
    share = Measure(name="recall", unit="%", values={"first": 0.5, "second": None}, chance=("chance", 0.1))
    rank = Measure(name="median rank", unit="count", values={"first": 3.0, "second": 1234})
    _, both, one = tables([ScoreTable(title="found", columns=[share, rank]), ScoreTable(title="found", columns=[share])])
    assert (both.title, both.head) == ("found", ["", "recall, %", "median rank"])
    assert both.rows == [("first", "50.0", "3.0"), ("second", "–", "1,234"), ("chance", "10.0", "–")]
    assert (one.title, one.head) == ("found, %", ["", "recall"])


def test_a_value_is_shown_in_its_unit() -> None:
    estimate = {"value": 0.1, "low": 0.08, "high": 0.12}
    assert [formatted(estimate, "%"), formatted(0.524, ""), formatted(None, "%"), formatted("7 of 9", "")] == [
        "10.0 [8.0, 12.0]",
        "0.52",
        "–",
        "7 of 9",
    ]


def test_markdown_names_what_is_missing_and_keeps_its_columns(report: dict[str, Any], scores: list[ScoreTable]) -> None:
    text = markdown(report, scores, ["figures/retrieval.png"])
    assert "Missing: SPICE (its jars | are not there)" in text
    assert "10.0 [8.0, 12.0]" in text
    assert "1,200 images" in text
    assert "1 images cannot be read" in text
    assert "30 captions of the route narrator are left out" in text
    assert "![figures/retrieval.png](figures/retrieval.png)" in text
    for block in re.findall(r"(?:^\|.*\|\n)+", text, re.M):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


def test_what_was_evaluated_has_places_that_its_authors_have_on_both_sides(report: dict[str, Any]) -> None:
    assert "places" not in about(report)
    cut = "its authors' splits are kept as they are, with places on both sides: 3 in train and test"
    assert about({**report, "dataset": {**report["dataset"], "cut_by_authors": cut}}).endswith(f" Of that dataset {cut}.")
