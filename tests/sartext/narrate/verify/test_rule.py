import pickle
import random
import re
from dataclasses import fields, replace
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.tile_facts import CELLS, Facts, facts_of
from sartext.narrate.read.lexicon import LEXICON
from sartext.narrate.read.parser import read
from sartext.narrate.verify import Verify, claims_of, verdict_of
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.numbers import NUMBER_WORDS
from sartext.narrate.write.sa2c import SA2C
from sartext.tile import ROUTES, VERDICTS, Caption, Claim, Tile
from tests.reading.mosaics import mosaic
from tests.support.narration import MakeBox, MakeTile, verdict
from tests.support.stored import same_as_stored

SIX = ("ship", "aircraft", "car", "tank", "bridge", "harbor")


def judged(tile: Tile, text: str, route: str = "narrator", policy: Verify | None = None, **more: object) -> Caption:
    caption = Caption(text=text, route=route, **more)  # type: ignore[arg-type]
    return (policy or Verify()).apply(replace(tile, captions=(caption,))).captions[0]


def said(claim: Claim) -> str:
    stands_on = f"{claim.span} | {claim.boxes} | {claim.regions}"
    return f"{claim.kind} | {claim.text} | {claim.verdict} | {claim.evidence} | {stands_on}"


def test_a_contradicted_caption_is_refused_with_its_reason(hand_tiles: dict[str, Tile]) -> None:
    caption = judged(hand_tiles["coast"], "Four ships are visible.")
    assert not caption.kept
    assert caption.reason == "contradicted: four ships are visible (ship: 3 counted, exhaustive)"
    (claim,) = caption.claims
    assert (claim.kind, claim.text, claim.verdict) == ("count", "four ships are visible", "contradicted")
    assert claim.evidence == "ship: 3 counted, exhaustive"


@pytest.mark.parametrize(
    ("route", "kept"), [("a2c", False), ("sa2c", False), ("twin", True), ("narrator", True), ("human", True)]
)
def test_what_cannot_be_decided_follows_the_policy_of_the_route(hand_tiles: dict[str, Tile], route: str, kept: bool) -> None:
    caption = judged(hand_tiles["coast"], "Three large ships are visible.", route)
    assert caption.kept is kept
    assert (caption.reason is None) is kept
    assert {claim.verdict for claim in caption.claims} == {"unverifiable"}


@pytest.mark.parametrize("text", ["There are no ships.", "Two cars are visible. No bridge can be seen.", "There are 0 cars."])
@pytest.mark.parametrize(("route", "kept"), [("narrator", False), ("twin", False), ("human", True)])
def test_an_absence_that_nothing_proves_is_not_kept(hand_tiles: dict[str, Tile], route: str, kept: bool, text: str) -> None:
    unlabelled = replace(hand_tiles["coast"], boxes=(), regions=(), exhaustive=())
    caption = judged(unlabelled, text, route)
    assert {claim.verdict for claim in caption.claims} == {"unverifiable"}
    assert caption.kept is kept
    assert (caption.reason or "").startswith("unverifiable: ") is not kept


def test_a_policy_can_be_said(hand_tiles: dict[str, Tile]) -> None:
    strict = Verify(policy=tuple((route, "refuse") for route in ROUTES))
    assert not judged(hand_tiles["coast"], "The sea is calm.", "narrator", strict).kept
    assert not judged(hand_tiles["coast"], "Four ships are visible.", "human", strict).kept


def test_people_are_judged_and_never_refused(hand_tiles: dict[str, Tile]) -> None:
    caption = judged(hand_tiles["coast"], "Four ships are visible.", "human")
    assert caption.kept
    assert caption.claims[0].verdict == "contradicted"


def test_a_refused_caption_stays_refused_for_its_first_reason(hand_tiles: dict[str, Tile]) -> None:
    caption = judged(hand_tiles["coast"], "Three ships are visible.", kept=False, reason="too_short")
    assert (caption.kept, caption.reason) == (False, "too_short")
    assert caption.claims[0].verdict == "supported"


def test_only_claims_kept_and_reason_change(hand_tiles: dict[str, Tile]) -> None:
    tile = replace(hand_tiles["coast"], captions=(Caption(text="Four ships.", route="narrator", model="m", seed=3, score=0.5),))
    after = Verify().apply(tile)
    for one in fields(Tile):
        if one.name != "captions":
            assert getattr(after, one.name) is getattr(tile, one.name)
    for one in fields(Caption):
        if one.name not in ("claims", "kept", "reason"):
            assert getattr(after.captions[0], one.name) == getattr(tile.captions[0], one.name)
    assert Verify().apply(hand_tiles["coast"]) is hand_tiles["coast"]


