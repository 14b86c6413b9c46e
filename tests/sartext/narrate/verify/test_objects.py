"""Some, all, most and the others of the objects of an entity."""

import pytest

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.verify import claims_of, verdict_of
from sartext.tile import Tile
from tests.support.narration import MakeBox, MakeTile


@pytest.fixture
def three(make_tile: MakeTile, make_box: MakeBox) -> Tile:
    """Two ships in the upper left, one in the lower right; a bridge above them."""
    ships = [make_box("ship", 20, 20, 40, 26), make_box("ship", 50, 60, 70, 66), make_box("ship", 240, 250, 260, 256)]
    return make_tile(*ships, make_box("bridge", 250, 20, 290, 28), exhaustive=("ship", "bridge"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One ship is in the lower right. Another ship is in the lower right.", "contradicted"),
        ("A ship is in the lower right. Two others are in the upper left.", "supported"),
        ("Two ships are in the upper left, and the other is in the lower right.", "supported"),
        ("Two ships are in the upper left, and the other is in the center.", "contradicted"),
        ("There is a bridge. There is also a bridge in the upper right.", "contradicted"),
        ("A ship is in the lower right. It is in the upper left.", "contradicted"),
        ("A ship is visible. It is in the upper left.", "supported"),
        ("The ship is in the upper left.", "unverifiable"),  # which of three, nobody knows
        ("The ship is in the center.", "contradicted"),
        ("All but one of the ships are in the upper left.", "supported"),
        ("All but two of the ships are in the upper left.", "contradicted"),
        ("Most of the ships are in the upper left.", "supported"),
        ("Two thirds of the ships are in the upper left.", "supported"),
        ("Not all ships are in the upper left.", "supported"),
        ("Only the bridge is in the upper right.", "unverifiable"),
        ("Only the bridge is at the top.", "contradicted"),
        ("No ship apart from the one in the lower right is visible.", "contradicted"),
        ("It is not true that there are four ships.", "supported"),
        ("One of the five ships is in the lower right.", "contradicted"),
        ("Three ships and a bridge are in the upper left and the upper right, respectively.", "contradicted"),
    ],
)
def test_verdicts(three: Tile, text: str, expected: str) -> None:
    claims = claims_of(text, facts_of(three))
    assert verdict_of(claims) == expected, claims


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A ship is in the center.", "supported"),  # on the border of two cells
        ("A ship is not in the center.", "supported"),
        ("A ship in the center is in the middle left.", "unverifiable"),
        ("A ship in the center is not in the center.", "contradicted"),
        ("There is a ship in the center. It is not in the center.", "contradicted"),
    ],
)
def test_one_object_is_not_in_and_out_of_a_place(text: str, expected: str, make_tile: MakeTile, make_box: MakeBox) -> None:
    tile = make_tile(make_box("ship", 92, 140, 112, 150), exhaustive=("ship",))
    assert verdict_of(claims_of(text, facts_of(tile))) == expected


def test_the_other_aircraft_is_one_or_several(make_tile: MakeTile, make_box: MakeBox) -> None:
    flat, upright = make_box("aircraft", 20, 140, 60, 146), make_box("aircraft", 145, 230, 155, 280)
    text = "Only one aircraft is horizontal. The other aircraft is in the lower center."
    assert verdict_of(claims_of(text, facts_of(make_tile(flat, upright, exhaustive=("aircraft",))))) == "supported"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A tanker is a fishing vessel.", "contradicted"),
        ("No tanker is a fishing vessel.", "supported"),
        ("A tanker is a ship.", "supported"),
        ("A ship is a fishing vessel.", "unverifiable"),  # they may be hidden in the crowd, or below the label
    ],
)
def test_no_object_is_of_two_classes_that_exclude_each_other(
    text: str, expected: str, make_tile: MakeTile, make_box: MakeBox
) -> None:
    tile = make_tile(make_box("tanker", 20, 20, 80, 36), make_box("ship", 120, 20, 180, 36))
    assert verdict_of(claims_of(text, facts_of(tile))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ship in the lower right is visible.", "supported"),
        ("The ship in the center is visible.", "contradicted"),
        ("The aircraft are in the center.", "contradicted"),  # there is one
        ("The aircraft is in the center.", "supported"),
    ],
)
def test_what_a_definite_phrase_takes_for_granted_is_judged(
    text: str, expected: str, three: Tile, make_tile: MakeTile, make_box: MakeBox
) -> None:
    one = make_tile(make_box("aircraft", 140, 140, 160, 160), exhaustive=("aircraft",))
    assert verdict_of(claims_of(text, facts_of(one if "aircraft" in text else three))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A ship to the left of four bridges is visible.", "contradicted"),
        ("A ship is to the left of at least two bridges.", "contradicted"),
        ("Two ships are to the left of a bridge.", "supported"),
        ("None of the four ships is in the upper right.", "contradicted"),
        ("None of the three ships is in the upper right.", "supported"),
        ("Two thirds of the six ships are in the upper left.", "contradicted"),
        ("Two thirds of the three ships are in the upper left.", "supported"),
        ("Not all of the five ships are in the upper left.", "contradicted"),
        ("The largest of the seven ships is horizontal.", "contradicted"),
        ("It is not true that there are five ships and two bridges.", "unverifiable"),
        ("It is not true that there are five ships.", "supported"),
        ("The image contains only ships and a bridge.", "unverifiable"),
        ("No bridge but the one in the upper right is visible.", "unverifiable"),
        ("Two ships stand together.", "unverifiable"),
        ("There are ships in many places.", "unverifiable"),
        ("There are four objects. Three are ships.", "unverifiable"),
    ],
)
def test_no_word_of_a_number_or_a_place_is_left_out(text: str, expected: str, three: Tile) -> None:
    assert verdict_of(claims_of(text, facts_of(three))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("All ships are longer than 230 m.", "unverifiable"),  # measured as 200 m, and a measure may be 15% off
        ("All ships are longer than 150 m.", "supported"),
        ("All ships are longer than 400 m.", "contradicted"),
        ("All ships are at most 175 m long.", "unverifiable"),
        ("All ships are about 220 m long.", "supported"),
        ("No ship is longer than 220 m.", "unverifiable"),
    ],
)
def test_a_bound_on_a_length_is_no_guess_at_it(text: str, expected: str, make_tile: MakeTile, make_box: MakeBox) -> None:
    ships = [make_box("ship", 20, y, 220, y + 20) for y in (20, 120)]
    tile = make_tile(*ships, exhaustive=("ship",), gsd_m=(1.0, 1.0))
    assert verdict_of(claims_of(text, facts_of(tile))) == expected


