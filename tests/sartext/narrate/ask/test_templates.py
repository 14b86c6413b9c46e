"""Phrasings of questions."""

from sartext.narrate.ask import templates


def test_kinds_have_six_phrasings_that_end_as_questions() -> None:
    names = ("PRESENCE", "COUNT", "POSITION", "CLASS", "RELATION", "MORE", "BORDERS", "LARGEST", "HALF", "PERCENT")
    for frames in [getattr(templates, name) for name in names]:
        assert len(set(frames)) >= 6
        assert all(frame.endswith("?") and "{img}" in frame for frame in frames)
