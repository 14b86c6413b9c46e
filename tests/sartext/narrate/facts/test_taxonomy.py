import pytest

from sartext.narrate.facts import taxonomy


def test_every_parent_is_a_class() -> None:
    for kind in taxonomy.KINDS.values():
        assert kind.parent is None or kind.parent in taxonomy.KINDS
        assert taxonomy.lineage(kind.name)[0] == kind.name


def test_no_word_means_two_classes() -> None:
    words: dict[str, str] = {}
    for kind in taxonomy.KINDS.values():
        for pair in ((kind.singular, kind.plural), *kind.synonyms):
            for word in set(pair):
                assert words.setdefault(word.lower(), kind.name) == kind.name, word


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [("tanker", "ship", True), ("ship", "tanker", False), ("boeing 787", "aircraft", True), ("car", "ship", False)],
)
def test_truth_goes_upward_only(name: str, other: str, expected: bool) -> None:
    assert taxonomy.is_a(name, other) is expected


def test_what_may_be_called_otherwise() -> None:
    assert taxonomy.akin("ship", "tanker")
    assert taxonomy.loosely("tanker", "cargo ship")
    assert not taxonomy.loosely("tanker", "ship")
    assert not taxonomy.akin("tanker", "tug")


def test_a_tank_is_a_storage_tank() -> None:
    assert taxonomy.KINDS["tank"].singular == "storage tank"


def test_an_unknown_class_has_no_lineage() -> None:
    with pytest.raises(KeyError):
        taxonomy.lineage("zeppelin")


def test_what_covers_the_sea_is_called_water_and_is_none() -> None:
    for name in ("oil spill", "look-alike", "sea ice", "flood"):
        assert name in taxonomy.REGIONS
        assert taxonomy.loosely(name, "water")
        assert taxonomy.loosely(name, "sea")
    assert taxonomy.loosely("forest", "land")
    assert taxonomy.is_a("sea ice", "ice")
    assert "ship wake" not in taxonomy.REGIONS
