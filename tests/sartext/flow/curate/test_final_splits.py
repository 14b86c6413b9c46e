"""No group is cut by a split but by one that a source published."""

from typing import Any

from sartext.flow.curate.decide import decide
from sartext.flow.curate.final_splits import final_splits
from sartext.flow.curate.selection import Selection
from sartext.sources.source import split_of
from sartext.store.local import LocalStore
from sartext.tile import SPLITS
from tests.support.fact_tables import fact_table

RULES = ("", "scene", "footprint", "source")
SQUARE = "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"
BESIDE = "POLYGON ((0.5 0, 1.5 0, 1.5 1, 0.5 1, 0.5 0))"
FAR = "POLYGON ((20 0, 21 0, 21 1, 20 1, 20 0))"


def splits(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    facts = fact_table(rows)
    made = decide(facts, Selection(), LocalStore("/nowhere"))
    split, rule = final_splits(facts, made)
    return [(SPLITS[one], RULES[other]) for one, other in zip(split.tolist(), rule.tolist(), strict=True)]


def test_a_group_of_one_split_stays_as_it_is() -> None:
    assert splits([{"scene": "a/x", "split": "val"}, {"scene": "a/x", "split": "val"}, {"split": "test"}]) == [
        ("val", ""),
        ("val", ""),
        ("test", ""),
    ]


def test_scenes_that_overlap_in_two_sources_come_into_one_split() -> None:
    found = splits(
        [
            {"scene": "a/x", "split": "train", "outline": SQUARE},
            {"scene": "b/y", "split": "test", "outline": BESIDE, "dataset": 1},
            {"scene": "b/z", "split": "val", "outline": FAR, "dataset": 1},
            {"scene": "b/y", "split": "test", "dataset": 1},
        ]
    )
    where = (split_of("a/x"), "footprint")
    assert found == [where, where, ("val", ""), where]


def test_scenes_that_show_the_same_come_into_one_split_though_the_copy_is_left_out() -> None:
    found = splits(
        [
            {"scene": "a/x", "split": "train", "digest": 1},
            {"scene": "b/y", "split": "test", "digest": 1, "dataset": 1},
            {"scene": "b/y", "split": "test", "dataset": 1},
        ]
    )
    assert found[0] == found[2] == (split_of("a/x"), "scene")


def test_a_published_split_stays_and_others_of_its_group_go_there_furthest_from_training() -> None:
    rows = [
        {"scene": "a/x", "split": "train", "outline": SQUARE},
        {"scene": "b/y", "split": "val", "published": True, "outline": BESIDE, "dataset": 1},
    ]
    assert splits(rows) == [("val", "source"), ("val", "")]
    cut = [*rows, {"scene": "b/y", "split": "test", "published": True, "dataset": 1}]
    assert splits(cut) == [("test", "source"), ("val", ""), ("test", "")]


def test_what_has_no_split_gets_one() -> None:
    assert splits([{"scene": "a/x", "split": None}]) == [(split_of("a/x"), "scene")]
