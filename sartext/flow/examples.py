"""What training reads of a dataset: images with their kept captions, or with their kept questions, by index.

An example is a tile of the split that has at least one text. Shards are read by row groups, and the last used ones are kept, so
that reading in the order of `order.Order` reads each row group about once an epoch.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sartext.artifact import open_artifact
from sartext.errors import UserError
from sartext.flow.order import PADDING, drawn
from sartext.models.objective import Example
from sartext.storage import storage

KINDS = ("captions", "questions")
_COLUMNS = {"captions": ["captions"], "questions": ["questions"]}


@dataclass(frozen=True)
class _Group:
    """One row group: its file, its number in it, and the rows that are examples."""

    path: str
    number: int
    rows: tuple[int, ...]


class Examples:
    """The examples of one split of a dataset. Reading is by index, from 0, in planned order."""

    def __init__(self, uri: str, *, split: str, kind: str, seed: int, kept_groups: int) -> None:
        """Reads which rows are examples; `kept_groups` row groups stay in memory.

        Raises `UserError` where the dataset has no such examples.
        """
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}; it is one of {', '.join(KINDS)}")
        self._place, self._kind, self._seed, self._kept_groups = storage(uri), kind, seed, kept_groups
        self._groups = [group for path in open_artifact(uri).paths() for group in self._examples_of(path, split)]
        self._starts = np.concatenate(([0], np.cumsum([len(group.rows) for group in self._groups]))).astype(np.int64)
        self._read: OrderedDict[int, list[tuple[bytes, list[tuple[str, str]]]]] = OrderedDict()
        if len(self) == 0:
            raise UserError(f"{uri} has no tile of the split {split!r} with {kind} that are kept; build it with them")

    def __len__(self) -> int:
        return int(self._starts[-1])

    @property
    def group_rows(self) -> tuple[int, ...]:
        """How many examples each row group holds."""
        return tuple(len(group.rows) for group in self._groups)

    def texts(self) -> list[str]:
        """All texts of all examples, questions included, for a tokenizer to be trained on."""
        return [text for number in range(len(self._groups)) for pair in self._texts_of(number) for text in pair if text]

    def read(self, indices: Sequence[int], epoch: int) -> list[Example]:
        """The examples, each with the text that is its turn in this epoch; PADDING gives a row that is not real."""
        found: list[Example | None] = [None] * len(indices)
        by_group: dict[int, list[int]] = {}
        for position, index in enumerate(indices):
            if index != PADDING:
                by_group.setdefault(int(np.searchsorted(self._starts, index, side="right")) - 1, []).append(position)
        for number, positions in by_group.items():
            rows = self._rows(number)
            for position in positions:
                index = int(indices[position])
                image, texts = rows[index - int(self._starts[number])]
                question, text = texts[drawn(self._seed, epoch, index, len(texts))]
                found[position] = Example(image=image, text=text, question=question)
        filler = next((one for one in found if one is not None), None) or self._any()
        return [one or Example(image=filler.image, text=filler.text, question=filler.question, real=False) for one in found]

    def _any(self) -> Example:
        image, texts = self._rows(next(number for number, group in enumerate(self._groups) if group.rows))[0]
        return Example(image=image, question=texts[0][0], text=texts[0][1])

    def _examples_of(self, path: str, split: str) -> list[_Group]:
        groups = []
        with self._place.open(path) as file:
            parquet = pq.ParquetFile(pa.PythonFile(file, mode="r"))
            for number in range(parquet.num_row_groups):
                table = parquet.read_row_group(number, columns=["split", *_COLUMNS[self._kind]])
                rows = [
                    row
                    for row, (of, texts) in enumerate(zip(table["split"].to_pylist(), self._pairs(table), strict=True))
                    if of == split and texts
                ]
                groups.append(_Group(path, number, tuple(rows)))
        return groups

    def _rows(self, number: int) -> list[tuple[bytes, list[tuple[str, str]]]]:
        if number not in self._read:
            group = self._groups[number]
            table = self._table(group, ["image", *_COLUMNS[self._kind]])
            images, texts = table["image"].to_pylist(), self._pairs(table)
            self._read[number] = [(images[row]["bytes"], texts[row]) for row in group.rows]
            while len(self._read) > self._kept_groups:
                self._read.popitem(last=False)
        self._read.move_to_end(number)
        return self._read[number]

    def _texts_of(self, number: int) -> list[tuple[str, str]]:
        group = self._groups[number]
        texts = self._pairs(self._table(group, _COLUMNS[self._kind]))
        return [pair for row in group.rows for pair in texts[row]]

    def _table(self, group: _Group, columns: list[str]) -> pa.Table:
        with self._place.open(group.path) as file:
            return pq.ParquetFile(pa.PythonFile(file, mode="r")).read_row_group(group.number, columns=columns)

    def _pairs(self, table: pa.Table) -> list[list[tuple[str, str]]]:
        """For each row its kept texts, each with the question before it, or ""."""
        rows: list[list[dict[str, Any]] | None] = table[self._kind].to_pylist()
        if self._kind == "captions":
            return [[("", one["text"]) for one in row or [] if one["kept"]] for row in rows]
        return [[(one["question"], one["answer"]) for one in row or [] if one["kept"]] for row in rows]
