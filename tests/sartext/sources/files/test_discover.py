from pathlib import Path

import pytest

from sartext.errors import SourceError, TileRejected
from sartext.sources.files import discover
from sartext.sources.files.discover import (
    IMAGE_ENDINGS,
    list_files,
    planned_files,
    read_label_file,
    read_source_file,
    sizes_bytes,
)


def test_sorted_recursive_without_hidden(tmp_path: Path) -> None:
    for file in ("b.jpg", "a/z.PNG", "a/.hidden.png", "._b.jpg", ".git/c.png", "notes.txt", "A.tif"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    (tmp_path / "folder.jpg").mkdir()
    assert list_files(str(tmp_path), IMAGE_ENDINGS) == ["A.tif", "a/z.PNG", "b.jpg", "folder.jpg"]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "sub" / "a.jpg").touch()
    assert list_files(str(tmp_path), IMAGE_ENDINGS) == ["sub/a.jpg"]


def test_linked_folders_are_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.jpg").touch()
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "part").symlink_to(tmp_path / "elsewhere")
    assert list_files(str(tmp_path / "images"), IMAGE_ENDINGS) == ["part/a.jpg"]


@pytest.mark.parametrize("place", ["absent", "file"])
def test_no_folder(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="cannot list the folder"):
        list_files(str(tmp_path / place), IMAGE_ENDINGS)


def test_label_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_bytes(b"12345")
    assert read_label_file(str(tmp_path), "a.txt") == b"12345"
    for file in ("none.txt", "nul\0.txt", "."):
        with pytest.raises(TileRejected, match="bad_annotation"):
            read_label_file(str(tmp_path), file)
    monkeypatch.setattr(discover, "MAX_LABEL_BYTES", 4)
    with pytest.raises(TileRejected, match="larger than 4 bytes"):
        read_label_file(str(tmp_path), "a.txt")


def test_source_files_and_sizes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    assert read_source_file(str(tmp_path / "a")) == b"123"
    with pytest.raises(SourceError, match="cannot be read"):
        read_source_file(str(tmp_path))
    assert list(sizes_bytes(str(tmp_path), ["a", "b", "c\0"])) == [3, 0, 0]


def test_planned_order_is_that_of_the_names_without_endings(tmp_path: Path) -> None:
    for file in ("b/z.png", "b-a.png", "b.png", "b.jpg"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    assert planned_files(str(tmp_path), IMAGE_ENDINGS) == ["b.jpg", "b.png", "b-a.png", "b/z.png"]


def test_many_folders_are_listed_whole(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"{number % 7}" / f"{number}").mkdir(parents=True)
        (tmp_path / f"{number % 7}" / f"{number}" / "a.jpg").touch()
    assert list_files(str(tmp_path), None) == sorted(f"{number % 7}/{number}/a.jpg" for number in range(60))
