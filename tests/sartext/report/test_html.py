"""Pages from templates: what data says is text, and each page has the one stylesheet and asks for nothing."""

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

import sartext.report
from sartext.report.html import data_uri, html_page
from sartext.report.table import Table

TEMPLATES = Path(sartext.report.__file__).parent / "templates"
EMPTY = {"title": "x", "verdict": "", "measure": "", "counts": [], "looks": [], "lists": []}


def audit(*tables: Table) -> str:
    return html_page("audit.html", **{**EMPTY, "lists": tables})


def test_cells_are_text_and_a_row_of_one_cell_is_over_the_others() -> None:
    text = audit(Table(head=("x", "y"), rows=[["<i>", "&"], ["over both"]], note='"that"', wrap=(1,)))
    assert '<td class="text">&lt;i&gt;</td><td class="wrap">&amp;</td>' in text
    assert 'colspan="2">over both' in text
    assert "&#34;that&#34;" in text
    assert '<td class="text">alone</td>' in audit(Table(head=("x",), rows=[["alone"]]))


def test_text_has_no_characters_that_a_terminal_would_obey() -> None:
    text = html_page("audit.html", **{**EMPTY, "title": "a\x00b\x1b[31mc\x07\x7f\x9b<\n\t>\r"})
    assert "<h1>ab[31mc&lt;\n\t&gt;</h1>" in text
    assert "<h1>Müller 日本 –</h1>" in html_page("audit.html", **{**EMPTY, "title": "Müller 日本 –"})


def test_what_a_page_needs_and_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="verdict"):
        html_page("audit.html", **{name: value for name, value in EMPTY.items() if name != "verdict"})


def test_each_page_has_the_one_stylesheet_and_no_markup_is_let_through() -> None:
    style = (TEMPLATES / "style.css").read_text()
    assert style in audit()
    assert not re.search(r"url\(|@import|https?:", style)
    pages = [path.read_text() for path in TEMPLATES.glob("*.html")]
    assert pages
    assert not [text for text in pages if re.search(r"\|\s*safe\b|autoescape|<script|<style>(?!\n{% include)", text)]


def test_an_image_is_the_address_of_itself() -> None:
    assert data_uri(b"\x00\x01", "png") == "data:image/png;base64,AAE="
