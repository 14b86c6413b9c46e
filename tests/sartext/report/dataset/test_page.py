"""The page of a dataset: everything is on it, no text is taken for markup, it stays small, and browsers are content with it."""

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sartext.artifact import Artifact
from sartext.report.dataset.page import SAMPLE, images_of, page
from sartext.report.dataset.survey import WORST, Survey
from sartext.tile import Box, Caption, Claim, EncodedImage, Optical, Region, Rendering, Tile
from tests.support.browser import page_at
from tests.support.mixed import HOSTILE
from tests.support.served import served

VOID = {"meta", "link", "img", "input", "source", "path", "rect"}


class Read(HTMLParser):
    """What a page asks for and says; whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.scripts = 0
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        for name, value in attrs:
            if name in ("src", "href", "srcset"):
                self.asked.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            assert not name.startswith("on"), name
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_well_formed_asks_for_nothing_and_runs_nothing(page: str) -> None:
    read = Read(page)
    assert read.open == []
    assert read.scripts == 0
    assert len(read.ids) == len(set(read.ids))
    for one in read.asked:
        assert one.startswith("data:") or one.removeprefix("#") in read.ids, one
    assert "url(" not in page
    assert "@import" not in page
    assert HOSTILE.split("\x1f")[0].strip() in read.text


@pytest.mark.parametrize(
    "words",
    [
        *("planned60 100.0%", "− read: truncated image6 10.0%", "− picky: not liked", "SAR-TEXT", "arXiv 2507.18743v3"),
        *(
            "most repeated texts",
            "No scene lies in more than one split.",
            "Around 17.1° S",
            "it ends with a 3",
            "overlapping footprints",
        ),
        *("Answers: presence", "contradicted", "optical twin", "GPL-3.0-only", "no picture", '"type": "tests.Picky"'),
    ],
)
def test_everything_is_on_it(page: str, words: str) -> None:
    text = Read(page).text
    assert words.replace("− picky: not liked", "− picky: not liked") in text


def test_as_many_tiles_are_shown_as_it_says(page: str) -> None:
    sample, wrong = page.split('<section id="contradicted">')
    assert (sample.count("<article"), wrong.count("<article")) == (SAMPLE, WORST)
    assert sample.count('alt="regions"') + sample.count("no picture") == SAMPLE


def test_words_light_up_the_boxes_that_they_stand_on(page: str) -> None:
    lit = re.search(r'<span class="said supported w(\d+)[^"]*" tabindex="0">', page)
    assert lit
    assert f'<polygon class="o{lit[1]}"' in page
    assert f".tile:has(.w{lit[1]}:is(:hover,:focus)) .o{lit[1]}" in page


def test_an_optical_dataset_is_not_called_one_of_radar() -> None:
    assert images_of([], []) == images_of(["a"], ["b"]) == "synthetic aperture radar"
    assert images_of(["b"], ["b"]) == "optical images"
    assert images_of(["a", "b"], ["b"]) == "synthetic aperture radar and of optical images"


def test_a_dataset_of_nothing_has_a_page(made: Artifact) -> None:
    manifest = {**made.manifest, "counts": {"planned": 3}, "commit": None}
    text = page(Survey(), [], [], manifest, "stamp")
    assert Read(text).open == []
    assert "no tiles" in text
    assert "nan" not in Read(text).text


def test_the_worst_tiles_make_a_page_below_15_mb(made: Artifact) -> None:
    """Noise in colour, a twin of noise, masks of noise, thousands of boxes and long texts, in every tile of the sheet."""
    random = np.random.default_rng(0)
    side_px = 384
    out = io.BytesIO()
    Image.fromarray(random.integers(0, 256, (side_px, side_px, 3), np.uint8)).save(out, "PNG", compress_level=1)
    noise = EncodedImage(bytes=out.getvalue(), path="a.png")
    # Every second pixel of a column, from another row on in each region, so that the mask's picture cannot be compressed.
    starts = random.integers(0, 2000, 200)
    regions = tuple(_region(int(start), random, side_px) for start in starts[:40])
    long = "ship " * 5_000
    claims = tuple(
        Claim(
            kind="count", text=long, verdict="contradicted", evidence=long, span=(at * 5, at * 5 + 9), boxes=tuple(range(3_000))
        )
        for at in range(100)
    )
    worst = Tile(
        key="a/b/0_0",
        source="a",
        scene="b",
        split=None,
        image=noise,
        height_px=side_px,
        width_px=side_px,
        rendering=Rendering(quantity="display"),
        boxes=(Box(label="ship", polygon_px=(1.23, 2.34, 511.11, 2.34, 511.11, 9.87, 1.23, 9.87)),) * 3_000,
        regions=regions,
        optical=Optical(image=noise),
        captions=(Caption(text=long, route="human", claims=claims),) * 20,
    )
    shown, wrong = (
        len(page(Survey(), *tiles, made.manifest, "stamp").encode()) for tiles in (([worst] * 3, []), ([], [worst] * 3))
    )
    assert SAMPLE / 3 * shown + WORST / 3 * wrong < 15e6


def _region(seed: int, random: np.random.Generator, side_px: int) -> Region:
    lengths = random.integers(1, 12, side_px * side_px // 5)
    lengths = lengths[np.cumsum(lengths) < side_px * side_px - seed]
    runs = (seed, *lengths.tolist())
    return Region(label=f"class {seed}", area_share=0.5, rle=(*runs, side_px * side_px - sum(runs)))


@pytest.fixture(scope="module")
def address(made: Artifact) -> Iterator[str]:
    """The report of the dataset on loopback."""
    with served(Path(made.uri) / "report.html") as url:
        yield url


@pytest.mark.parametrize(("width_px", "dark"), [(1400, False), (390, True)])
def test_it_opens_in_a_browser_without_an_error_or_an_outside_request(address: str, width_px: int, dark: bool) -> None:
    with page_at(address, width_px=width_px, height_px=900, dark=dark) as (page, wrong):
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        assert page.locator("h1").inner_text() == "alpha, beta, gamma-0"
        assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert [url for url in asked if url.startswith("http")] == [address]
        mask, box = page.locator(".mask").first, page.locator(".boxes").first
        assert mask.is_visible()
        page.locator("#masks").uncheck()
        page.locator("#boxes").uncheck()
        assert not mask.is_visible()
        assert not box.is_visible()
        page.locator("nav a", has_text="Map").click()
        assert page.url.endswith("#map")
        assert wrong == []
