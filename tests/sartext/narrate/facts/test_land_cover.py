"""Facts of regions, beside plain counting of pixels."""

from dataclasses import replace

import numpy as np
import pytest
from pycocotools import mask as coco

from sartext.imaging.run_lengths import decode, encode
from sartext.narrate.facts.land_cover import Covers, covers_of
from sartext.narrate.facts.place import Place
from sartext.narrate.write.sa2c import SA2C
from sartext.tile import Region, Tile
from tests.reading.mosaics import NODATA, NOTHING, OPEN, mosaic, tile_of
from tests.support.narration import MakeTile


def covers(drawn: np.ndarray, *names: str, exhaustive: tuple[str, ...] = ()) -> Covers:
    return covers_of(tile_of(drawn, names, 0, exhaustive))


def halves(gap_px: int = 0) -> np.ndarray:
    """Two halves side by side, 100 px a side, with a gap of the third class between them."""
    drawn = np.zeros((100, 100), dtype=np.int64)
    drawn[:, 50:] = 1
    drawn[:, 50 : 50 + gap_px] = 2
    return drawn


def test_run_lengths_are_those_of_coco() -> None:
    random = np.random.default_rng(0)
    for _ in range(50):
        height, width = random.integers(1, 40, 2)
        mask = random.random((height, width)) < random.choice((0.0, 0.1, 0.5, 1.0))
        packed = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
        ours = coco.frPyObjects({"counts": list(encode(mask)), "size": [int(height), int(width)]}, int(height), int(width))
        assert ours["counts"] == packed["counts"]
        assert (decode(encode(mask), int(height), int(width)) == mask).all()


@pytest.mark.parametrize("runs", [(), (3,), (5, -1, 12), (17,)])
def test_runs_that_do_not_add_up_are_refused(runs: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="for a tile of 4 x 4"):
        decode(runs, 4, 4)


def test_places_are_counts_of_pixels() -> None:
    edges = {1: (0, 1 / 3), 2: (1 / 3, 2 / 3), 4: (2 / 3, 1)}
    for number in range(40):
        tile = mosaic(1, number)
        found = covers_of(tile)
        for region in tile.regions:
            mask = decode(region.rle, tile.height_px, tile.width_px)
            ys, xs = np.nonzero(mask)
            for row, (top, bottom) in edges.items():
                for column, (left, right) in edges.items():
                    low_y, high_y = round(max(top - 0.05, 0) * tile.height_px), round(min(bottom + 0.05, 1) * tile.height_px)
                    low_x, high_x = round(max(left - 0.05, 0) * tile.width_px), round(min(right + 0.05, 1) * tile.width_px)
                    there = ((ys >= low_y) & (ys < high_y) & (xs >= low_x) & (xs < high_x)).mean()
                    assert found.inside(region.label, Place(row, column)) == pytest.approx((there, there))
                    plain = mask[
                        round(top * tile.height_px) : round(bottom * tile.height_px),
                        round(left * tile.width_px) : round(right * tile.width_px),
                    ]
                    assert found.density(region.label, Place(row, column)) == pytest.approx((plain.mean(), plain.mean()))


@pytest.mark.parametrize("extent", ["side", "half"])
def test_places_hold_whatever_the_open_pixels_are(extent: str) -> None:
    """The left of the image, by plain masks: as many open pixels as there may be are given to the class, on one side first."""
    decided = 0
    for number in range(150):
        tile = mosaic(3, number)
        found = covers_of(tile)
        masks = {region.label: decode(region.rle, tile.height_px, tile.width_px) for region in tile.regions}
        columns = np.arange(tile.width_px) < round((0.55 if extent == "half" else 1 / 3 + 0.05) * tile.width_px)
        left = np.broadcast_to(columns, (tile.height_px, tile.width_px))
        free = ~np.logical_or.reduce(list(masks.values()))
        open_px = round((tile.unlabelled_share + tile.nodata_share) * left.size)
        for label in masks.keys() - {"ship", "building"}:
            mine = masks[label]
            most = open_px if label in tile.exhaustive else int(free.sum())
            shares = []
            for side in (left, ~left):
                spots = np.flatnonzero(free & side)[:most]
                shares.append((mine & left).sum() + (len(spots) if side is left else 0))
                shares[-1] /= mine.sum() + len(spots)
            bounds = found.inside(label, Place(7, 1, extent), annotated=False)
            assert bounds == pytest.approx((shares[1], shares[0]))
            exact = (mine & left).sum() / mine.sum()
            assert found.inside(label, Place(7, 1, extent)) == pytest.approx((exact, exact))
            decided += bounds[1] - bounds[0] < 1e-9
            room = (mine & left)[:, : round(tile.width_px / (2 if extent == "half" else 3))]
            if extent == "half":
                more = min(most, int(free[:, : room.shape[1]].sum()))
                density = found.density(label, Place(7, 1, extent), annotated=False)
                assert density == pytest.approx((room.mean(), room.mean() + more / room.size))
    assert decided > 50


