"""The sentence of how an image was made: where it is said, and where not."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.seeded import Pick
from sartext.narrate.verify import Verify, claims_of
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.record import record_sentences
from sartext.narrate.write.record_templates import FRAMES
from sartext.narrate.write.sa2c import SA2C
from sartext.tile import Geo, Rendering, Sensor, Tile

SENSOR = Sensor(
    platform="Sentinel-1A",
    band="C",
    gsd_m=(9.97, 10.1),
    orbit="descending",
    look_side="right",
    acquired=datetime(2020, 1, 2, tzinfo=UTC),
)
SOUTH = Geo(footprint="POLYGON ((5 -35, 6 -35, 6 -34, 5 -34, 5 -35))")


def known(tile: Tile, number: int = 0) -> Tile:
    rendering = Rendering(quantity="amplitude", polarisations=("VV", "VH"))
    return replace(tile, key=f"hand/scene{number}/0_0", sensor=SENSOR, geo=SOUTH, rendering=rendering)


def sentences(tile: Tile, tries: int = 400) -> list[str]:
    facts = facts_of(tile)
    return [one.text for number in range(tries) for one in record_sentences(facts, Pick(str(number)))]


def test_every_frame_is_read_and_borne_out(hand_tiles: dict[str, Tile]) -> None:
    tile = known(hand_tiles["coast"])
    found = set(sentences(tile, 4000))
    assert len(found) == sum(len(frames) for frames in FRAMES.values())
    for text in found:
        claims = claims_of(text, facts_of(tile))
        assert {(one.kind, one.verdict) for one in claims} == {("record", "supported")}, text
        other = replace(
            tile, sensor=Sensor(band="L", gsd_m=(3.0, 3.0)), rendering=Rendering(quantity="dn", polarisations=("HH",))
        )
        assert not any(one.verdict == "supported" for one in claims_of(text, facts_of(other))), text
    assert {word for text in found for word in ("summer", "10 m", "VV and VH", "a descending pass") if word in text} == {
        *("summer", "10 m", "VV and VH", "a descending pass")
    }
    assert not any("Sentinel" in text or "resolution" in text for text in found)


def test_nothing_is_said_of_what_is_not_known(hand_tiles: dict[str, Tile]) -> None:
    tile = known(hand_tiles["coast"])
    assert sentences(replace(hand_tiles["coast"], sensor=Sensor())) == []
    assert (
        sentences(replace(tile, sensor=Sensor(platform="Sentinel-1A", look_side="left"), rendering=Rendering(quantity="dn")))
        == []
    )
    tropics = replace(tile, geo=Geo(footprint="POLYGON ((5 1, 6 1, 6 2, 5 2, 5 1))"))
    assert not any("summer" in text or "winter" in text for text in sentences(tropics))
    nameless = replace(tile, rendering=Rendering(quantity="amplitude", polarisations=("", "VV")))
    assert not any("VV" in text for text in sentences(nameless))
    uneven = replace(tile, sensor=replace(SENSOR, gsd_m=(2.0, 3.5)))
    assert not any("pixels" in text for text in sentences(uneven))


def test_a_third_of_the_detailed_texts_end_with_it_and_no_concise_one(hand_tiles: dict[str, Tile]) -> None:
    forms: Counter[tuple[str | None, bool]] = Counter()
    for number in range(600):
        tile = known(hand_tiles["lone"], number)
        for caption in Verify().apply(A2C().apply(tile)).captions:
            assert caption.kept, caption.reason
            forms[caption.form, caption.claims[-1].kind == "record"] += 1
            assert {one.kind for one in caption.claims} != {"record"}
    assert forms["concise", True] == 0
    assert 0.25 <= forms["detailed", True] / 600 <= 0.4


def test_the_rest_of_the_text_is_the_same_without_it(hand_tiles: dict[str, Tile], monkeypatch: pytest.MonkeyPatch) -> None:
    tiles = [known(hand_tiles["coast"], number) for number in range(60)]
    rule = A2C(captions_per_form=3)
    texts = [caption.text for tile in tiles for caption in rule.apply(tile).captions]
    monkeypatch.setattr("sartext.narrate.write.record.RECORD_PERCENT", 0)
    without = [caption.text for tile in tiles for caption in rule.apply(tile).captions]
    assert texts != without
    assert all(one.startswith(other) for one, other in zip(texts, without, strict=True))


def test_a_tile_of_which_only_the_record_is_known_has_no_caption(hand_tiles: dict[str, Tile]) -> None:
    bare = replace(known(hand_tiles["coast"]), boxes=(), exhaustive=(), regions=())
    assert A2C(captions_per_form=3).apply(bare).captions == ()
    assert SA2C(captions_per_form=3).apply(bare).captions == ()


def test_texts_of_land_covers_say_it_too(hand_tiles: dict[str, Tile]) -> None:
    texts = [
        caption.text
        for number in range(60)
        for caption in Verify().apply(SA2C().apply(known(hand_tiles["mosaic"], number))).captions
        if caption.kept
    ]
    assert len(texts) == 120
    assert 5 <= sum(any(word in text for word in ("C-band", "summer", "pass", "VV", "pixels")) for text in texts) <= 30
