"""STAC items: quantities that are stated, and those that are not."""

import json
from typing import Any

import pytest

from sartext.errors import SourceError
from sartext.formats.stac import parse_item


def item(**properties: Any) -> bytes:
    assets = {"VV": {"href": "a_VV.tif"}}
    return json.dumps({"type": "Feature", "stac_version": "1.0.0", "properties": properties, "assets": assets}).encode()


@pytest.mark.parametrize(
    ("convention", "expected"),
    [
        ("linear power", ("sigma0", "linear")),
        ("Linear amplitude", ("amplitude", "linear")),
        ("decibel", ("sigma0", "db")),
        ("amplitude", (None, "linear")),
        ("dB", (None, "linear")),
        ("", (None, "linear")),
        (7, (None, "linear")),
        (None, (None, "linear")),
    ],
)
def test_a_convention_that_is_not_known_leaves_the_quantity_open(convention: object, expected: tuple[object, str]) -> None:
    found = parse_item(item(**{"card4l:measurement_type": "sigma0", "card4l:measurement_convention": convention}), "x.json")
    assert found is not None
    assert (found.quantity, found.scale) == expected


def test_an_item_without_a_convention_leaves_the_quantity_open() -> None:
    found = parse_item(item(**{"card4l:measurement_type": "sigma0", "sar:product_type": "RTC"}), "x.json")
    assert found is not None
    assert found.quantity is None


def test_an_item_that_is_cut_off_is_said_and_other_json_is_not_its_own() -> None:
    with pytest.raises(SourceError, match=r"^x.json: a STAC item that is broken JSON"):
        parse_item(item()[:-9], "x.json")
    assert parse_item(b'{"type": "Feature"', "x.json") is None
    assert parse_item(b'{"type": "Collection", "stac_version": "1.0.0"}', "x.json") is None
