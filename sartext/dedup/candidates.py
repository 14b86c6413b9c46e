"""Which of many images may show the same: those that share near-equal descriptors, found without comparing all pairs.

Each image is asked in the eight turns and mirrorings of `turns`; angles between the right ones are not looked for.
Sorted lists of descriptors take the place of pairs of images: in each of a few tables the bits of all descriptors are permuted
so that some that seldom err come first, and sorted; near-equal descriptors then stand together in one of the tables
(Charikar, STOC 2002; Manku, Jain and Das Sarma, WWW 2007). A run of equal first bits that is longer than `CROWD` is what
everything has, a straight edge say (the stop list of Sivic and Zisserman, ICCV 2003): of it the neighbours in the full order
alone are looked at, so that time and candidates grow with the number of images, not with its square. Tables that are too large
for memory are in files, in partitions by their first bits, which are looked up one after the other.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sartext.dedup.keypoints import FREQUENCIES, Bits, Floats, Indices
from sartext.dedup.partitions import Partitions, partition_bits
from sartext.dedup.turns import SYMMETRIES, permuted, turned

DISTANCE = 12  # most bits of 64 in which two descriptors of one place differ; unrelated ones do once in 3,000 times
VOTES = 3  # least keypoints that a candidate shares
CROWD, NEIGHBOURS = 64, 4
NEAREST = 4  # keypoints that one may resemble, in a table and a turn
MOST_CANDIDATES = 64  # of an image, turns counted apart: of those that share most
_LEAST_PREFIX, _MOST_PREFIX = 16, 26  # first bits of a table that are equal in what stands together
_SHARE = 4  # and as many as make runs of 2**4 of random descriptors: time for recall, the same time for every one that is asked
_TABLES = 6
# Even coefficients follow from what a keypoint is, a blob; the others tell it from others. Low ones seldom err.
_TELLING = [bit for bit, (u, v) in enumerate(FREQUENCIES) if u % 2 or v % 2][:32]
PART_IMAGES = (
    2048  # asked together: of them at most 64 MB of votes are usual, and 2 GB where every keypoint is like many others
)
# Bits of a code: a known image's number, an asked one's among those asked together, and a keypoint's in it: MOST is 128. With
# 3 of the turn and 4 of the ratio of scales they are 62.
_KNOWN_BITS, _ASKED_BITS, _RANK_BITS = 36, 12, 7
_OCTAVES = 2  # largest ratio of scales, either way, that is looked for


@dataclass(frozen=True)
class Descriptors:
    """The keypoints of many images, one image after the other."""

    bits: Bits  # (n,)
    sigma_px: Floats  # (n,)
    image: Indices  # (n,) the number of the image of each, ascending

    def parts(self) -> Iterator["Descriptors"]:
        """Those of so many images at a time that what is found of them fits into memory."""
        starts = np.nonzero(np.diff(self.image, prepend=-1))[0][::PART_IMAGES].tolist()
        for start, stop in pairwise([*starts, len(self.image)]):
            yield Descriptors(self.bits[start:stop], self.sigma_px[start:stop], self.image[start:stop])

    def of(self, images: NDArray[np.bool_]) -> "Descriptors":
        """Those of some images."""
        kept = images[self.image]
        return Descriptors(self.bits[kept], self.sigma_px[kept], self.image[kept])


@dataclass(frozen=True)
class Candidates:
    """Pairs of images that share keypoints, sorted by `asked`, then `known`, then `turn`."""

    asked: Indices  # (n,) the image, and in which of `turns.SYMMETRIES` it resembles the other
    known: Indices
    turn: Indices
    votes: Indices  # keypoints of the first that the other has too, at one ratio of scales


class _Part(NamedTuple):
    """What stands together in a table: known descriptors with the first bits of one range, in the table's order."""

    least: int  # of the range
    most: int
    keys: Bits  # (n,) the descriptors with their bits permuted, ascending
    image: Indices
    octave: Floats


class _Known(Protocol):
    """The descriptors among which candidates are looked for, in the order of each table."""

    @property
    def keypoints(self) -> int:
        """How many there are."""
        ...

    def parts(self, table: int) -> Iterator[_Part]:
        """Those of a table, a range of first bits after the other; the equal first bits of one run are in one range."""
        ...


