"""Tiles that have the same, found by partitions in files, beside dictionaries."""

from collections import defaultdict
from typing import Any

from sartext.flow.audit.same import Copies, Same
from sartext.flow.audit.tiles import Tiles
from tests.support.described_tiles import sides


def test_tiles_with_the_same_are_found_whatever_their_partition(rows: list[dict[str, Any]], tiles: Tiles) -> None:
    expected: dict[bytes, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, (row, side) in enumerate(zip(rows, sides(rows), strict=True)):
        if row["digest"] is not None:
            expected[row["digest"]][side].append(number)
    several = [of_side for of_side in expected.values() if sum(map(len, of_side.values())) > 1]
    found = Same(tiles, "same", ["digest"], lambda row: row["digest"]).groups()
    in_order = sorted(({side: numbers.tolist() for side, numbers in group.of_side.items()} for group in found), key=repr)
    assert in_order == sorted((dict(sorted(one.items())) for one in several), key=repr)
    copies = Copies(tiles)
    later = {number for of_side in several for numbers in of_side.values() for number in numbers[1:]}
    assert set(copies.later(tiles).nonzero()[0].tolist()) == later
    index = copies.index()
    firsts = {numbers[0]: (numbers, digest) for digest, of_side in expected.items() for numbers in of_side.values()}
    for first, (numbers, digest) in firsts.items():
        assert index.copies(first).tolist() == numbers
        for other, (_, another) in firsts.items():
            assert first == other or index.same(first, other) == (digest == another)
