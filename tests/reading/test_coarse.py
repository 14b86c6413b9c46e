"""The independent reader of coarse captions: that it can fail."""

import numpy as np
import pytest

from tests.reading.coarse import read_coarse
from tests.reading.mosaics import tile_of as covered_tile
from tests.reading.scene import Scene
from tests.reading.test_reader import FLEET, tile_of, upright

TRUE = (
    "three ships and a bridge",
    "several vessels",
    "a sar image of a handful of ships and one bridge",
    "ships in a line",
)
FALSE = (
    ("a couple of ships", "wrong count"),
    ("many ships", "wrong count"),
    ("dozens of ships", "wrong count"),
    ("a lone ship", "wrong count"),
    ("several ships on the left", "wrong position"),
    ("a bridge at the bottom", "wrong position"),
    ("a bridge near a ship", "wrong position"),
    ("three ships close together", "wrong position"),
    ("several tiny ships", "wrong size"),
    ("a harbor", "wrong count"),
    ("one tanker", "inexact as exact"),
    ("water with a few ships", "wrong class"),
    ("a ships", "grammar"),
    ("an ship", "grammar"),
    ("three ships, some of them on the left", "wrong position"),
    ("Three ships", "grammar"),
    ("three ships.", "grammar"),
)


@pytest.mark.parametrize("text", TRUE)
def test_true_texts_pass(text: str) -> None:
    assert read_coarse(text, Scene(FLEET)) == []


@pytest.mark.parametrize(("text", "kind"), FALSE)
def test_false_texts_are_faulted(text: str, kind: str) -> None:
    found = read_coarse(text, Scene(FLEET))
    assert found is None or kind in {fault.kind for fault in found}
    assert found is not None or kind == "grammar"


@pytest.mark.parametrize("text", ["three ships glitter", "bridge near", "no ships", "three gray ships", "ships of the harbor"])
def test_what_is_no_such_text_is_not_read(text: str) -> None:
    assert read_coarse(text, Scene(FLEET)) is None


def test_the_ground_is_that_of_the_masks() -> None:
    drawn = np.zeros((300, 300), dtype=np.int64)
    drawn[:, 150:] = 1
    regions = covered_tile(drawn, ("water", "forest"), 0).regions
    ship = upright("ship", 20, 20, 60, 12)
    scene = Scene(tile_of(ship, regions=regions))
    for text in ("a ship on the water", "a ship on water", "water with a ship", "a ship, woodland", "forest next to water"):
        assert read_coarse(text, scene) == [], text
    assert read_coarse("forest on the right side", scene) == []
    for text in ("a ship in forest", "a ship near woodland", "farmland with a ship", "mostly water", "water on the right side"):
        assert read_coarse(text, scene), text
