"""Footprints that overlap, shard beside shard, beside all at once."""

from typing import Any

from sartext.flow.audit.overlaps import TileFootprints
from sartext.flow.audit.tiles import Tiles
from sartext.imaging.polygons import footprints, overlaps
from tests.support.described_tiles import sides


def test_overlaps_of_shards_are_those_of_all(rows: list[dict[str, Any]], tiles: Tiles) -> None:
    found = TileFootprints(tiles)
    for asked, known in tiles.comparisons:
        mine, theirs = ([number for number, one in enumerate(sides(rows)) if one == side] for side in (asked, known))
        shapes = [footprints([rows[number]["footprint"] for number in numbers]) for numbers in (mine, theirs)]
        expected = [(mine[one.asked], theirs[one.known], one.share) for one in overlaps(*shapes)]
        assert [(one.asked, one.known, one.share) for one in found.overlapping(asked, known)] == expected
        assert expected
