"""Captions of regions: true by another count, never refused, the same for the same seed."""

import pickle
import re
from dataclasses import replace

import numpy as np
import pytest

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.seeded import Pick
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.coarse import Coarse
from sartext.narrate.write.land_cover_grammar import concise, detailed
from sartext.narrate.write.sa2c import SA2C
from sartext.sources.annotations.labels import LAND_COVERS
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile
from tests.reading.mosaics import NODATA, OPEN, mosaic, tile_of
from tests.reading.reader import Reading, read
from tests.reading.scene import Scene
from tests.reading.shares import COVERS, faults
from tests.support.narration import MakeTile
from tests.support.stored import same_as_stored

OBJECTS = re.compile(r"\b[Tt]here (?:is|are)\b|The image shows|visible|(?:ship|car|tank|aircraft|bridge|harbor)s? can be seen")
MASKS, STORED_MASKS = 400, 60


@pytest.mark.parametrize("kind", ["archive", "random"])
def test_shares_are_those_of_the_mask_and_every_claim_is_borne_out(kind: str) -> None:
    archive = Synthetic(tiles=MASKS, pixels=False, twin=False)
    for number in range(MASKS):
        tile = archive.tile(number) if kind == "archive" else mosaic(0, number)
        narrated = Verify().apply(SA2C(captions_per_form=2).apply(tile))
        assert bool(narrated.captions) == any(
            region.label in COVERS for region in tile.regions
        )  # things are counted, not measured
        assert faults(narrated) == []
        scene = Scene(narrated)
        for caption in narrated.captions:
            assert caption.kept, (caption.text, caption.reason)
            told = [sentence for sentence in re.split(r"; |(?<=\.) ", caption.text) if OBJECTS.search(sentence)]
            assert bool(told) == bool(facts_of(tile).objects), caption.text
            for sentence in told:
                assert read(sentence[0].upper() + sentence[1:], scene) == Reading((), ()), sentence


def test_a_tile_without_regions_gets_no_caption(make_tile: MakeTile) -> None:
    tile = make_tile()
    assert SA2C().apply(tile) is tile


def test_texts_change_only_with_the_revision() -> None:
    """Where this fails, the texts have changed: raise SA2C.revision with them."""
    lines = [f"revision {SA2C().revision}"]
    for number in range(STORED_MASKS):
        captions = SA2C(captions_per_form=2).apply(mosaic(7, number)).captions
        lines += [f"{number} {caption.form}: {caption.text}" for caption in captions]
    same_as_stored("captions_of_regions.txt", lines)


def test_another_seed_gives_other_sentences() -> None:
    tile = mosaic(0, 4)
    assert SA2C().apply(tile) == SA2C().apply(tile)
    assert SA2C(seed=1).apply(tile) != SA2C().apply(tile)
    assert pickle.loads(pickle.dumps(SA2C())) == SA2C()
    with pytest.raises(ValueError, match="captions_per_form is 0"):
        SA2C(captions_per_form=0)


def test_every_frame_reads_as_it_was_meant(hand_tiles: dict[str, Tile]) -> None:
    """Many draws of one tile, so that all frames come up: nothing but supported claims."""
    tile = hand_tiles["mosaic"]
    facts = facts_of(tile)
    texts = {write(facts, Pick(str(seed))) for seed in range(400) for write in (concise, detailed)}
    assert len(texts) > 150
    for text in texts:
        assert text is not None
        assert "{" not in text


def test_land_covers_are_the_same_on_both_sides() -> None:
    assert LAND_COVERS <= taxonomy.REGIONS
    assert {"sea", "river", "lake"} == taxonomy.REGIONS - LAND_COVERS
    assert all(taxonomy.KINDS[name].parent in LAND_COVERS for name in taxonomy.REGIONS - LAND_COVERS)  # words alone: a lake


def drawn_tile(drawn: np.ndarray, *names: str, exhaustive: tuple[str, ...] = ()) -> list[str]:
    """All captions of many seeds, each of which bears out."""
    texts = set()
    for seed in range(40):
        tile = Verify().apply(SA2C(captions_per_form=2, seed=seed).apply(tile_of(drawn, names, 0, exhaustive)))
        assert faults(tile) == []
        for caption in tile.captions:
            assert caption.kept, (caption.text, caption.reason)
            texts.add(caption.text)
    return sorted(texts)


def test_where_most_is_unlabelled_only_what_is_annotated_lies_somewhere() -> None:
    drawn = np.zeros((128, 128), dtype=np.int64)
    drawn[:, :12], drawn[:, 12:16] = 1, 2
    placed = [text for text in drawn_tile(drawn, OPEN, "water", "cropland") if " in the " in text or " on the " in text]
    assert placed
    assert all(re.search(r"[Tt]he annotated (water|cropland) \w+ .*?(left|upper|lower|middle)", text) for text in placed)
    assert not any(re.search(r"[Tt]he (water|cropland) (lies|is|appears) (located )?(in|on) the", text) for text in placed)


def test_where_little_is_unlabelled_the_cover_itself_lies_there() -> None:
    drawn = np.zeros((100, 100), dtype=np.int64)
    drawn[:, 50:], drawn[:2, :] = 1, 2
    placed = [text for text in drawn_tile(drawn, "water", "cropland", OPEN) if "left half" in text]
    assert placed
    assert not any("annotated" in text for text in placed)


@pytest.mark.parametrize("names", [("ship", OPEN), ("ship", "building", OPEN)])
def test_nothing_is_said_of_shares_of_things(names: tuple[str, ...]) -> None:
    drawn = np.full((100, 100), len(names) - 1, dtype=np.int64)
    drawn[:25, :20] = 0
    assert drawn_tile(drawn, *names) == []


def test_a_lone_class_is_no_share_of_the_area_that_it_is_itself() -> None:
    drawn = np.ones((100, 100), dtype=np.int64)
    drawn[:25, :20] = 0
    texts = drawn_tile(drawn, "water", OPEN)
    assert texts
    for text in texts:
        assert "labelled area" not in text
        assert "100%" not in text
        assert "annotated" in text.lower()


def test_all_of_it_is_said_of_nothing_less() -> None:
    drawn = np.zeros((64, 64), dtype=np.int64)
    drawn[5, 5] = 1
    texts = drawn_tile(drawn, "water", "cropland")
    assert any("more than 99%" in text.lower() for text in texts)
    assert not any("100%" in text for text in texts)
    assert not any("The cropland" in text or "the cropland" in text for text in texts)  # one pixel has no place and no border
    assert all("entirely water" in text or "Water covers all" in text for text in drawn_tile(drawn * 0, "water"))


@pytest.mark.parametrize("unknown", [OPEN, NODATA])
@pytest.mark.parametrize("name", ["water", "urban"])
def test_one_land_cover_is_not_all_of_an_image_of_which_a_part_is_unknown(unknown: str, name: str) -> None:
    drawn = np.zeros((64, 64), dtype=np.int64)
    drawn[:, 40:] = 1
    tile = replace(tile_of(drawn, (name, unknown), 0), exhaustive=("ship",))
    for seed in range(40):
        told = Verify().apply(Coarse(seed=seed).apply(SA2C(seed=seed).apply(A2C(seed=seed).apply(tile))))
        assert told.captions
        assert all(caption.kept and "entirely" not in caption.text for caption in told.captions), told.captions
