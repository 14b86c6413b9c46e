"""Pieces of a page: their numbers add up, and names are text."""

import re

from hypothesis import given
from hypothesis import strategies as st

from sartext.report.dataset.parts import Bar, Row, bars, esc, estimate, histogram, share, table


@given(st.dictionaries(st.integers(0, 10_000), st.integers(1, 1_000), min_size=1, max_size=60))
def test_a_histogram_counts_everything_once(counts: dict[int, int]) -> None:
    text = histogram({"": counts}, ("",), "boxes")
    columns = [int(number.replace(",", "")) for number in re.findall(r'title="[^"]*: ([\d,]+)"', text)]
    assert sum(columns) == sum(counts.values())
    assert len(columns) <= 48
    assert f"highest: {max(columns):,}" in text
    assert f"<span>{min(counts)}</span>" in text
    assert f"<span>{max(counts)} boxes</span>" in text
    assert "height:100.00%" in text


def test_the_longest_bar_has_the_whole_width_and_parts_their_share() -> None:
    text = bars([Bar(name="<a>", parts=[("yes", 3), ("no", 1)], number="4"), Bar(name="b", parts=[("", 2)], number="2")])
    assert re.findall(r"width:([\d.]+)%", text) == ["75.00", "25.00", "50.00"]
    assert "&lt;a&gt;" in text
    assert bars([]) == '<div class="bars"></div>'


def test_cells_are_text_and_estimates_say_so() -> None:
    text = table(("x", "y"), [Row(cells=["<i>", "&"]), Row(cells=["over both"])])
    assert "&lt;i&gt;" in text
    assert 'colspan="2">over both' in text
    assert (estimate(1_234_567, True), estimate(1_234_567, False)) == ("1,234,567", "≈ 1,230,000")
    assert (share(1, 0), share(1, 8)) == ("–", "12.5%")


def test_text_has_no_characters_that_a_terminal_would_obey() -> None:
    assert esc("a\x00b\x1b[31mc\x07\x7f\x9b<\n\t>\r") == "ab[31mc&lt;\n\t&gt;"
    assert esc("Müller 日本 –") == "Müller 日本 –"
