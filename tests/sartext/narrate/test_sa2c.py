"""Captions of regions: true by another count, never refused, the same for the same seed."""

import hashlib
import pickle
from collections.abc import Callable

import pytest

from sartext.narrate import taxonomy
from sartext.narrate.cover_grammar import concise, detailed, parts_of
from sartext.narrate.facts import facts_of
from sartext.narrate.pick import Pick
from sartext.narrate.sa2c import SA2C
from sartext.narrate.verify import Verify
from sartext.sources.labels import COVERS
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile
from tests.reading.mosaics import mosaic
from tests.reading.shares import faults

MASKS = 400
# Of the captions of the first mosaics. When this fails, the texts have changed: raise SA2C.revision with it.
GOLDEN = (1, "f18fffb09aa780a7")


@pytest.mark.parametrize("kind", ["archive", "random"])
def test_shares_are_those_of_the_mask_and_every_claim_is_borne_out(kind: str) -> None:
    archive = Synthetic(tiles=MASKS, pixels=False, twin=False)
    for number in range(MASKS):
        tile = archive.tile(number) if kind == "archive" else mosaic(0, number)
        narrated = Verify().apply(SA2C(captions_per_form=2).apply(tile))
        assert narrated.captions
        assert faults(narrated) == []
        for caption in narrated.captions:
            assert caption.kept, (caption.text, caption.reason)


def test_a_tile_without_regions_gets_no_caption(make_tile: Callable[..., Tile]) -> None:
    tile = make_tile()
    assert SA2C().apply(tile) is tile


def test_texts_change_only_with_the_revision() -> None:
    told = hashlib.sha256()
    for number in range(60):
        for caption in SA2C(captions_per_form=2).apply(mosaic(7, number)).captions:
            told.update(f"{caption.form} {caption.text}\n".encode())
    assert (SA2C().revision, told.hexdigest()[:16]) == GOLDEN


def test_another_seed_gives_other_sentences() -> None:
    tile = mosaic(0, 3)
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
    assert len(texts) > 300
    for text in texts:
        assert text is not None
        assert "{" not in text


def test_land_covers_are_the_same_on_both_sides() -> None:
    assert COVERS == taxonomy.REGIONS


def test_what_is_not_exhaustive_is_said_to_be_annotated(hand_tiles: dict[str, Tile]) -> None:
    parts = parts_of(facts_of(hand_tiles["depot"]))
    assert [(part.noun, part.share) for part in parts] == [("annotated cropland", 0.4)]
    assert [part.noun for part in parts_of(facts_of(hand_tiles["patchy"]))] == ["grassland", "wetland"]
