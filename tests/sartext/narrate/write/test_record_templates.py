"""The frames for how an image was made."""

from itertools import combinations
from string import Formatter

from sartext.narrate.facts.record import SEASONS
from sartext.narrate.write.record_templates import BANDS_SAID, FRAMES, ORBITS

FACTS = ("season", "orbit", "band", "channels", "pixel")


def test_each_fact_has_a_frame_and_each_frame_says_its_facts() -> None:
    assert {(one,) for one in FACTS} <= set(FRAMES) <= {*((one,) for one in FACTS), *combinations(FACTS, 2)}
    for key, frames in FRAMES.items():
        for frame in frames:
            slots = {slot.lower().removeprefix("a_") for _, slot, _, _ in Formatter().parse(frame) if slot}
            assert slots == set(key), frame
            assert frame.endswith(".")
            assert frame[0].isupper() or frame.startswith("{A_")


def test_articles_fit() -> None:
    assert all(text == f"{'an' if band in 'XLS' else 'a'} {band}-band" for band, text in BANDS_SAID.items())
    assert all(f" {orbit} " in text for orbit, text in ORBITS.items())
    assert len(SEASONS) == 4
