"""Footprints: over the antimeridian, at the poles, too many, and such as nobody can read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.report.dataset.atlas import atlas
from sartext.report.dataset.counting import hashes_of
from sartext.report.dataset.footprints import DRAWN, Footprints, footprint
from tests.sartext.report.dataset.test_blocks import shown


def square(x: float, y: float, side: float = 0.2) -> str:
    corners = ((0, 0), (side, 0), (side, side), (0, side), (0, 0))
    points = [((x + dx + 180) % 360 - 180, y + dy) for dx, dy in corners]
    return f"POLYGON (({', '.join(f'{a} {b}' for a, b in points)}))"


def added(*polygons: str) -> Footprints:
    footprints = Footprints()
    footprints.add(list(polygons), hashes_of(map(str, range(len(polygons)))))
    return footprints


@pytest.mark.parametrize(
    ("text", "center"),
    [
        (square(179.9, 10.0), (-180.0, 10.1)),
        (square(-0.1, -80.0), (0.0, -79.9)),
        ("MULTIPOLYGON (((179 0, 180 0, 180 1, 179 1, 179 0)), ((-180 0, -178 0, -178 1, -180 1, -180 0)))", (-179.5, 0.5)),
    ],
)
def test_a_footprint_over_the_antimeridian_stays_in_one_piece(text: str, center: tuple[float, float]) -> None:
    one = footprint(text)
    assert one.center == pytest.approx(center)
    longitudes = [x for ring in one.rings for x, _ in ring]
    assert max(longitudes) - min(longitudes) < 4
    cells = np.argwhere(added(text).cells)
    assert len(cells) == 1
    row, column = cells[0].tolist()
    assert abs((column * 2 - 180 + 1 - center[0] + 180) % 360 - 180) <= 1.0 + 1e-6
    assert abs(90 - row * 2 - 1 - center[1]) <= 1.0


def test_what_cannot_be_read_is_counted_and_harms_nobody() -> None:
    wrong = [
        "POLYGON ((",
        "",
        "POINT (1 2)",
        "POLYGON EMPTY",
        "POLYGON ((0 0, 0 1e400, 1 1, 0 0))",
        "POLYGON ((0 91, 1 99, 1 95, 0 91))",
    ]
    found = added(*wrong, square(5, 5))
    assert (found.total, found.unreadable) == (1, len(wrong))
    assert "6 more cannot be read" in shown(atlas(found))


@given(st.lists(st.text(max_size=40) | st.builds(square, st.floats(-180, 180), st.floats(-90, 89)), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_text_gives_a_map_or_is_counted_out(texts: list[str]) -> None:
    found = added(*texts)
    assert found.total + found.unreadable == len(texts)
    if found.total:
        assert found.cells.sum() == found.total
        page = shown(atlas(found))
        assert "nan" not in page
        assert "inf" not in page.lower().replace("information", "")


def test_of_very_many_some_are_drawn_whatever_the_order() -> None:
    random = np.random.default_rng(0)
    polygons = [square(x, y, 0.01) for x, y in zip(random.uniform(3, 8, 4000), random.uniform(50, 54, 4000), strict=True)]
    hashes = hashes_of(polygons)
    found, other = Footprints(), Footprints()
    for start in range(0, 4000, 500):
        found.add(polygons[start : start + 500], hashes[start : start + 500])
    other.add(polygons[::-1], hashes[::-1])
    assert found.total == 4000
    assert len(found.drawn()) == DRAWN
    assert found.drawn() == other.drawn()
    text = shown(atlas(found))
    assert text == shown(atlas(other))
    assert "100.0% of the footprints, 1,500 drawn." in text
    assert len(text) < 200_000


def test_places_far_apart_get_maps_of_their_own() -> None:
    text = shown(atlas(added(square(4, 52), square(4.3, 52), square(179.7, -17), square(-179.9, -17), square(-70, 85))))
    assert text.count("<svg") == 4
    for words in ("Around 52.1° N 4.2° E", "Around 16.9° S 180.0° ", "Around 85.1° N 69.9° W"):
        assert words in text, words
    assert text.count('class="frame"') == 4  # the one over the antimeridian is at both ends of the globe
