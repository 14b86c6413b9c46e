import unicodedata

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


UPLOADS = ("a.png", "sub/b.png", "1a2b3c4d-c.png", "d_jpg.rf.0123456789abcdef0123456789abcdef.jpg", "e f.png", "G.PNG")


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("images/1a2b3c4d-a.png", ["a.png"]),  # Label Studio
        ("/data/upload/4/1a2b3c4d-a.png", ["a.png"]),
        ("..\\..\\media\\upload\\4\\1a2b3c4d-a.png", ["a.png"]),
        ("/data/local-files/?d=images%5Ca.png", ["a.png"]),
        ("c.png", ["1a2b3c4d-c.png"]),  # the image as it was uploaded, its name as it was before
        ("ffffffff-c.png", []),  # another upload of a file of that name
        ("20240305-a.png", []),  # a date
        ("a_png.rf.0123456789abcdef0123456789abcdef.png", ["a.png"]),  # Roboflow
        ("a_png.rf.0123456789abcdef0123456789abcdef.jpg", ["a.png"]),
        ("d.jpg", ["d_jpg.rf.0123456789abcdef0123456789abcdef.jpg"]),
        ("e%20f.png", ["e f.png"]),
        ("1a2b3c4d-e%20f.png", ["e f.png"]),
        ("g.png", ["G.PNG"]),
        ("a.xml", ["a.png"]),
        ("b.tif", []),
    ],
)
def test_what_tools_add_to_a_name(named: str, found: list[str]) -> None:
    assert Paths(UPLOADS).find(named) == found


def test_names_in_any_form_of_unicode() -> None:
    apart, together = (unicodedata.normalize(form, "hafen_müller.png") for form in ("NFD", "NFC"))
    assert apart != together
    assert Paths((apart, "x.png")).find(f"images/{together}") == [apart]
    assert Paths((together, "x.png")).find(apart) == [together]
    assert Paths((together, apart)).find(apart) == [apart]


def test_a_file_with_a_backslash_in_its_name() -> None:
    assert Paths(("images\\a.png",)).find("images\\a.png") == ["images\\a.png"]
    assert Paths(("images\\a.png",)).find("images/a.png") == ["images\\a.png"]


def test_two_uploads_of_one_image_are_rivals() -> None:
    found = Paths(("a.png",)).resolve(["1a2b3c4d-a.png", "5e6f7a8b-a.png"])
    assert found["1a2b3c4d-a.png"].unclear("1a2b3c4d-a.png") == "a.png is '1a2b3c4d-a.png' or '5e6f7a8b-a.png'"
    assert Paths(("1a2b3c4d-a.png", "5e6f7a8b-a.png")).find("a.png") == ["1a2b3c4d-a.png", "5e6f7a8b-a.png"]
