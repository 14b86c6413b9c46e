"""Texts that were cut in the middle."""

import pytest

from sartext.flow.application.sentences import whole_sentences


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Two ships lie at the quay. The lower one is", "Two ships lie at the quay."),
        ("two ships lie at the quay . the lower one is", "two ships lie at the quay ."),
        ("One ship. Two piers! Is it", "One ship. Two piers!"),
        ("One ship. It is 3.5 m wide and", "One ship."),
        ("One ship. It is about 3.", "One ship."),
        ("A pixel is 10. m wide and", "A pixel is 10."),
        ("One ship. It is approx. 30 m long, e.g. as", "One ship."),
        ('It says "stop." And', 'It says "stop."'),
        ("Two ships lie at the quay.", "Two ships lie at the quay."),
        ("two ships and a", "two ships and a"),
        ("", ""),
    ],
)
def test_what_is_left_are_whole_sentences(text: str, whole: str) -> None:
    assert whole_sentences(text) == whole
