"""Captions of a radar image from texts and masks of its optical twin."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sartext.imaging.run_lengths import encode
from sartext.narrate.facts.place import Place
from sartext.narrate.read.claims import said_in
from sartext.narrate.read.meaning import UNREAD
from sartext.narrate.seeded import Pick
from sartext.narrate.verify import Verify
from sartext.narrate.write.twin.compose import caption_of
from sartext.narrate.write.twin.lasting import LASTING, said_as
from sartext.narrate.write.twin.rule import TwinText
from sartext.narrate.write.twin.understand import LastingFact, lasting_in
from sartext.sources.archive_twins import ArchiveTwins
from sartext.sources.described_pairs import LASTING_LABELS
from sartext.sources.synthetic import Synthetic
from sartext.tile import OF_OPTICAL_TWIN, Caption, Region, Tile, from_table, to_table

HIDDEN = ArchiveTwins(of=Synthetic(tiles=20, pixels=False)).tile(0)


def with_texts(*texts: str) -> Tile:
    return replace(HIDDEN, captions=tuple(Caption(text=t, route="human", kept=False, reason=OF_OPTICAL_TWIN) for t in texts))


def told(tile: Tile) -> list[Caption]:
    return [one for one in Verify().apply(TwinText().apply(tile)).captions if one.route == "twin"]


def test_each_text_becomes_a_caption_that_names_it_and_the_text_stays_as_it_is() -> None:
    tile = with_texts("Two red cars on a road.", "A lake in the upper left with a blue boat.", "It is a sunny day.")
    after = Verify().apply(TwinText().apply(tile))
    assert after.captions[:3] == tile.captions
    road, lake = after.captions[3:]
    assert (road.route, road.kept, road.derived_from, road.form) == ("twin", True, 0, "concise")
    assert "a road" in road.text.lower()
    assert "car" not in road.text
    assert lake.derived_from == 1
    assert "upper left" in lake.text
    assert from_table(to_table([after])) == [after]


def test_two_texts_with_the_same_facts_give_one_caption() -> None:
    assert len(told(with_texts("A green forest.", "A forest can be seen."))) == 1


def test_a_pair_of_which_nothing_lasting_is_known_has_no_caption() -> None:
    for tile in (with_texts(), with_texts("Five ships.", "Blue sky."), replace(HIDDEN, captions=())):
        assert told(tile) == []


def test_captions_that_people_wrote_of_the_radar_image_are_not_rewritten() -> None:
    kept = Caption(text="A lake.", route="human")
    other = replace(kept, kept=False, reason="contradicted: a lake")
    assert TwinText().apply(replace(HIDDEN, captions=(kept, other))).captions == (kept, other)


def region(label: str, *part: slice, share: float) -> Region:
    mask = np.zeros((128, 128), dtype=np.bool_)
    mask[part] = True
    return Region(label=label, area_share=share, rle=encode(mask))


def test_masks_say_lasting_classes_and_their_places_alone() -> None:
    left, right = np.s_[:, :40], np.s_[:, 40:]
    regions = (region("ship", *np.s_[:8, :8], share=0.004), region("water", *left, share=40 / 128))
    tile = replace(HIDDEN, captions=(), regions=(*regions, region("forest", *right, share=88 / 128)), unlabelled_share=0.0)
    (caption,) = told(tile)
    assert caption.derived_from is None
    assert {"water", "forest"} <= set(caption.text.lower().replace(".", "").split())
    assert "The water" in caption.text
    assert "ship" not in caption.text
    assert {claim.verdict for claim in caption.claims} == {"supported"}
    assert told(replace(tile, optical=None)) == []


@pytest.mark.parametrize("name", sorted(LASTING))
@pytest.mark.parametrize("place", [None, Place(1, 4), Place(7, 1, "side"), Place(4, 7, "half")])
def test_the_reader_takes_back_what_is_written(name: str, place: Place | None) -> None:
    for seed in range(12):
        text = caption_of([LastingFact(name, place), LastingFact("wetland")], Pick(f"{seed}"))
        assert text is not None
        assert all(UNREAD not in one.kinds for one in said_in(text)), text
        back = {fact for _, facts in lasting_in(text) for fact in facts}
        expected: set[Any] = {LastingFact(name), LastingFact("wetland")} | ({LastingFact(name, place)} if place else set())
        assert back - {LastingFact(name)} == expected - {LastingFact(name)}, text


def test_a_finer_class_stands_for_a_coarser_one_and_two_places_are_two_things() -> None:
    facts = [LastingFact("water"), LastingFact("bridge", Place(1, 1)), LastingFact("river"), LastingFact("bridge", Place(4, 4))]
    text = caption_of(facts, Pick("x")) or ""
    assert "water" not in text
    assert "The bridge" not in text
    assert "in the upper left and in the lower right" in text


def test_sources_and_rules_agree_on_what_lasts() -> None:
    assert LASTING_LABELS <= LASTING
    assert all(said_as(name) for name in LASTING)
