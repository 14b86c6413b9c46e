"""The comparisons of an audit: which tiles are held against which, the candidates among them, and the verdict on each.

candidates/00000.parquet  pairs of tiles, by their numbers, that share keypoints, and in which turns: a piece of them
candidates.json           how many there are, put when all are there
compared/00000.parquet    of a piece of the candidates those that are near-identical, with where one lies in the other
"""

import io
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sartext.artifact import read_json, readable
from sartext.dedup.alignment import Alignment, aligned, correlation, near_identical
from sartext.dedup.candidates import MOST_CANDIDATES, PART_IMAGES, Descriptors, InFiles, candidates
from sartext.dedup.partitions import PartitionRows, Partitions, partition_bits
from sartext.flow.audit.descriptors import Shown, TileDescriptors
from sartext.flow.audit.same import Copies
from sartext.flow.audit.tiles import DescribedShard, Tiles
from sartext.row_groups import read_table
from sartext.store import Store, open_store

CANDIDATES, COUNTED, COMPARED = "candidates", "candidates.json", "compared"
PIECE_PAIRS = 1024  # candidates of a piece of work
_NUMBER, _REAL = pa.int64(), pa.float64()
PROPOSED = pa.schema({"asked": _NUMBER, "known": _NUMBER, "turn": _NUMBER})
_FOUND_ROW = np.dtype([(name, np.int64) for name in PROPOSED.names])
FOUND = pa.schema(
    {
        **dict.fromkeys(("asked", "known", "turn", "keypoints"), _NUMBER),
        **dict.fromkeys(("correlation", "share", "offset_x_px", "offset_y_px", "scale_x", "scale_y"), _REAL),
    }
)


def propose(tiles: Tiles, draw: Callable[[int, int], None]) -> Iterator[pa.Table]:
    """The candidates among all comparisons, of tiles with the same pixels the first of a side alone; columns of PROPOSED, in
    their order, in pieces.

    `draw` is told how many keypoints were looked up, and of how many.
    """
    later = Copies(tiles).later(tiles)
    keypoints = Counter[int]()
    for shard in tiles.shards(["bits"]):
        counts = _counts(shard)
        counts[later[shard.first : shard.first + len(counts)]] = 0
        for side in set(shard.side.tolist()):
            keypoints[side] += int(counts[shard.side == side].sum())
    of, done = sum(keypoints[asked] for asked, _ in tiles.comparisons), 0
    shift = max(len(later).bit_length() - partition_bits(len(later) * MOST_CANDIDATES), 0)
    found = Partitions(os.path.join(tiles.folder, "found"), _FOUND_ROW, (len(later) >> shift) + 1)
    for known in dict.fromkeys(known for _, known in tiles.comparisons):
        asking = [asked for asked, one in tiles.comparisons if one == known]
        if not keypoints[known] or not any(keypoints[asked] for asked in asking):
            continue
        with TemporaryDirectory(dir=tiles.folder) as folder:
            tables = InFiles(folder, keypoints[known])
            for some in _descriptors(tiles, later, [known]):
                tables.add(some)
            tables.sort()
            for some in _together(_descriptors(tiles, later, asking)):
                draw(done, of)
                pairs = candidates(some, tables)
                rows = np.empty(len(pairs.asked), _FOUND_ROW)
                rows["asked"], rows["known"], rows["turn"] = pairs.asked, pairs.known, pairs.turn
                found.add(rows, pairs.asked >> shift)
                done += len(some.bits)
    found.sort(PROPOSED.names)
    yield from _pieces(found)


def _pieces(found: Partitions) -> Iterator[pa.Table]:
    """The rows of all partitions in pieces of work."""
    left = found.read(0)[:0]
    for number in range(found.count):
        left = np.concatenate([left, found.read(number)])
        whole = len(left) - len(left) % PIECE_PAIRS
        for start in range(0, whole, PIECE_PAIRS):
            yield _proposed(left[start : start + PIECE_PAIRS])
        left = left[whole:]
    if len(left):
        yield _proposed(left)


def _proposed(rows: PartitionRows) -> pa.Table:
    return pa.table([pa.array(rows[name], _NUMBER) for name in PROPOSED.names], schema=PROPOSED)


def _counts(shard: DescribedShard) -> NDArray[np.int64]:
    """The keypoints of each tile of a shard."""
    counts: NDArray[np.int64] = shard.about["bits"].combine_chunks().value_lengths().fill_null(0).to_numpy().astype(np.int64)
    return counts


