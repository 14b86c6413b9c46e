"""Questions about boxes: asked only where the annotations prove the answer."""

import pytest

from sartext.narrate.ask.questions import Questions
from sartext.narrate.facts.tile_facts import facts_of
from sartext.tile import Question, Region, Tile
from tests.reading.recount import class_in, classes_in
from tests.support.narration import MakeBox, MakeTile


def asked(tile: Tile, kind: str | None = None, **options: int) -> list[Question]:
    return [one for one in Questions(**options).apply(tile).questions if kind in (None, one.kind)]


def test_without_exhaustive_classes_nothing_is_asked(make_tile: MakeTile, make_box: MakeBox) -> None:
    assert asked(make_tile(make_box("ship", 40, 40, 60, 60), exhaustive=())) == []


def test_crowds_cut_and_unresolvable_objects_forbid_numbers_and_places(make_tile: MakeTile, make_box: MakeBox) -> None:
    clear = make_box("ship", 40, 40, 60, 60)
    kinds = {one.kind: one.answer for one in asked(make_tile(clear), per_tile=9) if one.kind != "presence"}
    assert kinds == {"count": "1", "position": "upper left", "class": "ship"}
    for more, left in (
        (make_box("ship", 200, 200, 290, 290, crowd=True), {"class"}),
        (make_box("ship", 0, 200, 10, 220, visible_share=0.3), {"class"}),
        (make_box("ship", 200, 200, 203, 203), set()),
        (make_box("aircraft", 200, 200, 203, 203), {"count", "position"}),
        (make_box("aircraft", 200, 200, 290, 290, crowd=True), {"count", "position"}),
    ):
        found = [one for one in asked(make_tile(clear, more), per_tile=20) if one.kind != "presence"]
        assert {one.kind for one in found} == left, more
        assert all("ship" in one.question for one in found if one.kind != "class")
    tiny = asked(make_tile(make_box("ship", 40, 40, 43, 43)), per_tile=9)
    assert tiny == []


@pytest.mark.parametrize(
    ("left", "right", "answer"),
    [
        (40, 60, "middle left"),
        (84, 90, None),
        (98, 106, None),
        (50, 104, "middle left"),
        (60, 110, None),
        (125, 170, "center"),
        (60, 240, None),
    ],
)
def test_a_place_is_asked_only_of_an_object_clearly_in_one_cell(
    make_tile: MakeTile, make_box: MakeBox, left: float, right: float, answer: str | None
) -> None:
    found = asked(make_tile(make_box("bridge", left, 140, right, 160)), "position", per_tile=9)
    assert [one.answer for one in found] == ([answer] if answer else [])


def test_an_empty_tile_is_asked_for_none(make_tile: MakeTile) -> None:
    (one,) = asked(make_tile(exhaustive=("ship", "water")))
    assert (one.kind, one.answer) == ("count", "0")
    assert "ship" in one.question


def test_upward_truth_in_counts(make_tile: MakeTile, make_box: MakeBox) -> None:
    tile = make_tile(make_box("car", 40, 40, 60, 60), make_box("truck", 140, 140, 160, 160), exhaustive=("vehicle",))
    counts = {class_in(one.question): one.answer for one in asked(tile, "count", per_tile=9)}
    assert counts == {"vehicle": "2", "car": "1", "truck": "1"}


def test_a_mask_forbids_what_its_boxes_do_not_prove(make_tile: MakeTile, make_box: MakeBox) -> None:
    """A ship too small for a box, and pixels that nobody labelled."""
    sea = (Region(label="ship", area_share=0.001, rle=(100, 90, 89810)),)
    hidden = make_tile(regions=sea, exhaustive=("ship", "harbor"), unlabelled_share=0.0)
    assert {one.answer for one in asked(hidden, "count", per_tile=9)} == set()
    unlabelled = make_tile(make_box("ship", 40, 40, 60, 60), exhaustive=("ship", "harbor"), unlabelled_share=0.2)
    assert asked(unlabelled, per_tile=9) == []
    for tile in (hidden, unlabelled):
        facts = facts_of(tile)
        assert not facts.absent("ship")
        assert not facts.count("ship").exact
    assert facts_of(hidden).absent("harbor")
    assert not facts_of(unlabelled).absent("harbor")


def test_a_class_is_one_of_those_that_are_offered(make_tile: MakeTile, make_box: MakeBox) -> None:
    clear = make_box("ship", 40, 40, 60, 60)
    (one,) = asked(make_tile(clear, exhaustive=("ship", "harbor", "bridge")), "class", per_tile=9)
    assert one.answer == "ship"
    assert set(classes_in(one.question)) <= {"ship", "harbor", "bridge"}
    assert classes_in(one.question).count("ship") == 1
    assert len(classes_in(one.question)) >= 2
    assert asked(make_tile(clear, exhaustive=("ship",)), "class", per_tile=9) == []
