"""Overlapping footprints, beside comparisons of all pairs."""

import numpy as np
import shapely

from sartext.imaging.polygons import OVERLAP, footprints, overlaps


def box(west: float, south: float, size: float = 1.0) -> str:
    return shapely.box(west, south, west + size, south + size).wkt


def test_what_is_no_polygon_is_no_footprint() -> None:
    texts = [None, "", "POINT (1 2)", "nonsense", "POLYGON ((0 0, 1 1", "POLYGON EMPTY", "LINESTRING (0 0, 1 1)", box(0, 0)]
    bowtie = "POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))"
    shapes = footprints([*texts, bowtie, "POLYGON ((0 0, nan 1, 1 1, 0 0))", "POLYGON ((0 0, inf 1, 1 1, 0 0))"])
    assert [shape is not None for shape in shapes] == [False] * 7 + [True, True, False, False]
    assert shapes[8].is_valid
    assert footprints([]).shape == (0,)


def test_overlaps_are_those_of_all_pairs() -> None:
    random = np.random.default_rng(0)
    sides = [[box(*random.uniform(0, 12, 2), random.uniform(0.5, 2)) for _ in range(count)] for count in (400, 150)]
    one, other = map(footprints, sides)
    found = {(overlap.asked, overlap.known): overlap.share for overlap in overlaps(one, other)}
    expected = {}
    for a, first in enumerate(one):
        for b, second in enumerate(other):
            share = first.intersection(second).area / min(first.area, second.area)
            if share >= OVERLAP:
                expected[a, b] = share
    assert list(found) == sorted(expected)
    assert all(abs(found[pair] - share) < 1e-9 for pair, share in expected.items())


def test_neighbours_on_a_grid_do_not_overlap() -> None:
    one, other = footprints([box(0, 0), None]), footprints([box(1, 0), box(0, 1), box(0.999, 0), None])
    assert list(overlaps(one, other)) == []
    assert list(overlaps(one, footprints([None]))) == list(overlaps(footprints([]), one)) == []


def test_overlaps_among_themselves_are_each_said_once() -> None:
    random = np.random.default_rng(1)
    shapes = footprints([box(*random.uniform(0, 12, 2), random.uniform(0.5, 2)) for _ in range(300)])
    both = {(one.asked, one.known): one.share for one in overlaps(shapes, shapes) if one.asked < one.known}
    assert {(one.asked, one.known): one.share for one in overlaps(shapes)} == both