@pytest.mark.parametrize("text", ["", ".", "?! ...", "This is a SAR image.", "Lorem ipsum.", "3", "Radar."])
def test_a_text_that_claims_nothing_is_never_true(hand_tiles: dict[str, Tile], text: str) -> None:
    assert verdict(hand_tiles["coast"], text) == "unverifiable"
    assert not judged(hand_tiles["coast"], text, "a2c").kept


def test_what_is_not_understood_is_one_claim_beside_what_is(hand_tiles: dict[str, Tile]) -> None:
    claims = claims_of("Three ships are visible. Three ships sail along. Wobbly frobs abound.", facts_of(hand_tiles["coast"]))
    assert [(claim.kind, claim.verdict) for claim in claims] == [
        ("count", "supported"),
        ("sentence", "unverifiable"),
        ("sentence", "unverifiable"),
    ]


def test_what_is_left_of_a_text_is_a_caption_of_its_own(hand_tiles: dict[str, Tile]) -> None:
    text = "Three ships are visible. Four bridges are visible. A bridge is in the upper right."
    tile = replace(hand_tiles["coast"], captions=(Caption(text=text, route="narrator", model="m"),))
    whole, left = Verify().apply(tile).captions
    assert (whole.text, whole.kept) == (text, False)
    assert (whole.reason or "").startswith("contradicted: four bridges")
    assert (left.text, left.kept, left.model) == ("Three ships are visible. A bridge is in the upper right.", True, "m")
    assert {claim.verdict for claim in left.claims} == {"supported"}


def test_a_claim_names_its_words_and_the_boxes_that_it_stands_on(hand_tiles: dict[str, Tile]) -> None:
    tile = hand_tiles["coast"]
    text = "In the lower right, two ships are visible. The bridge lies in the upper right, and four harbors can be seen."
    caption = judged(tile, text)
    words = [text[claim.span[0] : claim.span[1]] for claim in caption.claims if claim.span is not None]
    assert words == [
        "In the lower right, two ships are visible",
        "The bridge lies in the upper right",
        "four harbors can be seen",
    ]
    labels = [[tile.boxes[at].label for at in claim.boxes] for claim in caption.claims]
    assert labels == [["ship", "ship"], ["bridge"], ["harbor"]]  # the last are those that break it


def test_what_is_left_names_the_caption_that_it_was_left_of(hand_tiles: dict[str, Tile]) -> None:
    texts = ("Three ships are visible.", "Three ships are visible. Four bridges are visible.")
    tile = replace(hand_tiles["coast"], captions=tuple(Caption(text=text, route="narrator") for text in texts))
    after = Verify().apply(tile).captions
    assert [(caption.kept, caption.derived_from) for caption in after] == [(True, None), (False, None), (True, 1)]


@pytest.mark.parametrize("text", ["Frobs abound.", "A \u0441hip.", "Zwei Schiffe.", "Sh\u200bips abound.", "It is never so."])
def test_what_is_not_understood_and_could_be_wrong_goes(hand_tiles: dict[str, Tile], text: str) -> None:
    caption = judged(hand_tiles["coast"], f"Three ships are visible. {text}")
    assert not caption.kept
    assert (caption.reason or "").startswith("not understood, and holds ")


@pytest.mark.parametrize("text", ["Four ships are visible.", "Four ships are visible. Wobbly frobs.", "Frobs abound. No cars."])
def test_where_nothing_is_left_there_is_no_other_caption(hand_tiles: dict[str, Tile], text: str) -> None:
    unlabelled = replace(hand_tiles["coast"], exhaustive=("ship",))
    tile = replace(unlabelled, captions=(Caption(text=text, route="narrator"),))
    assert [caption.kept for caption in Verify().apply(tile).captions] == [False]


def test_an_object_near_an_edge_may_be_in_either_cell_but_not_in_both(make_tile: MakeTile, make_box: MakeBox) -> None:
    tile = make_tile(make_box("ship", 95, 20, 105, 30), make_box("ship", 20, 20, 30, 30))
    assert verdict(tile, "Two ships are in the upper left.") == "supported"
    assert verdict(tile, "One ship is in the upper left and one is in the upper center.") == "supported"
    assert verdict(tile, "Two ships are in the upper left and one is in the upper center.") == "contradicted"
    assert verdict(tile, "A ship is in the upper center. Both ships are in the upper left.") != "contradicted"


def test_compass_words_need_a_map_with_north_up(hand_tiles: dict[str, Tile], make_tile: MakeTile) -> None:
    for text, on_map in (("A ship is in the north-west.", "supported"), ("The bridge is in the south.", "contradicted")):
        assert verdict(hand_tiles["coast"], text) == on_map
        assert verdict(replace(hand_tiles["coast"], geo=make_tile().geo), text) == "unverifiable"


