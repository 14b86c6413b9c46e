"""One pass over the shards of a dataset: everything counted, and the tiles that are to be looked at."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sartext.artifact import Artifact, read_table
from sartext.report.dataset.survey import COLUMNS, Survey, TileRow
from sartext.store import Store, open_store
from sartext.tile import TILE, Tile, from_row

_AHEAD = 2  # files that are read while others are counted
_BATCH_TILES = 8  # images that are in memory at once


def surveyed(artifact: Artifact, progress: Callable[[int, int], None]) -> Survey:
    """What the live shards hold, without their pixels; `progress` is told the shards done and all."""
    store, survey = open_store(artifact.uri), Survey()
    paths = artifact.paths("tiles")
    for done, (path, table) in enumerate(_read_ahead(store, paths), 1):
        survey.add(table, path)
        progress(done, len(paths))
    for path in artifact.paths("rejects"):
        survey.add_rejects(read_table(store, path))
    return survey


def _read_ahead(store: Store, paths: Sequence[str]) -> Iterator[tuple[str, pa.Table]]:
    with ThreadPoolExecutor(max_workers=1) as pool:
        coming: list[Future[pa.Table]] = [pool.submit(_columns, store, path) for path in paths[:_AHEAD]]
        for number, path in enumerate(paths):
            table = coming.pop(0).result()
            if number + _AHEAD < len(paths):
                coming.append(pool.submit(_columns, store, paths[number + _AHEAD]))
            yield path, table


def _columns(store: Store, path: str) -> pa.Table:
    with store.open(path) as file:
        return pq.ParquetFile(pa.PythonFile(file, mode="r"), pre_buffer=True).read(columns=list(COLUMNS))


def tiles_at(store: Store, places: Sequence[TileRow]) -> list[Tile]:
    """The tiles at rows of files, whole, in this order; of a row group no more images are in memory than needed."""
    found: dict[TileRow, Tile] = {}
    for path in dict.fromkeys(path for path, _ in places):
        rows = sorted(row for one, row in places if one == path)
        with store.open(path) as file:
            parquet = pq.ParquetFile(pa.PythonFile(file, mode="r"), pre_buffer=False)
            found.update({(path, row): from_row(value) for row, value in _rows(parquet, rows)})
    return [found[one] for one in places]


def _rows(parquet: pq.ParquetFile, wanted: Sequence[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a file by their numbers, which are sorted."""
    first = 0
    for group in range(parquet.num_row_groups):
        size = parquet.metadata.row_group(group).num_rows
        mine = [row - first for row in wanted if first <= row < first + size]
        begin = 0
        if mine:
            for batch in parquet.iter_batches(batch_size=_BATCH_TILES, row_groups=[group], columns=TILE.names):
                for row in mine:
                    if begin <= row < begin + batch.num_rows:
                        yield first + row, batch.slice(row - begin, 1).to_pylist()[0]
                begin += batch.num_rows
                if begin > mine[-1]:
                    break
        first += size
