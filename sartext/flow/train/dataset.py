"""What training reads of a dataset: images with their kept captions, or with their kept questions, by index.

An example is a tile of the split that has at least one text and that models may be trained on, as far as is known; each epoch
draws one of its kept texts, coarse captions as any other. What a
narrator wrote is no text to learn from unless that is asked for. Shards are read by row groups, and the last used ones are
kept, so that reading in the order of `order.Order` reads each row group about once an epoch.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from sartext.artifact import open_artifact
from sartext.errors import UserError
from sartext.flow.predict.narrator import ROUTE
from sartext.flow.train.sampler import PADDING, drawn
from sartext.models.objective import CAPTIONS, QUESTIONS, Example
from sartext.report.left_out import NARRATED, LeftOut
from sartext.rights import COMMERCE, PASS_ON, TRAIN, forbidden_by, rights_of
from sartext.row_groups import read_group, read_groups
from sartext.store import open_store

_RIGHTS = [f"origin.{of}{name}" for of in ("", "annotations.", "texts.") for name in ("licence", TRAIN, PASS_ON)]
_COLUMNS = {CAPTIONS: ["captions"], QUESTIONS: ["questions"]}


class _Text(NamedTuple):
    question: str
    text: str
    narrated: bool  # written by a model that was trained before


@dataclass(frozen=True)
class _Group:
    """One row group: its file, its number in it, and the rows that are examples."""

    path: str
    number: int
    rows: tuple[int, ...]


class CaptionDataset:
    """The examples of one split of a dataset. Reading is by index, from 0, in planned order."""

    def __init__(
        self,
        uri: str,
        *,
        split: str,
        kind: str,
        seed: int,
        kept_groups: int,
        narrator_captions: bool = False,
        commercial_use: bool = False,
    ) -> None:
        """Reads which rows are examples; `kept_groups` row groups stay in memory.

        Raises `UserError` where the dataset has no such examples.
        """
        if kind not in _COLUMNS:
            raise ValueError(f"kind is {kind!r}; it is one of {', '.join(_COLUMNS)}")
        self._store, self._kind, self._seed, self._kept_groups = open_store(uri), kind, seed, kept_groups
        self._narrated = narrator_captions
        self._uses = [TRAIN, *([COMMERCE] if commercial_use else [])]
        self.left_out = LeftOut(*self._uses, NARRATED)  # tiles of the split that have texts
        self._groups = [group for path in open_artifact(uri).paths() for group in self._examples_of(path, split)]
        self._starts = np.concatenate(([0], np.cumsum([len(group.rows) for group in self._groups]))).astype(np.int64)
        self._read: OrderedDict[int, list[tuple[bytes, list[tuple[str, str]]]]] = OrderedDict()
        if len(self) == 0:
            why = self.left_out.said()
            end = f" to learn from: {why}" if why else " that are kept; build it with them"
            raise UserError(f"{uri} has no tile of the split {split!r} with {kind}{end}")

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
        for number, table in enumerate(read_groups(self._store, path, ["split", *_RIGHTS, *_COLUMNS[self._kind]])):
            columns = table["split"].to_pylist(), table["origin"].to_pylist(), self._kept(table)
            of_split = [row for row in enumerate(zip(*columns, strict=True)) if row[1][0] == split]
            rows = [row for row, (_, origin, kept) in of_split if self._is_example(origin, kept)]
            groups.append(_Group(path, number, tuple(rows)))
        return groups

    def _is_example(self, origin: dict[str, Any] | None, kept: list[_Text]) -> bool:
        """Whether something may be learned from a tile; where only a text is lacking, nothing is counted."""
        rights = rights_of(origin)
        reason = next((use for use in self._uses if forbidden_by(rights, use)), None)
        if reason is None and not self._learned(kept):
            reason = NARRATED
        if kept and reason:
            self.left_out.add(reason, "" if reason == NARRATED else forbidden_by(rights, reason))
        return bool(kept) and reason is None

    def _rows(self, number: int) -> list[tuple[bytes, list[tuple[str, str]]]]:
        if number not in self._read:
            group = self._groups[number]
            table = self._table(group, ["image", *_COLUMNS[self._kind]])
            images, kept = table["image"].to_pylist(), self._kept(table)
            self._read[number] = [(images[row]["bytes"], self._learned(kept[row])) for row in group.rows]
            while len(self._read) > self._kept_groups:
                self._read.popitem(last=False)
        self._read.move_to_end(number)
        return self._read[number]

    def _texts_of(self, number: int) -> list[tuple[str, str]]:
        group = self._groups[number]
        kept = self._kept(self._table(group, _COLUMNS[self._kind]))
        return [pair for row in group.rows for pair in self._learned(kept[row])]

    def _table(self, group: _Group, columns: list[str]) -> pa.Table:
        return read_group(self._store, group.path, group.number, columns)

    def _kept(self, table: pa.Table) -> list[list[_Text]]:
        """For each row its kept texts."""
        rows: list[list[dict[str, Any]] | None] = table[self._kind].to_pylist()
        if self._kind == CAPTIONS:
            return [[_Text("", one["text"], one["route"] == ROUTE) for one in row or [] if one["kept"]] for row in rows]
        return [[_Text(one["question"], one["answer"], False) for one in row or [] if one["kept"]] for row in rows]

    def _learned(self, kept: list[_Text]) -> list[tuple[str, str]]:
        """Those of the texts that are learned from, each with the question before it, or ""."""
        return [(one.question, one.text) for one in kept if self._narrated or not one.narrated]
