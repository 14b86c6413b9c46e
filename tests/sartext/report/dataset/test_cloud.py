"""The word cloud: the same every time, in two colourings, and nothing where there is nothing to say."""

import base64
import io

from PIL import Image

from sartext.report.dataset.cloud import cloud

WORDS = [
    ("the", 900),
    ("ship", 300),
    ("two", 200),
    ("<b>", 90),
    ("12", 50),
    *((f"word{number}", 40 - number) for number in range(30)),
]


def test_the_same_words_give_the_same_two_pictures() -> None:
    made = cloud(WORDS)
    assert made is not None
    assert made == cloud(WORDS)
    dark, light = (
        Image.open(io.BytesIO(base64.b64decode(uri.removeprefix("data:image/png;base64,")))).convert("RGBA")
        for uri in (made.dark, made.light)
    )
    assert dark.size == light.size == (1200, 380)
    for picture in (dark, light):
        assert picture.getpixel((0, 0))[3] == 0  # the ground shines through
    assert light.tobytes() != dark.tobytes()
    assert light.getchannel("A").tobytes() == dark.getchannel("A").tobytes()
    assert made.alt.startswith("word cloud: ship, two, <b>, word0")


def test_common_words_alone_are_no_cloud() -> None:
    assert cloud([("the", 5), ("of", 3), ("12", 2)]) is None
    assert cloud([]) is None


def test_words_that_no_font_can_draw_are_left_out() -> None:
    made = cloud([("vie\x03", 9), ("\ufffd\ufffd", 7), ("a\u200eb", 6), ("ship", 5)])
    assert made is not None
    assert made.alt == "word cloud: ship"
    assert cloud([("vie\x03", 9)]) is None
