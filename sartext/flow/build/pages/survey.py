"""One pass over the shards of a dataset: everything counted, and the tiles that are to be looked at."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from sartext.artifact import Artifact
from sartext.report.dataset.survey import COLUMNS, Survey, TileRow
from sartext.row_groups import find_rows, read_table
from sartext.store import Store
from sartext.tile import TILE, Tile, from_row

_AHEAD = 2  # files that are read while others are counted
_BATCH_TILES = 8  # images that are in memory at once


def surveyed(artifact: Artifact, progress: Callable[[int, int], None]) -> Survey:
    """What the live shards hold, without their pixels; `progress` is told the shards done and all."""
    store, survey = artifact.store, Survey()
    paths = artifact.paths("tiles")
    for done, (path, table) in enumerate(_read_ahead(store, paths), 1):
        survey.add(table, path)
        progress(done, len(paths))
    for path in artifact.paths("rejects"):
        survey.add_rejects(read_table(store, path))
    return survey


def _read_ahead(store: Store, paths: Sequence[str]) -> Iterator[tuple[str, pa.Table]]:
    with ThreadPoolExecutor(max_workers=1) as pool:
        coming: list[Future[pa.Table]] = [pool.submit(read_table, store, path, COLUMNS) for path in paths[:_AHEAD]]
        for number, path in enumerate(paths):
            table = coming.pop(0).result()
            if number + _AHEAD < len(paths):
                coming.append(pool.submit(read_table, store, paths[number + _AHEAD], COLUMNS))
            yield path, table


def tiles_at(store: Store, places: Sequence[TileRow]) -> list[Tile]:
    """The tiles at rows of files, whole, in this order; of a row group no more images are in memory than needed."""
    found: dict[TileRow, Tile] = {}
    for path in dict.fromkeys(path for path, _ in places):
        rows = [row for one, row in places if one == path]
        values = find_rows(store, path, rows, TILE.names, batch_rows=_BATCH_TILES)
        found.update({(path, row): from_row(value) for row, value in values})
    return [found[one] for one in places]
