import math
from dataclasses import replace

import numpy as np
import pytest

from sartext.sar import speckle
from sartext.sar.geometry import near_side
from sartext.sources.archive import ground, radar
from sartext.sources.archive.canvas import View
from sartext.sources.archive.layers import MARGIN_PX, Area, Fill, Paint
from sartext.sources.archive.plan import Scene, Sea, plan
from sartext.sources.archive.shapes import Rect
from sartext.sources.archive.things import Thing

SIZE = 128
TILE = np.s_[MARGIN_PX : MARGIN_PX + SIZE, MARGIN_PX : MARGIN_PX + SIZE]
SIDES = [("ascending", "right"), ("descending", "right"), ("ascending", "left"), ("descending", "left")]


def _scene(palette: tuple[Paint, ...], layers: tuple, things: tuple[Thing, ...] = (), **sensor: object) -> Scene:
    """A scene of hand-made ground, seen at 40 degrees in C band with 2 m by pixel."""
    base = plan(0, 0, SIZE)
    fixed = {"band": "C", "polarisation": "VV", "gsd_m": 2.0, "incidence_deg": 40.0, "looks": 4, "noise_db": -28.0}
    seen = replace(base.sensor, **(fixed | sensor))
    return replace(base, palette=palette, layers=layers, things=things, sensor=seen, sea=Sea(0.0, 0.0, 20.0, 0.0))


def _mean(scene: Scene) -> np.ndarray:
    return radar.mean_intensity(scene, ground.ground(scene))[TILE]


@pytest.mark.parametrize(("orbit", "look_side"), SIDES)
def test_a_building_leans_toward_the_radar_and_shades_the_other_side(orbit: str, look_side: str) -> None:
    height_m = 20.0
    palette = (Paint("meadow"), Paint("hall", height_m=height_m))
    layers = (Fill(0), Area(Rect(64.0, 64.0, 24.0, 40.0, 0.0), 1))
    image = _mean(_scene(palette, layers, orbit=orbit, look_side=look_side))
    if near_side(orbit, look_side) == "right":
        image = image[:, ::-1]  # now the radar is on the left
    lean, shade = height_m / math.tan(math.radians(40)) / 2.0, height_m * math.tan(math.radians(40)) / 2.0
    rows = slice(50, 78)
    ground_level = image[rows, 5:25].mean()
    layover = image[rows, round(52 - lean) + 2 : 50].mean()
    shadow = image[rows, 78 : round(76 + shade) - 2].mean()
    beyond = image[rows, round(76 + shade) + 4 : 110].mean()
    dihedral = image[rows, 51:54].mean()
    assert layover > 2.0 * ground_level
    assert shadow < 0.2 * ground_level
    assert dihedral > layover
    assert beyond == pytest.approx(ground_level, rel=0.25)


@pytest.mark.parametrize(("orbit", "look_side"), SIDES)
@pytest.mark.parametrize("course", [0.0, math.pi])
def test_a_ship_is_displaced_from_its_wake_along_azimuth(orbit: str, look_side: str, course: float) -> None:
    """The shift is range by velocity times radial speed; what approaches is imaged ahead in the flight's direction."""
    speed_m_s, ratio_s = 1.0, 60.0
    probe = _scene((Paint("sea"),), (Fill(0),), orbit=orbit, look_side=look_side)
    view = View(SIZE, 2.0, 40.0, ratio_s, probe.sensor.toward, probe.sensor.flight)
    shift = view.shift_px(speed_m_s, course)
    magnitude = ratio_s * speed_m_s * math.sin(math.radians(40.0)) / 2.0
    sails_right = math.cos(course) > 0
    approaches = sails_right == (near_side(orbit, look_side) == "right")
    flies_up = orbit == "ascending"
    assert shift == pytest.approx(-magnitude if approaches == flies_up else magnitude)
    ship = Thing("ship", 64.0, 64.0, course, 30.0, 6.0, 1.0, shift_y=shift, speed_m_s=speed_m_s)
    image = _mean(replace(probe, things=(ship,)))
    bright = np.argwhere(image > 0.2 * image.max())
    assert bright[:, 0].mean() == pytest.approx(64.0 + shift, abs=3.0)
    behind = slice(20, 45) if sails_right else slice(83, 108)
    open_sea = image[8:30] if shift > 0 else image[98:120]
    assert image[62:66, behind].mean() < 0.6 * open_sea[:, behind].mean()  # the wake's dark core stays on the true course


def test_the_speckled_image_has_the_mean_and_looks_that_it_should() -> None:
    scene = _scene((Paint("concrete"),), (Fill(0),), looks=3, noise_db=-90.0)
    image = radar.intensity(scene, ground.ground(scene))[TILE]
    assert 10 * math.log10(image.mean()) == pytest.approx(-20.5, abs=0.3)
    texture = 1.0 + 0.04 / 2  # part of the concrete's texture survives the point-spread function
    assert 1.0 / speckle.equivalent_looks(image) == pytest.approx(1.0 / 3.0 * texture, rel=0.15)


def test_sea_is_spikier_than_inland_water_and_both_are_dark() -> None:
    looks = []
    for cover in ("sea", "calm water", "forest"):
        scene = _scene((Paint(cover),), (Fill(0),), looks=1)
        image = radar.intensity(scene, ground.ground(scene))[TILE]
        looks.append((image.mean(), float((image**2).mean() / image.mean() ** 2)))
    assert looks[0][1] > looks[1][1] > 1.8
    assert looks[1][0] < looks[0][0] < 0.2 * looks[2][0]


def test_rendering_says_how_the_image_was_made() -> None:
    for index in range(12):
        scene = plan(2, index, SIZE)
        drawn = ground.ground(scene)
        image, rendering = radar.render(scene, drawn)
        power = radar.intensity(scene, drawn)[TILE]
        (limits,) = rendering.limits
        assert rendering.quantity == {"db": "sigma0", "linear": "amplitude"}[rendering.scale or ""]
        values = 10 * np.log10(power) if rendering.scale == "db" else np.sqrt(power)
        again = np.clip(np.round((values - limits.low) / (limits.high - limits.low) * 255), 0, 255)
        assert np.abs(again - image).max() <= 1
        assert rendering.clipped_high_share == pytest.approx((values > limits.high).mean(), abs=1e-3)
        assert rendering.clipped_low_share == pytest.approx((values < limits.low).mean(), abs=1e-3)
        assert rendering.looks == scene.sensor.looks
        assert rendering.polarisations == (limits.polarisation,)
        assert image.mean() > 1.0


def test_a_tank_shows_two_arcs_and_a_shadow() -> None:
    tank = Thing("tank", 64.0, 64.0, 0.0, 40.0, 40.0, height=10.0)
    scene = _scene((Paint("gravel"),), (Fill(0),), (tank,), orbit="ascending", look_side="right")
    image = _mean(scene)
    lean, shade = 10.0 / math.tan(math.radians(40)), 10.0 * math.tan(math.radians(40))
    ground_level = image[60:68, 5:25].mean()
    assert image[62:66, 43:46].max() > 4.0 * ground_level  # the foot of the near wall
    assert image[60:68, round(44 - lean) - 1 : round(44 - lean) + 2].max() > ground_level  # the roof's near rim
    assert image[62:66, 86 : round(84 + shade) - 1].mean() < 0.2 * ground_level
