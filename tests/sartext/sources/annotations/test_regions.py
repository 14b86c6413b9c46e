"""From masks to regions and boxes."""

import numpy as np
import pytest

from sartext.errors import TileRejected
from sartext.imaging.run_lengths import decode
from sartext.sources.annotations.mask_table import MaskTable
from sartext.sources.annotations.regions import classes_annotated, instances_annotated, parts

TABLE = MaskTable(labels=("background", "water", "ship", "unlabelled", "nodata"), values=(0, 1, 2, 7, 9), colours=False)


def drawn() -> np.ndarray:
    """20 x 10: water below, two ships that touch at a corner, a speck, two rows unlabelled and one nodata."""
    mask = np.zeros((20, 10), dtype=np.uint32)
    mask[12:], mask[:2], mask[2] = 1, 7, 9
    mask[4:6, 2:4] = mask[6:8, 4:6] = 2
    mask[10, 9] = 2
    return mask


def test_shares_are_of_the_labelled_area_and_land_covers_have_no_box() -> None:
    found = classes_annotated(drawn(), TABLE, "m.png", min_area_px=2)
    assert {one.label: round(one.area_share * 170) for one in found.regions} == {"water": 80, "ship": 9}
    assert (found.unlabelled_share, found.nodata_share) == (0.1, 0.05)
    assert [(box.label, box.corners_px) for box in found.annotations] == [("ship", (2, 4, 6, 8))]
    water = next(one for one in found.regions if one.label == "water")
    assert (decode(water.rle, 20, 10) == (drawn() == 1)).all()


def test_pixels_without_a_measurement_are_nodata_whatever_the_mask_says() -> None:
    empty = np.zeros((20, 10), dtype=np.bool_)
    empty[16:] = True
    strange = drawn()
    strange[18] = 99
    found = classes_annotated(strange, TABLE, "m.png", min_area_px=2, empty=empty)
    assert found.nodata_share == 0.05 + 40 / 200
    with pytest.raises(TileRejected, match=r"the value 99 is not in the class table \(10 px\)"):
        classes_annotated(strange, TABLE, "m.png", min_area_px=2)


def test_each_value_is_an_object() -> None:
    mask = np.zeros((20, 10), dtype=np.uint32)
    mask[1:3, 1:4], mask[10:12, 5:9] = 4, 8
    found = instances_annotated(mask, "ship", "m.png")
    assert [box.corners_px for box in found.annotations] == [(1, 1, 4, 3), (5, 10, 9, 12)]
    assert [one.label for one in found.regions] == ["ship"]


def test_parts_with_a_hole_are_as_large_as_what_is_left() -> None:
    ring = np.ones((5, 5), dtype=np.bool_)
    ring[1:4, 1:4] = False
    assert len(parts(ring, "ship", "m.png", 16)) == 1
    assert parts(ring, "ship", "m.png", 17) == []
