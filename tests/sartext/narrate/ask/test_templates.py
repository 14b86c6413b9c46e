"""Phrasings of questions."""

import string

from sartext.narrate.ask import templates

FRAMES = {
    name: value for name, value in vars(templates).items() if isinstance(value, tuple) and name.isupper() and name != "IMAGES"
} | {f"GROUPED {name}": frames for name, frames in templates.GROUPED.items()}


def test_frames_end_as_questions_about_the_image() -> None:
    for frames in FRAMES.values():
        assert 2 <= len(set(frames)) == len(frames) <= 5
        assert all(frame.endswith("?") and "{img}" in frame for frame in frames)


def test_the_frames_of_a_kind_have_the_same_slots() -> None:
    """So that none of them says more than the others; verbs aside."""
    for name, frames in FRAMES.items():
        slots = [{slot for _, slot, _, _ in string.Formatter().parse(frame) if slot} - {"is_", "do"} for frame in frames]
        assert all(one == slots[0] for one in slots), name
        if "part" in slots[0] and name not in ("COUNT_PART", "PRESENCE", "BORDERS"):
            assert "other" in slots[0], name  # with both parts no single word of a question tells on which side something is
