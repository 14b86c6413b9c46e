"""Questions about boxes: asked only where the annotations prove the answer."""

from dataclasses import replace

import pytest

from sartext.narrate.ask.questions import Questions
from sartext.narrate.facts.tile_facts import facts_of
from sartext.tile import Question, Region, Tile
from tests.reading.recount import Recount
from tests.support.narration import MakeBox, MakeTile

SEEDS = 60


def asked(tile: Tile, kind: str | None = None) -> set[Question]:
    """All questions of many seeds; each answer is right."""
    found = {one for seed in range(SEEDS) for one in Questions(seed=seed, per_tile=9).apply(tile).questions}
    for one in found:
        assert list(Recount(tile).faults(one)) == [], one
    return {one for one in found if kind in (None, one.kind)}


def answers(tile: Tile, kind: str) -> set[str]:
    return {one.answer for one in asked(tile, kind)}


def test_without_exhaustive_classes_nothing_is_asked(make_tile: MakeTile, make_box: MakeBox) -> None:
    assert asked(make_tile(make_box("ship", 40, 40, 60, 60), exhaustive=())) == set()


def test_crowds_cut_and_unresolvable_objects_forbid_numbers_and_places(make_tile: MakeTile, make_box: MakeBox) -> None:
    clear = make_box("ship", 40, 40, 60, 60)
    assert {one.kind for one in asked(make_tile(clear))} == {"count", "position", "presence", "class"}
    assert answers(make_tile(clear), "position") == {"upper left"}
    for more, left in (
        (make_box("ship", 200, 200, 290, 290, crowd=True), {"class"}),
        (make_box("ship", 0, 200, 10, 220, visible_share=0.3), {"class"}),
        (make_box("ship", 90, 200, 110, 203), {"presence", "size", "position"}),
        (make_box("ship", 200, 200, 203, 203), {"presence", "size", "position"}),
        (make_box("aircraft", 200, 200, 203, 203), {"presence", "count", "position"}),
        (make_box("aircraft", 200, 200, 290, 290, crowd=True), {"presence", "count", "position"}),
    ):
        found = asked(make_tile(clear, more))
        assert {one.kind for one in found} == left, more
        assert all("ship" in one.question for one in found if one.kind != "class")
    assert asked(make_tile(make_box("ship", 40, 40, 43, 43))) == set()


def test_presence_contrasts_where_there_are_some_and_where_there_are_none(make_tile: MakeTile, make_box: MakeBox) -> None:
    here, there, tiny = (
        make_box("ship", 40, 40, 60, 60),
        make_box("ship", 240, 240, 260, 260),
        make_box("ship", 240, 40, 243, 43),
    )
    one = {(question.question, question.answer) for question in asked(make_tile(here), "presence")}
    assert {answer for _, answer in one} == {"yes", "no"}
    assert all(
        answer == ("yes" if "left half" in text or "upper half" in text else "no")
        for text, answer in one
        if "quarter" not in text
    )
    both = {question.question for question in asked(make_tile(here, there), "presence")}
    assert both
    assert all("quarter" in text for text in both)
    with_tiny = {question.question for question in asked(make_tile(here, tiny), "presence")}
    assert with_tiny
    assert not any(
        "left half" in text or "right half" in text for text in with_tiny
    )  # there is one in the right half, though nobody can see it
    astride = asked(make_tile(here, make_box("ship", 140, 40, 170, 60)), "presence")
    assert astride
    assert not any("left half" in one.question or "right half" in one.question for one in astride)


@pytest.mark.parametrize(
    ("left", "right", "answer"),
    [
        (40, 60, "upper left"),
        (100, 150, "upper left"),
        (120, 163, None),
        (136, 149, None),
        (130, 200, None),
        (151, 180, "upper right"),
    ],
)
def test_a_place_is_asked_only_of_an_object_clearly_in_one_quarter(
    make_tile: MakeTile, make_box: MakeBox, left: float, right: float, answer: str | None
) -> None:
    assert answers(make_tile(make_box("bridge", left, 40, right, 60)), "position") == ({answer} if answer else set())


def test_a_place_of_several(make_tile: MakeTile, make_box: MakeBox) -> None:
    near, beside = make_box("ship", 40, 40, 60, 60), make_box("ship", 80, 40, 90, 50)
    found = asked(make_tile(near, beside), "position")
    assert {one.answer for one in found} == {"upper left"}
    assert {"larger of the two" in one.question for one in found} == {True, False}
    far = make_box("ship", 240, 240, 250, 250)
    assert all("larger of the two" in one.question for one in asked(make_tile(near, far), "position"))
    assert all("largest ship" in one.question for one in asked(make_tile(near, far, beside), "position"))


