import re
from types import ModuleType

import pytest

from sartext.narrate.facts.place import Place
from sartext.narrate.read.figures import Length
from sartext.narrate.read.lexicon import INFINITE, LEXICON, Quantity, exactly
from sartext.narrate.read.record_words import Date, RecordValue, Sampled
from sartext.narrate.read.tokenizer import (
    _IMAGE,
    _JOINTS,
    _columns,
    _tokens,
    _with_numbers,
    _words,
    sentences,
    tokenize,
)
from sartext.narrate.write.a2c import A2C


def values(text: str, code: str) -> list[object]:
    sentence = tokenize(text)
    return [value for one, value in zip(sentence.shape, sentence.values, strict=True) if one == code]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("three ships", exactly(3)),
        ("17 ships", exactly(17)),
        ("1,200 cars", exactly(1200)),
        ("twenty-one cars", exactly(21)),
        ("a hundred cars", exactly(100)),
        ("two dozen cars", exactly(24)),
        ("a dozen cars", exactly(12)),
        ("at least three ships", Quantity(3, INFINITE, 3, INFINITE)),
        ("no fewer than three ships", Quantity(3, INFINITE, 3, INFINITE)),
        ("three or more ships", Quantity(3, INFINITE, 3, INFINITE)),
        ("three ships at least", Quantity(3, INFINITE, 3, INFINITE)),
        ("more than a dozen ships", Quantity(13, INFINITE, 13, INFINITE)),
        ("at most two ships", Quantity(0, 2, 0, 2)),
        ("fewer than five ships", Quantity(0, 4, 0, 4)),
        ("about ten ships", Quantity(8, 12, 5, 15)),
        ("between two and four ships", Quantity(2, 4, 2, 4)),
        ("two or three ships", Quantity(2, 3, 2, 3)),
        ("10-12 ships", Quantity(10, 12, 10, 12)),
        ("exactly one ship", exactly(1)),
        ("a single ship", exactly(1)),
        ("a pair of ships", exactly(2)),
        ("dozens of ships", Quantity(24, INFINITE, 20, INFINITE)),
        ("some ships", Quantity(2, INFINITE, 2, INFINITE)),
    ],
)
def test_numbers_of_objects(text: str, expected: Quantity) -> None:
    assert values(text, "n") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a ship about 120 m long", [Length(120, 120)]),
        ("ships 60 to 120 metres in length", [Length(60, 120)]),
        ("a 120-meter ship", [Length(120, 120)]),
        ("a bridge over 1 km long", [Length(1000, INFINITE)]),
        ("a bridge 20 m wide", []),
        ("ships 100 m apart", []),
        ("at 3 m resolution", []),
    ],
)
def test_lengths_are_told_from_other_measures(text: str, expected: list[Length]) -> None:
    assert values(text, "L") == expected
    assert values(text, "n") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in the upper-left corner", Place(1, 1)),
        ("at the top left", Place(1, 1)),
        ("in the bottom right-hand corner", Place(4, 4)),
        ("in the center", Place(2, 2)),
        ("in the middle left", Place(2, 1)),
        ("on the left", Place(7, 1, "side")),
        ("to the left of the SAR image", Place(7, 1, "side")),
        ("in the lower half", Place(4, 7, "half")),
        ("along the top edge", Place(1, 7, "edge")),
    ],
)
def test_places(text: str, expected: Place) -> None:
    assert values(text, "p") == [expected]


def test_compass_words_and_relations() -> None:
    assert values("in the north-eastern part", "c") == [Place(1, 4, "cell", True)]
    assert values("to the left of the bridge", "r") == ["left"]
    assert values("right next to the bridge", "r") == ["adjacent"]


def test_unknown_words_are_marked_and_silent_ones_are_not() -> None:
    assert tokenize("A wobbly ship").shape == "duk"
    assert tokenize("In this SAR image, a ship can be seen").shape == "qDI,dkvi"
    assert tokenize("").shape == ""


def test_years_count_nothing() -> None:
    assert tokenize("frobbed in 1990").shape == "uqM"
    assert tokenize("seven 1990 ships").shape == "nuK"


def test_dates_are_one_token_however_they_are_written() -> None:
    for text in ("14 July 2020", "July 14, 2020", "2020-07-14"):
        shape, values, _ = tokenize(f"taken on {text}")
        assert (shape, values[2]) == ("5qM", RecordValue("date", Date(2020, 7, 14)))
    assert tokenize("in May 2020").values[1] == RecordValue("date", Date(2020, 5, None))
    assert "!" in tokenize("there may be ships").shape
    assert tokenize("2020 ships").shape == "uK"


def test_sizes_of_pixels_are_one_token() -> None:
    for text in ("10 m pixels", "pixels of 10 m", "10-metre pixel spacing", "a gsd of 10 m", "10 m/pixel"):
        shape, values, _ = tokenize(text)
        assert (shape[-1], values[-1]) == ("M", RecordValue("pixel", Sampled(10.0, about=False))), text
    assert tokenize("about 30 cm resolution").values == (RecordValue("resolution", Sampled(0.3, about=True)),)
    assert "M" not in tokenize("at least 10 m pixels").shape
    assert "M" not in tokenize("a ship about 60 m long").shape


def test_sentences_end_at_full_stops_and_semicolons() -> None:
    assert sentences("Two ships. One is 1.5 km long; it moves.\nA bridge!") == [
        "Two ships.",
        "One is 1.5 km long",
        "it moves.",
        "A bridge!",
    ]


def test_no_phrase_goes_on_with_a_word_that_a_clause_is_cut_before() -> None:
    assert set(_JOINTS).isdisjoint(word for phrase in LEXICON for word in phrase.split()[1:])
    assert set(_JOINTS).isdisjoint(re.findall("[a-z]+", _IMAGE.pattern))


def test_silent_words_before_a_cut_belong_to_the_token_after_it() -> None:
    assert tokenize("a ship clearly that is visible").words == ("a", "ship", "clearly that", "is", "visible")


def test_clause_by_clause_is_the_same_as_the_whole_sentence(narrate_tiles: ModuleType) -> None:
    for number in range(300):
        for caption in A2C().apply(narrate_tiles.random_tile(number)).captions:
            for sentence in sentences(caption.text):
                assert tokenize(sentence)[:2] == _columns(_with_numbers(_tokens(_words(sentence.lower()))))[:2]
