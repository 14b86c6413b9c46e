"""Verdicts on what a text says of the record: right, wrong, unknown, denied."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import Verify, claims_of
from sartext.tile import Caption, Geo, Rendering, Sensor, Tile
from tests.support.narration import verdict

NORTH = "POLYGON ((5 52, 6 52, 6 53, 5 53, 5 52))"
SENSOR = Sensor(
    platform="Sentinel-1A",
    band="C",
    gsd_m=(10.0, 10.0),
    orbit="ascending",
    look_side="right",
    acquired=datetime(2020, 7, 14, 5, 43, tzinfo=UTC),
)


@pytest.fixture
def known(hand_tiles: dict[str, Tile]) -> Tile:
    """The coast, with three ships, in July 2020 by Sentinel-1A."""
    rendering = Rendering(quantity="amplitude", polarisations=("VV", "VH"))
    return replace(hand_tiles["coast"], sensor=SENSOR, geo=Geo(footprint=NORTH), rendering=rendering)


TRUE = """
A C-band image with three ships.
This is C-band SAR.
Three ships in VV.
Three ships in VH polarisation.
The image is in VV and VH.
A dual-polarised (VV and VH) image.
The polarisation is VV and VH.
Just VV and VH.
The image was acquired from an ascending pass.
Seen from an ascending orbit.
The pass is ascending.
The image is right-looking and shows three ships.
A radar image at 10 m resolution.
A radar image at 10-metre resolution with three ships.
The image has pixels of about 11 m.
With 10 m pixels.
The image has a ground sampling distance of 10 m.
Acquired in summer.
In summer, three ships are visible.
Three ships are visible in summer.
There is no aircraft in this C-band image.
The image, taken in July 2020, shows three ships.
The image was taken on 14 July 2020.
The image was taken on July 14, 2020.
Acquired in 2020.
The image was acquired in summer 2020.
The image was acquired in the summer of 2020.
C-band SAR image of three ships, VV polarisation, 10 m resolution.
Sentinel-1 C-band SAR image acquired in VV/VH.
Three ships (C-band, VV).
The image, which was acquired in summer, shows three ships.
The image has both VV and VH.
The scene was captured by the Sentinel-1 satellite in July 2020, showing three ships.
The image was captured by Sentinel-1.
A Sentinel-1A image with three ships.
Sentinel-1 shows three ships.
An S1A image of three ships.
The C-band image shows three ships and was acquired in summer.
The image was not acquired in winter.
It was not taken in winter but in summer.
The image is not in HH.
No HH.
This is not an L-band image.
"""
FALSE = """
An L-band image with three ships.
This is X-band SAR.
Three ships in HH.
The image is in VV only.
The image has only VV.
The polarisation is VV.
A single-polarised image.
The image was acquired from a descending pass.
The image is left-looking.
A radar image at 30 m resolution with three ships.
A radar image at 3 m resolution.
With 20 m pixels.
The image has a ground sampling distance of 0.5 m.
Acquired in winter.
In winter, three ships are visible.
The image was taken in July 2021.
The image was taken in August.
The image was acquired in summer 2019.
The image was acquired in winter 2020.
Three ships, L-band.
Three ships (C-band, HH).
The image, which was acquired in winter, shows three ships.
The image has both VV and HH.
Taken on 2020-07-15.
A Sentinel-1B image with three ships.
A TerraSAR-X image with three ships.
A GF3 image with three ships.
The image was not acquired in summer.
It was not taken in summer but in winter.
No VH.
This is not a C-band image.
A C-band image with four ships.
"""
OPEN = """
A radar image at 20 m resolution with three ships.
A radar image at 5 m resolution.
The image has 11 m pixels.
A quad-polarised image.
The image is in VV or HH.
The image was acquired in summer or winter.
VV ships are visible.
The ships are C-band.
Three ships are C-band.
No ships are visible in winter.
The image does not show three ships in winter.
Before summer, three ships were seen.
The image was acquired in late summer.
It is not true that the image was acquired in winter.
The image was acquired only in summer.
Was the image acquired in summer?
No C-band image shows three ships.
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize("text", lines(TRUE))
def test_what_the_record_says_is_supported(text: str, known: Tile) -> None:
    assert verdict(known, text) == "supported"


@pytest.mark.parametrize("text", lines(FALSE))
def test_what_it_says_otherwise_is_contradicted(text: str, known: Tile) -> None:
    assert verdict(known, text) == "contradicted"


@pytest.mark.parametrize("text", lines(OPEN))
def test_what_is_not_clear_is_unverifiable(text: str, known: Tile) -> None:
    assert verdict(known, text) == "unverifiable"


@pytest.mark.parametrize("text", [one for one in lines(TRUE + FALSE) if "four ships" not in one])
def test_what_the_record_does_not_know_is_unverifiable(text: str, hand_tiles: dict[str, Tile]) -> None:
    assert verdict(replace(hand_tiles["coast"], sensor=Sensor(), geo=Geo()), text) == "unverifiable"


