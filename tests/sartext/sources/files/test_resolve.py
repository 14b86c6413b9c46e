import pytest

from sartext.sources.files.resolve import Paths, Resolved, tidy

FILES = ("Image/SEN12/a.png", "Image/QXS/a.png", "Image/QXS/b.png", "c.tif", "train/1.png", "val/1.png", "d.jpg", "d.png")


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("Image/SEN12/a.png", ["Image/SEN12/a.png"]),
        ("/SAR-TEXT-data/Image/SEN12/a.png", ["Image/SEN12/a.png"]),  # it begins above the folder
        ("QXS/a.png", ["Image/QXS/a.png"]),  # below the folder
        ("Image\\QXS\\b.png", ["Image/QXS/b.png"]),
        ("./c.tif", ["c.tif"]),
        ("elsewhere/c.tif", ["c.tif"]),
        ("b", ["Image/QXS/b.png"]),  # without an ending
        ("a.png", ["Image/QXS/a.png", "Image/SEN12/a.png"]),  # ambiguous
        ("d", ["d.jpg", "d.png"]),
        ("1.png", ["train/1.png", "val/1.png"]),
        ("test/1.png", []),  # the same name is not the same image
        ("c.png", []),
        ("", []),
        ("..", []),
    ],
)
def test_one_path_ends_the_other(named: str, found: list[str]) -> None:
    assert Paths(FILES).find(named) == found


def test_the_longest_in_common_wins() -> None:
    assert Paths(("a.png", "x/a.png")).find("y/x/a.png") == ["x/a.png"]


def test_no_file_is_that_of_two_images() -> None:
    paths = Paths(("1.png", "b/2.png", "3.tif"))
    assert paths.resolve(["train/1.png", "val/1.png"]) == {
        "train/1.png": Resolved(("1.png",), "val/1.png"),
        "val/1.png": Resolved(("1.png",), "train/1.png"),
    }
    assert paths.resolve(["train/1.png", "1.png", "1"]) == {
        "train/1.png": Resolved(),
        "1.png": Resolved(("1.png",)),
        "1": Resolved(("1.png",)),  # the same image, without its ending
    }
    assert paths.resolve(["2", "2.png", "3.png"]) == {
        "2": Resolved(("b/2.png",)),
        "2.png": Resolved(("b/2.png",)),
        "3.png": Resolved(),
    }


def test_tidy() -> None:
    assert [tidy(path) for path in ("\\data\\.\\a.png", "a//b/../c.png", "../a", "")] == ["data/a.png", "a/c.png", "../a", "."]
