import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.sar.tiling import Window, cut_boxes, windows
from sartext.tile import Box


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 150), st.data())
def test_shifted_windows_cover_every_pixel_and_never_leave_the_scene(
    height: int, width: int, size: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(0, size - 1))
    if (height / (size - overlap)) * (width / (size - overlap)) > 4000:
        return
    made = windows(height, width, size_px=size, overlap_px=overlap)
    seen = np.zeros((height, width), dtype=int)
    for window in made:
        assert window.height == min(size, height)
        assert window.width == min(size, width)
        assert window.row + window.height <= height
        assert window.column + window.width <= width
        seen[window.slices] += 1
    assert seen.min() == 1
    assert len({window.name for window in made}) == len(made)
    assert len({(window.row, window.column) for window in made}) == len(made)


def test_dropped_edges_leave_whole_windows_at_their_step() -> None:
    made = windows(1000, 700, size_px=256, overlap_px=56, edge="drop")
    assert [(w.row, w.column) for w in made] == [(r, c) for r in (0, 200, 400, 600) for c in (0, 200, 400)]
    assert [w.name for w in made[:4]] == ["0_0", "0_1", "0_2", "1_0"]
    assert windows(255, 700, size_px=256, edge="drop") == []


def test_the_last_window_moves_inward_and_a_small_scene_is_one() -> None:
    assert [w.row for w in windows(600, 10, size_px=256)] == [0, 256, 344]
    assert windows(600, 512, size_px=600) == [Window(row=0, column=0, height=600, width=512, down=0, right=0)]
    assert [w.column for w in windows(8, 512, size_px=256)] == [0, 256]


@pytest.mark.parametrize(("size", "overlap", "edge"), [(0, 0, "shift"), (10, 10, "shift"), (10, -1, "shift"), (10, 2, "pad")])
def test_windows_that_are_none_are_refused(size: int, overlap: int, edge: str) -> None:
    with pytest.raises(ValueError, match=r"overlap|edge"):
        windows(100, 100, size_px=size, overlap_px=overlap, edge=edge)


def test_masks_are_cut_along() -> None:
    mask = np.arange(60).reshape(6, 10)
    window = Window(row=2, column=3, height=3, width=4, down=0, right=0)
    assert mask[window.slices].tolist() == mask[2:5, 3:7].tolist()


def _box(*corners: float, **more: object) -> Box:
    return Box(label="ship", polygon_px=tuple(map(float, corners)), **more)


def _upright(left: float, top: float, right: float, bottom: float, **more: object) -> Box:
    return _box(left, top, right, top, right, bottom, left, bottom, **more)


WINDOW = Window(row=100, column=200, height=50, width=80, down=2, right=2)


def test_a_box_inside_only_moves() -> None:
    (made,) = cut_boxes([_upright(210, 110, 220, 130, difficult=True)], WINDOW)
    assert made == _upright(10, 10, 20, 30, difficult=True)


def test_an_upright_box_is_cut_at_the_edge_and_says_how_much_of_it_is_left() -> None:
    (made,) = cut_boxes([_upright(190, 90, 210, 110, crowd=True)], WINDOW)
    assert made == _upright(0, 0, 10, 10, crowd=True, visible_share=0.25)
    (again,) = cut_boxes([_upright(190, 90, 210, 110, visible_share=0.5)], WINDOW)
    assert again.visible_share == 0.125


def test_a_box_outside_or_only_touching_is_left_out() -> None:
    touching = [_upright(150, 100, 200, 150), _upright(200, 90, 280, 100), _box(280, 150, 290, 160, 280, 170, 270, 160)]
    diamond_at_corner = _box(200, 80, 219, 99, 200, 118, 181, 99)  # reaches in
    flat = _box(190, 120, 230, 120, 230, 120, 190, 120)
    assert cut_boxes([*touching, flat], WINDOW) == ()
    assert len(cut_boxes([*touching, diamond_at_corner], WINDOW)) == 1


@settings(max_examples=300, deadline=None)
@given(st.floats(150, 330), st.floats(60, 190), st.floats(1, 90), st.floats(1, 60), st.floats(0, np.pi))
def test_an_oriented_box_is_cut_into_four_corners_inside_it_and_the_window(
    x: float, y: float, length: float, breadth: float, angle: float
) -> None:
    along, across = (
        np.array([np.cos(angle), np.sin(angle)]) * length / 2,
        np.array([-np.sin(angle), np.cos(angle)]) * breadth / 2,
    )
    corners = [np.array([x, y]) + s * along + t * across for s, t in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    box = _box(*np.ravel(corners))
    whole = shapely.Polygon(corners)
    frame = shapely.box(200, 100, 280, 150)
    inside = whole.intersection(frame)
    made = cut_boxes([box], WINDOW)
    if not made:
        assert inside.area < 1e-6
        return
    points = np.array(made[0].polygon_px).reshape(4, 2)
    assert made[0].visible_share == pytest.approx(inside.area / whole.area, abs=1e-6)
    assert points.min() >= 0
    assert points[:, 0].max() <= 80
    assert points[:, 1].max() <= 50
    quad = shapely.Polygon(points + np.array([200, 100]))
    assert quad.difference(inside.buffer(1e-6)).area < 1e-6
    assert quad.area >= 0.6 * inside.area - 1e-9  # the four best corners of a convex shape hold most of it
    turn = sum(
        points[k][0] * points[(k + 1) % 4][1] - points[(k + 1) % 4][0] * points[k][1] for k in range(4)
    )  # clockwise as seen
    assert turn >= -1e-9
    if made[0].visible_share < 1:
        assert points[0].sum() <= points.sum(axis=1).min() + 1e-9


def test_what_is_left_of_a_corner_is_a_triangle_with_four_corners() -> None:
    diamond = _box(280, 130, 300, 150, 280, 170, 260, 150)
    (made,) = cut_boxes([diamond], WINDOW)
    points = np.array(made.polygon_px).reshape(4, 2)
    assert made.visible_share == pytest.approx(0.25)
    assert shapely.Polygon(points).area == pytest.approx(200.0)
    assert len({tuple(p) for p in points.tolist()}) == 4


def test_a_box_whose_outline_crosses_itself_is_cut_as_its_corners_lie() -> None:
    (made,) = cut_boxes([_box(190, 90, 210, 110, 210, 90, 190, 110)], WINDOW)
    assert made.visible_share == pytest.approx(0.25)
