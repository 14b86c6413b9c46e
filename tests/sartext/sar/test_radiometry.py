import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.sar import radiometry


@given(st.floats(-50.0, 40.0))
def test_decibels_and_back(level_db: float) -> None:
    intensity = np.array([radiometry.from_db(level_db)], dtype=np.float32)
    assert radiometry.to_db(intensity)[0] == pytest.approx(level_db, abs=1e-3)


def test_zero_and_negative_intensity_get_the_floor() -> None:
    assert radiometry.to_db(np.array([0.0, -1.0], dtype=np.float32)) == pytest.approx([radiometry.FLOOR_DB] * 2)


def test_to_8bit_rounds_and_counts_what_it_clips() -> None:
    values = np.array([-31.0, -30.0, -15.0, 0.0, 5.0, 9.0, -40.0, -1.0], dtype=np.float32)
    image, below, above = radiometry.to_8bit(values, -30.0, 0.0)
    assert image.tolist() == [0, 0, 128, 255, 255, 255, 0, 247]
    assert (below, above) == (0.25, 0.25)


def test_limits_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match=r"limits are 3\.0 to 3\.0"):
        radiometry.to_8bit(np.zeros(3, dtype=np.float32), 3.0, 3.0)
