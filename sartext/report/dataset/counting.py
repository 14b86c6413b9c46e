"""Counting in bounded memory: frequent texts, distinct texts, and a sample that depends on the texts alone."""

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Hashes = npt.NDArray[np.uint64]
_Item = TypeVar("_Item")
Key = TypeVar("Key", str, tuple[int, int], tuple[str, str], tuple[str, str, str, str])

_HASH_RANGE = 2.0**64


def value_counts(values: pa.Array | pa.ChunkedArray) -> dict[Any, int]:
    """How often each value is there, nulls left out."""
    values = pc.drop_null(values)
    counted = pc.value_counts(values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values)
    return dict(zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True))


def pair_counts(*columns: pa.Array) -> dict[tuple[str, ...], int]:
    """How often each combination of texts is there; null is the empty text."""
    filled = [pc.fill_null(column.cast(pa.string()), "") for column in columns]
    joined = pc.binary_join_element_wise(*filled, "\x1f")
    return {tuple(key.split("\x1f", len(columns) - 1)): number for key, number in value_counts(joined).items()}


def hashes_of(texts: Iterable[str]) -> Hashes:
    """64 bits of BLAKE2b a text: (n,)."""
    joined = b"".join([hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts])
    return np.frombuffer(joined, dtype="<u8")


class Frequent(Generic[Key]):
    """How often each text or tuple was seen: exactly up to `capacity` of them, beyond that of the frequent ones at least.

    Misra and Gries (Science of Computer Programming 2, 1982), merged as in Agarwal et al. (PODS 2012): a count is too low by
    at most `lost`, and no text that was seen more often than that is missing.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._counts: Counter[Key] = Counter()
        self.total = 0
        self.lost = 0

    def update(self, counts: Mapping[Key, int]) -> None:
        """Takes in how often each text was seen."""
        self._counts.update(counts)
        self.total += sum(counts.values())
        if len(self._counts) > 2 * self._capacity:
            self._prune()

    def _prune(self) -> None:
        cut = heapq.nlargest(self._capacity + 1, self._counts.values())[-1]
        self._counts = Counter({text: number - cut for text, number in self._counts.items() if number > cut})
        self.lost += cut

    @property
    def exact(self) -> bool:
        return self.lost == 0

    def __len__(self) -> int:
        return len(self._counts)

    def most(self, number: int | None = None) -> list[tuple[Key, int]]:
        """The most frequent texts with their counts, by count and then by text."""
        ranked = sorted(self._counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return ranked if number is None else ranked[:number]

    def certain(self, number: int) -> list[tuple[Key, int]]:
        """At most so many of those that were certainly seen more than once, and more often than any that may be missing."""
        return [(text, found) for text, found in self.most(number) if found > max(1, self.lost)]


class Distinct:
    """How many distinct texts were seen, and how many of them more than once.

    Exactly up to `capacity` distinct texts (but for collisions of 64 bits); beyond that from those with the lowest hashes,
    which are a uniform sample whose counts are exact (Bar-Yossef et al., RANDOM 2002): the relative error is about
    1 / sqrt(capacity).
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._hashes = np.zeros(0, np.uint64)
        self._counts = np.zeros(0, np.int64)
        self._waiting: list[tuple[Hashes, npt.NDArray[np.int64]]] = []
        self._waiting_size = 0
        self._bound: int | None = None  # hashes from here on are not counted

    def add(self, hashes: Hashes, counts: Sequence[int] | npt.NDArray[np.int64] | None = None) -> None:
        """Takes in texts by their hashes, each seen so often (once where not said)."""
        numbers = np.ones(len(hashes), np.int64) if counts is None else np.asarray(counts, np.int64)
        if self._bound is not None:
            low = hashes < self._bound
            hashes, numbers = hashes[low], numbers[low]
        self._waiting.append((hashes, numbers))
        self._waiting_size += len(hashes)
        if self._waiting_size > self._capacity // 2:
            self._merge()

    def _merge(self) -> None:
        hashes = np.concatenate([self._hashes, *(one for one, _ in self._waiting)])
        counts = np.concatenate([self._counts, *(numbers for _, numbers in self._waiting)])
        self._waiting, self._waiting_size = [], 0
        order = np.argsort(hashes, kind="stable")
        hashes, counts = hashes[order], counts[order]
        starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1]))) if len(hashes) else np.zeros(0, np.intp)
        self._hashes = hashes[starts]
        self._counts = np.add.reduceat(counts, starts) if len(starts) else counts
        if len(self._hashes) > self._capacity:
            self._bound = int(self._hashes[self._capacity])
            self._hashes, self._counts = self._hashes[: self._capacity], self._counts[: self._capacity]

    @property
    def exact(self) -> bool:
        self._merge()
        return self._bound is None

    @property
    def number(self) -> int:
        """Distinct texts; an estimate where not `exact`."""
        self._merge()
        return len(self._hashes) if self._bound is None else round(self._capacity / (self._bound / _HASH_RANGE))

    @property
    def repeated_share(self) -> float:
        """Of the distinct texts, the share that was seen more than once."""
        self._merge()
        return float(np.mean(self._counts > 1)) if len(self._counts) else 0.0

    def shared_with(self, other: "Distinct") -> int:
        """How many of the texts both have seen; among those with low hashes where either is not `exact`."""
        self._merge()
        other._merge()
        bounds = [one._bound for one in (self, other) if one._bound is not None]
        both = np.intersect1d(self._hashes, other._hashes, assume_unique=True)
        return int(np.sum(both < min(bounds))) if bounds else len(both)


@dataclass
class Lowest(Generic[_Item]):
    """The items with the lowest hashes: a sample that depends on what was hashed alone, not on the order."""

    capacity: int
    _heap: list[tuple[int, int, _Item]] = field(default_factory=list)  # (-hash, -number of its coming, item)
    _seen: int = 0

    @property
    def bound(self) -> int:
        """Hashes from here on are not taken."""
        return -self._heap[0][0] if len(self._heap) == self.capacity else 2**64

    def add(self, hash_: int, item: _Item) -> None:
        """Takes the item where its hash is low enough."""
        self._seen += 1
        entry = (-hash_, -self._seen, item)
        if len(self._heap) < self.capacity:
            heapq.heappush(self._heap, entry)
        elif hash_ < self.bound:
            heapq.heapreplace(self._heap, entry)

    def items(self) -> list[_Item]:
        """From the lowest hash on."""
        return [item for _, _, item in sorted(self._heap, key=lambda entry: (-entry[0], -entry[1]))]

    def __len__(self) -> int:
        return len(self._heap)