def test_numbers_of_the_image_and_of_its_parts(make_tile: MakeTile, make_box: MakeBox) -> None:
    points = [(40, 40), (80, 200), (220, 60), (240, 220), (260, 120)]  # two on the left, three on the right
    tile = make_tile(*(make_box("ship", x, y, x + 10, y + 10) for x, y in points))
    found = {("half" in one.question, "right half" in one.question, one.answer) for one in asked(tile, "count")}
    assert found >= {(False, False, "5"), (True, False, "2"), (True, True, "3")}
    even = make_tile(*(make_box("ship", x, y, x + 10, y + 10) for x, y in [(40, 40), (80, 200), (220, 60), (240, 220)]))
    assert not any("left half" in one.question or "right half" in one.question for one in asked(even, "count"))
    astride = make_tile(*(make_box("ship", x, y, x + 10, y + 10) for x, y in [*points, (145, 10)]))
    assert not any("left half" in one.question for one in asked(astride, "count"))


def test_a_tile_without_boxes_is_seldom_asked_for_none(make_tile: MakeTile) -> None:
    tiles = [make_tile(exhaustive=("ship", "water"), key=f"hand/scene{number}/0_0") for number in range(400)]
    found = [one for tile in tiles for one in Questions().apply(tile).questions]
    assert 5 < len(found) < 50
    assert {(one.kind, one.answer) for one in found} == {("count", "0")}
    assert all("ships" in one.question for one in found)


def test_one_is_seldom_a_number(make_tile: MakeTile, make_box: MakeBox) -> None:
    tile = make_tile(make_box("ship", 40, 40, 60, 60))
    found = [Questions().apply(replace(tile, key=f"hand/scene{number}/0_0")).questions for number in range(400)]
    assert 10 < sum(one.kind == "count" for questions in found for one in questions) < 100


def test_upward_truth_in_counts(make_tile: MakeTile, make_box: MakeBox) -> None:
    tile = make_tile(make_box("car", 40, 40, 60, 60), make_box("truck", 140, 140, 160, 160), exhaustive=("vehicle",))
    assert {one.answer for one in asked(tile, "count") if "vehicles" in one.question and "half" not in one.question} == {"2"}


def test_relations_hold_in_either_order(make_tile: MakeTile, make_box: MakeBox) -> None:
    tile = make_tile(make_box("ship", 40, 140, 60, 160), make_box("bridge", 200, 140, 260, 160))
    found = {
        (one.question.index("ship") < one.question.index("bridge"), "left" in one.question, one.answer)
        for one in asked(tile, "relation")
    }
    assert found == {(True, True, "yes"), (True, False, "no"), (False, False, "yes"), (False, True, "no")}


def test_more_in_one_half_whatever_those_astride_are_counted_to(make_tile: MakeTile, make_box: MakeBox) -> None:
    points = [(40, 40), (80, 130), (60, 220), (240, 130)]
    boxes = [make_box("ship", x, y, x + 10, y + 10) for x, y in points]

    def more(tile: Tile) -> set[str]:
        return {one.answer for one in asked(tile, "relation") if "more" in one.question and "left half" in one.question}

    assert more(make_tile(*boxes)) == {"yes", "no"}
    assert more(make_tile(*boxes, make_box("ship", 145, 10, 155, 20))) == {"yes", "no"}
    assert more(make_tile(*boxes, make_box("ship", 145, 10, 155, 20), make_box("ship", 145, 40, 155, 50))) == set()


def test_the_outermost_is_clearly_outermost(make_tile: MakeTile, make_box: MakeBox) -> None:
    def outermost(*lefts: int) -> set[str]:
        boxes = [make_box("ship", left, 30 + 100 * at, left + 10, 40 + 100 * at) for at, left in enumerate(lefts)]
        return {one.answer for one in asked(make_tile(*boxes), "relation") if "leftmost" in one.question}

    assert outermost(30, 100, 200) == {"yes", "no"}
    assert outermost(30, 33, 200) == set()


def test_a_mask_forbids_what_its_boxes_do_not_prove(make_tile: MakeTile, make_box: MakeBox) -> None:
    """A ship too small for a box, and pixels that nobody labelled."""
    sea = (Region(label="ship", area_share=0.001, rle=(100, 90, 89810)),)
    hidden = make_tile(regions=sea, exhaustive=("ship", "harbor"), unlabelled_share=0.0)
    assert answers(hidden, "count") == set()
    unlabelled = make_tile(make_box("ship", 40, 40, 60, 60), exhaustive=("ship", "harbor"), unlabelled_share=0.2)
    assert asked(unlabelled) == set()
    for tile in (hidden, unlabelled):
        facts = facts_of(tile)
        assert not facts.absent("ship")
        assert not facts.count("ship").exact
    assert facts_of(hidden).absent("harbor")
    assert not facts_of(unlabelled).absent("harbor")


def test_the_class_is_asked_where_others_could_be_there(make_tile: MakeTile, make_box: MakeBox) -> None:
    clear = make_box("ship", 40, 40, 60, 60)
    assert answers(make_tile(clear, exhaustive=("ship", "harbor", "bridge")), "class") == {"ship"}
    assert answers(make_tile(clear, exhaustive=("ship",)), "class") == set()
    assert answers(make_tile(clear, make_box("bridge", 140, 40, 160, 60)), "class") == set()
    typed = asked(make_tile(make_box("a220", 40, 40, 60, 60), exhaustive=("aircraft",)), "class")
    assert {one.answer for one in typed} == {"Airbus A220"}
    assert all("of aircraft" in one.question for one in typed)
