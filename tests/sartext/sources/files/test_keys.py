import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.errors import SourceError
from sartext.sources.files.keys import keys, planned_order, segment
from sartext.tile import KEY

HRSID = r"(?P<scene>P\d+)_(?P<row>\d+)_\d+_(?P<col>\d+)_\d+"


def made(*files: str, pattern: str | None = None) -> list[str]:
    return keys("set", files, pattern, listed_in="images")


def test_without_a_pattern_the_path_is_the_scene() -> None:
    assert made("a.jpg", "sub/a.jpg", "b.c.png") == ["set/a/0_0", "set/sub.a/0_0", "set/b.c/0_0"]


def test_a_pattern_gives_scene_row_and_column() -> None:
    assert made("P0001_1200_2000_9600_10400.jpg", pattern=HRSID) == ["set/P0001/1200_9600"]
    assert made("x/night.jpg", "x/P1_2_3_4_5.jpg", pattern=HRSID + "|.*") == ["set/x.night/0_0", "set/P1/2_4"]
    with pytest.raises(SourceError, match=r"images: the name 'night' does not match"):
        made("night.jpg", pattern=HRSID)


def test_a_scene_may_have_two_parts() -> None:
    pattern = r"(?P<scene>R\d+)_(?P<col>[a-z]+)_(?P<scene_2>\d+)_(?P<row>p\d+)|.*"
    assert made("R1_fall_7_p3.png", "R1_fall.png", pattern=pattern) == ["set/R1_7/p3_fall", "set/R1_fall/0_0"]


def test_two_endings_stay_in_one_scene() -> None:
    first, second, third = made("a.jpg", "a.png", "b.png")
    assert first.startswith("set/a/0_0-")
    assert second.startswith("set/a/0_0-")
    assert first != second
    assert third == "set/b/0_0"
    assert made("b.png", "a.png", "a.jpg") == [third, second, first]


def test_the_same_file_twice() -> None:
    with pytest.raises(SourceError, match=r"'a.jpg' is there twice"):
        made("a.jpg", "a.jpg")


def test_unsafe_names_never_become_one() -> None:
    assert segment("a b") != segment("a_b") == "a_b"
    assert segment("船1") != segment("舟1")
    assert segment("..") not in ("..", ".")


@given(st.lists(st.text(max_size=300), min_size=1, max_size=8, unique=True))
def test_any_names_give_safe_unique_keys(files: list[str]) -> None:
    found = made(*files)
    assert len(set(found)) == len(files)
    assert all(KEY.fullmatch(key) for key in found)
    assert found == made(*files)


def test_order_does_not_depend_on_endings() -> None:
    assert sorted(["b.jpg", "a.png", "a-1.jpg", "a.*"], key=planned_order) == ["a.*", "a.png", "a-1.jpg", "b.jpg"]