@pytest.mark.parametrize(
    ("text", "boxes"),
    [
        ("Two thirds of the ships are in the upper left.", (0, 1)),
        ("Not all ships are in the upper left.", ()),
        ("There are not four ships.", ()),
        ("It is not true that there is no ship.", ()),
        ("All ships are visible.", (0, 1, 2)),
    ],
)
def test_a_claim_stands_on_the_boxes_that_bear_it_out(text: str, boxes: tuple[int, ...], three: Tile) -> None:
    (claim,) = claims_of(text, facts_of(three))
    assert (claim.verdict, claim.boxes) == ("supported", boxes)


def test_very_many_others_are_told_apart_in_bounded_time(three: Tile) -> None:
    text = "A ship is visible. " + "Another ship is in the upper left. " * 600
    verdicts = [claim.verdict for claim in claims_of(text, facts_of(three))]
    assert "contradicted" in verdicts[:4]
    assert verdicts[-1] == "unverifiable"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # As the text says how many there are, what is annotated and what is left of that number decide the parts.
        ("There are two bridges: two in the upper right and one in the lower left.", "contradicted"),
        ("There are two bridges. Two in the upper right and one in the lower left.", "contradicted"),
        ("There is one bridge: one in the lower left.", "contradicted"),
        ("There are two bridges: one in the upper right and one in the lower left.", "unverifiable"),
        ("There is exactly one bridge. It is in the lower left.", "contradicted"),
        ("There are three bridges. Two are in the lower left, the other is in the center.", "contradicted"),
        ("There are three bridges. One is in the lower left, the others are in the center.", "contradicted"),
        ("There are three bridges. One is in the lower left, the other is in the center.", "contradicted"),
        # What is said of others than those of a number is not of that number.
        ("Two bridges are in the upper left. One is in the center.", "unverifiable"),
        ("There are five bridges. As for the bridges, two lie in the center, one in the lower left.", "unverifiable"),
        ("There are two bridges. As for the bridges, one lies in the center, one in the lower left.", "unverifiable"),
        # Exactly so many are in a place: there is no other in it.
        ("Two ships are in the upper left. Another is at the top.", "contradicted"),
        ("Two ships are at the top. Another is in the upper left.", "contradicted"),
    ],
)
def test_the_number_that_a_text_says_is_that_of_its_parts(text: str, expected: str, make_tile: MakeTile, three: Tile) -> None:
    tile = make_tile(*three.boxes, exhaustive=("ship",))
    assert verdict_of(claims_of(text, facts_of(tile))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There is a ship. The other is in the upper left.", "unverifiable"),  # the others are two
        ("The ship is in the upper left. The other ship is in the upper left.", "unverifiable"),
        ("None of the ships longer than 50 m is in the lower right.", "unverifiable"),  # whether there is one is open
        ("Most of the ships longer than 50 m are in the upper left.", "unverifiable"),
    ],
)
def test_what_nothing_tells_is_left_open(text: str, expected: str, three: Tile) -> None:
    assert verdict_of(claims_of(text, facts_of(three))) == expected, claims_of(text, facts_of(three))


def test_of_exactly_so_many_those_are_counted_that_can_be(make_tile: MakeTile, make_box: MakeBox) -> None:
    ships = [make_box("ship", 20, 140, 40, 160), make_box("ship", 92, 140, 112, 150)]  # the second also in the center
    facts = facts_of(make_tile(*ships, exhaustive=("ship",)))
    texts = {
        "Two ships are in the middle left. One of them is in the center.": "unverifiable",
        "Two ships are in the middle left. One of them is in the middle left.": "contradicted",
        "One ship is in the middle left. It is in the left half.": "supported",
        "Two of the two ships in the middle left are not in the center.": "supported",
    }
    assert {text: verdict_of(claims_of(text, facts)) for text in texts} == texts


def test_a_chain_says_nothing_twice_of_one_thing_and_ends_where_nobody_follows(three: Tile) -> None:
    again = claims_of("Two ships are in the upper left." + " They are in the upper left." * 300, facts_of(three))
    assert {claim.verdict for claim in again} == {"supported"}
    more = claims_of("A ship. " + " ".join(f"It is longer than {n} m." for n in range(1, 60)), facts_of(three))
    assert more[-1].evidence == "refers to nothing named before"
