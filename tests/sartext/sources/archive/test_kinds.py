from collections import Counter

import pytest

from sartext.sources.archive import kinds
from sartext.sources.archive.covers import COVERS
from sartext.sources.archive.draws import Draws
from sartext.sources.archive.plan import plan

EXPECTED = {  # the things that a kind may hold
    "sea": {"ship"},
    "coast": {"ship"},
    "harbour": {"ship", "harbor", "tank"},
    "river": {"ship", "bridge"},
    "airfield": {"aircraft", "tank"},
    "tank farm": {"tank"},
    "parking": {"car", "tank"},
    "depot": {"car"},
    "footbridge": {"car", "bridge"},
    "country": set(),
}
SCENES = [plan(6, index, 128) for index in range(1200)]


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_kind_holds_its_things_on_its_ground(kind: str) -> None:
    scenes = [scene for scene in SCENES if scene.kind == kind]
    assert len(scenes) > 10
    assert {thing.label for scene in scenes for thing in scene.things} == EXPECTED[kind]
    covers = {entry.cover for scene in scenes for entry in scene.palette}
    assert covers <= set(COVERS)
    assert len({scene.palette for scene in scenes}) > 0.3 * len(scenes) or kind in (
        "sea",
        "footbridge",
        "depot",
        "parking",
        "tank farm",
    )
    low, high = min(s.sensor.gsd_m for s in scenes), max(s.sensor.gsd_m for s in scenes)
    assert high > 1.15 * low


def test_shares_of_kinds_are_as_planned() -> None:
    found = Counter(scene.kind for scene in SCENES)
    for kind, weight in kinds.KINDS:
        assert abs(found[kind] / len(SCENES) - weight / sum(w for _, w in kinds.KINDS)) < 0.035


def test_more_things_are_seen_more_coarsely() -> None:
    few = [kinds.drawn_gsd_m(Draws("g", i), "sea", 1) for i in range(50)]
    many = [kinds.drawn_gsd_m(Draws("g", i), "sea", 30) for i in range(50)]
    assert min(few) >= 3.0
    assert max(many) <= 12.0
    assert max(few) < min(many)


def test_every_crowd_is_drawn() -> None:
    counts = Counter(kinds.crowd(Draws("c", i)) for i in range(2000))
    assert min(counts) == 1
    assert max(counts) == 40
    assert sum(n for count, n in counts.items() if count > 10) > 250
