"""What an audit finds: near-identical tiles, shared scenes and overlapping footprints, counted by comparison and listed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sartext.dedup.turns import SYMMETRIES
from sartext.flow.audit.overlaps import TileFootprints
from sartext.flow.audit.same import Copies, Same, TileNumbers
from sartext.flow.audit.tiles import Tiles

LISTED = 10_000  # most findings of a kind that are listed; all are counted
FEW_KEYPOINTS = 16  # a tile with fewer is found as an exact copy, and hardly otherwise
_KINDS = ("near_identical", "same_scene", "overlapping_footprint")

_Flags = NDArray[np.bool_]
_Finding = dict[str, Any]
_Sides = tuple[int, int]  # the one that is held out, and the one that is learned from


@dataclass(frozen=True)
class Findings:
    """What was found: plain values, the same for the same tiles; and the numbers of the near-identical tiles that are listed,
    by the name of their side and their key."""

    report: dict[str, Any]
    numbers: Mapping[tuple[str, str], int]


class _Group(NamedTuple):
    """Tiles of two sides of which each is like each of the others."""

    asked: list[int]
    known: list[int]
    row: Mapping[str, Any] | None  # of `compare.best`; None: the same pixels

    @property
    def pairs(self) -> int:
        return len(self.asked) * len(self.known)


class _First:
    """Of groups that come in any order those with the smallest first tiles that are enough to be listed."""

    def __init__(self) -> None:
        self._groups: list[_Group] = []

    def offer(self, asked: TileNumbers, known: TileNumbers) -> None:
        """Takes in a group of tiles with the same pixels."""
        self._groups.append(_Group(asked[:LISTED].tolist(), known[:LISTED].tolist(), None))
        if len(self._groups) > 2 * LISTED:
            self._groups = self.taken()

    def taken(self) -> list[_Group]:
        """The groups in the order of their first tiles, no more than are needed."""
        ordered = sorted(self._groups, key=lambda group: group.asked[0])
        before = np.cumsum([0, *(group.pairs for group in ordered)])
        return [group for group, pairs in zip(ordered, before.tolist(), strict=False) if pairs < LISTED]


def findings(tiles: Tiles, pairs: Iterable[Mapping[str, Any]]) -> Findings:
    """The report on all tiles; `pairs` are those of `compare.best`, in their order.

    A tile that is held out leaks where anything is found of it. Tiles with the same pixels make as many pairs as there are.
    """
    leaking: dict[str, _Flags] = {kind: tiles.noted(kind, np.bool_) for kind in _KINDS}
    counts: dict[_Sides, Counter[str]] = {sides: Counter() for sides in tiles.comparisons}
    copies = Copies(tiles)
    groups = _exact(tiles, copies, counts, leaking["near_identical"])
    _near(tiles, copies, pairs, groups, counts, leaking["near_identical"])
    near, numbers = _listed(tiles, groups)
    listed = {
        "near_identical": near,
        "same_scene": _scenes(tiles, counts, leaking["same_scene"]),
        "overlapping_footprint": _footprints(tiles, counts, leaking["overlapping_footprint"]),
    }
    compared = [
        {
            "held_out": tiles.names[sides[0]],
            "against": tiles.names[sides[1]],
            "exact_pairs": counts[sides]["exact"],
            "near_identical_pairs": counts[sides]["exact"] + counts[sides]["near_identical"],
            "shared_scenes": counts[sides]["same_scene"],
            "overlapping_footprints": counts[sides]["overlapping_footprint"],
        }
        for sides in tiles.comparisons
    ]
    found_here = {kind: rows[:LISTED] for kind, rows in listed.items()}
    about = {"tiles": _sides(tiles), **_unreadable_and_few(tiles)}
    return Findings({**about, "comparisons": compared, **_held_out(tiles, leaking), "findings": found_here}, numbers)


def _exact(tiles: Tiles, copies: Copies, counts: Mapping[_Sides, Counter[str]], leaking: _Flags) -> dict[_Sides, list[_Group]]:
    """By comparison the first tiles of both sides that have the same pixels."""
    first = {sides: _First() for sides in tiles.comparisons}
    for group in copies.groups():
        for sides in tiles.comparisons:
            asked, known = (group.of_side.get(side) for side in sides)
            if asked is not None and known is not None:
                leaking[asked] = True
                counts[sides]["exact"] += len(asked) * len(known)
                first[sides].offer(asked, known)
    return {sides: groups.taken() for sides, groups in first.items()}


def _near(
    tiles: Tiles,
    copies: Copies,
    pairs: Iterable[Mapping[str, Any]],
    groups: Mapping[_Sides, list[_Group]],
    counts: Mapping[_Sides, Counter[str]],
    leaking: _Flags,
) -> None:
    """Adds the near-identical tiles of both sides, with all that have the same pixels, behind the exact copies."""
    index = copies.index()
    room = {sides: LISTED - sum(group.pairs for group in some) for sides, some in groups.items()}
    for row in pairs:
        if index.same(row["asked"], row["known"]):
            continue
        sides = int(tiles.side[row["asked"]]), int(tiles.side[row["known"]])
        asked, known = index.copies(row["asked"]), index.copies(row["known"])
        leaking[asked] = True
        counts[sides]["near_identical"] += len(asked) * len(known)
        if room[sides] > 0:
            groups[sides].append(_Group(asked[:LISTED].tolist(), known[:LISTED].tolist(), row))
            room[sides] -= groups[sides][-1].pairs


def _listed(tiles: Tiles, groups: Mapping[_Sides, list[_Group]]) -> tuple[list[_Finding], dict[tuple[str, str], int]]:
    """The pairs that are listed, exact ones first, then those that correlate most; and the numbers of their tiles."""
    pairs = [one for sides, some in groups.items() for one in _first_pairs(sides, some)]
    keys = tiles.rows((number for _, asked, known, _ in pairs for number in (asked, known)), ["key"])
    found, numbers = [], {}
    for sides, asked, known, row in pairs:
        both = {"held_out": tiles.names[sides[0]], "against": tiles.names[sides[1]]}
        named = {"tile": keys[asked]["key"], "like": keys[known]["key"]}
        found.append({**named, **both, **_where(row)})
        numbers[both["held_out"], named["tile"]] = asked
        numbers[both["against"], named["like"]] = known
    found.sort(key=lambda one: (not one["exact"], -one["correlation"], one["tile"], one["like"]))
    return found, numbers


def _first_pairs(sides: _Sides, groups: Iterable[_Group]) -> Iterator[tuple[_Sides, int, int, Mapping[str, Any] | None]]:
    every = ((sides, one, other, row) for asked, known, row in groups for one in asked for other in known)
    yield from islice(every, LISTED)


def _where(row: Mapping[str, Any] | None) -> _Finding:
    return {
        "exact": row is None,
        "turn": SYMMETRIES[row["turn"] if row else 0],
        "offset_px": [row["offset_x_px"], row["offset_y_px"]] if row else [0.0, 0.0],
        "scale": [row["scale_x"], row["scale_y"]] if row else [1.0, 1.0],
        "keypoints": row["keypoints"] if row else None,
        "correlation": row["correlation"] if row else 1.0,
        "overlap_share": row["share"] if row else 1.0,
    }


def _scenes(tiles: Tiles, counts: Mapping[_Sides, Counter[str]], leaking: _Flags) -> list[_Finding]:
    """Scenes of one source that are on both sides."""
    first: dict[_Sides, list[tuple[int, int, int]]] = {sides: [] for sides in tiles.comparisons}
    for group in Same(tiles, "scenes", ["source", "scene"], _scene).groups():
        for sides in tiles.comparisons:
            asked, known = (group.of_side.get(side) for side in sides)
            if asked is not None and known is not None:
                leaking[asked] = True
                counts[sides]["same_scene"] += 1
                first[sides].append((int(asked[0]), len(asked), len(known)))
                if len(first[sides]) > 2 * LISTED:
                    first[sides] = sorted(first[sides])[:LISTED]
    rows = [(sides, *one) for sides, some in first.items() for one in sorted(some)[:LISTED]][:LISTED]
    names = tiles.rows((number for _, number, _, _ in rows), ["source", "scene"])
    return [
        {
            **names[number],
            "held_out": tiles.names[sides[0]],
            "against": tiles.names[sides[1]],
            "tiles": asked,
            "against_tiles": known,
        }
        for sides, number, asked, known in rows
    ]


def _scene(row: Mapping[str, Any]) -> bytes:
    return hashlib.blake2b(repr((row["source"], row["scene"])).encode(), digest_size=16).digest()


def _footprints(tiles: Tiles, counts: Mapping[_Sides, Counter[str]], leaking: _Flags) -> list[_Finding]:
    """Tiles of both sides whose footprints overlap."""
    every = TileFootprints(tiles)
    rows: list[tuple[_Sides, int, int, float]] = []
    for sides in tiles.comparisons:
        for one in every.overlapping(*sides):
            counts[sides]["overlapping_footprint"] += 1
            leaking[one.asked] = True
            if len(rows) < LISTED:
                rows.append((sides, one.asked, one.known, round(one.share, 4)))
    keys = tiles.rows((number for _, asked, known, _ in rows for number in (asked, known)), ["key"])
    return [
        {
            "tile": keys[asked]["key"],
            "like": keys[known]["key"],
            "held_out": tiles.names[sides[0]],
            "against": tiles.names[sides[1]],
            "overlap_share": share,
        }
        for sides, asked, known, share in rows
    ]


def _held_out(tiles: Tiles, leaking: Mapping[str, _Flags]) -> dict[str, Any]:
    """What leaks of each side that is held out, and of all."""
    of_side: dict[int, Counter[str]] = {asked: Counter() for asked, _ in tiles.comparisons}
    total = 0
    for shard in tiles.shards([]):
        numbers = slice(shard.first, shard.first + len(shard.side))
        flags = {kind: np.array(some[numbers]) for kind, some in leaking.items()}
        anything = np.logical_or.reduce(list(flags.values()))
        total += int(anything.sum())
        for side, found in of_side.items():
            mine = shard.side == side
            found.update({kind: int(some[mine].sum()) for kind, some in {"leaking": anything, **flags}.items()})
    held_out = {
        tiles.names[side]: {"tiles": tiles.on[side], "leaking": found["leaking"], **{kind: found[kind] for kind in _KINDS}}
        for side, found in of_side.items()
    }
    return {"held_out": held_out, "leaking": total}


def _sides(tiles: Tiles) -> dict[str, int]:
    return {name: tiles.on[side] for side, name in enumerate(tiles.names)} | {"without_split": tiles.on[-1]}


def _unreadable_and_few(tiles: Tiles) -> dict[str, Any]:
    """Tiles that cannot be read, by reason; and readable ones of which little but an exact copy would be found."""
    reasons, few = Counter[str](), 0
    for shard in tiles.shards(["reject", "bits"]):
        reasons.update(reason for reason in shard.about["reject"].to_pylist() if reason)
        counts = shard.about["bits"].combine_chunks().value_lengths().fill_null(FEW_KEYPOINTS).to_numpy()
        few += int((counts < FEW_KEYPOINTS).sum())
    return {"unreadable": dict(sorted(reasons.items())), "few_keypoints": few}
