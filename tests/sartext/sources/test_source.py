"""Cutting a plan into shards, and splits by scene."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.sources.source import SHARD_TILES, cut, split_of


@given(st.lists(st.integers(0, 60), max_size=60), st.integers(1, 9), st.integers(1, 100), st.booleans())
def test_shards_hold_every_item_once_in_order_within_the_bounds(
    sizes: list[int], shard_tiles: int, shard_bytes: int, sized: bool
) -> None:
    items = list(range(len(sizes)))
    shards = cut(items, sizes if sized else None, shard_tiles=shard_tiles, shard_bytes=shard_bytes)
    assert [item for shard in shards for item in shard.items] == items
    assert [shard.number for shard in shards] == list(range(len(shards)))
    for shard in shards:
        assert 1 <= len(shard.items) <= shard_tiles
        if sized:
            assert len(shard.items) == 1 or sum(sizes[item] for item in shard.items) <= shard_bytes


def test_a_plan_of_many_tiles_is_not_spelled_out() -> None:
    shards = cut(range(10**7), shard_tiles=SHARD_TILES)
    assert isinstance(shards[0].items, range)
    assert sum(len(shard.items) for shard in shards) == 10**7


@pytest.mark.parametrize("shard_tiles", [0, SHARD_TILES + 1])
def test_shards_of_no_tiles_or_too_many_are_refused(shard_tiles: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 1024"):
        cut([1], shard_tiles=shard_tiles)


def test_splits_are_of_the_scene_and_nearly_80_10_10() -> None:
    splits = [split_of(f"scene-{number}") for number in range(20_000)]
    assert splits == [split_of(f"scene-{number}") for number in range(20_000)]
    shares = {split: splits.count(split) / len(splits) for split in ("train", "val", "test")}
    assert shares == pytest.approx({"train": 0.8, "val": 0.1, "test": 0.1}, abs=0.01)
