import math

import numpy as np
import pytest

from sartext.sources.archive.layers import MARGIN_PX, Area, Blobs, Blocks, Fill, Parcels, drawn_px, paint
from sartext.sources.archive.shapes import Rect


def test_later_layers_lie_on_top() -> None:
    drawn = paint((Fill(0), Area(Rect(64.0, 64.0, 20.0, 20.0, 0.0), 1), Area(Rect(64.0, 64.0, 10.0, 10.0, 0.0), 2)), 128, None)
    assert np.bincount(drawn.ravel())[1:].tolist() == [300, 100]
    assert drawn[64 + MARGIN_PX, 64 + MARGIN_PX] == 2


def test_blobs_without_fields_are_refused() -> None:
    with pytest.raises(ValueError, match="blobs"):
        paint((Fill(0), Blobs(0, 1.0, 1)), 128, None)


def test_the_drawn_side_is_a_product_of_small_primes() -> None:
    for size_px in (32, 100, 128, 256, 1000):
        side = drawn_px(size_px)
        assert side >= size_px + 2 * MARGIN_PX
        assert math.prod(p for p in (2, 3, 5)) ** 12 % side == 0


def test_parcels_are_bordered_and_hold_every_crop() -> None:
    edges = tuple(float(v) for v in range(-200, 201, 25))
    strips = len(edges) + 1
    layer = Parcels(0.4, edges, (30.0,) * strips, (3.0,) * strips, (0.0,) * strips, (1, 2, 3), border=4, border_px=1.5)
    drawn = paint((Fill(0), layer), 128, None)
    counts = np.bincount(drawn.ravel(), minlength=5)
    assert counts[0] == 0
    assert (counts[1:4] > 0.1 * drawn.size).all()
    assert 0.03 < counts[4] / drawn.size < 0.25


def test_blocks_leave_streets_and_stay_within_their_shape() -> None:
    within = Rect(40.0, 64.0, 60.0, 90.0, 0.0)
    layer = Blocks(0.0, 0.0, 0.0, (8.0, 8.0), (0.75, 0.5), (4, 4), 1, 2, (3,), within)
    drawn = paint((Fill(0), layer), 128, None)[MARGIN_PX : MARGIN_PX + 128, MARGIN_PX : MARGIN_PX + 128]
    assert (drawn[:, :10] == 0).all()
    assert (drawn[:, 70:] == 0).all()
    assert (drawn[32:40, 10:70] == 2).all()  # the street of the fourth row of cells
    assert drawn[48 + 1, 40 + 1] == 3
    assert drawn[48 + 6, 40 + 1] == 1
