import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.errors import TileRejected
from sartext.formats.annotation import Annotation
from sartext.sources.annotations.boxes import tile_boxes
from sartext.sources.annotations.labels import label_table

LABELS = label_table({"Sampan": "fishing vessel"})


def polygon(*corners: float, label: str = "ship") -> tuple[float, ...]:
    (box,) = tile_boxes([Annotation(label, corners, place="here")], LABELS, width_px=100, height_px=80)
    return box.polygon_px


def reason(*corners: float, label: str = "ship") -> str:
    with pytest.raises(TileRejected, match="here") as caught:
        polygon(*corners, label=label)
    return caught.value.reason


def test_upright() -> None:
    assert polygon(10, 20, 30, 50) == (10, 20, 30, 20, 30, 50, 10, 50)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_corners_in_any_order_become_clockwise_from_the_top_left(order: tuple[int, ...]) -> None:
    corners = [(20, 10), (40, 20), (35, 30), (15, 20)]
    assert polygon(*(value for place in order for value in corners[place])) == (20, 10, 40, 20, 35, 30, 15, 20)


def test_of_two_corners_as_near_the_higher_is_first() -> None:
    assert polygon(10, 20, 20, 10, 30, 20, 20, 30)[:2] == (20, 10)


def test_rounding_is_the_same_for_every_format() -> None:
    assert polygon(10.0004, 19.9996, 30.0003, 50) == polygon(10, 20, 30, 50)
    assert polygon(10.5, 20, 30, 50)[0] == 10.5


@given(st.integers(1, 9000), st.integers(1, 9000), st.integers(1, 400), st.integers(1, 400), st.integers(9500, 10_400))
def test_six_decimals_of_a_share_are_undone(left: int, top: int, width: int, height: int, side: int) -> None:
    centre_and_size = (left + width / 2, top + height / 2, width, height)
    x, y, w, h = (float(f"{value / side:.6f}") * side for value in centre_and_size)
    rounded = Annotation("ship", (x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    exact = Annotation("ship", (left, top, left + width, top + height))
    assert tile_boxes([rounded], LABELS, width_px=side, height_px=side) == tile_boxes(
        [exact], LABELS, width_px=side, height_px=side
    )


def test_within_the_tolerance_it_is_cut() -> None:
    assert polygon(-1, -0.5, 101, 81) == (0, 0, 100, 0, 100, 80, 0, 80)


@pytest.mark.parametrize(
    ("corners", "expected"),
    [
        ((30, 20, 10, 50), "negative_box"),
        ((10, 20, 10, 50), "negative_box"),
        ((10, 20, 10.001, 50), "negative_box"),
        ((-1.5, 20, 10, 50), "negative_box"),
        ((10, -30, 20, -20), "negative_box"),
        ((10, 10, 20, 20, 30, 30, 40, 40), "negative_box"),
        ((90, 20, 101.5, 50), "box_outside_image"),
        ((10, 20, 20, 81.5), "box_outside_image"),
        ((120, 20, 140, 50), "box_outside_image"),
        ((100, 20, 101, 50), "box_outside_image"),
        ((-1, 20, 0, 50), "box_outside_image"),
        ((math.nan, 20, 30, 50), "bad_annotation"),
        ((10, 20, math.inf, 50), "bad_annotation"),
    ],
)
def test_bad_boxes(corners: tuple[float, ...], expected: str) -> None:
    assert reason(*corners) == expected


def test_labels() -> None:
    annotations = [Annotation(label, (1, 1, 9, 9)) for label in ("Storage-Tank", "sampan", "oil tanker")]
    boxes = tile_boxes(annotations, LABELS, width_px=10, height_px=10)
    assert [box.label for box in boxes] == ["tank", "fishing vessel", "oil tanker"]
    assert reason(1, 1, 9, 9, label="sea serpent") == "unknown_category"
    assert reason(1, 1, 9, 9, label="") == "unknown_category"
    with pytest.raises(TileRejected, match="'sea serpent'"):
        polygon(1, 1, 9, 9, label="sea serpent")


def test_a_long_or_strange_label_is_one_printable_line() -> None:
    with pytest.raises(TileRejected) as caught:
        polygon(1, 1, 9, 9, label="\n\ud800" + "x" * 10_000)
    assert caught.value.detail.isprintable()
    assert len(caught.value.detail) < 200


@given(st.one_of(st.lists(st.floats(), min_size=4, max_size=4), st.lists(st.floats(-5, 120, width=32), min_size=8, max_size=8)))
def test_a_box_is_inside_and_clockwise_or_rejected(corners: list[float]) -> None:
    try:
        points = polygon(*corners)
    except TileRejected:
        return
    xs, ys = points[::2], points[1::2]
    assert 0 <= min(xs) <= max(xs) <= 100
    assert 0 <= min(ys) <= max(ys) <= 80
    assert sum(xs[a] * ys[(a + 1) % 4] - xs[(a + 1) % 4] * ys[a] for a in range(4)) > 0