def test_a_coarser_label_may_be_the_finer_class() -> None:
    drawn = np.zeros((100, 100), dtype=np.int64)
    drawn[:, 60:], drawn[:, 90:] = 1, 2
    found = covers(drawn, "forest", "vegetation", "water")  # 60% forest, 30% vegetation that may be forest too
    assert found.inside("forest", Place(7, 4, "half"), annotated=False, widened=False) == pytest.approx((1 / 6, 4 / 9))
    assert found.inside("vegetation", Place(7, 4, "half"), annotated=False, widened=False) == pytest.approx((4 / 9, 4 / 9))
    assert found.inside("forest", Place(7, 1, "half")) == pytest.approx((55 / 60, 55 / 60))


def test_things_may_be_anywhere_unless_all_are_annotated() -> None:
    drawn = np.ones((100, 100), dtype=np.int64)
    drawn[:, :10] = 0
    assert covers(drawn, "ship", "water").inside("ship", Place(7, 1, "half"), annotated=False) == pytest.approx((10 / 55, 1.0))
    known = covers(drawn, "ship", "water", exhaustive=("ship",))
    assert known.inside("ship", Place(7, 1, "half"), annotated=False) == (1.0, 1.0)


def test_pixels_that_were_not_measured_may_be_anything_though_a_mask_names_them() -> None:
    tile = tile_of(halves(), ("water", "forest"), 0)
    found = covers_of(replace(tile, nodata_share=0.5))
    assert found.inside("water", Place(7, 1, "half"), annotated=False, widened=False) == pytest.approx((0.5, 1.0))


def test_places_that_regions_do_not_have() -> None:
    found = covers(halves(), "water", "forest")
    assert found.inside("water", Place(1, 7, "edge")) is None
    assert found.inside("water", Place(1, 7, "side", True)) is None
    assert found.inside("cropland", Place(1, 1)) is None


def test_a_half_holds_nearly_all_of_it() -> None:
    found = covers(halves(), "water", "forest")
    assert found.lies("water", Place(7, 1, "half")) is True
    assert found.lies("water", Place(7, 4, "half")) is False
    assert found.lies("water", Place(7, 1, "side")) is True
    assert found.lies("water", Place(1, 7, "side")) is None


@pytest.mark.parametrize(("gap_px", "expected"), [(0, True), (1, None), (4, False), (30, False)])
def test_borders_have_a_dead_band(gap_px: int, expected: bool | None) -> None:
    found = covers(halves(gap_px), "water", "forest", *(("cropland",) if gap_px else ()))
    assert found.border("water", "forest") is expected
    assert found.border("forest", "water") is expected
    assert found.border("water", "ship") is None
    assert found.border("water", "water") is None


def test_a_short_contact_is_no_border() -> None:
    drawn = halves(10)
    drawn[:3, 50:60] = 1
    assert covers(drawn, "water", "forest", "cropland").border("water", "forest") is None
    drawn[:6, 50:60] = 1
    assert covers(drawn, "water", "forest", "cropland").border("water", "forest") is True


def test_borders_of_a_part() -> None:
    drawn = halves(10)
    drawn[:50, 50:60] = 1
    found = covers(drawn, "water", "forest", "cropland")
    assert [found.border("water", "forest", found.half(Place(rows, 7, "half"))) for rows in (1, 4)] == [True, False]
    assert found.half(Place(7, 4, "half")) == (slice(0, 100), slice(50, 100))


