import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.sources.archive import boxes, radar
from sartext.sources.archive.ground import ground
from sartext.sources.archive.layers import MARGIN_PX
from sartext.sources.archive.plan import plan
from sartext.sources.archive.things import CLASSES, Thing

SIZE = 128


def _thing(x: float, y: float, angle: float, length: float = 40.0, width: float = 8.0) -> Thing:
    return Thing("ship", x, y, angle, length, width, height=0.0)


def _points(polygon: tuple[float, ...]) -> list[tuple[float, float]]:
    return list(zip(polygon[::2], polygon[1::2], strict=True))


def test_a_box_inside_is_the_outline_clockwise_from_the_top_left() -> None:
    box = boxes.box(_thing(60.0, 50.0, 0.0), 0.0, SIZE)
    e = boxes.EDGE_PX
    assert box.polygon_px == (40 - e, 46 - e, 80 + e, 46 - e, 80 + e, 54 + e, 40 - e, 54 + e)
    assert box.visible_share == 1.0


def test_layover_lengthens_the_box_toward_the_radar_alone() -> None:
    thing = Thing("car", 60.0, 60.0, 0.0, 20.0, 20.0, height=8.0)
    flat, left = boxes.box(thing, 0.0, SIZE).polygon_px, boxes.box(thing, -8.0, SIZE).polygon_px
    assert left[0] == pytest.approx(flat[0] - 8.0)
    assert left[2:6] == flat[2:6]


def test_a_tank_ends_where_its_roof_does() -> None:
    thing = Thing("tank", 60.0, 60.0, 0.0, 20.0, 20.0, height=8.0)
    flat, left = boxes.box(thing, 0.0, SIZE).polygon_px, boxes.box(thing, -8.0, SIZE).polygon_px
    assert left[0] == pytest.approx(flat[0] - 8.0)
    assert left[2] == pytest.approx(flat[2] - 8.0)
    assert boxes.extent(thing, -14.0)[1] == 0.0


def test_a_box_cut_in_half_keeps_half_and_stays_inside() -> None:
    box = boxes.box(_thing(0.0, 60.0, 0.0), 0.0, SIZE)
    assert box.visible_share == pytest.approx(0.5)
    assert [x for x, _ in _points(box.polygon_px)] == pytest.approx([0.0, 20.6, 20.6, 0.0])


@given(st.floats(-10, 138), st.floats(-10, 138), st.floats(0, 2 * math.pi), st.floats(6, 70), st.floats(3, 40))
def test_any_box_is_four_corners_inside_the_tile_clockwise(
    x: float, y: float, angle: float, length: float, width: float
) -> None:
    thing = _thing(x, y, angle, length, width)
    share = boxes.visible(thing, 0.0, SIZE)
    assert 0.0 <= share <= 1.0
    if share < boxes.LEAST_VISIBLE:
        return
    box = boxes.box(thing, 0.0, SIZE)
    corners = _points(box.polygon_px)
    assert len(corners) == 4
    assert all(0.0 <= a <= SIZE and 0.0 <= b <= SIZE for a, b in corners)
    area = boxes.area(corners)
    left = boxes.area(boxes.clip(boxes.corners(thing, 0.0), SIZE))
    assert area > 0.0  # clockwise as seen
    assert left * 0.55 < area < left * 1.9 + 1.0
    assert min(a + b for a, b in corners) >= corners[0][0] + corners[0][1] - 0.05


def test_visible_share_is_the_share_of_pixels_inside() -> None:
    thing = _thing(10.0, 5.0, 0.7, 50.0, 12.0)
    u, v = np.meshgrid(np.linspace(-25.6, 25.6, 801), np.linspace(-6.6, 6.6, 401))
    x, y = 10.0 + u * math.cos(0.7) - v * math.sin(0.7), 5.0 + u * math.sin(0.7) + v * math.cos(0.7)
    inside = ((x >= 0) & (y >= 0)).mean()
    assert boxes.visible(thing, 0.0, SIZE) == pytest.approx(float(inside), abs=0.01)


@pytest.mark.parametrize("label", CLASSES)
def test_a_box_holds_the_echo_of_its_thing(label: str) -> None:
    """Without speckle, what a thing adds to the image lies in its box (one resolution cell around it allowed)."""
    tile = np.s_[MARGIN_PX : MARGIN_PX + SIZE]
    y, x = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    shares, index = [], 0
    while len(shares) < 12:
        scene = plan(5, index, SIZE)
        index += 1
        things = [
            t for t in scene.things if t.label == label and boxes.visible(t, scene.sensor.layover_px(t.height), SIZE) == 1.0
        ]
        if not things:
            continue
        thing, drawn = things[0], ground(scene)
        with_it = radar.mean_intensity(replace(scene, things=(thing,)), drawn)[tile, tile]
        without = radar.mean_intensity(replace(scene, things=()), drawn)[tile, tile]
        added = np.maximum(with_it - without, 0.0)
        c, s = math.cos(thing.angle), math.sin(thing.angle)
        dx, dy = x - thing.x, y - thing.y - thing.shift_y
        u, v = dx * c + dy * s, dy * c - dx * s
        u0, u1, v0, v1 = boxes.extent(thing, scene.sensor.layover_px(thing.height))
        inside = (u > u0 - 1.2) & (u < u1 + 1.2) & (v > v0 - 1.2) & (v < v1 + 1.2)
        shares.append(float(added[inside].sum() / added.sum()))
    assert min(shares) > 0.85, shares
    assert float(np.median(shares)) > 0.95, shares
