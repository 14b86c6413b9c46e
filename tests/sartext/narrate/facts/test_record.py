"""What the record of a tile makes true beside boxes and regions."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sartext.narrate.facts.record import RecordFacts, platform_of, rounded_m
from sartext.narrate.facts.tile_facts import facts_of
from sartext.tile import Rendering, Sensor, Tile
from tests.support.narration import MakeTile

SUMMER = datetime(2020, 7, 14, tzinfo=UTC)
NORTH = "POLYGON ((5 52, 6 52, 6 53, 5 53, 5 52))"


def polygon(south: float, north: float) -> str:
    return f"POLYGON ((5 {south}, 6 {south}, 6 {north}, 5 {north}, 5 {south}))"


def record(
    acquired: datetime | None = SUMMER, footprint: str | None = NORTH, gsd_m: tuple[float, float] | None = None
) -> RecordFacts:
    sensor = Sensor(acquired=acquired, gsd_m=gsd_m)
    return RecordFacts(sensor=sensor, rendering=Rendering(quantity="dn"), footprint=footprint, gsd_m=gsd_m)


@pytest.mark.parametrize(
    ("month", "day", "north", "south"),
    [
        (12, 1, "winter", "summer"),
        (12, 31, "winter", "summer"),
        (1, 1, "winter", "summer"),
        (2, 29, "winter", "summer"),
        (3, 1, "spring", "autumn"),
        (5, 31, "spring", "autumn"),
        (6, 1, "summer", "winter"),
        (8, 31, "summer", "winter"),
        (9, 1, "autumn", "spring"),
        (11, 30, "autumn", "spring"),
    ],
)
def test_seasons_are_by_the_month_and_the_hemisphere(month: int, day: int, north: str, south: str) -> None:
    acquired = datetime(2020, month, day, 23, 59, tzinfo=UTC)
    assert record(acquired=acquired).season == north
    assert record(acquired=acquired, footprint=polygon(-35, -34)).season == south


@pytest.mark.parametrize(
    ("south", "north", "season"),
    [
        (23.5, 24, "summer"),
        (23.4, 24, None),
        (0, 1, None),
        (-1, 1, None),
        (-60, 60, None),
        (-24, -23.5, "winter"),
        (-24, -23.4, None),
        (-89, -88, "winter"),
    ],
)
def test_there_is_no_season_within_the_tropics(south: float, north: float, season: str | None) -> None:
    assert record(footprint=polygon(south, north)).season == season
    assert record(footprint=f"MULTI{polygon(south, north).replace('((', '(((')})").season == season


@pytest.mark.parametrize(
    "footprint", [None, "", "POLYGON EMPTY", "POLYGON ((", "POLYGON ((5 x, 6 y))", "POLYGON ((5 nan, 6 91))"]
)
def test_there_is_no_season_without_a_footprint(footprint: str | None) -> None:
    assert record(footprint=footprint).season is None
    assert record(acquired=None).season is None


@pytest.mark.parametrize(
    ("length", "written"),
    [
        (10.0, "10"),
        (9.97, "10"),
        (10.2, "10"),
        (0.31, "0.31"),
        (0.302, "0.3"),
        (0.5, "0.5"),
        (2.33, "2.3"),
        (14.6, "15"),
        (100.0, "100"),
        (0.05, "0.05"),
        (1.0, "1"),
        (0.0, None),
        (float("inf"), None),
        (float("nan"), None),
    ],
)
def test_sizes_are_written_as_people_do(length: float, written: str | None) -> None:
    assert rounded_m(length) == written


def test_pixels_of_two_sizes_have_none() -> None:
    assert record(gsd_m=(9.97, 10.1)).pixel_m == "10"
    assert record(gsd_m=(2.0, 3.5)).pixel_m is None
    assert record().pixel_m is None


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        ("Sentinel-1A", ("sentinel 1", "a")),
        ("SENTINEL-1", ("sentinel 1", "")),
        ("S1B", ("sentinel 1", "b")),
        ("TerraSAR-X", ("terrasar x", "")),
        ("TSX-1", ("terrasar x", "")),
        ("GF3", ("gaofen 3", "")),
        ("Gaofen-3", ("gaofen 3", "")),
        ("sentinel-10", None),
        ("synthetic", None),
        ("", None),
    ],
)
def test_platforms_are_known_by_their_names(name: str, platform: tuple[str, str] | None) -> None:
    assert platform_of(name) == platform


def test_a_slant_range_pixel_has_no_size_on_the_ground(make_tile: MakeTile) -> None:
    tile: Tile = make_tile(gsd_m=(10.0, 10.0))
    assert facts_of(tile).record.pixel_m == "10"
    assert facts_of(replace(tile, geo=replace(tile.geo, grid="slant_range"))).record.pixel_m is None


def test_the_band_is_its_letters(make_tile: MakeTile) -> None:
    tile: Tile = make_tile()
    assert facts_of(tile).record.band is None
    assert facts_of(replace(tile, sensor=Sensor(band=" c "))).record.band == "C"


def test_the_facts_follow_the_channels(make_tile: MakeTile) -> None:
    tile: Tile = make_tile()
    assert facts_of(tile).record.polarisations == ()
    shown = replace(tile, rendering=replace(tile.rendering, polarisations=("vv", " VH ")))
    assert facts_of(shown).record.polarisations == ("VV", "VH")
