"""Texts longer than a context: whole sentences where one fits, else whole words."""

import pytest

from sartext.models.shortening import sentence_ends, shortened, whole_sentences


def words(most: int):
    """Whether a text has at most so many words."""
    return lambda text: len(text.split()) <= most


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Two ships lie here. They are large! Are they? Yes.", 3),
        ("many planes are in an airport . some trees are near it .", 1),
        ("Pixels are 2.5 m wide, approx. 3 m long. It ends.", 1),
        ("Ships of the U.S. Navy lie here. It ends.", 1),
        ("There are ships (e.g. tankers etc. and others). It ends.", 1),
        ('It says "harbor." Then it ends.', 1),
        ("1. Two ships. 2. A harbor. 3. Water", 2),
        ("港口有两艘船。左上角有桥！这里", 2),
        ("Wait... There is more", 1),
        ("no mark at all", 0),
        ("", 0),
    ],
)
def test_where_sentences_end(text: str, sentences: int) -> None:
    assert len(sentence_ends(text)) == sentences


def test_as_many_whole_sentences_as_fit_are_kept() -> None:
    text = "Two ships lie in the center. A bridge crosses the river. Cropland covers the rest of the image."
    assert shortened(text, words(99)) == text
    assert shortened(text, words(16)) == "Two ships lie in the center. A bridge crosses the river."
    assert shortened(text, words(11)) == "Two ships lie in the center. A bridge crosses the river."
    assert shortened(text, words(10)) == "Two ships lie in the center."


def test_where_no_sentence_fits_as_many_whole_words_as_fit_are_kept() -> None:
    text = "Two ships lie in the center and a bridge. It ends."
    assert shortened(text, words(4)) == "Two ships lie in"
    assert shortened("ship" * 90, lambda text: len(text) < 9) == "ship" * 90
    assert shortened("", words(3)) == ""


def test_a_text_of_one_word_that_is_long_takes_no_time() -> None:
    assert shortened("x" * 300_000 + ". a", lambda text: len(text) < 9) == "x" * 300_000 + ". a"


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


def test_the_sentences_that_matter_most_are_kept_in_their_order() -> None:
    text = "No cars can be seen. A bridge crosses the river. Two ships lie in the center. It is late"
    assert shortened(text, words(11), (5, 1, 0, 6)) == "A bridge crosses the river. Two ships lie in the center."
    assert shortened(text, words(10), (5, 1, 0, 6)) == "Two ships lie in the center. It is late"
    assert shortened(text, words(99), (5, 1, 0, 6)) == text
    assert shortened(text, words(6), (5, 1, 0, 6)) == "Two ships lie in the center."
    assert shortened(text, words(4), (5, 1, 0, 6)) == "No cars can be"  # not even the most important one fits
    assert shortened(text, words(10), (5, 1)) == "No cars can be seen. A bridge crosses the river."  # of another text
