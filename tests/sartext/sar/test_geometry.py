import pytest

from sartext.sar import geometry


def test_height_at_45_degrees_leans_and_shades_by_itself() -> None:
    assert geometry.layover_m(12.0, 45.0) == pytest.approx(12.0)
    assert geometry.shadow_m(12.0, 45.0) == pytest.approx(12.0)
    assert geometry.layover_m(10.0, 25.0) > 20.0 > 5.0 > geometry.shadow_m(10.0, 25.0)


def test_what_recedes_is_imaged_behind_its_place() -> None:
    # 100 s of range by velocity, 4 m/s away at 30 degrees: 2 m/s in slant range.
    assert geometry.azimuth_shift_m(4.0, 30.0, 100.0) == pytest.approx(-200.0)
    assert geometry.azimuth_shift_m(-4.0, 30.0, 100.0) == pytest.approx(200.0)


@pytest.mark.parametrize(
    ("orbit", "look_side", "near"),
    [
        ("ascending", "right", "left"),  # flies north, looks east: the radar is in the west
        ("descending", "right", "right"),
        ("ascending", "left", "right"),
        ("descending", "left", "left"),
    ],
)
def test_near_side(orbit: str, look_side: str, near: str) -> None:
    assert geometry.near_side(orbit, look_side) == near