def test_colour_is_contradicted_even_where_all_else_is_true(hand_tiles: dict[str, Tile]) -> None:
    assert verdict(hand_tiles["coast"], "Three red ships are visible.") == "contradicted"
    assert verdict(hand_tiles["coast"], "Three ships are visible, and no clouds.") == "unverifiable"
    assert verdict(hand_tiles["coast"], "Three ships and their shadows are visible.") == "unverifiable"


def test_the_rule_is_plain_data() -> None:
    assert Verify() == pickle.loads(pickle.dumps(Verify()))
    assert hash(Verify()) == hash(Verify())
    assert Verify().name == "verify"
    assert all(one.metadata["help"] for one in fields(Verify))


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ((("rumour", "keep"),), "route 'rumour'"),
        ((("a2c", "shrug"),), "policy 'shrug' of route a2c"),
        ((("a2c", "keep"),), "says nothing of human, narrator, sa2c, twin"),
    ],
)
def test_a_policy_is_checked(policy: tuple[tuple[str, str], ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Verify(policy=policy)


_WORDS = sorted({word for phrase in LEXICON for word in phrase.split()} | {"wobbly", "frob", "7", "12", "120", "1990", "."})


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=14), st.sampled_from(("coast", "airfield", "fleet", "partial", "depot")))
def test_any_row_of_words_can_be_judged(hand_tiles: dict[str, Tile], words: list[str], name: str) -> None:
    for claim in claims_of(" ".join(words), facts_of(hand_tiles[name])):
        assert claim.verdict in VERDICTS
        assert all((claim.kind, claim.text, claim.evidence))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_can_be_judged(hand_tiles: dict[str, Tile], text: str) -> None:
    claims_of(text, facts_of(hand_tiles["coast"]))


_NUMBER = re.compile(r"(?<!the )\b(one|two|three|four|five|six|seven|eight|nine|ten|\d+)\b(?! (?:m\b|to |and \d))")
_CELL = re.compile(r"\b(?:upper|middle|lower) (?:left|center|right)\b|\b(?<!upper )(?<!lower )center\b")


