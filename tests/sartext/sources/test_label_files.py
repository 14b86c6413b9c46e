from pathlib import Path

from sartext.sources.label_files import digest, pair


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


def test_digest(tmp_path: Path) -> None:
    labels = tree(tmp_path, "a.txt", "b.txt")
    assert digest(labels, None) is None
    assert digest(labels, "gone.txt") == "unreadable"
    assert digest(labels, "a.txt") != digest(labels, "b.txt")
