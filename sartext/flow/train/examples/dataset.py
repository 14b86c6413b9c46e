"""What training reads of a dataset: images with their kept captions, or with their kept questions, by index.

An example is a tile of the split that has at least one text and that models may be trained on, as far as is known; each epoch
draws one of its kept texts, coarse captions as any other. What a
narrator wrote is no text to learn from unless that is asked for, nor is a caption of a form that has no weight. Shards are
read by row groups, and the last used ones are kept, so that reading in the order of `sampler.Order` reads each row group about
once an epoch.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from sartext.artifact import open_artifact
from sartext.errors import UserError
from sartext.flow.predict.narrator import ROUTE
from sartext.flow.train.examples.sampler import drawn
from sartext.models.objective import CAPTIONS, QUESTIONS, Example
from sartext.models.shortening import sentence_ends, sentences_of
from sartext.report.left_out import FORMS, NARRATED, LeftOut
from sartext.rights import COMMERCE, PASS_ON, TRAIN, forbidden_by, rights_of
from sartext.row_groups import read_group, read_groups
from sartext.store import open_store

_RIGHTS = [f"origin.{of}{name}" for of in ("", "annotations.", "texts.") for name in ("licence", TRAIN, PASS_ON)]
_COLUMNS = {CAPTIONS: ["captions"], QUESTIONS: ["questions"]}


# Kinds of claims (`tile.Claim`), from what matters most to what matters least where a text is too long.
_IMPORTANCE = {
    **dict.fromkeys(("class", "count", "area"), 0),
    "position": 1,
    **dict.fromkeys(("size", "orientation"), 2),
    **dict.fromkeys(("arrangement", "relation"), 3),
    "absence": 5,
}
_OTHER, _NOTHING = 4, 6


class _Text(NamedTuple):
    question: str
    text: str
    narrated: bool = False  # written by a model that was trained before
    weight: float = 1.0  # how often it is learned, beside the others of its tile
    importance: tuple[int, ...] = ()  # of its sentences


class _Row(NamedTuple):
    image: bytes
    texts: list[_Text]


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
        forms: Mapping[str, float] | None = None,
        shuffled: bool = False,
    ) -> None:
        """Reads which rows are examples; `kept_groups` row groups stay in memory.

        `forms` are the weights of captions by their form; of another form, or of none, a caption has weight 1. `shuffled`
        gives each tile the texts of another one of its row group.
        Raises `UserError` where the dataset has no such examples.
        """
        if kind not in _COLUMNS:
            raise ValueError(f"kind is {kind!r}; it is one of {', '.join(_COLUMNS)}")
        self._store, self._kind, self._seed, self._kept_groups = open_store(uri), kind, seed, kept_groups
        self._narrated = narrator_captions
        self._forms, self._shuffled = dict(forms or {}), shuffled
        self._uses = [TRAIN, *([COMMERCE] if commercial_use else [])]
        unread = [FORMS] if 0 in self._forms.values() else []
        self.left_out = LeftOut(*self._uses, NARRATED, *unread)  # tiles of the split that have texts
        self._groups = [group for path in open_artifact(uri).paths() for group in self._examples_of(path, split)]
        self._starts = np.concatenate(([0], np.cumsum([len(group.rows) for group in self._groups]))).astype(np.int64)
        self._read: OrderedDict[int, list[_Row]] = OrderedDict()
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
        found = [text for number in range(len(self._groups)) for text in self._texts_of(number)]
        return [words for one in found for words in (one.question, one.text) if words]

    def read(self, indices: Sequence[int], epoch: int) -> list[Example]:
        """The examples, each with the text that is its turn in this epoch; a `sampler.filler` gives a row that is not real."""
        found: dict[int, Example] = {}
        by_group: dict[int, list[int]] = {}
        for position, mark in enumerate(indices):
            index = mark if mark >= 0 else ~mark
            by_group.setdefault(int(np.searchsorted(self._starts, index, side="right")) - 1, []).append(position)
        for number, positions in by_group.items():
            rows = self._rows(number)
            for position in positions:
                mark = int(indices[position])
                index = mark if mark >= 0 else ~mark
                image, texts = rows[index - int(self._starts[number])]
                one = texts[drawn(self._seed, epoch, index, [text.weight for text in texts])]
                found[position] = Example(
                    image=image, text=one.text, question=one.question, importance=one.importance, real=mark >= 0
                )
        return [found[position] for position in range(len(indices))]

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
        by = forbidden_by(rights, reason) if reason else ""
        if reason is None and not self._learned(kept):
            reason = FORMS if any(self._narrated or not one.narrated for one in kept) else NARRATED
        if kept and reason:
            self.left_out.add(reason, by)
        return bool(kept) and reason is None

    def _rows(self, number: int) -> list[_Row]:
        if number not in self._read:
            group = self._groups[number]
            table = self._table(group, ["image", *_COLUMNS[self._kind]])
            images, kept = table["image"].to_pylist(), self._kept(table)
            texts = self._exchanged([self._learned(kept[row]) for row in group.rows], number)
            self._read[number] = [_Row(images[row]["bytes"], of) for row, of in zip(group.rows, texts, strict=True)]
            while len(self._read) > self._kept_groups:
                self._read.popitem(last=False)
        self._read.move_to_end(number)
        return self._read[number]

    def _exchanged(self, texts: list[list[_Text]], number: int) -> list[list[_Text]]:
        """The texts of each tile of a row group, where they are shuffled those of the next one in an order by the seed."""
        if not self._shuffled:
            return texts
        order = np.random.Generator(np.random.PCG64([self._seed, number])).permutation(len(texts)).tolist()
        after = dict(zip(order, [*order[1:], *order[:1]], strict=True))
        return [texts[after[at]] for at in range(len(texts))]

    def _texts_of(self, number: int) -> list[_Text]:
        group = self._groups[number]
        kept = self._kept(self._table(group, _COLUMNS[self._kind]))
        return [text for row in group.rows for text in self._learned(kept[row])]

    def _table(self, group: _Group, columns: list[str]) -> pa.Table:
        return read_group(self._store, group.path, group.number, columns)

    def _kept(self, table: pa.Table) -> list[list[_Text]]:
        """For each row its kept texts."""
        rows: list[list[dict[str, Any]] | None] = table[self._kind].to_pylist()
        if self._kind == QUESTIONS:
            return [[_Text(one["question"], one["answer"]) for one in row or [] if one["kept"]] for row in rows]
        return [[self._caption(one) for one in row or [] if one["kept"]] for row in rows]

    def _caption(self, one: dict[str, Any]) -> _Text:
        weight, importance = self._forms.get(one["form"] or "", 1.0), importance_of(one["text"], one["claims"] or [])
        return _Text("", one["text"], one["route"] == ROUTE, weight, importance)

    def _learned(self, kept: list[_Text]) -> list[_Text]:
        """Those of the texts that are learned from."""
        return [one for one in kept if one.weight > 0 and (self._narrated or not one.narrated)]


def importance_of(text: str, claims: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """How important each sentence of a caption is, by what it claims, the lowest number for the most; () where nobody knows."""
    ends = sentence_ends(text)
    spans = [(one["span"], _IMPORTANCE.get(one["kind"], _OTHER)) for one in claims if one["span"] is not None]
    if len(ends) < 2 or not spans:
        return ()
    found = [_NOTHING] * len(sentences_of(text))
    for span, rank in spans:
        at = min(int(np.searchsorted(ends, span[0], side="right")), len(found) - 1)
        found[at] = min(found[at], rank)
    return tuple(found)
