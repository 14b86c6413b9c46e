"""Which of many images may show the same: those that share near-equal descriptors, found without comparing all pairs.

Sorted lists of descriptors take the place of pairs of images: in each of a few tables the bits of all descriptors are permuted
so that some that seldom err come first, and sorted; near-equal descriptors then stand together in one of the tables
(Charikar, STOC 2002; Manku, Jain and Das Sarma, WWW 2007). A run of equal first bits that is longer than `CROWD` is what
everything has, a straight edge say (the stop list of Sivic and Zisserman, ICCV 2003): of it the neighbours in the full order
alone are looked at, so that time and candidates grow with the number of images, not with its square.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sartext.evaluate.keypoints import FREQUENCIES, MOST, Bits, Indices

# An image and what can become of it, by number: transposed where 4 is in it, then mirrored left to right where 1 is, then
# upside down where 2 is. Names are those of Pillow and EXIF.
TURNS = (
    "none",
    "flip_left_right",
    "flip_top_bottom",
    "rotate_180",
    "transpose",
    "rotate_90_clockwise",
    "rotate_90_counterclockwise",
    "transverse",
)
DISTANCE = (
    12  # most bits of 64 in which two descriptors of one place differ; unrelated ones differ in as few once in 3,000 times
)
VOTES = 3  # least keypoints that a candidate shares
CROWD, NEIGHBOURS = 32, 4
_PREFIX = 20  # first bits of a table
_TABLES = 4
# Even coefficients follow from what a keypoint is, a blob: the others say where it is. Low ones seldom err.
_TELLING = [bit for bit, (u, v) in enumerate(FREQUENCIES) if u % 2 or v % 2][:32]
_CHUNK = 1 << 19  # descriptors asked at once
_MOST_IMAGES = 1 << 26


@dataclass(frozen=True)
class Candidates:
    """Pairs of images that share keypoints, sorted by `asked`, then `known`, then `turn`."""

    asked: Indices  # (n,) the image, and in which of TURNS it resembles the other
    known: Indices
    turn: Indices
    votes: Indices  # keypoints of the first that the other has too


def turned(bits: Bits, turn: int) -> Bits:
    """The descriptors that the keypoints of a turned image have."""
    if turn & 4:
        place = {uv: bit for bit, uv in enumerate(FREQUENCIES)}
        bits = _permuted(bits, [place[v, u] for u, v in FREQUENCIES] + [63])
    odd = [(v % 2 and turn & 1) ^ (bool(u % 2 and turn & 2)) for u, v in FREQUENCIES]
    return bits ^ np.uint64(sum(1 << bit for bit, flips in enumerate(odd) if flips))


def candidates(asked: Bits, of: Indices, known: Bits, whose: Indices) -> Candidates:
    """The pairs of an asked and a known image that share at least `VOTES` keypoints.

    `of` (n,) and `whose` (m,) number the images that the descriptors `asked` (n,) and `known` (m,) are of, in ascending order.
    """
    if max(of[-1:], default=0) >= _MOST_IMAGES or max(whose[-1:], default=0) >= _MOST_IMAGES:
        raise ValueError(f"there are more than {_MOST_IMAGES:,} images")
    rank = np.arange(len(of)) - np.searchsorted(of, of)  # of a keypoint in its image
    if len(rank) and rank.max() >= MOST:
        raise ValueError(f"an image has {rank.max() + 1} keypoints; at most {MOST} are numbered")
    codes = [np.zeros(0, np.uint64)]
    for table in range(_TABLES):
        places = _order(table)
        keys = _permuted(known, places)
        order = np.argsort(keys, kind="stable")
        keys, images = keys[order], whose[order].astype(np.uint64)
        for turn in range(len(TURNS)):
            for start in range(0, len(asked), _CHUNK):
                some = slice(start, start + _CHUNK)
                queries = _permuted(turned(asked[some], turn), places)
                who = (of[some].astype(np.uint64) << np.uint64(26 + 3 + 7)) | (rank[some].astype(np.uint64))
                codes += [
                    np.unique(who[query] | (images[key] << np.uint64(3 + 7)) | np.uint64(turn << 7))
                    for query, key in _near(queries, keys)
                ]
    return _counted(np.unique(np.concatenate(codes)))


def _counted(codes: Bits) -> Candidates:
    """The candidates, from codes of image, other image, turn and keypoint of the first: 26, 26, 3 and 7 bits (MOST is 128)."""
    pairs, votes = np.unique(codes >> np.uint64(7), return_counts=True)
    pairs, votes = pairs[votes >= VOTES], votes[votes >= VOTES]
    asked, known, turn = pairs >> np.uint64(29), (pairs >> np.uint64(3)) % np.uint64(1 << 26), pairs % np.uint64(8)
    return Candidates(asked.astype(np.intp), known.astype(np.intp), turn.astype(np.intp), votes.astype(np.intp))


def _near(queries: Bits, keys: Bits) -> Iterator[tuple[Indices, Indices]]:
    """Numbers of queries and of keys (sorted) that differ in at most `DISTANCE` bits, of what stands near in the order."""
    order = np.argsort(queries, kind="stable")  # searching in order is several times as fast
    queries = queries[order]
    tail = np.uint64((1 << (64 - _PREFIX)) - 1)
    first = np.searchsorted(keys, queries & ~tail)
    last = np.searchsorted(keys, queries | tail, side="right")
    crowded = last - first > CROWD
    here = np.searchsorted(keys, queries[crowded])
    first[crowded] = np.maximum(first[crowded], here - NEIGHBOURS)
    last[crowded] = np.minimum(last[crowded], here + NEIGHBOURS)
    for step in range(int((last - first).max(initial=0))):
        reached = np.nonzero(first + step < last)[0]
        key = first[reached] + step
        close = np.bitwise_count(queries[reached] ^ keys[key]) <= DISTANCE
        yield order[reached[close]], key[close]


def _order(table: int) -> list[int]:
    """Where the bits of a descriptor go in a table: the places of bits 0 to 63, of which 63 is the first in the order."""
    step = len(_TELLING) // _TABLES
    moved = _TELLING[table * step :] + _TELLING[: table * step]
    chosen = [63, *moved[: _PREFIX - 1]]
    rest = [bit for bit in range(64) if bit not in chosen]
    places = [0] * 64
    for place, bit in enumerate([*chosen, *rest]):
        places[bit] = 63 - place
    return places


def _permuted(bits: Bits, places: list[int]) -> Bits:
    """The descriptors with bit i at `places[i]`."""
    moved = np.zeros_like(bits)
    for bit, place in enumerate(places):
        moved |= ((bits >> np.uint64(bit)) & np.uint64(1)) << np.uint64(place)
    return moved
