"""The report of an evaluation: tables, charts and the page."""

import io
import re
from html.parser import HTMLParser
from typing import Any

from PIL import Image

from sartext.report.evaluation import Answered, Examples, HitExample, SearchExample, Written, page
from sartext.report.evaluation_tables import ScoreTable

MODELS = ["baseline", "optical-only", "progressive"]


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


def test_the_page_shows_examples_and_asks_for_nothing_outside(
    report: dict[str, Any], scores: list[ScoreTable], figures: dict[str, bytes]
) -> None:
    stream = io.BytesIO()
    Image.new("L", (300, 200), 90).save(stream, "PNG")
    image = stream.getvalue()
    hits = (HitExample(image=image, key="a/b/0_0", right=True), HitExample(image=image, key="a/b/0_1", right=False))
    claims = [("three <ships>", "supported"), ("no cars", "contradicted"), ("calm", "unverifiable")]
    examples = Examples(
        searches={"clip": [SearchExample(text="A ship & <b>more</b>", hits=dict.fromkeys(MODELS, hits))]},
        written={
            "coca": [Written(image=image, key="a/b/0_0", references=["ref"], captions=dict.fromkeys(MODELS, ("", claims)))]
        },
        answered={"gpt": [Answered(image=image, key="a/b/0_0", questions=[("How many?", "3", {"baseline": ("three", True)})])]},
    )
    text = page(report, scores, figures, examples)
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
