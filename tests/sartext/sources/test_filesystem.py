"""One contract for what sources ask of files, on the local file system and on a real server of S3's protocol."""

import errno
import threading
from pathlib import Path

import pytest

from sartext.errors import StoreError
from sartext.sources import filesystem
from sartext.store import open_store, s3
from tests.support.remote import uploaded

FILES = {"a.png": b"0123456789", "below/b.png": b"b", "below/deep/c.TXT": b"", "named.png/inside.txt": b"x", ".hidden": b"h"}


@pytest.fixture(params=["local", "s3"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    for name, data in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return str(tmp_path) if request.param == "local" else uploaded(tmp_path, request.getfixturevalue("bucket"))


def test_files_and_folders_are_told_apart(folder: str) -> None:
    file, below, absent = (filesystem.join(folder, name) for name in ("a.png", "below", "absent"))
    assert [filesystem.is_file(one) for one in (file, below, absent, folder)] == [True, False, False, False]
    assert [filesystem.is_folder(one) for one in (file, below, absent, folder, f"{below}/")] == [False, True, False, True, True]
    there = filesystem.there_in([folder])
    assert [there(filesystem.join(folder, name)) for name in ("a.png", "below/b.png", "absent")] == [True, True, False]


def test_files_are_read_whole_from_their_beginning_and_in_ranges(folder: str) -> None:
    file = filesystem.join(folder, "a.png")
    assert filesystem.size_bytes(file) == 10
    assert (filesystem.read_file(file, 100), filesystem.read_file(file, 4)) == (b"0123456789", b"0123")
    assert filesystem.read_file(filesystem.join(folder, "below/deep/c.TXT"), 10) == b""
    with filesystem.open_file(file) as stream:
        stream.seek(-3, 2)
        assert stream.read() == b"789"
        stream.seek(2)
        assert stream.read(2) == b"23"


@pytest.mark.parametrize(("name", "number"), [("absent", errno.ENOENT), ("below", errno.EISDIR)])
def test_what_is_no_file_is_the_same_error(folder: str, name: str, number: int) -> None:
    with pytest.raises(OSError, match=name) as raised:
        filesystem.read_file(filesystem.join(folder, name), 10)
    assert raised.value.errno == number
    if number == errno.ENOENT:
        with pytest.raises(FileNotFoundError) as missing:
            filesystem.open_file(filesystem.join(folder, name))
        assert missing.value.strerror == "No such file or directory"


def test_files_with_one_name_and_several_endings(folder: str) -> None:
    stem = filesystem.join(folder, "a")
    assert filesystem.there_with(stem, (".gif", ".png", ".txt")) == [f"{stem}.png"]
    assert filesystem.there_with(filesystem.join(folder, "absent"), (".gif",)) == []


def test_one_file_has_one_number(folder: str) -> None:
    numbers = [filesystem.file_number(filesystem.join(folder, name)) for name in ("a.png", "below/../a.png", "below/b.png")]
    assert numbers[0] == numbers[1] != numbers[2]
    assert numbers[0][1] > 0
    assert filesystem.real_path(filesystem.join(folder, "below/../a.png")) == filesystem.real_path(
        filesystem.join(folder, "a.png")
    )


def test_folders_are_listed_side_by_side_and_hidden_ones_never(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(f"{bucket}/wide")
    for path in ("x/1.png", "y/2.png", "y/.git/3.png", "z.png/4.txt", "5.png", "empty/", ".6.png"):
        store.put(path, b"12")
    asked: list[str] = []
    together = threading.Barrier(3, timeout=30)  # of x, y and empty, each of which waits for the others
    entries = s3.S3Store.entries

    def listed(self: s3.S3Store, prefix: str) -> tuple[list[str], dict[str, int]]:
        asked.append(prefix.removeprefix("wide/"))
        if prefix != "wide/":
            together.wait()
        return entries(self, prefix)

    monkeypatch.setattr(s3.S3Store, "entries", listed)
    found = filesystem.remote_tree(f"{bucket}/wide/", lambda name: name.endswith(".png"))
    assert found == {"x/1.png": 2, "y/2.png": 2, "z.png": 0, "5.png": 2}
    assert sorted(asked) == ["", "empty/", "x/", "y/"]


def test_more_objects_than_one_answer_holds(bucket: str) -> None:
    store = open_store(f"{bucket}/many")
    for number in range(1003):
        store.put(f"{number:04d}.png", b"")
    assert len(filesystem.remote_tree(f"{bucket}/many", lambda _: False)) == 1003


def test_nothing_at_a_prefix_is_no_folder(bucket: str) -> None:
    with pytest.raises(FileNotFoundError):
        filesystem.remote_tree(f"{bucket}/nothing", lambda _: False)
    open_store(f"{bucket}/marked").put("/", b"")  # as consoles make an empty folder
    assert filesystem.remote_tree(f"{bucket}/marked", lambda _: False) == {}


@pytest.mark.usefixtures("bucket")
def test_a_store_that_cannot_be_used_is_no_missing_file() -> None:
    with pytest.raises(StoreError, match=r"s3://no-such-bucket/a.*check the bucket, the credentials and the rights"):
        filesystem.is_folder("s3://no-such-bucket/a")
    with pytest.raises(StoreError, match="NoSuchBucket"):
        filesystem.read_file("s3://no-such-bucket/a.png", 1)
    with pytest.raises(FileNotFoundError):  # whose answer to a question about one file says no more
        filesystem.open_file("s3://no-such-bucket/a.png")
    with pytest.raises(StoreError, match="names no bucket"):
        filesystem.is_folder("s3://")
