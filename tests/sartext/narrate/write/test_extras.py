"""What is said beyond numbers and places, and of what it is not."""

from sartext.narrate.write.a2c import A2C
from sartext.tile import Box, Tile
from tests.support.narration import MakeBox, MakeTile

SEEDS = 60


def detailed(make_tile: MakeTile, *boxes: Box) -> list[str]:
    """Many detailed texts of a tile with these boxes."""
    tiles: list[Tile] = [make_tile(*boxes, key=f"hand/s{number}/0_0") for number in range(SEEDS)]
    return [caption.text for tile in tiles for caption in A2C().apply(tile).captions if caption.form == "detailed"]


def test_the_largest_is_said_of_objects_that_differ_in_size(make_tile: MakeTile, make_box: MakeBox) -> None:
    places = ((20, 20, 60, 60), (150, 150, 170, 170), (220, 100, 240, 120))
    assert any("largest" in text for text in detailed(make_tile, *(make_box("ship", *at) for at in places)))
    assert not any("largest" in text for text in detailed(make_tile, *(make_box("a220", *at) for at in places)))


def test_the_largest_is_never_said_beside_a_box_at_the_border(make_tile: MakeTile, make_box: MakeBox) -> None:
    boxes = (make_box("ship", 20, 20, 60, 60), make_box("ship", 1, 150, 21, 170), make_box("ship", 220, 100, 240, 120))
    assert not any("largest" in text for text in detailed(make_tile, *boxes))


def test_a_line_has_no_wide_gap(make_tile: MakeTile, make_box: MakeBox) -> None:
    even = [make_box("ship", 20 + 40 * n, 100, 30 + 40 * n, 110) for n in range(5)]
    gap = [make_box("ship", 10 + 16 * n, 100, 20 + 16 * n, 110) for n in range(5)] + [make_box("ship", 230, 100, 240, 110)]
    assert any("line" in text for text in detailed(make_tile, *even))
    assert not any("line" in text for text in detailed(make_tile, *gap))
