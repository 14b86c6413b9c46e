"""How the reader binds numbers, places and properties to nouns."""

import re

import pytest

from sartext.narrate.read.ast import Statement
from sartext.narrate.read.parser import _read, read
from sartext.narrate.read.tokenizer import tokenize


def brief(text: str) -> list[str]:
    """The statements of a sentence, as "form amount number noun: places"."""
    sentence = tokenize(text)
    found = []
    for statement in read(sentence.shape).statements:
        mention = statement.mention
        if mention is None:
            found.append(statement.form)
            continue
        number = sentence.values[mention.number].low if mention.number >= 0 else mention.amount
        noun = sentence.values[mention.noun] if mention.noun >= 0 else "?"
        filters = [*mention.filters, *([statement.predicate] if statement.predicate else [])]
        said = [" ".join(sentence.words[i] for i in one.tokens if i >= 0) + ("!" if one.negated else "") for one in filters]
        found.append(f"{statement.form}{' ' if statement.scope else ''}{statement.scope} {number} {noun}: {'; '.join(said)}")
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two ships are visible.", ["count 2 ship: "]),
        ("Two ships in the upper left and one in the lower right.", ["count 2 ship: upper left", "count 1 ship: lower right"]),
        ("In the center, two ships can be seen.", ["count 2 ship: center"]),
        (
            "A ship is in the center, and in the upper left a bridge.",
            ["count some ship: center", "count some bridge: upper left"],
        ),
        ("Two ships and a bridge are in the center.", ["count 2 ship: center", "count some bridge: center"]),
        ("No ships, aircraft or bridges are visible.", ["count none ship: ", "count none aircraft: ", "count none bridge: "]),
        ("All ships are in the center.", ["count again plural ship: ", "share all plural ship: center"]),
        ("None of the ships is in the center.", ["share none some ship: center"]),
        ("The ships in the center are vertical.", ["count plural ship: center", "share all plural ship: center; vertical"]),
        ("The ship is not in the center.", ["count again some ship: ", "count some ship: center!"]),
        ("Ships are absent.", ["count none ship: "]),
        ("It does not show any ships.", ["count none ship: "]),
        ("There are more ships than bridges.", ["compare"]),
        ("Three blue ships.", ["count 3 ship: ", "optical"]),
        ("A rusty ship.", ["count some ship: ", "unread"]),
        ("There may be a ship.", ["unread"]),
        ("A ship or a bridge is visible.", ["unread"]),
        ("A SAR image.", []),
    ],
)
def test_statements_of_a_sentence(text: str, expected: list[str]) -> None:
    assert [re.sub(r"\b(in|the|are) ", "", line) for line in brief(text)] == expected


def test_a_place_after_a_list_may_belong_to_the_list() -> None:
    first, second = read(tokenize("Two ships and a bridge in the center.").shape).statements
    assert isinstance(first.nearest, Statement)
    assert second.nearest is None
    comma, _ = read(tokenize("Two ships, a bridge in the center.").shape).statements
    assert comma.nearest is None


def test_what_a_next_sentence_can_refer_to() -> None:
    assert read(tokenize("Two ships in the center.").shape).antecedent is not None
    assert read(tokenize("Two ships and a bridge.").shape).antecedent is None
    assert read(tokenize("No ships are visible.").shape).antecedent is None


def test_near_a_place_is_read_as_in_it() -> None:
    assert _read("dkvrDp,nqDp&nrDp") == _read("dkvqDp,nqDp&nqDp")
