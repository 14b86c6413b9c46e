"""What leads up to an answer, and doubt."""

import pytest

from sartext.evaluate.framing import doubted, lead


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("the answer is three", "three"),
        ("in this image, i think there are two", "there are two"),
        ("based on the radar image, the correct answer would be: yes", "yes"),
        ("it is clearly a ship", "ship"),
        ("without any doubt, yes", "yes"),
        ("three ships", "three ships"),
        ("the answer is <10%", "<10%"),
    ],
)
def test_an_answer_begins_behind_what_leads_up_to_it(text: str, answer: str) -> None:
    assert lead(text) == answer


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("maybe three", True),
        ("i cannot tell", True),
        ("three, but i am not sure", True),
        ("three, and there might be a fourth", False),
        ("three", False),
        ("unknown", True),
    ],
)
def test_doubt_is_of_the_answers_own_clause_or_all_of_the_next(text: str, doubt: bool) -> None:
    assert doubted(text) is doubt
