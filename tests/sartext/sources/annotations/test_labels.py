import pytest

from sartext.sources.annotations.labels import COMMON_LABELS, SAR_AIRCRAFT_LABELS, label_table, spelled


def test_common_labels_are_spelled_as_they_are_looked_up() -> None:
    assert [label for label in COMMON_LABELS if spelled(label) != label] == []


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