def _descriptors(tiles: Tiles, later: NDArray[np.bool_], sides: Sequence[int]) -> Iterator[Descriptors]:
    """Shard by shard those of the tiles of these sides, of tiles with the same pixels of the first."""
    for shard in tiles.shards(["bits", "sigma_px"]):
        counts = _counts(shard)
        bits, sigma_px = (shard.about[name].combine_chunks().flatten().to_numpy() for name in ("bits", "sigma_px"))
        numbers = shard.first + np.arange(len(counts))
        kept = np.repeat(np.isin(shard.side, sides) & ~later[numbers], counts)
        if kept.any():
            yield Descriptors(bits[kept], sigma_px[kept], np.repeat(numbers, counts)[kept])


def _together(some: Iterable[Descriptors]) -> Iterator[Descriptors]:
    """The same, of as many tiles at a time as are asked together."""
    held: list[Descriptors] = []
    images = 0
    for one in some:
        held.append(one)
        images += int((np.diff(one.image, prepend=-1) != 0).sum())
        if images >= PART_IMAGES:
            yield from _joined(held).parts()
            held, images = [], 0
    if held:
        yield from _joined(held).parts()


def _joined(some: Sequence[Descriptors]) -> Descriptors:
    columns = ((one.bits, one.sigma_px, one.image) for one in some)
    return Descriptors(*(np.concatenate(column) for column in zip(*columns, strict=True)))


def put_candidates(store: Store, proposed: Iterable[pa.Table]) -> None:
    """Commits the candidates, piece by piece, and then how many they are."""
    pairs = 0
    for number, piece in enumerate(proposed):
        store.put_if_absent(_candidates_path(number), _parquet(piece))
        pairs += piece.num_rows
    store.put_if_absent(COUNTED, readable({"pairs": pairs}))


def pieces(store: Store) -> int:
    """How many pieces of work the candidates are. Raises `FileNotFoundError` where they are not known."""
    return -(-int(read_json(store, COUNTED, ("pairs",))["pairs"]) // PIECE_PAIRS)


def _candidates_path(number: int) -> str:
    return f"{CANDIDATES}/{number:05d}.parquet"


def compared_path(number: int) -> str:
    """Where the verdicts of a piece lie."""
    return f"{COMPARED}/{number:05d}.parquet"


class ComparisonWorker:
    """Compares one piece of the candidates after the other."""

    def __init__(self, out: str, shards: int) -> None:
        self._store = open_store(out)
        self._described = TileDescriptors(self._store, shards)

    def __call__(self, number: int) -> None:
        """Commits the near-identical pairs of a piece."""
        rows = []
        for one in read_table(self._store, _candidates_path(number)).to_pylist():
            found = compare(self._described.shown(one["asked"]), self._described.shown(one["known"]), one["turn"])
            if found is not None:
                rows.append({**one, **found})
        self._store.put_if_absent(compared_path(number), _parquet(pa.Table.from_pylist(rows, schema=FOUND)))


def compare(asked: Shown, known: Shown, turn: int) -> dict[str, float] | None:
    """Where one tile lies in the other, as in FOUND; None where they are not near-identical in this turn."""
    found = aligned(asked.points, known.points, turn, height_px=asked.height_px, width_px=asked.width_px)
    if found is None:
        return None
    value, share = correlation(asked.picture(), known.picture(), found)
    return _row(found, value, share) if near_identical(found.keypoints, value) else None


def best(found: Iterable[pa.Table]) -> Iterator[dict[str, Any]]:
    """The near-identical pairs, each in the turn in which most keypoints agree, from the verdicts on all pieces in turn."""
    rows = (row for table in found for row in table.to_pylist())
    for _, of_pair in groupby(rows, key=lambda row: (row["asked"], row["known"])):
        yield min(of_pair, key=lambda row: (-row["keypoints"], row["turn"]))


def _row(found: Alignment, value: float, share: float) -> dict[str, float]:
    return {
        "keypoints": found.keypoints,
        "correlation": round(value, 4),
        "share": round(share, 4),
        "offset_x_px": round(found.offset_px[0], 2) + 0.0,  # no minus nought
        "offset_y_px": round(found.offset_px[1], 2) + 0.0,
        "scale_x": round(found.scale[0], 4),
        "scale_y": round(found.scale[1], 4),
    }


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, compression="ZSTD")
    return out.getvalue()
