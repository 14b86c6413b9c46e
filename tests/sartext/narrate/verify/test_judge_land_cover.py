"""Verdicts on land covers: where they lie, how much of the image they are."""

from dataclasses import replace

import numpy as np
import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import claims_of, verdict_of
from sartext.tile import Tile
from tests.reading.mosaics import NODATA, OPEN
from tests.reading.mosaics import tile_of as covered_tile
from tests.support.narration import MakeBox, MakeTile, verdict


def test_where_a_cover_lies_is_only_known_as_far_as_open_pixels_cannot_change_it() -> None:
    drawn = np.zeros((128, 128), dtype=np.int64)
    drawn[:, :12], drawn[:, 12:16] = 1, 2
    for open_ in (OPEN, NODATA):
        tile = covered_tile(drawn, (open_, "water", "cropland"), 0)
        for text in (
            "The water lies in the left half.",
            "All of the water lies in the left half.",
            "Most of the water is on the left.",
        ):
            assert verdict(tile, text) == "unverifiable"
            assert verdict(tile, text.replace("water", "annotated water")) == "supported"
        assert verdict(tile, "The annotated water is in the upper right.") == "contradicted"
        assert verdict(tile, "The water is in the upper right.") == "unverifiable"
    few = drawn.copy()
    few[:, 16:] = 2
    few[:6, 100:] = 0  # 168 px beside 1,536 of water
    tile = covered_tile(few, (OPEN, "water", "cropland"), 0)
    assert verdict(tile, "The water lies in the left half.") == "supported"
    assert verdict(tile, "All of the water lies in the left half.") == "unverifiable"
    assert verdict(tile, "The water lies in the lower right.") == "contradicted"
    assert verdict(tile, "Most of the water is on the right side.") == "contradicted"
    assert verdict(tile, "Water covers the lower right.") == "contradicted"
    few[:12, 100:] = 0
    assert verdict(covered_tile(few, (OPEN, "water", "cropland"), 0), "Water covers the upper right.") == "unverifiable"


def test_regions_are_decided_only_where_they_are_labelled(hand_tiles: dict[str, Tile]) -> None:
    assert verdict(hand_tiles["depot"], "Cropland is visible.") == "supported"
    assert verdict(hand_tiles["depot"], "A forest is visible.") == "unverifiable"
    assert verdict(hand_tiles["depot"], "There is no forest.") == "unverifiable"
    assert verdict(hand_tiles["depot"], "Cropland is in the upper left.") == "unverifiable"
    assert verdict(replace(hand_tiles["depot"], exhaustive=("forest",)), "A forest is visible.") == "contradicted"


@pytest.mark.parametrize(("other", "expected"), [("vegetation", "unverifiable"), ("wetland", "contradicted")])
def test_what_has_a_coarser_label_may_dominate_too(other: str, expected: str) -> None:
    drawn = np.zeros((100, 100), dtype=np.int64)
    drawn[:, 48:], drawn[:, 90:] = 1, 2
    tile = covered_tile(drawn, (other, "forest", "water"), 0)
    assert verdict_of(claims_of("The image is dominated by forest.", facts_of(tile))) == expected


@pytest.mark.parametrize(
    ("text", "at_sea", "at_the_shore"),
    [
        ("Three ships are on the water.", "supported", "unverifiable"),
        ("A ship on the water.", "supported", "supported"),
        ("Ships near water.", "supported", "supported"),
        ("The ships are near the water.", "supported", "unverifiable"),
        ("No ships are on the water.", "contradicted", "contradicted"),
        ("The ships are not in the water.", "contradicted", "contradicted"),
        ("There is no ship near the water.", "contradicted", "contradicted"),
        ("Three ships at sea.", "unverifiable", "unverifiable"),  # the water may be a lake
        ("A ship in the forest.", "unverifiable", "supported"),
        ("Three ships on land.", "unverifiable", "unverifiable"),
    ],
)
def test_masks_tell_what_an_object_is_on_and_never_what_not(
    make_tile: MakeTile, make_box: MakeBox, text: str, at_sea: str, at_the_shore: str
) -> None:
    ships = [make_box("ship", x, 100, x + 30, 110) for x in (20, 120, 220)]
    drawn = np.zeros((300, 300), dtype=np.int64)
    water = covered_tile(drawn, ("water",), 0).regions
    tile = make_tile(*ships, regions=water, exhaustive=("ship", "water"))
    assert verdict_of(claims_of(text, facts_of(tile))) == at_sea
    drawn[:, 140:] = 1  # the ship in the middle lies across, the one on the right in the forest
    shore = covered_tile(drawn, ("water", "forest"), 0).regions
    tile = make_tile(*ships, regions=shore, exhaustive=("ship", "water", "forest"))
    assert verdict_of(claims_of(text, facts_of(tile))) == at_the_shore


def at_sea() -> Tile:
    drawn = np.zeros((100, 100), dtype=np.int64)
    drawn[:, 70:], drawn[:, 90:] = 1, 2
    return covered_tile(drawn, ("water", "oil spill", "look-alike"), 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("An oil slick covers about 20% of the image.", "supported"),
        ("The oil spill lies next to the look-alikes.", "supported"),
        ("A lookalike is visible.", "supported"),
        ("Water covers 70% of the image.", "supported"),
        ("Water covers 90% of the image.", "unverifiable"),  # what lies under the oil is water too
        ("Water covers 30% of the image.", "contradicted"),
        ("Oil spills cover 60% of the image.", "contradicted"),
        ("The spilled oil is in the left half.", "contradicted"),
        ("There is no oil spill.", "contradicted"),
        ("Sea ice covers half of the image.", "unverifiable"),  # of which no label tells
        ("A ship wake is visible.", "unverifiable"),
        ("Land covers half of the image.", "contradicted"),
    ],
)
def test_oil_at_sea(text: str, expected: str) -> None:
    assert verdict(at_sea(), text) == expected


@pytest.mark.parametrize(
    ("labels", "text", "expected"),
    [
        (("forest", "water"), "Land covers half of the image.", "unverifiable"),
        (("forest", "water"), "There is no land.", "unverifiable"),
        (("forest", "water"), "Land covers 90% of the image.", "contradicted"),
        (("water", "oil spill"), "Land covers 90% of the image.", "contradicted"),
        (("land", "water"), "Land covers half of the image.", "supported"),
        (("land", "water"), "Forest covers half of the image.", "unverifiable"),
        (("land", "water"), "Forest covers 90% of the image.", "contradicted"),
        (("flood", "land"), "Floodwater covers half of the image.", "supported"),
        (("flood", "land"), "A flooded area is visible.", "supported"),
        (("flood", "land"), "Water covers half of the image.", "unverifiable"),
        (("sea ice", "water"), "Ice covers half of the image.", "supported"),
    ],
)
def test_what_people_may_call_by_another_name(labels: tuple[str, ...], text: str, expected: str) -> None:
    drawn = np.zeros((100, 100), dtype=np.int64)
    drawn[50:] = 1
    assert verdict(covered_tile(drawn, labels, 0), text) == expected


def test_flooded_land_proves_no_absence_of_water() -> None:
    tile = replace(covered_tile(np.zeros((100, 100), dtype=np.int64), ("flood",), 0), exhaustive=("water", "flood"))
    assert verdict(tile, "There is no water.") == "unverifiable"
