"""What of several sentences stays where they are more than CLIP reads."""

import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.clip_tokens import tokens_in
from sartext.narrate.write.fitting import CONTEXT_TOKENS, Importance, Wanted, fitted
from tests.benchmarks.narrate_tiles import random_tile

WORDS = "ship " * 30


def test_what_matters_less_goes_and_the_rest_keeps_its_order() -> None:
    first, places = Wanted(Importance.NUMBERS, "Nine ships."), Wanted(Importance.PLACES, WORDS + "a.")
    extra, relation = Wanted(Importance.EXTRAS, WORDS + "b."), Wanted(Importance.RELATIONS, WORDS + "c.")
    assert fitted([extra, first, places, relation]) == f"Nine ships. {places.text} {relation.text}"


def test_a_shorter_sentence_stands_in_for_one_that_does_not_fit() -> None:
    first = Wanted(Importance.NUMBERS, "Nine ships.")
    assert fitted([first, Wanted(Importance.PLACES, WORDS * 3, "Two lie there.")]) == "Nine ships. Two lie there."
    assert fitted([Wanted(Importance.NUMBERS, WORDS * 3, "Ships.")]) == "Ships."


def test_the_record_goes_first() -> None:
    first, record = Wanted(Importance.NUMBERS, "Nine ships."), Wanted(Importance.RECORD, "Acquired in winter.")
    extra = Wanted(Importance.EXTRAS, WORDS + "a.")
    assert fitted([first, extra, record]) == f"Nine ships. {extra.text} Acquired in winter."
    assert fitted([first, extra, record, Wanted(Importance.RELATIONS, WORDS + "b."), extra]).endswith("b.")
    places = Wanted(Importance.PLACES, WORDS * 3, "Two lie there.")
    assert fitted([first, places, record]) == "Nine ships. Two lie there."


@pytest.mark.parametrize("boxes", [8, 30])
def test_every_caption_fits_the_context_of_clip(boxes: int) -> None:
    for number in range(300):
        tile = random_tile(number, boxes)
        assert facts_of(tile).objects or not boxes
        for caption in A2C(captions_per_form=2).apply(tile).captions:
            assert tokens_in(caption.text) + 2 <= CONTEXT_TOKENS, caption.text
