"""The tiles that models are measured on: one split of a dataset, with everything but the pixels in memory.

Retrieval asks with all distinct kept captions of a tile, as published recalls do (all five of RSICD and the like), and a
written caption is compared with the same; questions are all kept ones. Captions of the route `narrator` are a model's own and
stand for no truth: they count only where that is asked for. Coarse captions never count: what is true of many tiles is no
reference of one, so the measures are those of the concise and the detailed ones.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from sartext.artifact import open_artifact
from sartext.errors import UserError, require
from sartext.flow.predict.narrator import ROUTE as NARRATOR
from sartext.flow.predict.tile_rows import Rows, read_tile_rows, texts_of
from sartext.row_groups import read_groups
from sartext.store import Store, open_store
from sartext.tile import TILE, Question, Tile, from_table

PART_TILES = 512  # the least of a piece of work but the last: a rerun does so many again at most
EVERY_SPLIT = "all"  # in place of a split: every tile
_PIXELS = ("image", "optical")


@dataclass(frozen=True)
class HeldOut:
    """The tiles of a split, without their pixels, and where these are: `parts` are pieces of work, in planned order."""

    dataset: str
    split: str
    tiles: tuple[Tile, ...]
    parts: tuple[tuple[Rows, ...], ...]
    narrator_captions: bool = False  # whether the captions of the route narrator count

    def texts(self, number: int) -> list[str]:
        """The captions of a tile that count, by its number in `tiles`."""
        return texts_of(self.tiles[number].captions, narrator_captions=self.narrator_captions)

    @property
    def narrated(self) -> int:
        """How many kept captions are of the route narrator."""
        return sum(one.kept and one.route == NARRATOR for tile in self.tiles for one in tile.captions)

    def images(self, numbers: Sequence[int]) -> dict[int, bytes]:
        """The encoded images of some tiles, by their number in `tiles`."""
        store, start = open_store(self.dataset), 0
        found: dict[int, bytes] = {}
        wanted = set(numbers)
        for some in (rows for part in self.parts for rows in part):
            mine = {start + at: row for at, row in enumerate(some.rows) if start + at in wanted}
            if mine:
                table = read_tile_rows(store, some, ["image"])["image"]
                found |= {number: table[some.rows.index(row)].as_py()["bytes"] for number, row in mine.items()}
            start += len(some.rows)
        return found


def held_out(uri: str, split: str, limit: int | None, *, narrator_captions: bool = False) -> HeldOut:
    """The first `limit` tiles of the split, or all. Raises `UserError` where there are none."""
    require("limit", limit, limit is None or limit >= 1, "at least 1")
    store = open_store(uri)
    tiles: list[Tile] = []
    parts: list[list[Rows]] = [[]]
    splits: Counter[str] = Counter()
    for path, group, table in _groups(uri, ["split"]):
        values = table["split"].to_pylist()
        splits.update(value or "none" for value in values)
        found = [row for row, value in enumerate(values) if split in (value, EVERY_SPLIT)]
        rows = Rows(path, group, tuple(found if limit is None else found[: limit - len(tiles)]))
        if not rows.rows:
            continue
        if sum(len(one.rows) for one in parts[-1]) >= PART_TILES:
            parts.append([])
        parts[-1].append(rows)
        tiles += _without_pixels(store, rows)
        if len(tiles) == limit:
            break
    if not tiles:
        there = ", ".join(f"{name} ({count:,} tiles)" for name, count in sorted(splits.items())) or "no tile"
        raise UserError(f"{uri} has no tile of the split {split!r}; it has {there}")
    return HeldOut(uri, split, tuple(tiles), tuple(tuple(part) for part in parts), narrator_captions)


def asked_in(uri: str, split: str) -> Iterator[Question]:
    """The kept questions of a split."""
    for _, _, table in _groups(uri, ["split", "questions"]):
        for of, questions in zip(table["split"].to_pylist(), table["questions"].to_pylist(), strict=True):
            if of == split:
                yield from (Question(**one) for one in questions or [] if one["kept"])


def questions_of(tile: Tile) -> list[Question]:
    """The kept questions."""
    return [question for question in tile.questions if question.kept]


def _groups(uri: str, columns: list[str]) -> Iterator[tuple[str, int, pa.Table]]:
    store = open_store(uri)
    for path in open_artifact(uri).paths():
        for group, table in enumerate(read_groups(store, path, columns)):
            yield path, group, table


def _without_pixels(store: Store, rows: Rows) -> list[Tile]:
    table = read_tile_rows(store, rows, [name for name in TILE.names if name not in _PIXELS])
    nothing = pa.array([{"bytes": None, "path": None}] * table.num_rows, TILE.field("image").type)
    return from_table(table.append_column(TILE.field("image"), nothing))
