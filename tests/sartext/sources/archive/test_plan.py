from collections import Counter

from sartext.sources.archive import boxes, plan
from sartext.sources.archive.things import CLASSES

MANY = [plan.plan(0, index, 128) for index in range(3000)]


def test_a_plan_follows_from_seed_and_index_alone() -> None:
    assert plan.plan(0, 77, 128) == MANY[77]
    assert plan.plan(1, 77, 128) != MANY[77]


def test_the_known_shares_of_twins_are_kept() -> None:
    cloudy = sum(scene.twin.cloudy for scene in MANY) / len(MANY)
    other_date = sum(scene.twin.time_gap_s != 0.0 for scene in MANY) / len(MANY)
    assert abs(cloudy - plan.CLOUDY_SHARE) < 0.02
    assert abs(other_date - plan.OTHER_DATE_SHARE) < 0.025


def test_counts_and_mixes_of_classes_vary() -> None:
    counts = Counter(len(scene.things) for scene in MANY)
    assert 0.04 < counts[0] / len(MANY) < 0.14
    assert 0.12 < counts[1] / len(MANY) < 0.3
    assert sum(n for count, n in counts.items() if count > 10) / len(MANY) > 0.06
    assert 24 < max(counts) <= 42
    mixes = Counter(frozenset(thing.label for thing in scene.things) for scene in MANY)
    for mix in (
        {"ship", "harbor"},
        {"ship", "bridge"},
        {"tank", "harbor"},
        {"aircraft", "tank"},
        {"car", "tank"},
        {"car", "bridge"},
        {"ship", "tank", "harbor"},
    ):
        assert mixes[frozenset(mix)] / len(MANY) > 0.005, mix
    assert {label for mix in mixes for label in mix} == set(CLASSES)


def test_every_thing_that_is_drawn_is_annotated() -> None:
    for scene in MANY:
        for thing in scene.things:
            assert boxes.visible(thing, scene.sensor.layover_px(thing.height), 128) >= boxes.LEAST_VISIBLE


def test_things_have_plausible_sizes_at_their_sampling() -> None:
    lengths_m = {
        "ship": (20.0, 420.0),
        "aircraft": (10.0, 60.0),
        "car": (3.5, 6.0),
        "tank": (5.0, 80.0),
        "bridge": (10.0, 900.0),
        "harbor": (40.0, 800.0),
    }
    gsd_m = {"ship": (3.0, 12.0), "aircraft": (1.0, 3.0), "car": (0.3, 0.5), "bridge": (0.3, 7.0), "harbor": (3.0, 7.0)}
    for scene in MANY:
        for thing in scene.things:
            low, high = lengths_m[thing.label]
            assert low <= thing.length * scene.sensor.gsd_m <= high, (scene.index, thing)
            low, high = gsd_m.get(thing.label, (0.3, 7.0))
            assert low <= scene.sensor.gsd_m <= high, (scene.index, thing)


def test_a_displaced_ship_stays_in_the_tile_and_off_the_others() -> None:
    moving = [(scene, thing) for scene in MANY for thing in scene.things if thing.speed_m_s > 0.0]
    assert len(moving) > 150
    assert max(abs(thing.shift_y) for _, thing in moving) > 15.0
    for scene, thing in moving:
        assert 0.0 < thing.y + thing.shift_y < 128.0
        for other in scene.things:
            if other is not thing and other.label == "ship":
                gap = ((other.x - thing.x) ** 2 + (other.y + other.shift_y - thing.y - thing.shift_y) ** 2) ** 0.5
                assert gap >= thing.reach + other.reach


def test_on_the_same_date_static_and_moving_things_are_the_same_and_on_another_only_the_static() -> None:
    static = ("tank", "bridge", "harbor")
    for scene in MANY:
        assert [t for t in scene.things if t.label in static] == [t for t in scene.twin.things if t.label in static]
        if scene.twin.time_gap_s == 0.0:
            assert [(t.x, t.y) for t in scene.things] == [(t.x, t.y) for t in scene.twin.things]
        assert all(t.shift_y == 0.0 for t in scene.twin.things)
    other = [s for s in MANY if s.twin.time_gap_s != 0.0 and any(t.label == "ship" for t in s.things)]
    changed = [s for s in other if [(t.x, t.y) for t in s.things] != [(t.x, t.y) for t in s.twin.things]]
    assert len(changed) > 0.9 * len(other)
