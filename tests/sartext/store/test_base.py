"""One contract for both kinds of place; S3 against a real server of its protocol."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sartext.errors import UserError
from sartext.store import Store, open_store
from sartext.store.local import output_error


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "local":
        return open_store(str(tmp_path / "place"))
    return open_store(f"{request.getfixturevalue('bucket')}/{tmp_path.name}")


def test_what_is_put_first_stays(store: Store) -> None:
    assert store.put_if_absent("a/b", b"first")
    assert not store.put_if_absent("a/b", b"second")
    assert store.read("a/b") == b"first"
    assert store.paths("") == ["a/b"]


def test_of_many_writers_one_wins(store: Store) -> None:
    store.put_if_absent("warm", b"")
    wins: list[int] = []
    threads = [
        threading.Thread(target=lambda number=number: store.put_if_absent("one", bytes([number])) and wins.append(number))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wins) == 1
    assert store.read("one") == bytes(wins)


def test_swap_needs_the_tag_of_what_is_there(store: Store) -> None:
    store.put("x", b"1")
    data, tag = store.read_tagged("x")
    assert (data, store.swap("x", b"2", tag)) == (b"1", True)
    assert not store.swap("x", b"3", tag)
    assert not store.swap("nothing", b"3", tag)
    assert store.read("x") == b"2"


def test_sizes(store: Store) -> None:
    store.put("t/a", b"123")
    store.put("t/b/c", b"")
    assert store.sizes_bytes("t") == {"t/a": 3, "t/b/c": 0}
    assert store.sizes_bytes("absent") == {}


def test_ranges_lists_and_deletes(store: Store) -> None:
    for path in ("t/2", "t/1", "t/deep/3", "other"):
        store.put(path, b"0123456789")
    assert store.read_range("t/1", 3, 4) == b"3456"
    assert store.read_range("t/1", 8, 9) == b"89"
    assert store.paths("t") == ["t/1", "t/2", "t/deep/3"]
    assert store.paths("absent") == []
    store.delete("t/1")
    store.delete("t/1")
    assert store.paths("t") == ["t/2", "t/deep/3"]
    for call in (store.read, store.read_tagged, store.open):
        with pytest.raises(FileNotFoundError):
            call("t/1")


def test_a_file_of_it_is_read_by_pyarrow(store: Store) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"a": list(range(1000)), "b": ["text"] * 1000}), sink)
    store.put("t.parquet", sink.getvalue().to_pybytes())
    with store.open("t.parquet") as file:
        assert pq.read_table(pa.PythonFile(file, mode="r"), columns=["a"])["a"].to_pylist() == list(range(1000))


def test_a_second_writer_is_refused_until_the_first_is_done(store: Store) -> None:
    store.prepare()
    code = "import sys; from sartext.store import open_store\nwith open_store(sys.argv[1]).lock(): print('locked')"

    def another() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", code, store.uri], capture_output=True, text=True, timeout=60, check=False)

    with store.lock():
        refused = another()
        assert "OutputError" in refused.stderr
        assert "is being written by" in refused.stderr
        assert str(os.getpid()) in refused.stderr
    assert another().stdout == "locked\n"


def test_parts_exclude_what_overlaps_and_the_whole_excludes_all(store: Store) -> None:
    code = (
        "import sys; from sartext.store import open_store\n"
        "part = tuple(map(int, sys.argv[2:])) or None\n"
        "with open_store(sys.argv[1]).lock(part): print('locked')"
    )

    def another(*part: int) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, store.uri, *map(str, part)], capture_output=True, text=True, check=False, timeout=120
        )
        assert "is being written by" in done.stderr or done.stdout == "locked\n", done.stderr
        return done.stdout.strip()

    with store.lock((0, 4)), store.lock((4, 8)):
        assert [another(3, 5), another(0, 4), another(7, 9), another()] == [""] * 4
        assert another(8, 9) == "locked"
    with store.lock():
        assert another(0, 1) == ""
    assert another(0, 8) == another() == "locked"


def test_a_part_of_a_dead_process_is_free(store: Store) -> None:
    code = (
        "import os, sys; from sartext.store import open_store as at\nwith at(sys.argv[1]).lock((0, 4)): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, store.uri], check=False, timeout=120)
    assert [path for path in store.paths("") if path.startswith(".lock-0")]
    with store.lock((2, 6)):
        pass
    with store.lock():
        assert not [path for path in store.paths("") if path.startswith(".lock-")]


def test_the_lock_of_a_dead_process_is_free(store: Store) -> None:
    store.prepare()
    code = "import os, sys; from sartext.store import open_store\nwith open_store(sys.argv[1]).lock(): os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, store.uri], timeout=60, check=False)
    with store.lock():
        pass


def test_errors_name_the_fact_and_the_remedy() -> None:
    assert "free space" in str(output_error("here", OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(UserError, match="unknown scheme"):
        open_store("gs://bucket/x")
