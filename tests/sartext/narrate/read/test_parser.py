"""What a sentence states: which phrases it introduces or refers to, and what it says of them."""

import time

import pytest

from sartext.narrate.read.meaning import Phrase, Property
from sartext.narrate.read.parser import read
from sartext.narrate.read.tokenizer import tokenize


def brief(text: str) -> list[str]:
    """The statements of a sentence, as "amount noun (what narrows it down): what is said"."""
    sentence = tokenize(text)

    def words(some: tuple[Property, ...]) -> str:
        return "; ".join(
            ("not " if one.negated else "") + " ".join(sentence.words[at] for at in one.tokens if at >= 0) for one in some
        )

    def phrase(one: Phrase) -> str:
        amount = sentence.values[one.number].low if one.number >= 0 and one.amount == "number" else one.amount
        noun = sentence.values[one.noun] if one.noun >= 0 else one.refers
        return f"{amount} {noun}" + (f" ({words(one.narrowed)})" if one.narrowed else "")

    found = []
    for one in read(sentence.shape).statements:
        if one.phrase is None:
            found.append(one.form + "".join(f" {phrase(each)}" for each in one.pair))
        else:
            found.append(phrase(one.phrase) + (f": {words(one.said)}" if one.said else ""))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two ships are visible.", ["2 ship"]),
        ("Two ships in the upper left and one in the lower right.", ["2 ship (upper left)", "1 class (lower right)"]),
        ("In the center, two ships can be seen.", ["2 ship: center"]),
        ("A ship is in the center, and in the upper left a bridge.", ["some ship: center", "some bridge: upper left"]),
        ("Two ships, a bridge in the center.", ["2 ship", "some bridge (center)"]),
        ("Two ships and a bridge are in the center.", ["2 ship: center", "some bridge: center"]),
        ("No ships, aircraft or bridges are visible.", ["none ship", "none aircraft", "none bridge"]),
        ("All ships are in the center.", ["all ship: center"]),
        ("None of the ships is in the center.", ["none of ship: center"]),
        ("The ships in the center are vertical.", ["these ship (center): vertical"]),
        ("The ship is not in the center.", ["the ship: not center"]),
        ("A ship is in the upper left, not in the center.", ["some ship: upper left; not center"]),
        ("The harbor, not the bridge, is in the center.", ["the harbor: center", "the bridge: not center"]),
        ("Two ships are in the upper left, and two others are in the center.", ["2 ship: upper left", "2 another: center"]),
        ("Two of the three ships are vertical.", ["2 ship: vertical"]),
        ("All but one of the ships are vertical.", ["all but ship: vertical"]),
        ("Only the bridge is horizontal.", ["the bridge: horizontal"]),
        ("Ships are absent.", ["none ship"]),
        ("It does not show any ships.", ["none ship"]),
        ("There are more ships than bridges.", ["compare plural ship plural bridge"]),
        (
            "The right half holds more ships than the left half.",
            ["compare plural ship (right half) plural ship (left half)"],
        ),
        (
            "Two ships and a bridge are in the center and the upper left, respectively.",
            ["2 ship: center", "some bridge: upper left"],
        ),
        ("Three blue ships.", ["3 ship", "optical"]),
        ("A wobbly ship.", ["unread"]),
        ("There may be a ship.", ["unread"]),
        ("A ship or a bridge is visible.", ["unread"]),
        ("No ships are on schedule.", ["unread"]),
        ("No ships are under way.", ["none ship: under way"]),
        ("A ship is sailing on the sea surface.", ["some ship: sailing; on"]),
        ("A ship is sailing north.", ["unread"]),
        ("Cars are running left.", ["unread"]),
        ("Two 737 bridges.", ["unread"]),
        ("A radar image.", ["unread"]),
    ],
)
def test_statements_of_a_sentence(text: str, expected: list[str]) -> None:
    assert brief(text) == expected


@pytest.mark.parametrize("text", ["Two ships and a bridge in the center.", "Two ships, a bridge in the center."])
def test_a_place_after_a_list_may_belong_to_the_list(text: str) -> None:
    first, second = read(tokenize(text).shape).statements
    assert [one.form for one in first.near] == ["p"]
    assert second.near == ()


def test_near_a_place_is_read_as_in_it() -> None:
    near = "Two ships are near the lower right, and a bridge is near the center and near the upper left."
    inside = "Two ships are in the lower right, and a bridge is in the center and in the upper left."
    assert brief(near) == brief(inside) == ["2 ship: lower right", "some bridge: center upper left"]
    assert [one.phrase for one in read(tokenize(near).shape).statements] == [
        one.phrase for one in read(tokenize(inside).shape).statements
    ]


@pytest.mark.parametrize("text", ["ships, " * 200, "the ship in the center of the image " * 60, "not in the center but " * 80])
def test_a_long_sentence_is_read_or_given_up_soon(text: str) -> None:
    start = time.process_time()
    read(tokenize(text).shape)
    assert time.process_time() - start < 5.0
