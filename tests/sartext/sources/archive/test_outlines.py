import math

import numpy as np
import pytest

from sartext.sources.archive.layers import MARGIN_PX, drawn_px
from sartext.sources.archive.outlines import body, group, pixels
from sartext.sources.archive.things import Thing


@pytest.mark.parametrize(("label", "share"), [("ship", 0.86), ("tank", math.pi / 4), ("aircraft", 0.27), ("car", 1.0)])
@pytest.mark.parametrize("angle", [0.0, 0.6, 2.2])
def test_an_outline_fills_its_share_of_the_box_without_holes(label: str, share: float, angle: float) -> None:
    columns = group([Thing(label, 60.0, 64.0, angle, 44.0, 40.0, 2.0)])
    u, v = body(label, columns)
    at = np.unique(pixels(columns, u, v, 0.0, 0.0, 128))
    assert len(at) == pytest.approx(share * 44.0 * 40.0, rel=0.15)
    if label == "car":
        drawn = np.zeros((drawn_px(128),) * 2, dtype=bool)
        drawn.reshape(-1)[at] = True
        middle = drawn[MARGIN_PX + 52 : MARGIN_PX + 76, MARGIN_PX + 48 : MARGIN_PX + 72]
        assert middle.all()


def test_pixels_outside_the_drawn_field_are_marked() -> None:
    columns = group([Thing("car", 0.0, 64.0, 0.0, 60.0, 4.0, 1.0)])
    u, v = body("car", columns)
    at = pixels(columns, u, v, 0.0, 0.0, 128)
    assert (at == -1).any()
    assert (at[at >= 0] % drawn_px(128)).max() in (MARGIN_PX + 29, MARGIN_PX + 30)


def test_things_of_unlike_size_share_a_grid() -> None:
    columns = group([Thing("ship", 30.0, 30.0, 0.0, 12.0, 3.0, 1.0), Thing("ship", 80.0, 80.0, 1.0, 60.0, 9.0, 1.0)])
    u, v = body("ship", columns)
    assert u.shape == v.shape
    assert np.abs(u[0]).max() == pytest.approx(6.0)
    assert np.abs(u[1]).max() == pytest.approx(30.0)