class _InMemory:
    """Descriptors that fit into memory."""

    def __init__(self, known: Descriptors) -> None:
        self._known, self.keypoints = known, len(known.bits)

    def parts(self, table: int) -> Iterator[_Part]:
        """All of them."""
        keys = permuted(self._known.bits, _order(table))
        order = np.argsort(keys, kind="stable")
        octave = np.log2(self._known.sigma_px)
        yield _Part(0, 2**64 - 1, keys[order], self._known.image[order], octave[order])


class InFiles:
    """Descriptors in files of a folder, 20 bytes each in every table: a part of one of them is in memory at a time."""

    def __init__(self, folder: str, keypoints: int) -> None:
        """For exactly so many keypoints, which `add` brings; `sort` makes them ready."""
        self.keypoints, self._bits = keypoints, partition_bits(keypoints)
        row = np.dtype([("key", np.uint64), ("image", np.int64), ("octave", np.float32)])
        self._tables = [Partitions(os.path.join(folder, str(table)), row, 1 << self._bits) for table in range(_TABLES)]
        self._row = row

    def add(self, some: Descriptors) -> None:
        """Takes in descriptors, of images with higher numbers than before."""
        octave = np.log2(some.sigma_px)
        for table, parts in enumerate(self._tables):
            rows = np.empty(len(some.bits), self._row)
            rows["key"], rows["image"], rows["octave"] = permuted(some.bits, _order(table)), some.image, octave
            first = rows["key"] >> np.uint64(64 - self._bits) if self._bits else np.zeros(len(rows), np.uint64)
            parts.add(rows, first.astype(np.intp))

    def sort(self) -> None:
        """Brings all tables into their order."""
        for parts in self._tables:
            parts.sort(["key"])

    def parts(self, table: int) -> Iterator[_Part]:
        """A partition after the other."""
        width = 64 - self._bits
        for number in range(1 << self._bits):
            rows = self._tables[table].read(number)
            keys, image, octave = (np.ascontiguousarray(rows[name]) for name in ("key", "image", "octave"))
            yield _Part(number << width, ((number + 1) << width) - 1, keys, image, octave)


def candidates(asked: Descriptors, known: "Descriptors | InFiles") -> Candidates:
    """Of every asked image the known ones that share most keypoints of one ratio of scales with it, at least `VOTES`.

    Raises `ValueError` where more images are asked at once, or an image has more keypoints, than can be numbered. Memory grows
    with what is asked: see `Descriptors.parts`.
    """
    numbers, place = np.unique(asked.image, return_inverse=True)  # so that it matters only how many are asked together
    if len(numbers) > 1 << _ASKED_BITS:
        raise ValueError(f"more than {1 << _ASKED_BITS:,} images are asked at once; ask in parts")
    rank = np.arange(len(asked.image)) - np.searchsorted(asked.image, asked.image)  # of a keypoint in its image
    if rank.max(initial=0) >= 1 << _RANK_BITS:
        raise ValueError(f"an image has more than {1 << _RANK_BITS} keypoints")
    tables: _Known = _InMemory(known) if isinstance(known, Descriptors) else known
    prefix = min(max(tables.keypoints.bit_length() - _SHARE, _LEAST_PREFIX), _MOST_PREFIX)
    octave = np.log2(asked.sigma_px)
    codes = [np.zeros(0, np.intp)]
    for table in range(_TABLES):
        queries = [permuted(turned(asked.bits, turn), _order(table)) for turn in range(len(SYMMETRIES))]
        orders = [np.argsort(some, kind="stable") for some in queries]  # searching in order is several times as fast
        queries = [some[order] for some, order in zip(queries, orders, strict=True)]
        for part in tables.parts(table):
            for turn, (some, order) in enumerate(zip(queries, orders, strict=True)):
                start, stop = np.searchsorted(some, np.uint64(part.least)), np.searchsorted(some, np.uint64(part.most), "right")
                query, key = _near(some[start:stop], part.keys, prefix)
                query = order[start:stop][query]
                bins = np.floor(2 * (part.octave[key] - octave[query])).astype(np.intp) + 2 * _OCTAVES
                for bin_ in (bins, bins + 1):  # of half an octave: what is nearer than that is in one of them together
                    inside = (bin_ >= 0) & (bin_ <= 4 * _OCTAVES)
                    code = place[query[inside]] << _KNOWN_BITS | part.image[key[inside]]
                    code = (code << 3 | turn) << 4 | bin_[inside]
                    codes.append(_distinct(code << _RANK_BITS | rank[query[inside]]))
    return _counted(_distinct(np.concatenate(codes)), numbers)


