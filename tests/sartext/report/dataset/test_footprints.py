"""Footprints: over the antimeridian, at the poles, too many, and such as nobody can read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.report.dataset.atlas import atlas
from sartext.report.dataset.footprints import footprint
from tests.sartext.report.dataset.test_blocks import shown
from tests.support.footprints import added, square


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