@pytest.mark.parametrize(
    ("latitudes", "expected"),
    [((52, 53), "supported"), ((-35, -34), "contradicted"), ((12, 13), "unverifiable"), ((23, 24), "unverifiable")],
)
def test_a_season_is_that_of_the_hemisphere(latitudes: tuple[int, int], expected: str, known: Tile) -> None:
    south, north = latitudes
    there = replace(known, geo=Geo(footprint=f"POLYGON ((5 {south}, 6 {south}, 6 {north}, 5 {north}, 5 {south}))"))
    assert verdict(there, "Acquired in summer.") == expected
    assert verdict(there, "The image was taken in July.") == "supported"


@pytest.mark.parametrize(("day", "season"), [((2020, 12, 31), "winter"), ((2021, 1, 1), "winter"), ((2020, 11, 30), "autumn")])
def test_years_end_in_winter(day: tuple[int, int, int], season: str, known: Tile) -> None:
    there = replace(known, sensor=replace(SENSOR, acquired=datetime(*day, 23, 59, tzinfo=UTC)))
    assert verdict(there, f"Acquired in {season}.") == "supported"
    assert verdict(there, "Acquired in summer.") == "contradicted"


def test_a_winter_is_called_by_either_of_its_years(known: Tile) -> None:
    for month, year, either in ((1, 2020, 2019), (12, 2020, 2021)):
        there = replace(known, sensor=replace(SENSOR, acquired=datetime(year, month, 15, tzinfo=UTC)))
        assert verdict(there, f"Acquired in winter {year}.") == "supported"
        assert verdict(there, f"Acquired in winter {either}.") == "unverifiable"
        assert verdict(there, "Acquired in winter 2018.") == "contradicted"
        assert verdict(there, f"Acquired in summer {year}.") == "contradicted"


def test_of_one_channel_it_is_not_known_whether_others_were_recorded(known: Tile) -> None:
    one = replace(known, rendering=Rendering(quantity="amplitude", polarisations=("VV",)))
    assert verdict(one, "The image is in VV only.") == "supported"
    assert verdict(one, "Three ships in VH.") == "contradicted"
    assert verdict(one, "A dual-polarised image.") == "unverifiable"
    nameless = replace(known, rendering=Rendering(quantity="amplitude", polarisations=("", "VV")))
    assert verdict(nameless, "The image is in VV.") == "supported"
    assert verdict(nameless, "The image is in VH.") == "unverifiable"
    assert verdict(nameless, "The image is in VV only.") == "unverifiable"


def test_pixels_of_two_sizes_are_of_neither(known: Tile) -> None:
    two = replace(known, sensor=replace(SENSOR, gsd_m=(10.0, 20.0)))
    assert verdict(two, "With 10 m pixels.") == "unverifiable"
    assert verdict(two, "With 50 m pixels.") == "contradicted"
    slant = replace(known, geo=Geo(grid="slant_range", footprint=NORTH))
    assert verdict(slant, "With 10 m pixels.") == "unverifiable"


def test_of_a_platform_without_a_known_name_nothing_is_false(known: Tile) -> None:
    other = replace(known, sensor=replace(SENSOR, platform="archive"))
    assert verdict(other, "A Sentinel-1 image with three ships.") == "unverifiable"
    family = replace(known, sensor=replace(SENSOR, platform="Sentinel-1"))
    assert verdict(family, "A Sentinel-1A image with three ships.") == "unverifiable"


def test_claims_have_their_words_and_what_they_stand_on(known: Tile) -> None:
    text = "Three ships. The C-band image was acquired in winter."
    claims = [one for one in claims_of(text, facts_of(known)) if one.kind == "record"]
    assert [(one.verdict, one.evidence) for one in claims] == [
        ("supported", "band: C"),
        ("contradicted", "season: summer"),
    ]
    assert [text[slice(*one.span)] for one in claims if one.span] == ["C-band", "winter"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Three ships are visible. Acquired in summer.", "Three ships are visible. Acquired in summer."),
        ("Three ships are visible. Acquired in winter.", "Three ships are visible."),
        ("Three ships are visible. A quad-polarised image.", "Three ships are visible."),
        ("A C-band image acquired in summer.", None),
    ],
)
def test_of_a_models_text_stays_what_the_record_bears_out(text: str, left: str | None, known: Tile) -> None:
    captions = Verify().apply(replace(known, captions=(Caption(text=text, route="narrator"),))).captions
    assert [one.text for one in captions if one.kept] == ([] if left is None else [left])


def test_a_text_of_the_record_alone_is_no_caption(known: Tile) -> None:
    texts = {"a2c": False, "twin": False, "narrator": False, "human": True}
    captions = tuple(Caption(text="Acquired in summer.", route=route) for route in texts)
    judged = Verify().apply(replace(known, captions=captions)).captions
    assert [one.kept for one in judged] == list(texts.values())
    assert judged[0].reason == "unverifiable: it claims nothing"
