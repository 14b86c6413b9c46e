import io
import pickle
import subprocess
import sys
from datetime import UTC

import numpy as np
import pytest
from PIL import Image

from sartext.sources.source import Shard
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile, from_table, to_row, to_table
from tests.support.stored import leaves, same_as_stored

DIGEST = """
import hashlib
from sartext.sources.synthetic import Synthetic
from sartext.tile import to_row
source, digest = Synthetic(tiles=40, seed=9), hashlib.sha256()
for index in ORDER:
    source.tile(index)
for index in (3, 17, 31):
    digest.update(repr(to_row(source.tile(index))).encode())
print(digest.hexdigest())
"""

# Mean and standard deviation of the SAR image and of the twin, by tile. When these change, so must Synthetic.revision.
STATISTICS: dict[int, tuple[float, float, float, float]] = {
    0: (71.2332, 44.3658, 109.7482, 39.4977),  # airfield
    1: (46.4410, 33.0742, 100.5475, 57.0272),  # harbour
    2: (31.4141, 38.7030, 91.0017, 36.1912),  # river
    3: (107.3935, 44.4492, 136.8752, 52.7779),  # tank farm
    4: (17.2109, 33.2537, 95.9023, 54.0475),  # coast
    5: (29.7693, 43.1638, 60.1998, 32.4988),  # sea
    8: (96.2791, 46.0952, 132.7663, 45.3475),  # depot
    23: (89.7700, 55.4499, 106.0565, 41.1234),  # country
    24: (45.8958, 37.8324, 109.8264, 44.7477),  # parking
    78: (28.8370, 33.6464, 88.0126, 23.1068),  # footbridge
}


def _pixels(data: bytes | None) -> np.ndarray:
    assert data is not None
    return np.asarray(Image.open(io.BytesIO(data)))


def _annotations(tile: Tile) -> dict[str, object]:
    return {
        "key": tile.key,
        "split": tile.split,
        "boxes": [to_row(box) for box in tile.boxes],
        "regions": [region.label for region in tile.regions],
        "sensor": {name: str(value) for name, value in to_row(tile.sensor).items()},
        "quantity": tile.rendering.quantity,
        "looks": tile.rendering.looks,
        "time_gap_s": tile.optical.time_gap_s if tile.optical else None,
    }


def test_annotations_change_only_with_the_revision() -> None:
    """Where this fails, raise Synthetic.revision with it."""
    source = Synthetic(tiles=1000, pixels=False)
    lines = [f"revision {source.revision}"]
    for index in STATISTICS:
        lines += leaves(_annotations(source.tile(index)))
    same_as_stored("tiles_of_synthetic.txt", lines)


@pytest.mark.parametrize("index", STATISTICS)
def test_the_archive_is_what_it_was(index: int) -> None:
    """Pixels may differ in a last bit between processors, so of them the statistics are compared."""
    tile = Synthetic(tiles=1000).tile(index)
    assert tile.optical is not None
    sar, twin = _pixels(tile.image.bytes).astype(float), _pixels(tile.optical.image.bytes).astype(float)
    assert [sar.mean(), sar.std(), twin.mean(), twin.std()] == pytest.approx(STATISTICS[index], rel=1e-3)


def test_the_same_bytes_in_every_process_and_order() -> None:
    found = set()
    for hash_seed, order in (("0", "()"), ("1", "(30, 2, 17)"), ("77", "range(39, 20, -1)")):
        run = subprocess.run(
            [sys.executable, "-c", DIGEST.replace("ORDER", order)],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)},
        )
        found.add(run.stdout)
    assert len(found) == 1


def test_a_tile_does_not_depend_on_how_the_archive_is_cut_or_how_long_it_is() -> None:
    few, many = Synthetic(tiles=20, shard_tiles=7), Synthetic(tiles=10**9)
    read = [tile for shard in few.shards() for tile in few.read(shard)]
    assert len(read) == 20
    assert read[13] == many.tile(13)
    assert Synthetic(tiles=20, seed=1).tile(13).image != read[13].image


def test_shards_are_ranges() -> None:
    source = Synthetic(tiles=1300)
    shards = source.shards()
    assert [shard.items for shard in shards] == [range(512), range(512, 1024), range(1024, 1300)]
    assert [shard.number for shard in shards] == [0, 1, 2]


def test_construction_reads_nothing_and_survives_pickling() -> None:
    source = Synthetic(tiles=5, seed=3, twin=False)
    assert pickle.loads(pickle.dumps(source)) == source


def test_a_tile_says_all_that_is_known_of_it() -> None:
    source = Synthetic(tiles=60)
    for index in range(60):
        tile = source.tile(index)
        assert tile.key == source.key(index) == f"synthetic/s0-{index:06d}/0_0"
        assert source.identity(index) == index
        assert (tile.height_px, tile.width_px) == _pixels(tile.image.bytes).shape == (128, 128)
        assert tile.optical is not None
        assert _pixels(tile.optical.image.bytes).shape == (128, 128, 3)
        assert tile.optical.cloud_share is not None
        assert tile.exhaustive == source.card.exhaustive
        assert {box.label for box in tile.boxes} <= set(source.card.labels)
        assert tile.sensor.gsd_m is not None
        assert tile.sensor.acquired is not None
        assert tile.sensor.acquired.tzinfo is UTC
        assert (tile.geo.grid, tile.geo.crs) == ("ground_range", None)
        assert tile.origin.may_train
        assert sum(region.area_share for region in tile.regions) == pytest.approx(1.0)


def test_tiles_survive_the_schema() -> None:
    source = Synthetic(tiles=8)
    tiles = [source.tile(index) for index in range(8)]
    assert from_table(to_table(tiles)) == tiles


def test_without_twin_or_pixels_the_rest_is_the_same() -> None:
    full, plain, bare = Synthetic(tiles=40), Synthetic(tiles=40, twin=False), Synthetic(tiles=40, pixels=False)
    for index in range(0, 40, 5):
        a, b, c = full.tile(index), plain.tile(index), bare.tile(index)
        assert b.optical is None
        assert a.image == b.image
        assert c.image.bytes is None
        assert c.optical is not None
        assert a.boxes == b.boxes == c.boxes
        assert a.regions == b.regions == c.regions
        assert a.optical is not None
        assert a.optical.time_gap_s == c.optical.time_gap_s


@pytest.mark.parametrize("size_px", [32, 100, 256])
def test_other_sizes_are_drawn_too(size_px: int) -> None:
    source = Synthetic(tiles=30, size_px=size_px)
    for tile in source.read(Shard(number=0, items=range(12))):
        assert isinstance(tile, Tile)
        assert _pixels(tile.image.bytes).shape == (size_px, size_px)
        assert all(0.0 <= value <= size_px for box in tile.boxes for value in box.polygon_px)


@pytest.mark.parametrize(("fields", "fact"), [({"tiles": 0}, "tiles is 0"), ({"tiles": 1, "size_px": 16}, "size_px is 16")])
def test_fields_outside_their_range_are_refused(fields: dict[str, int], fact: str) -> None:
    with pytest.raises(ValueError, match=fact):
        Synthetic(**fields)
