"""Which of many images may show the same: those that share near-equal descriptors, found without comparing all pairs.

Each image is asked in the eight turns and mirrorings of `turns`; angles between the right ones are not looked for.
Sorted lists of descriptors take the place of pairs of images: in each of a few tables the bits of all descriptors are permuted
so that some that seldom err come first, and sorted; near-equal descriptors then stand together in one of the tables
(Charikar, STOC 2002; Manku, Jain and Das Sarma, WWW 2007). A run of equal first bits that is longer than `CROWD` is what
everything has, a straight edge say (the stop list of Sivic and Zisserman, ICCV 2003): of it the neighbours in the full order
alone are looked at, so that time and candidates grow with the number of images, not with its square.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sartext.dedup.keypoints import FREQUENCIES, Bits, Floats, Indices
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
_PART_IMAGES = 2048  # of them at most 64 MB of votes are usual, and 2 GB where every keypoint is like many others
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
        starts = np.nonzero(np.diff(self.image, prepend=-1))[0][::_PART_IMAGES].tolist()
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


def candidates(asked: Descriptors, known: Descriptors) -> Candidates:
    """Of every asked image the known ones that share most keypoints of one ratio of scales with it, at least `VOTES`.

    Raises `ValueError` where more images are asked at once, or an image has more keypoints, than can be numbered. Memory grows
    with both sides: see `Descriptors.parts`.
    """
    numbers, place = np.unique(asked.image, return_inverse=True)  # so that it matters only how many are asked together
    if len(numbers) > 1 << _ASKED_BITS:
        raise ValueError(f"more than {1 << _ASKED_BITS:,} images are asked at once; ask in parts")
    rank = np.arange(len(asked.image)) - np.searchsorted(asked.image, asked.image)  # of a keypoint in its image
    if rank.max(initial=0) >= 1 << _RANK_BITS:
        raise ValueError(f"an image has more than {1 << _RANK_BITS} keypoints")
    prefix = min(max(len(known.bits).bit_length() - _SHARE, _LEAST_PREFIX), _MOST_PREFIX)
    octave, octaves = np.log2(asked.sigma_px), np.log2(known.sigma_px)
    codes = []
    for table in range(_TABLES):
        places = _order(table)
        keys = permuted(known.bits, places)
        order = np.argsort(keys, kind="stable")
        keys, images, scales = keys[order], known.image[order], octaves[order]
        for turn in range(len(SYMMETRIES)):
            query, key = _near(permuted(turned(asked.bits, turn), places), keys, prefix)
            bins = np.floor(2 * (scales[key] - octave[query])).astype(np.intp) + 2 * _OCTAVES
            for bin_ in (bins, bins + 1):  # of half an octave: what is nearer than that is in one of them together
                inside = (bin_ >= 0) & (bin_ <= 4 * _OCTAVES)
                code = place[query[inside]] << _KNOWN_BITS | images[key[inside]]
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
    """Numbers of queries and of keys (sorted) that differ in at most `DISTANCE` bits, of what stands near in the order.

    A query has the `NEAREST` of them alone: what looks like everything says nothing.
    """
    order = np.argsort(queries, kind="stable")  # searching in order is several times as fast
    queries = queries[order]
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
        found.append((order[reached[close]], key[close], distance[close]))
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
