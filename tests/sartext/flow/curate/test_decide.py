"""What stays of tiles and captions, decided from facts alone."""

from typing import Any

import pytest

from sartext.errors import OptionError, UserError
from sartext.flow.curate.decide import Decisions, decide
from sartext.flow.curate.selection import CAPTION_REASONS, TILE_REASONS, Selection
from sartext.store.local import LocalStore
from tests.support.fact_tables import fact_table

NOWHERE = LocalStore("/nowhere")


def decided(rows: list[dict[str, Any]], **options: Any) -> Decisions:
    return decide(fact_table(rows), Selection(**{"most_narrator": 1.0, **options}), NOWHERE)


def reasons(made: Decisions) -> list[str]:
    return [TILE_REASONS[one] for one in made.tile.tolist()]


def test_of_the_same_pixels_the_earlier_dataset_stays_then_who_has_more_captions() -> None:
    two = [("a2c", 1), ("a2c", 2)]
    rows = [
        {"dataset": 1, "digest": 5, "captions": two},
        {"dataset": 0, "digest": 5},
        {"dataset": 0, "digest": 5, "captions": two},
    ]
    made = decided(rows)
    assert reasons(made) == ["same_pixels", "same_pixels", ""]
    assert made.like.tolist() == [2, 2, -1]


def test_at_most_so_many_tiles_have_the_same_text() -> None:
    rows: list[dict[str, Any]] = [{"captions": [("a2c", 7), ("a2c", 7)]} for _ in range(5)]
    made = decided(rows, most_same_text=2)
    assert reasons(made) == ["", "", *["no_caption_left"] * 3]
    with_question = decided([*rows[:2], {"captions": [("a2c", 7)], "questions": 1}], most_same_text=2)
    assert reasons(with_question) == ["", "", ""]
    assert CAPTION_REASONS[with_question.caption[-1]] == "text_of_enough_tiles"


def test_a_class_is_shown_by_so_many_tiles_or_by_such_a_share() -> None:
    rows = [{"classes": ["ship"]}] * 6 + [{"classes": ["ship", "harbor"]}] + [{"classes": ["bridge"]}] * 3
    assert reasons(decided(rows, most_of_class=2)) == ["", "", *["class_is_full"] * 5, "", "", "class_is_full"]
    assert reasons(decided(rows, most_of_class=0.4)).count("class_is_full") == 3


@pytest.mark.parametrize(("most", "left"), [(0.5, 3), (0.25, 1), (0.0, 0), (1.0, 6)])
def test_a_narrator_wrote_at_most_such_a_share(most: float, left: int) -> None:
    rows = [{"captions": [("a2c", at)]} for at in range(3)] + [{"captions": [("narrator", 10 + at)]} for at in range(6)]
    made = decided(rows, most_narrator=most)
    assert int((made.caption[3:] == 0).sum()) == left
    assert reasons(made).count("no_caption_left") == 6 - left
    assert left <= most * (3 + left)


def test_routes_and_what_is_wrong_is_said() -> None:
    made = decided([{"captions": [("a2c", 1), ("human", 2)]}, {"captions": [("a2c", 3)]}], routes=("human",))
    assert reasons(made) == ["", "no_caption_left"]
    assert [CAPTION_REASONS[one] for one in made.caption.tolist()] == ["route_not_selected", "", "route_not_selected"]
    with pytest.raises(UserError, match=r"no tile is selected of 1 \(no_caption_left 1, captions: route_not_selected 1\)"):
        decided([{}], routes=("human",))
    for options in ({"most_of_class": 1.5}, {"near": 0.2}, {"score_quantile": 2.0}, {"half": 2}):
        with pytest.raises(OptionError):
            Selection(**options)  # type: ignore[arg-type]
    with pytest.raises(UserError, match="routes names 'radio'"):
        Selection(routes=("radio",))
