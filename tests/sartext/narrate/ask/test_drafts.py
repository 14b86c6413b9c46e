"""Drafts of questions."""

from sartext.narrate.ask.drafts import Draft, contrast
from sartext.narrate.ask.parts import HALF_PAIRS
from sartext.narrate.seeded import Pick


def test_a_contrast_is_asked_of_either_part() -> None:
    draft = Draft("presence", ("Is it in the {part} of this {img}, not in the {other}?",), {})
    asked = [contrast(draft, HALF_PAIRS["x"], 0, Pick(str(number))) for number in range(200)]
    answers = {(one.words["part"], one.words["other"], one.answer) for one in asked}
    assert answers == {("left half", "right half", "yes"), ("right half", "left half", "no")}
    assert 70 < sum(one.answer == "yes" for one in asked) < 130


def test_what_betrays_another_answer() -> None:
    across, down = Draft("presence", (), {}, axes="x"), Draft("area", (), {}, axes="y")
    quarter = Draft("position", (), {}, axes="xy", tells=("ship",))
    number, finer, other = (Draft("count", (), {}, asks=name) for name in ("ship", "tanker", "bridge"))
    for one, second, told in (
        (across, down, False),
        (across, quarter, True),
        (across, across, True),
        (number, across, False),
        (number, quarter, True),
        (finer, quarter, True),
        (other, quarter, False),
        (number, finer, True),
        (number, other, False),
    ):
        assert one.betrays(second) is second.betrays(one) is told
