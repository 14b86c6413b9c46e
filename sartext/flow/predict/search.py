"""Exact search in an index: the tiles with the largest inner product, equal ones in the order of their keys."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import torch

from sartext.errors import UserError
from sartext.flow.predict.hit import Hit
from sartext.flow.predict.index_files import Index
from sartext.row_groups import read_group, read_groups
from sartext.store import open_store

_MARGIN = 1e-4  # more than float32 can err in a product of two rows of length 1 and 1,024 columns
_KEPT_GROUPS = 64  # row groups of thumbnails in memory: 64 x 64 of about 4 kB


class Nearest:
    """Exact search among rows of features (N, D) of length 1, float32, each with its key."""

    def __init__(self, features: torch.Tensor, keys: Sequence[str]) -> None:
        if features.ndim != 2 or len(features) != len(keys) or not len(keys):
            raise ValueError(f"{len(keys)} keys for features of the shape {tuple(features.shape)}; give a row a key")
        self._features = features
        # The place of each row in the order of keys.
        self._rank = torch.empty(len(keys), dtype=torch.int64)
        self._rank[torch.tensor(sorted(range(len(keys)), key=keys.__getitem__))] = torch.arange(len(keys))

    def __call__(self, query: torch.Tensor, top: int) -> tuple[list[int], list[float]]:
        """The rows of the `top` largest inner products with a query (D,), largest first, and these in double precision.

        A product in single precision only says which rows can be among them: what it gives for two equal rows can differ.
        """
        if query.shape != self._features.shape[1:]:
            raise ValueError(f"a query of the shape {tuple(query.shape)}; features have {self._features.shape[1]} columns")
        top = min(top, len(self._features))
        rough = self._features @ query.float()
        near = torch.nonzero(rough >= rough.topk(top).values[-1] - _MARGIN).squeeze(1)
        scores = (self._features[near].double() * query.double()).sum(dim=1)
        order = np.lexsort((self._rank[near].numpy(), -scores.numpy()))[:top]
        return near[order].tolist(), scores[order].tolist()


class Gallery:
    """An index in memory, but for the thumbnails, which are read as they are shown."""

    def __init__(self, index: Index) -> None:
        """Raises `UserError` where the index has no tile."""
        self._store = open_store(index.uri)
        self._thumbnails: OrderedDict[tuple[str, int], list[bytes]] = OrderedDict()
        self._groups: list[tuple[str, int, int]] = []  # file, row group, the first of its rows among all
        tables: list[pa.Table] = []
        rows = 0
        for path in index.paths():
            for group, table in enumerate(read_groups(self._store, path, ["key", "split", "caption", "features"])):
                self._groups.append((path, group, rows))
                tables.append(table)
                rows += table.num_rows
        if not tables:
            raise UserError(f"{index.uri} has no tile; make it anew")
        self._firsts = [first for _, _, first in self._groups]
        whole = pa.concat_tables(tables)
        self._keys: list[str] = whole["key"].to_pylist()
        self._splits: list[str | None] = whole["split"].to_pylist()
        self._captions: list[str | None] = whole["caption"].to_pylist()
        flat = whole["features"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        features = torch.from_numpy(np.array(flat, dtype=np.float32).reshape(len(self._keys), -1))
        self._nearest = Nearest(features, self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def search(self, query: torch.Tensor, top: int) -> list[Hit]:
        """The `top` tiles nearest to a query (D,), nearest first."""
        return [
            Hit(
                key=self._keys[row],
                score=score,
                split=self._splits[row],
                caption=self._captions[row],
                thumbnail=self._thumbnail(row),
            )
            for row, score in zip(*self._nearest(query, top), strict=True)
        ]

    def _thumbnail(self, row: int) -> bytes:
        path, group, first = self._groups[int(np.searchsorted(self._firsts, row, side="right")) - 1]
        if (path, group) not in self._thumbnails:
            self._thumbnails[path, group] = read_group(self._store, path, group, ["thumbnail"])["thumbnail"].to_pylist()
            while len(self._thumbnails) > _KEPT_GROUPS:
                self._thumbnails.popitem(last=False)
        self._thumbnails.move_to_end((path, group))
        return self._thumbnails[path, group][row - first]
