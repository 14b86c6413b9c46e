"""The reward of a text: truth above lies, more above less, and nothing for saying it twice."""

import random
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.reward import reward
from sartext.narrate.verify import claims_of, verdict_of
from sartext.narrate.verify.caption_facts import implied, told
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.sa2c import SA2C
from sartext.sources.synthetic import Synthetic
from sartext.tile import Sensor, Tile
from tests.benchmarks.narrate_tiles import random_tile
from tests.support.narration import MakeTile

# The coast has one ship in the upper left and two in the lower right, all annotated, and no aircraft.
RISING = (
    ("There are four ships.", "Something glitters."),
    ("Something glitters.", "A ship."),
    ("A ship.", "At least two ships."),
    ("At least two ships.", "Three ships."),
    ("Three ships.", "Three ships, one of them in the upper left."),
    ("Three ships, one of them in the upper left.", "Three ships: one in the upper left and two in the lower right."),
    ("A ship on the left.", "A ship in the upper left."),
    ("Three ships.", "Three ships. There are no aircraft."),
    ("Three ships. Something glitters.", "Three ships."),
    ("Three ships. Something glitters. Nothing moves.", "Three ships. Something glitters."),
    ("Three ships. There are four ships.", "Something glitters. Nothing moves."),
)
EQUAL = (
    ("Three ships.", "Three ships. There are 3 vessels."),
    ("Three ships.", "Three ships. At least two ships are visible."),
    ("A ship in the upper left.", "A ship in the upper left. A ship is at the top. A ship is on the left."),
    ("Something glitters.", "It is not true that there are four ships."),
    ("Something glitters.", "It is not true that there are 1000000000 ships."),
    ("", " \n"),
    ("", "..."),
)


@pytest.mark.parametrize(("less", "more"), RISING)
def test_more_that_is_true_is_worth_more(less: str, more: str, hand_tiles: dict[str, Tile]) -> None:
    assert reward(less, hand_tiles["coast"]) < reward(more, hand_tiles["coast"])


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_what_adds_nothing_gains_nothing(one: str, other: str, hand_tiles: dict[str, Tile]) -> None:
    assert reward(one, hand_tiles["coast"]) == pytest.approx(reward(other, hand_tiles["coast"]), abs=1e-3)


def test_silence_and_lies_alone_are_nothing(hand_tiles: dict[str, Tile]) -> None:
    tile = hand_tiles["coast"]
    assert reward("", tile) == 0 == reward("Four ships.", tile) < reward("Something glitters. " * 10_000, tile)


def test_shares_of_a_mask_are_worth_more_the_narrower_they_are(hand_tiles: dict[str, Tile]) -> None:
    texts = ["Water covers 80% of the image.", "Water.", "Half of the image is water.", "Water covers 50% of the image."]
    texts.append("Water covers 50% of the image and forest 24%.")
    tile = hand_tiles["mosaic"]
    found = [reward(text, tile) for text in texts]
    assert found == sorted(set(found))
    assert found[0] == 0


def test_of_an_image_of_light_radar_is_a_lie(hand_tiles: dict[str, Tile]) -> None:
    tile = hand_tiles["coast"]
    assert reward("A radar image of three ships.", tile) > 0.01
    assert reward("A radar image of three ships.", replace(tile, sensor=Sensor(modality="optical"))) == 0


def shortest(tile: Tile) -> str | None:
    """The shortest concise caption of the rules."""
    texts = [one.text for rule in (A2C(), SA2C()) for one in rule.apply(tile).captions if one.form == "concise"]
    return min(texts, key=len, default=None)


def drawn(tile: Tile, draw: random.Random) -> str:
    """Some sentences about a tile: of its captions, of its classes, of what may not be there, and of nothing."""
    labels = sorted({box.label for box in tile.boxes}) or ["ship"]
    label = draw.choice(labels)
    captions = [one.text for one in A2C(captions_per_form=2, seed=draw.randrange(9)).apply(tile).captions]
    parts = [f"{sentence.rstrip('.')}." for text in captions for sentence in text.split(". ")]
    parts += [f"At least one {label} can be seen.", f"There are {draw.randrange(1, 5)} objects.", "Something glitters."]
    parts += [f"A {label} is in the {draw.choice(('upper left', 'center', 'lower right'))}.", f"There is no {label}."]
    return " ".join(draw.sample(parts, draw.randrange(1, 4)))


@pytest.mark.parametrize("start", range(0, 200, 25))
def test_laws_on_random_tiles(start: int) -> None:
    for number in range(start, start + 25):
        tile, draw = random_tile(number), random.Random(number)
        facts, least = facts_of(tile), shortest(tile)
        known = implied(told(least, facts).facts) if least else frozenset()
        best = reward(least, tile) if least else 1.0
        true, false = [], [0.0]
        for text in [drawn(tile, draw) for _ in range(12)]:
            found = reward(text, tile)
            assert 0 <= found <= 1
            verdict = verdict_of(claims_of(text, facts))
            (false if verdict == "contradicted" else true).append(found)
            stated = implied(told(text, facts).facts)
            if not known <= stated:  # it says less, at least of something
                assert found <= best, (number, text, least)
            if verdict == "supported":  # else "it" may be understood the second time
                assert reward(f"{text} {text}", tile) <= found, (number, text)
        assert max(false) < min(true, default=1.0)


def test_the_sentences_of_a_true_text_add_up() -> None:
    for number in range(60):
        tile = random_tile(number)
        for caption in A2C().apply(tile).captions:
            sentences = caption.text.split(". ")
            found = [reward(". ".join(sentences[:count]), tile) for count in range(len(sentences) + 1)]
            assert found == sorted(found), caption.text
            assert found[-1] > 0.1


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.integers(0, 20))
def test_any_text_has_a_reward_and_always_the_same(text: str, number: int) -> None:
    tile = random_tile(number)
    found = reward(text, tile)
    assert 0 <= found <= 1
    reward("A ship.", random_tile(number + 1))
    assert reward(text, random_tile(number)) == found


def test_captions_of_regions_are_rewarded() -> None:
    tile = Synthetic(tiles=1, size_px=64, twin=False).tile(0)
    assert all(reward(one.text, tile) > 0.3 for one in A2C().apply(tile).captions)


def test_time_grows_with_the_text_and_no_faster(make_tile: MakeTile, make_box: Callable[..., object]) -> None:
    tile = make_tile(*[make_box("ship", 10 * at, 20, 10 * at + 8, 40) for at in range(12)])
    took = []
    for count in (200, 1600):
        text = "There are twelve ships. They are in the image. At least one ship is on the left. " * count
        runs = []
        for _ in range(3):
            start = perf_counter()
            reward(text, tile)
            runs.append(perf_counter() - start)
        took.append(min(runs))
    assert took[1] < 8 * 3 * took[0]
