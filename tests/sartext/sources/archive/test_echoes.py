import math

import numpy as np
import pytest

from sartext.sources.archive.echoes import ECHOES, camber
from sartext.sources.archive.outlines import group
from sartext.sources.archive.things import CLASSES, Thing


def _random() -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(2))


@pytest.mark.parametrize("label", CLASSES)
@pytest.mark.parametrize("toward", [-1, 1])
def test_echoes_stay_on_their_thing(label: str, toward: int) -> None:
    things = group(
        [Thing(label, 60.0, 60.0, 0.3, 40.0, 20.0, 5.0, depth=6.0), Thing(label, 9.0, 9.0, 2.0, 30.0, 12.0, 3.0, depth=5.0)]
    )
    u, v, height, strength = ECHOES[label](_random(), things, toward)
    assert u.shape == v.shape == height.shape == strength.shape
    assert (np.abs(u) <= things.length * 0.52).all()
    assert (np.abs(v) <= things.width * 0.52).all()
    assert (np.abs(height) <= things.height * 1.001).all()
    assert np.isfinite(strength).all()
    assert (strength >= 0.0).all()


@pytest.mark.parametrize("label", ["ship", "car"])
def test_the_side_toward_the_radar_is_the_brighter(label: str) -> None:
    things = group([Thing(label, 60.0, 60.0, math.pi / 2, 40.0, 20.0, 0.0)])  # along azimuth: broadside to the radar
    power = {}
    for toward in (-1, 1):
        u, v, _, strength = ECHOES[label](_random(), things, toward)
        x = u * things.c - v * things.s
        rim = np.abs(v) > 8.0
        power[toward] = (strength[rim & (x * toward > 0)].sum(), strength[rim & (x * toward < 0)].sum())
    for near, far in power.values():
        assert near > 1.3 * far


def test_a_deck_comes_down_to_both_banks() -> None:
    assert camber(np.array([-0.5, 0.0, 0.5], dtype=np.float32)).tolist() == [0.0, 1.0, 0.0]
