"""Rows of a dataset's row groups, read where they are used, and the texts that are asked with."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from sartext.flow.predict.narrator import ROUTE as NARRATOR
from sartext.row_groups import read_group_rows
from sartext.store import Store
from sartext.tile import COARSE, Caption


@dataclass(frozen=True)
class Rows:
    """Rows of one row group of one file of the dataset."""

    path: str
    group: int
    rows: tuple[int, ...]


def read_tile_rows(store: Store, some: Rows, columns: Sequence[str]) -> pa.Table:
    """These columns of the rows."""
    return read_group_rows(store, some.path, some.group, some.rows, columns)


def texts_of(captions: Sequence[Caption], *, narrator_captions: bool = False) -> list[str]:
    """The distinct kept captions, those of the route narrator where they count: retrieval asks with them, and what a model
    writes is compared with them. Coarse ones are true of too many tiles for that, and never count."""
    kept = (one for one in captions if one.kept and one.form != COARSE)
    counted = (one for one in kept if narrator_captions or one.route != NARRATOR)
    return list(dict.fromkeys(one.text for one in counted))
