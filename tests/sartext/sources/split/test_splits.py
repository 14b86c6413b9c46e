from sartext.sources.split.splits import Named, named_splits

REMEDY = "mend it"


def test_of_itself_of_its_place_or_of_nothing() -> None:
    written = [["Restval"], [], ["dev", "val"], [], [], ["train", "test"], ["?"], []]
    places = ["a", "a", "b", "b", "c", "d", "d", "d"]
    assert named_splits(written, places, REMEDY) == [
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
    assert named_splits(written, ["a"] * 3, REMEDY) == [
        Named("test"),
        Named("train"),
        Named(fault=("two_splits", "others of its place are in train and in test; name its own")),
    ]
    assert named_splits([], [], REMEDY) == []
