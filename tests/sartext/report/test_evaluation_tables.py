"""Tables of an evaluation's report."""

import re
from typing import Any

from sartext.report.evaluation_tables import markdown, measures, order_note, tables


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
