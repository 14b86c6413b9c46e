"""What a kind of scene draws on."""

import math

import pytest

from sartext.sources.archive.canvas import Canvas, View
from sartext.sources.archive.layers import Fill

VIEW = View(size_px=128, gsd_m=2.0, incidence_deg=30.0, range_to_velocity_s=100.0, toward=1, flight=1)


def test_a_paint_is_on_the_palette_once() -> None:
    canvas = Canvas()
    assert [canvas.paint("water"), canvas.paint("water", offset_db=1.0), canvas.paint("water", offset_db=1.001)] == [0, 1, 1]
    canvas.fill("water")
    assert canvas.layers == [Fill(0)]


def test_a_mover_is_displaced_along_the_flight_by_its_speed_from_the_radar() -> None:
    assert VIEW.px(10.0) == 5.0
    away = VIEW.shift_px(10.0, 0.0)
    assert away == pytest.approx(-VIEW.shift_px(10.0, math.pi))
    assert VIEW.shift_px(10.0, math.pi / 2) == pytest.approx(0.0, abs=1e-9)
    assert abs(away) == pytest.approx(100.0 * 10.0 * math.sin(math.radians(30.0)) / 2.0)
