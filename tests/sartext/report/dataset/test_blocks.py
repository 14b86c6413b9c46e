"""Blocks of a page: their numbers add up, and names are text."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sartext.report.dataset.blocks import Bar, Bars, Section, estimate, histogram, share, truncated
from sartext.report.html import html_page


def shown(*blocks: Any) -> str:
    """The part of a dataset's page that shows the blocks."""
    section = Section(name="x", short="x", title="x", words="", blocks=blocks)
    about = {
        "title": "",
        "stamp": "",
        "lead": "",
        "stats": [],
        "commit": "",
        "fingerprint": "",
        "lit_boxes": [],
        "lit_regions": [],
    }
    text = html_page("dataset.html", chapters=[section], **about)
    return text[text.index("<main>") : text.index("</main>")]


@given(st.dictionaries(st.integers(0, 10_000), st.integers(1, 1_000), min_size=1, max_size=60))
def test_a_histogram_counts_everything_once(counts: dict[int, int]) -> None:
    found = histogram({"": counts}, ("",), "boxes")
    assert found is not None
    assert sum(number for column in found.columns for _, number in column.parts) == sum(counts.values())
    assert sum(int(column.words.rsplit(": ")[1].replace(",", "")) for column in found.columns) == sum(counts.values())
    assert len(found.columns) <= 48
    assert found.tallest >= max(counts.values())
    text = shown(found)
    assert f"highest: {found.tallest:,}" in text
    assert f"<span>{min(counts)}</span>" in text
    assert f"<span>{max(counts)} boxes</span>" in text
    assert "height:100.00%" in text


def test_a_histogram_of_nothing_shows_nothing() -> None:
    assert histogram({"": {}}, ("",), "boxes") is None
    assert "histogram" not in shown(None)


def test_the_longest_bar_has_the_whole_width_and_parts_their_share() -> None:
    lines = [Bar(name="<a>", parts=[("yes", 3), ("no", 1)], number="4"), Bar(name="b", parts=[("", 2)], number="2", aside="x")]
    text = shown(Bars(lines=lines))
    assert [text.index(f"width:{width}%") for width in ("75.00", "25.00", "50.00")] == sorted(
        text.index(f"width:{width}%") for width in ("75.00", "25.00", "50.00")
    )
    assert "&lt;a&gt;" in text
    assert "2 <small>x</small>" in text
    assert '<div class="bars"></div>' in shown(Bars(lines=[]))


def test_estimates_say_so_and_long_texts_are_cut() -> None:
    assert (estimate(1_234_567, True), estimate(1_234_567, False)) == ("1,234,567", "≈ 1,230,000")
    assert (share(1, 0), share(1, 8)) == ("–", "12.5%")
    assert (truncated("ship", 4), truncated("ships", 4)) == ("ship", "shi…")
