"""The page of tiles: everything on it, nothing asked of the outside, nothing of a caption taken for markup."""

import base64
import io
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
from PIL import Image

from sartext.report.sheet import sheet
from sartext.tile import Box, Caption, Claim, EncodedImage, Optical, Region, Reject, Rendering, Sensor, Tile


def encoded(kind: str, mode: str = "L") -> EncodedImage:
    out = io.BytesIO()
    Image.fromarray(np.zeros((20, 20), np.uint8)).convert(mode).save(out, kind)
    return EncodedImage(bytes=out.getvalue(), path=f"a.{kind.lower()}")


TILE = Tile(
    key="a/b/0_0",
    source="a",
    scene="b",
    split="train",
    image=encoded("PNG"),
    height_px=20,
    width_px=20,
    rendering=Rendering(quantity="display"),
    sensor=Sensor(gsd_m=(3.0, 2.5)),
    boxes=(Box(label="ship", polygon_px=(1.0, 2.0, 5.0, 2.0, 5.0, 9.5, 1.0, 9.5), crowd=True),),
    regions=(Region(label="water", area_share=0.5, rle=(200, 200)),),
    optical=Optical(image=encoded("JPEG", "RGB"), time_gap_s=86400.0 * 12, cloud_share=0.25),
    captions=(
        Caption(
            text="A <b>ship</b>.",
            route="a2c",
            form="concise",
            claims=(Claim(kind="count", text="a ship", verdict="supported", evidence="ship: 1 counted"),),
        ),
        Caption(text="Two ships.", route="human", kept=False, reason="contradicted: two ships"),
    ),
)


class Page(HTMLParser):
    """What a page holds and asks for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.points: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href"):
                self.asked.append(value or "")
            if name == "points":
                self.points.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_everything_and_asks_for_nothing() -> None:
    page = Page(sheet([TILE, Reject(key="a/c/0_0", stage="read", reason="empty_file", detail="0 bytes")], title="T", about="x"))
    assert all(one.startswith("data:") for one in page.asked)
    assert len(page.asked) == 4  # the icon, the image, its mask, the twin
    assert page.points == ["1,2 5,2 5,9.5 1,9.5"]
    captions = ("A <b>ship</b>.", "a ship: ship: 1 counted", "contradicted: two ships")
    for words in ("a/b/0_0", *captions, "3 x 2.5 m", "1 regions", "+12 days", "25% cloud"):
        assert words in page.text, words
    assert "read: empty_file: 0 bytes" in page.text
    assert page.tags.count("article") == 2


def test_what_a_browser_cannot_show_is_shown_as_png() -> None:
    page = Page(sheet([replace(TILE, image=encoded("TIFF"), optical=None)], title="T", about="x"))
    kind, _, data = next(one for one in page.asked if one.startswith("data:image")).partition(";base64,")
    assert kind == "data:image/png"
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (20, 20)