def test_shares_are_known_between_bounds() -> None:
    drawn = np.zeros((10, 10), dtype=np.int64)
    drawn[:, 4:6], drawn[:, 6:7], drawn[:, 7:] = 1, 2, 3  # 40% water, 20% unlabelled, 10% nodata, 30% of no class
    names = ("water", OPEN, NODATA, NOTHING)
    open_ = covers(drawn, *names)
    assert open_.labelled == pytest.approx(0.7)
    assert open_.share("water") == pytest.approx((0.4, 1.0))
    assert open_.share("water", annotated=True) == pytest.approx((0.4, 0.4))
    assert open_.share("water", of_labelled=True) == pytest.approx((4 / 7, 1.0))
    closed = covers(drawn, *names, exhaustive=("water",))
    assert closed.share("water") == pytest.approx((0.4, 0.7))
    assert closed.share("water", of_labelled=True) == pytest.approx((4 / 7, 4 / 7))
    assert open_.share("forest") == pytest.approx((0.0, 0.6))
    assert covers(halves(), "water", "forest").share("cropland") == (0.0, 0.0)


def test_classes_below_and_above() -> None:
    found = covers(halves(), "forest", "vegetation")
    assert found.share("vegetation") == (1.0, 1.0)
    assert found.share("forest") == pytest.approx((0.5, 1.0))  # the other half may be forest too
    assert found.share("tree cover") == pytest.approx((0.5, 1.0))


def test_things_may_be_where_nobody_annotated_them() -> None:
    assert covers(halves(), "ship", "water").share("ship") == pytest.approx((0.5, 1.0))
    assert covers(halves(), "ship", "water", exhaustive=("ship",)).share("ship") == pytest.approx((0.5, 0.5))


def test_absence_is_provable_only_where_all_is_labelled() -> None:
    assert covers(halves(), "water", "cropland", exhaustive=("forest",)).absent("forest")
    assert not covers(halves(), "water", "cropland").absent("forest")
    assert not covers(halves(), "water", OPEN, exhaustive=("forest",)).absent("forest")
    assert not covers(halves(), "water", "vegetation", exhaustive=("forest",)).absent("forest")


def test_masks_are_decoded_only_when_asked(make_tile: MakeTile) -> None:
    broken = make_tile(regions=(Region(label="water", area_share=1.0, rle=(1, 2)),))
    assert covers_of(broken).share("water") == (1.0, 1.0)
    with pytest.raises(ValueError, match="3 pixels"):
        covers_of(broken).inside("water", Place(1, 1))


def overlapping(*spans: tuple[str, int, int]) -> Tile:
    """Regions that are columns of a tile of 100 px, each from and to a column."""
    regions = []
    for label, left, right in spans:
        mask = np.zeros((100, 100), dtype=np.bool_)
        mask[:, left:right] = True
        regions.append(Region(label=label, rle=encode(mask), area_share=(right - left) / 100))
    return replace(tile_of(halves(), ("water", "forest"), 0, ()), regions=tuple(regions))


def test_an_extent_is_on_a_land_cover_by_its_pixels_and_near_one_by_its_surroundings() -> None:
    drawn = np.zeros((100, 200), dtype=np.int64)
    drawn[:, 100:] = 1
    found = covers_of(tile_of(drawn, ("water", "forest"), 0, ()))
    assert found.beneath("water", (10, 10, 30, 20))
    assert not found.beneath("forest", (10, 10, 30, 20))
    assert found.beneath("water", (81, 10, 101, 20))  # a twentieth of it is over the edge
    assert not found.beneath("water", (70, 10, 110, 20))
    assert not found.beneath("vegetation", (10, 10, 30, 20))
    assert found.beneath("vegetation", (150, 10, 160, 20))  # truth goes upward
    assert found.beside("forest", (60, 10, 91, 20))  # ten pixels away at most, of 200
    assert not found.beside("forest", (60, 10, 89, 20))
    assert not found.beside("cropland", (60, 10, 89, 20))


def test_what_is_of_no_class_is_counted_where_regions_overlap() -> None:
    found = covers_of(overlapping(("water", 0, 60), ("forest", 20, 70)))
    assert (found.background, found.overlapping) == (pytest.approx(0.3), True)
    apart = covers_of(overlapping(("water", 0, 20), ("forest", 20, 70)))
    assert (apart.background, apart.overlapping) == (pytest.approx(0.3), False)


def test_shares_of_overlapping_regions_are_no_list() -> None:
    tile = overlapping(("water", 0, 60), ("forest", 20, 100))
    for number in range(40):
        for caption in SA2C().apply(replace(tile, key=f"given/{number}/0_0")).captions:
            assert caption.text.count("%") <= 1, caption.text
