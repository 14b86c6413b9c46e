import numpy as np
import shapely

from sartext.sources.split.groups import places


def box(x: float, y: float, side: float = 1.0) -> str:
    return str(shapely.to_wkt(shapely.box(x, y, x + side, y + side)))


def test_overlap_scene_and_what_lies_between() -> None:
    scenes = ["d", "c", "b", "a", "d", "e"]
    footprints = [box(0, 0), box(0.9, 0), box(1.8, 0), box(50, 50), box(20, 20), None]
    assert places(scenes, footprints) == ["b", "b", "b", "a", "b", "e"]


def test_what_is_said_to_be_together_is_one_place() -> None:
    assert places(["c", "b", "a", "d"], [None, box(0, 0), box(0.5, 0), None], [(0, 1)]) == ["a", "a", "a", "d"]


def test_a_border_in_common_is_no_overlap() -> None:
    assert places(["a", "b", "c"], [box(0, 0), box(1, 0), box(0.995, 1)]) == ["a", "b", "c"]


def test_what_is_no_polygon_overlaps_nothing() -> None:
    assert places(["a", "b", "c", "d"], ["POINT (0 0)", "no text", box(-1, -1, 3), None]) == ["a", "b", "c", "d"]
    assert places([], []) == []


def test_the_same_as_asking_every_pair() -> None:
    random = np.random.default_rng(4)
    corners = random.uniform(0, 30, (300, 2))
    footprints = [box(*corner) for corner in corners]
    scenes = [f"s{number}" for number in random.integers(0, 250, 300)]
    together = {(one, other) for one in range(300) for other in range(300) if scenes[one] == scenes[other]}
    for one in range(300):
        for other in range(300):
            width, height = 1 - np.abs(corners[one] - corners[other])
            if width > 0 and height > 0 and width * height >= 0.01:
                together.add((one, other))
    reach = np.zeros((300, 300), dtype=bool)
    reach[tuple(np.array(sorted(together)).T)] = True
    for _ in range(9):  # paths of up to 2^9 steps
        reach |= (reach.astype(np.float32) @ reach.astype(np.float32)) > 0
    assert places(scenes, footprints) == [min(np.array(scenes)[reach[one]]) for one in range(300)]
