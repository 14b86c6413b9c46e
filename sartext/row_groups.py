"""Row groups of Parquet files at a store: their sizes, one of them, all in turn, or some rows, with some columns alone.

A file is opened by its footer, and of the rest only the asked columns of the asked groups are read. Columns are named as
Parquet names them, parts of a struct as "origin.may_train". Shards of tiles come with the columns and nested fields of today,
whatever their schema version (`schema_evolution`); of other files, columns that they do not have are left out.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sartext.schema_evolution import stored_columns, upgrade
from sartext.store import Store


def group_sizes(store: Store, path: str) -> list[int]:
    """How many rows each row group of a file has; only the footer is read."""
    with _opened(store, path) as parquet:
        return parquet.sizes


def read_group(store: Store, path: str, group: int, columns: Sequence[str]) -> pa.Table:
    """Columns of one row group, by its number in the file."""
    with _opened(store, path) as parquet:
        return parquet.read_group(group, columns)


def read_group_rows(store: Store, path: str, group: int, rows: Sequence[int], columns: Sequence[str]) -> pa.Table:
    """Columns of some rows of one row group, in the order in which the rows are given."""
    return read_group(store, path, group, columns).take(pa.array(rows, pa.int64()))


def read_groups(store: Store, path: str, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Columns of all row groups of a file, one group after the other: only one is in memory here."""
    with _opened(store, path) as parquet:
        for group in range(len(parquet.sizes)):
            yield parquet.read_group(group, columns)


def read_table(store: Store, path: str, columns: Sequence[str] | None = None) -> pa.Table:
    """A whole file, or columns of it, read in few large requests."""
    with _opened(store, path, pre_buffer=True) as parquet:
        return parquet.read(columns)


def find_rows(
    store: Store, path: str, rows: Sequence[int], columns: Sequence[str], *, batch_rows: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Some rows of a file with their numbers in it, ascending; no more than `batch_rows` are decoded at a time."""
    with _opened(store, path) as parquet:
        first = 0
        for group, size in enumerate(parquet.sizes):
            mine = sorted(row - first for row in rows if first <= row < first + size)
            begin = 0
            if mine:
                for batch in parquet.batches(group, columns, batch_rows):
                    for row in mine:
                        if begin <= row < begin + batch.num_rows:
                            yield first + row, batch.slice(row - begin, 1).to_pylist()[0]
                    begin += batch.num_rows
                    if begin > mine[-1]:
                        break
            first += size


class _File:
    """An open file, whose columns are those of today."""

    def __init__(self, parquet: pq.ParquetFile, where: str) -> None:
        self._parquet, self._where = parquet, where

    @property
    def sizes(self) -> list[int]:
        """How many rows each row group has."""
        return [self._parquet.metadata.row_group(group).num_rows for group in range(self._parquet.num_row_groups)]

    def read(self, columns: Sequence[str] | None) -> pa.Table:
        return upgrade(self._parquet.read(columns=self._stored(columns)), self._where, columns)

    def read_group(self, group: int, columns: Sequence[str]) -> pa.Table:
        return upgrade(self._parquet.read_row_group(group, columns=self._stored(columns)), self._where, columns)

    def batches(self, group: int, columns: Sequence[str], batch_rows: int) -> Iterator[pa.Table]:
        """A row group in parts of so many rows."""
        for batch in self._parquet.iter_batches(batch_size=batch_rows, row_groups=[group], columns=self._stored(columns)):
            yield upgrade(pa.Table.from_batches([batch]), self._where, columns)

    def _stored(self, columns: Sequence[str] | None) -> list[str] | None:
        return None if columns is None else stored_columns(self._parquet.schema_arrow, columns)


@contextmanager
def _opened(store: Store, path: str, *, pre_buffer: bool = False) -> Iterator[_File]:
    with store.open(path) as file:
        yield _File(pq.ParquetFile(pa.PythonFile(file, mode="r"), pre_buffer=pre_buffer), f"{store.uri}/{path}")
