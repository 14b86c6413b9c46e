"""The comparisons of an audit: which tiles are held against which, the candidates among them, and the verdict on each.

candidates.parquet      pairs of tiles, by their numbers, that share keypoints, and in which turns
compared/00000.parquet  of a piece of the candidates those that are near-identical, with where one lies in the other
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sartext.dedup.alignment import Alignment, aligned, correlation, near_identical
from sartext.dedup.candidates import Descriptors, candidates
from sartext.dedup.keypoints import Indices
from sartext.flow.audit.descriptors import Shown, TileDescriptors
from sartext.row_groups import read_table
from sartext.store import Store, open_store
from sartext.tile import SPLITS

CANDIDATES, COMPARED = "candidates.parquet", "compared"
PIECE_PAIRS = 1024  # candidates of a piece of work
_TRAIN, _VAL, _TEST = range(len(SPLITS))
_NUMBER, _REAL = pa.int64(), pa.float64()
PROPOSED = pa.schema({"asked": _NUMBER, "known": _NUMBER, "turn": _NUMBER})
FOUND = pa.schema(
    {
        **dict.fromkeys(("asked", "known", "turn", "keypoints"), _NUMBER),
        **dict.fromkeys(("correlation", "share", "offset_x_px", "offset_y_px", "scale_x", "scale_y"), _REAL),
    }
)


@dataclass(frozen=True)
class Tiles:
    """All tiles of an audit: what `Described.about` says, and on which side each is.

    Sides are the splits of the dataset, then the sets that it is held against; -1 is a tile of the dataset without a split.
    """

    about: pa.Table
    side: NDArray[np.intp]
    names: tuple[str, ...]  # of the sides

    @property
    def comparisons(self) -> list[tuple[int, int]]:
        """The pairs of sides that must share nothing: the one that is held out, and the one that is learned from."""
        return [(_VAL, _TRAIN), (_TEST, _TRAIN), (_TEST, _VAL), *((one, _TRAIN) for one in range(len(SPLITS), len(self.names)))]

    def on(self, side: int) -> Indices:
        """The tiles of a side, by their numbers."""
        return np.nonzero(self.side == side)[0]

    def copies(self) -> Indices:
        """Of every tile the first one of the same side with the same pixels; itself where its pixels are all equal."""
        first: dict[tuple[int, bytes], int] = {}
        digests = self.about["digest"].to_pylist()
        sides = self.side.tolist()
        return np.array(
            [
                number if digest is None else first.setdefault((side, digest), number)
                for number, (side, digest) in enumerate(zip(sides, digests, strict=True))
            ],
            dtype=np.intp,
        )


def propose(tiles: Tiles, draw: Callable[[int, int], None]) -> pa.Table:
    """The candidates among all comparisons, of tiles with the same pixels the first of a side alone; columns of PROPOSED.

    `draw` is told how many keypoints were looked up, and of how many.
    """
    bits, sigma_px = (tiles.about[name].combine_chunks() for name in ("bits", "sigma_px"))
    counts = bits.value_lengths().fill_null(0).to_numpy()
    every = Descriptors(bits.flatten().to_numpy(), sigma_px.flatten().to_numpy(), np.repeat(np.arange(len(counts)), counts))
    first = tiles.copies() == np.arange(len(counts))
    sides = [(first & (tiles.side == asked), first & (tiles.side == known)) for asked, known in tiles.comparisons]
    of, done = sum(int(counts[asked].sum()) for asked, _ in sides), 0
    found = [np.zeros((0, 3), np.intp)]
    for asked, known in sides:
        theirs = every.of(known)
        for mine in every.of(asked).parts():
            draw(done, of)
            some = candidates(mine, theirs)
            found.append(np.stack([some.asked, some.known, some.turn], axis=1))
            done += len(mine.bits)
    rows = np.concatenate(found)
    rows = rows[np.lexsort(rows.T[::-1])]
    return pa.table([pa.array(column, _NUMBER) for column in rows.T], schema=PROPOSED)


def put_candidates(store: Store, proposed: pa.Table) -> None:
    """Commits the candidates."""
    store.put_if_absent(CANDIDATES, _parquet(proposed))


def pieces(proposed: pa.Table) -> int:
    """How many pieces of work the candidates are."""
    return -(-int(proposed.num_rows) // PIECE_PAIRS)


def compared_path(number: int) -> str:
    """Where the verdicts of a piece lie."""
    return f"{COMPARED}/{number:05d}.parquet"


class ComparisonWorker:
    """Compares one piece of the candidates after the other."""

    def __init__(self, out: str, shards: int) -> None:
        self._store = open_store(out)
        self._described = TileDescriptors(self._store, shards)
        self._rows = read_table(self._store, CANDIDATES)

    def __call__(self, number: int) -> None:
        """Commits the near-identical pairs of a piece."""
        rows = []
        for one in self._rows.slice(number * PIECE_PAIRS, PIECE_PAIRS).to_pylist():
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


def best(found: Sequence[pa.Table]) -> pa.Table:
    """The near-identical pairs, each in the turn in which most keypoints agree."""
    rows = pa.concat_tables(found or [FOUND.empty_table()]).sort_by(
        [("asked", "ascending"), ("known", "ascending"), ("keypoints", "descending"), ("turn", "ascending")]
    )
    pairs = np.stack([rows["asked"].to_numpy(), rows["known"].to_numpy()], axis=1)
    new = np.ones(len(pairs), dtype=np.bool_)
    new[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    return rows.filter(pa.array(new))


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
