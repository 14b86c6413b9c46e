"""The page of a whole chain."""

import io

import pytest
from PIL import Image

from sartext.report.story import Chapter, StoryCard, StorySearch, story
from sartext.report.table import Table


def encoded(mode: str = "L") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (40, 20), 90 if mode == "L" else (10, 20, 30)).save(out, "PNG")
    return out.getvalue()


CHAPTER = Chapter(
    title="SAR <images>",
    words="two & more",
    cards=[StoryCard(image=encoded(), name="a/b/0_0", texts=["a ship"], polygons_px=[(5, 5, 20, 5, 20, 15, 5, 15)])],
    pictures=[(encoded("RGB"), "losses")],
    tables=[Table(head=("", "CLIP"), rows=(("baseline", "<3"),), note="of 400")],
    links=[("report", 'evaluation/"x".html')],
)


def test_the_page_holds_all_and_asks_for_nothing_outside() -> None:
    page = story("A story", "told", [CHAPTER])
    assert page == story("A story", "told", [CHAPTER])
    for said in (
        "SAR &lt;images&gt;",
        "two &amp; more",
        "a ship",
        "a/b/0_0",
        "&lt;3",
        "of 400",
        "evaluation/&#34;x&#34;.html",
    ):
        assert said in page
    assert page.count("data:image/") == 2
    assert "http" not in page


def test_what_is_right_is_marked() -> None:
    card = StoryCard(image=encoded(), name="a/b/0_0", texts=["Written: two ships."])
    claimed = StoryCard(
        image=encoded(), name="c", texts=["x"], claims=[("two ships", "supported"), ("<a port>", "contradicted")]
    )
    search = StorySearch(text="many <ships>", note="True of 3.", hits=[(card, True), (card, False)])
    page = story("A story", "told", [Chapter(title="Found", words="", searches=[search], cards=[claimed])])
    assert "many &lt;ships&gt;" in page
    assert "True of 3." in page
    found = page[page.index("many &lt;ships&gt;") :]
    assert found.index('class="right"') < found.index("✓") < found.index('class="wrong"') < found.index("✗")
    assert '<li class="supported"><b title="supported">✓</b> two ships</li>' in page
    assert '<li class="contradicted"><b title="contradicted">✗</b> &lt;a port&gt;</li>' in page


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_boxes_are_drawn_over_the_picture(mode: str) -> None:
    from sartext.report.story import _shown

    boxed, plain = (
        _shown(StoryCard(image=encoded(mode), name="x", texts=[], polygons_px=polygons))
        for polygons in ([(5, 5, 20, 5, 20, 15, 5, 15)], [])
    )
    assert boxed != plain
    with Image.open(io.BytesIO(boxed)) as picture:
        red, _, blue = picture.getpixel((round(5 * picture.width / 40), round(10 * picture.width / 40)))  # type: ignore[misc]
        assert red - blue > 100
