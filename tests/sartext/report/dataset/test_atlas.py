"""Maps of footprints."""

import numpy as np

from sartext.report.dataset.atlas import atlas
from sartext.report.dataset.counting import hashes_of
from sartext.report.dataset.footprints import DRAWN, Footprints
from tests.sartext.report.dataset.test_blocks import shown
from tests.support.footprints import added, square


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
