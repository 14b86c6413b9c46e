from collections.abc import Sequence

from sartext.sources.split.splits import Named, named_splits
from sartext.sources.split_paths import Naming


def decided(written: Sequence[Sequence[str | Naming]], places: Sequence[str]) -> list[Named]:
    namings = [[one if isinstance(one, Naming) else Naming(one) for one in own] for own in written]
    return named_splits(namings, places, "mend it")


def test_of_itself_of_its_place_or_of_nothing() -> None:
    written = [["Restval"], [], ["dev", "val"], [], [], ["train", "test"], ["?"], []]
    places = ["a", "a", "b", "b", "c", "d", "d", "d"]
    assert decided(written, places) == [
        Named("train"),
        Named("train"),
        Named("val"),
        Named("val"),
        Named(),
        Named(fault=("two_splits", "it is in train and in test")),
        Named(fault=("unknown_split", "'?'; mend it")),
        Named(),
    ]


def test_a_place_that_the_file_cuts_has_room_for_no_other() -> None:
    written = [["test"], ["train"], []]
    assert decided(written, ["a"] * 3) == [
        Named("test"),
        Named("train"),
        Named(fault=("two_splits", "others of its place are in train and in test; name its own")),
    ]
    assert decided([], []) == []


def test_files_and_folders_are_named() -> None:
    (named,) = decided([[Naming("train", "a/train.json"), Naming("val", "a/val.json"), "test"]], ["a"])
    assert named == Named(fault=("two_splits", "it is in train (a/train.json) and in val (a/val.json) and in test"))
    assert decided([[Naming("train", "a.json"), "Train"]], ["a"]) == [Named("train")]