def spoiled(text: str, facts: Facts, draw: random.Random) -> list[str]:
    """The text with one number raised, with one cell moved to where no object is, and with one class made an absent one."""
    found = []
    exact = [match for match in _NUMBER.finditer(text) if not re.search(r"(least|fewer than) $", text[: match.start()])]
    if exact:
        match = draw.choice(exact)
        number = NUMBER_WORDS.index(match[0]) if match[0] in NUMBER_WORDS else int(match[0])
        found.append(f"{text[: match.start()]}{number + draw.choice((1, 2, 5))}{text[match.end() :]}")
    empty = [
        CELLS[cell]
        for cell in range(9)
        if not any(thing.rows_open >> cell // 3 & 1 and thing.columns_open >> cell % 3 & 1 for thing in facts.objects)
    ]
    places = list(_CELL.finditer(text))
    if empty and places:
        match = draw.choice(places)
        found.append(text[: match.start()] + draw.choice(empty) + text[match.end() :])
    kind = taxonomy.KINDS[draw.choice(facts.objects).label]
    absent = [taxonomy.KINDS[name] for name in SIX if facts.absent(name)]
    named = re.search(rf"\b({kind.plural}|{kind.singular})\b", text)
    if absent and named and not re.search(r"\b([Nn]o|without|of) [^.]*$", text[: named.start()]):
        other = draw.choice(absent)
        word = other.singular if named[0] == kind.singular != kind.plural else other.plural
        found.append(text[: named.start()] + word + text[named.end() :])
    return found


def test_a_spoiled_caption_is_never_supported(narrate_tiles: ModuleType) -> None:
    verdicts = []
    for number in range(400):
        tile = replace(narrate_tiles.random_tile(number, seed=5), exhaustive=SIX)
        facts, draw = facts_of(tile), random.Random(number)
        for caption in A2C().apply(tile).captions if facts.objects else ():
            for text in spoiled(caption.text, facts, draw):
                verdicts.append(verdict_of(claims_of(text, facts)))
                assert verdicts[-1] != "supported", text
    assert len(verdicts) > 1000
    assert verdicts.count("contradicted") > 0.85 * len(verdicts)


def test_verdicts_change_only_with_the_revision(boxed_tiles: dict[str, Tile]) -> None:
    """Where this fails, verdicts or evidence have changed: raise Verify.revision with them."""
    lines = [f"revision {Verify().revision}"]
    for name, tile in boxed_tiles.items():
        for number in range(10):
            narrated = Verify().apply(A2C().apply(replace(tile, key=f"hand/{name}{number}/0_0")))
            lines += [f"{name} {number}: {said(claim)}" for caption in narrated.captions for claim in caption.claims]
    same_as_stored("claims_of_boxes.txt", lines)


def test_a_colour_is_contradicted_of_radar_and_open_of_light(make_tile: MakeTile) -> None:
    tile = make_tile()
    light = replace(tile, sensor=replace(tile.sensor, modality="optical"))
    verdicts = {
        one.sensor.modality: [
            claim.verdict for claim in claims_of("Green trees stand around.", facts_of(one)) if claim.kind == "optical"
        ]
        for one in (tile, light)
    }
    assert verdicts == {"sar": ["contradicted"], "optical": ["unverifiable"]}


def test_radar_is_contradicted_of_light(make_tile: MakeTile, make_box: MakeBox) -> None:
    tile = make_tile(make_box("ship", 10, 10, 40, 20))
    light = replace(tile, sensor=replace(tile.sensor, modality="optical"))
    for text in ("A SAR image with a ship.", "A ship seen by radar."):
        assert verdict_of(claims_of(text, facts_of(tile))) == "supported"
        assert verdict_of(claims_of(text, facts_of(light))) == "contradicted"


def test_verdicts_on_regions_change_only_with_the_revision() -> None:
    """Where this fails, verdicts or evidence have changed: raise Verify.revision with them."""
    lines = [f"revision {Verify().revision}"]
    for number in range(40):
        tile = SA2C().apply(mosaic(2, number))
        facts = facts_of(tile)
        for region in tile.regions:
            noun = taxonomy.KINDS[region.label].mass
            for text in (f"The {noun} is in the left half.", f"All of the annotated {noun} is in the upper half."):
                lines += [f"{number}: {said(claim)}" for claim in claims_of(text, facts)]
        lines += [f"{number}: {said(claim)}" for caption in Verify().apply(tile).captions for claim in caption.claims]
    same_as_stored("claims_of_regions.txt", lines)


def test_what_does_not_count_may_be_of_a_class_by_a_loose_name(make_tile: MakeTile, make_box: MakeBox) -> None:
    crowd = make_tile(make_box("fighter", 20, 20, 60, 60, crowd=True), exhaustive=("aircraft",))
    cut = make_tile(make_box("tanker", 20, 20, 60, 60, visible_share=0.2), exhaustive=("ship",))
    for tile, text in ((crowd, "No jets are visible."), (cut, "No cargo ships are visible.")):
        assert verdict_of(claims_of(text, facts_of(tile))) == "unverifiable"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There are three ships.", "unverifiable"),
        ("Exactly three ships are visible.", "unverifiable"),
        ("There are three annotated ships.", "unverifiable"),
        ("Three ships lie in the middle right.", "contradicted"),
        ("There are four ships.", "unverifiable"),  # the fourth may be seen
        ("There are five ships.", "contradicted"),
        ("There are two ships.", "contradicted"),
        ("At least three ships are visible.", "supported"),
        ("There are at most four ships.", "supported"),
        ("There are at most three ships.", "unverifiable"),
        ("Several ships are visible.", "supported"),
        ("All of the ships lie in the upper left.", "unverifiable"),
        ("The ships lie in a line.", "unverifiable"),
        ("The largest ship is in the upper left.", "unverifiable"),
        ("Both aircraft lie in the lower right.", "contradicted"),
        ("There is one aircraft.", "supported"),  # none of these is cut
    ],
)
def test_what_the_border_cuts_off_leaves_numbers_open(make_tile: MakeTile, make_box: MakeBox, text: str, expected: str) -> None:
    ships = [make_box("ship", 10, y, 70, y + 10) for y in (10, 30, 50)]
    cut = make_box("ship", 290, 120, 300, 140, visible_share=0.39)
    tile = make_tile(*ships, cut, make_box("aircraft", 240, 240, 280, 280))
    assert verdict_of(claims_of(text, facts_of(tile))) == expected


def test_an_object_that_the_border_cuts_is_not_said_to_be_elsewhere(make_tile: MakeTile, make_box: MakeBox) -> None:
    tile = make_tile(make_box("ship", 290, 120, 300, 140, visible_share=0.39))
    for text in ("The ship lies in the upper left.", "The largest ship is in the upper left."):
        assert verdict_of(claims_of(text, facts_of(tile))) == "unverifiable"


def test_any_order_of_codes_is_read() -> None:
    codes, chosen = "".join(sorted({code for code, _ in LEXICON.values()})), random.Random(5)
    for _ in range(20000):
        read("".join(chosen.choices(codes, k=chosen.randint(1, 12))))
