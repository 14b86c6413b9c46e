from pathlib import Path

import pytest

from sartext.sources.annotations.match_labels import digest, pair


def tree(folder: Path, *files: str) -> str:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(file)
    return str(folder)


def paired(images: str, labels: str, *, unlabelled: bool) -> dict[str, str | None]:
    items, files = pair(images, labels, ".txt", source="set", pattern=None, unlabelled=unlabelled)
    assert [item.file for item in items] == files
    return {item.file: item.label_file for item in items}


def test_pairs(tmp_path: Path) -> None:
    images = tree(tmp_path / "images", "b.jpg", "a.jpg", "a.png", "sub/c.jpg", "bare.jpg")
    labels = tree(tmp_path / "labels", "a.txt", "b.txt", "c.txt", "gone.txt", "readme.md")
    expected = {"a.jpg": "a.txt", "a.png": "a.txt", "b.jpg": "b.txt", "gone.*": "gone.txt", "sub/c.jpg": "c.txt"}
    found = paired(images, labels, unlabelled=False)
    assert found == expected
    assert list(found) == list(expected)
    assert paired(images, labels, unlabelled=True) == {**expected, "bare.jpg": None}


def test_the_key_is_the_same_once_the_image_is_there(tmp_path: Path) -> None:
    labels = tree(tmp_path / "labels", "a.txt", "b.txt")
    images = tree(tmp_path / "images", "b.jpg")
    before, _ = pair(images, labels, ".txt", source="set", pattern=None, unlabelled=False)
    tree(tmp_path / "images", "a.tif")
    after, _ = pair(images, labels, ".txt", source="set", pattern=None, unlabelled=False)
    assert [item.key for item in before] == [item.key for item in after] == ["set/a/0_0", "set/b/0_0"]


def rivals(images: str, labels: str, *, unlabelled: bool) -> dict[str, tuple[str, ...]]:
    items, _ = pair(images, labels, ".txt", source="set", pattern=None, unlabelled=unlabelled)
    return {item.file: item.rivals for item in items if item.rivals}


def test_what_lies_in_one_folder_is_not_taken_for_what_lies_in_another(tmp_path: Path) -> None:
    images = tree(tmp_path / "images", "val/1.png", "val/2.png")
    labels = tree(tmp_path / "labels", "train/1.txt", "val/1.txt", "val/2.txt")
    expected = {"train/1.*": "train/1.txt", "val/1.png": "val/1.txt", "val/2.png": "val/2.txt"}
    assert paired(images, labels, unlabelled=False) == paired(images, labels, unlabelled=True) == expected
    assert rivals(images, labels, unlabelled=True) == {}


@pytest.mark.parametrize("unlabelled", [False, True])
def test_an_image_of_which_it_is_not_clear_which_label_file_is_its_own(unlabelled: bool, tmp_path: Path) -> None:
    """It is planned to be rejected: without its label file it would count as one without objects."""
    images = tree(tmp_path / "images", "1.png", "x/2.png", "y/2.png", "x/3.png", "y/3.png", "z/3.png")
    labels = tree(tmp_path / "labels", "x/1.txt", "y/1.txt", "2.txt", "x/3.txt", "y/3.txt", "4.txt", "4.TXT")
    found = paired(images, labels, unlabelled=unlabelled)
    assert rivals(images, labels, unlabelled=unlabelled) == {
        "1.png": ("x/1.txt", "y/1.txt"),
        "x/2.png": ("2.txt",),
        "y/2.png": ("2.txt",),
        "4.*": ("4.TXT", "4.txt"),
    }
    assert {file: label for file, label in found.items() if label} == {
        "x/1.*": "x/1.txt",
        "y/1.*": "y/1.txt",
        "2.*": "2.txt",
        "x/3.png": "x/3.txt",
        "y/3.png": "y/3.txt",
    }
    assert ("z/3.png" in found) is unlabelled  # nobody else's label file is left for it


def test_digest(tmp_path: Path) -> None:
    labels = tree(tmp_path, "a.txt", "b.txt")
    assert digest(labels, None) is None
    assert digest(labels, "gone.txt") == "unreadable"
    assert digest(labels, "a.txt") != digest(labels, "b.txt")
