"""Row groups of a file, read by their numbers and columns, and nothing else of it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sartext.row_groups import find_rows, group_sizes, read_group, read_group_rows, read_groups, read_table
from sartext.store import Store, open_store

PATH = "tiles/00000-0.parquet"
TABLE = pa.table(
    {
        "key": [f"k{row}" for row in range(10)],
        "image": [{"bytes": bytes([row]) * 1_000_000, "path": f"{row}.png"} for row in range(10)],
        "captions": [[{"text": f"t{row}"}] * row for row in range(10)],
    }
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "tiles").mkdir()
    pq.write_table(TABLE, tmp_path / PATH, row_group_size=4, compression="NONE", use_dictionary=False)
    return open_store(str(tmp_path))


class Counted:
    """A store that says how many bytes of its files were read."""

    def __init__(self, of: Store) -> None:
        self._of, self.read_bytes = of, 0

    @contextmanager
    def open(self, path: str) -> Iterator[IO[bytes]]:
        with self._of.open(path) as file:
            counted = io.BufferedReader(_Raw(file, self), 1)
            yield counted

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)


class _Raw(io.RawIOBase):
    def __init__(self, of: IO[bytes], counts: Counted) -> None:
        self._file, self._counts = of, counts

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._counts.read_bytes += len(data)
        return len(data)


def test_sizes_and_groups_by_number(store: Store) -> None:
    assert group_sizes(store, PATH) == [4, 4, 2]
    assert read_group(store, PATH, 2, ["key"]).to_pydict() == {"key": ["k8", "k9"]}
    assert [table["key"].to_pylist() for table in read_groups(store, PATH, ["key"])] == [
        ["k0", "k1", "k2", "k3"],
        ["k4", "k5", "k6", "k7"],
        ["k8", "k9"],
    ]
    assert read_table(store, PATH, ["key", "captions"]).equals(TABLE.select(["key", "captions"]))


def test_rows_of_a_group_come_in_the_order_in_which_they_are_asked_for(store: Store) -> None:
    table = read_group_rows(store, PATH, 1, (3, 0), ["image.path", "key"])
    assert table.to_pylist() == [{"key": "k7", "image": {"path": "7.png"}}, {"key": "k4", "image": {"path": "4.png"}}]
    assert read_group_rows(store, PATH, 1, (), ["key"]).num_rows == 0


def test_columns_that_a_file_does_not_have_are_left_out(store: Store) -> None:
    assert read_group(store, PATH, 0, ["questions", "key"]).column_names == ["key"]


@pytest.mark.parametrize("batch_rows", [1, 3, 4, 100])
def test_rows_of_a_file_by_their_numbers(store: Store, batch_rows: int) -> None:
    found = list(find_rows(store, PATH, [9, 1, 3, 4], TABLE.column_names, batch_rows=batch_rows))
    assert found == [(row, TABLE.slice(row, 1).to_pylist()[0]) for row in (1, 3, 4, 9)]
    assert list(find_rows(store, PATH, [], ["key"], batch_rows=batch_rows)) == []


def test_nothing_is_read_but_what_is_asked_for(store: Store) -> None:
    counted = Counted(store)
    group_sizes(counted, PATH)
    assert [table.num_rows for table in read_groups(counted, PATH, ["key", "captions"])] == [4, 4, 2]
    list(find_rows(counted, PATH, [0, 9], ["key"], batch_rows=2))
    assert 0 < counted.read_bytes < 300_000  # three footers, of ten megabytes of images
    read_group(counted, PATH, 2, ["image"])
    assert 2_000_000 < counted.read_bytes < 2_500_000
