import pytest

from sartext.narrate.facts import taxonomy
from sartext.sources.annotations.labels import (
    COMMON_LABELS,
    COVER_LABELS,
    LAND_COVERS,
    SAR_AIRCRAFT_LABELS,
    label_table,
    spelled,
)


def test_common_labels_are_spelled_as_they_are_looked_up() -> None:
    assert [label for label in COMMON_LABELS | COVER_LABELS if spelled(label) != label] == []


def test_a_label_is_of_a_thing_or_of_a_land_cover() -> None:
    assert COMMON_LABELS.keys() & COVER_LABELS.keys() == set()
    assert {name in taxonomy.REGIONS for name in LAND_COVERS} == {True}
    assert {name in taxonomy.REGIONS for name in COMMON_LABELS.values()} == {False}


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Ship", "ship"),
        ("vessel", "ship"),
        ("small-vehicle", "vehicle"),
        ("storage tank", "tank"),
        ("oil_tank", "oil tank"),
        ("oil-tanker", "oil tanker"),
        ("airplane", "aircraft"),
        ("harbor", "harbor"),
        ("A320/321", "airliner"),
        ("ARJ21", "arj21"),
        ("Boeing737", "boeing 737"),
        ("Cell-Container", "container ship"),
    ],
)
def test_labels_of_known_datasets(label: str, expected: str) -> None:
    assert label_table({})[spelled(label)] == expected


def test_sardet_100k_and_msar_are_covered() -> None:
    for label in ("ship", "aircraft", "car", "tank", "bridge", "harbor", "oil tank"):
        assert spelled(label) in COMMON_LABELS


def test_ambiguous_labels_need_a_map() -> None:
    assert "other" not in COMMON_LABELS
    assert label_table(SAR_AIRCRAFT_LABELS)["other"] == "aircraft"


def test_a_map_goes_above_the_common_ones() -> None:
    assert label_table({"Tank": "vehicle"})["tank"] == "vehicle"


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("oil_spill", "Oil Spill", "oil-spill", "oil slick"), "oil spill"),
        (("lookalike", "look alike", "Look-alike", "look_alike"), "look-alike"),
        (("sea_surface", "sea surface", "Sea Surface", "water", "sea"), "water"),
        (("flood", "flooded", "Flooded_Area", "floodwater"), "flood"),
        (("sea_ice", "sea-ice", "Sea Ice"), "sea ice"),
        (("land", "Land"), "land"),
        (("ship wake", "ship_wake", "wake"), "ship wake"),
    ],
)
def test_labels_of_oil_spills_floods_and_ice(labels: tuple[str, ...], expected: str) -> None:
    table = label_table({}, covers=True)
    assert {table[spelled(label)] for label in labels} == {expected}
    assert (expected in LAND_COVERS) == (expected != "ship wake")
    assert expected in taxonomy.KINDS