def _counted(codes: Indices, numbers: Indices) -> Candidates:
    """The candidates, from codes of image, other image, turn, ratio of scales and keypoint of the first.

    `numbers` are those of the asked images, by their place among them.
    """
    alike = codes >> _RANK_BITS
    starts = np.nonzero(np.diff(alike, prepend=-1))[0]
    votes = np.diff(starts, append=len(alike))
    pairs, votes = alike[starts[votes >= VOTES]] >> 4, votes[votes >= VOTES]
    starts = np.nonzero(np.diff(pairs, prepend=-1))[0]  # a pair can have votes in two neighbouring ratios
    votes = np.maximum.reduceat(votes, starts) if len(starts) else votes
    pairs = pairs[starts]
    kept = np.sort(_first(pairs >> (_KNOWN_BITS + 3), -votes, MOST_CANDIDATES))
    pairs = pairs[kept]
    return Candidates(numbers[pairs >> (_KNOWN_BITS + 3)], (pairs >> 3) % (1 << _KNOWN_BITS), pairs % 8, votes[kept])


def _near(queries: Bits, keys: Bits, prefix: int) -> tuple[Indices, Indices]:
    """Numbers of queries and of keys (both sorted) that differ in at most `DISTANCE` bits, of what stands near in the order.

    A query has the `NEAREST` of them alone: what looks like everything says nothing.
    """
    tail = np.uint64((1 << (64 - prefix)) - 1)
    first = np.searchsorted(keys, queries & ~tail)
    last = np.searchsorted(keys, queries | tail, side="right")
    crowded = last - first > CROWD
    here = np.searchsorted(keys, queries[crowded])
    first[crowded] = np.maximum(first[crowded], here - NEIGHBOURS)
    last[crowded] = np.minimum(last[crowded], here + NEIGHBOURS)
    found = [(first[:0], first[:0], first[:0])]
    for step in range(int((last - first).max(initial=0))):
        reached = np.nonzero(first + step < last)[0]
        key = first[reached] + step
        distance = np.bitwise_count(queries[reached] ^ keys[key]).astype(np.intp)
        close = distance <= DISTANCE
        found.append((reached[close], key[close], distance[close]))
    query, key, distance = (np.concatenate(column) for column in zip(*found, strict=True))
    kept = _first(query, distance << 32 | key, NEAREST)
    return query[kept], key[kept]


def _first(groups: Indices, by: Indices, most: int) -> Indices:
    """The places of the first `most` of every group, in the order of the group, then of `by`, then of the place."""
    order = np.lexsort((by, groups))
    starts = np.nonzero(np.diff(groups[order], prepend=-1))[0]
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    first: Indices = order[rank < most]
    return first


def _distinct(codes: Indices) -> Indices:
    codes = np.sort(codes)
    distinct: Indices = codes[np.diff(codes, prepend=-1) != 0]
    return distinct


def _order(table: int) -> list[int]:
    """Where the bits of a descriptor go in a table: the places of bits 0 to 63, of which 63 is the first in the order."""
    # Every table begins with other bits of the telling ones: strides that have no divisor in common with 32 visit them all.
    stride = 2 * table + 5
    chosen = [63, *(_TELLING[(table * 7 + stride * step) % len(_TELLING)] for step in range(_MOST_PREFIX - 1))]
    rest = [bit for bit in range(64) if bit not in chosen]
    places = [0] * 64
    for place, bit in enumerate([*chosen, *rest]):
        places[bit] = 63 - place
    return places
