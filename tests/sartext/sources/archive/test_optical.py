from dataclasses import replace

import numpy as np
import pytest

from sartext.sources.archive import optical, radar
from sartext.sources.archive.ground import ground
from sartext.sources.archive.layers import MARGIN_PX
from sartext.sources.archive.plan import Scene, plan

SIZE = 128


def _clear(index: int) -> Scene:
    scene = plan(4, index, SIZE)
    return replace(scene, twin=replace(scene.twin, cloudy=False))


def test_static_things_stand_at_the_same_place_in_both_images() -> None:
    y, x = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    tile = np.s_[MARGIN_PX : MARGIN_PX + SIZE]
    found, index = 0, 0
    while found < 8:
        scene = _clear(index)
        index += 1
        tanks = [t for t in scene.things if t.label == "tank" and 30.0 < t.x < 98.0 and 30.0 < t.y < 98.0 and t.length > 12.0]
        if not tanks:
            continue
        found += 1
        tank, drawn = tanks[0], ground(scene)
        bare = replace(scene, things=(), twin=replace(scene.twin, things=()))
        one = replace(scene, things=(tank,), twin=replace(scene.twin, things=(tank,)))
        colour = optical.render(one, drawn)[0].astype(float) - optical.render(bare, drawn)[0]
        disk = (x - tank.x) ** 2 + (y - tank.y) ** 2 < (tank.length / 2 - 1) ** 2
        assert (np.abs(colour).max(axis=2)[disk] > 0).mean() > 0.97
        echo = radar.mean_intensity(one, drawn)[tile, tile] / radar.mean_intensity(bare, drawn)[tile, tile]
        near_foot = tank.x + scene.sensor.toward * tank.length / 2
        assert echo[int(tank.y) - 2 : int(tank.y) + 3, int(near_foot) - 2 : int(near_foot) + 3].max() > 3.0


def test_a_clear_twin_has_no_cloud_and_a_cloudy_one_the_share_it_says() -> None:
    shares = []
    for index in range(20):
        scene = _clear(index)
        drawn = ground(scene)
        clear, none = optical.render(scene, drawn)
        assert none == 0.0
        cloudy, share = optical.render(replace(scene, twin=replace(scene.twin, cloudy=True)), drawn)
        assert share == pytest.approx(scene.twin.cloud_share, abs=0.01)
        assert (np.abs(cloudy.astype(int) - clear).max(axis=2) > 8).mean() >= share - 0.1
        shares.append(share)
    assert max(shares) - min(shares) > 0.3


def test_the_twin_is_in_colour_and_free_of_speckle() -> None:
    scene = _clear(next(i for i in range(100) if plan(4, i, SIZE).kind == "sea"))
    picture, _ = optical.render(replace(scene, things=(), twin=replace(scene.twin, things=())), ground(scene))
    corner = picture[:24, :24].astype(float)
    assert corner.std(axis=(0, 1)).max() < 12.0
    assert np.ptp(picture.reshape(-1, 3).mean(axis=0)) > 10.0
