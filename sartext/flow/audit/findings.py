"""What an audit finds: near-identical tiles, shared scenes and overlapping footprints, counted by comparison and listed."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sartext.dedup.turns import SYMMETRIES
from sartext.flow.audit.compare import Tiles
from sartext.imaging.polygons import footprints, overlaps

LISTED = 10_000  # most findings of a kind that are listed; all are counted
FEW_KEYPOINTS = 16  # a tile with fewer is found as an exact copy, and hardly otherwise
_KINDS = ("near_identical", "same_scene", "overlapping_footprint")

_Flags = NDArray[np.bool_]
_Finding = dict[str, Any]
_Place = TypeVar("_Place", bound=Hashable)


def findings(tiles: Tiles, pairs: pa.Table) -> dict[str, Any]:
    """The report: plain values, the same for the same tiles; `pairs` is `compare.best`.

    A tile that is held out leaks where anything is found of it. Tiles with the same pixels make as many pairs as there are.
    """
    keys = tiles.about["key"].to_pylist()
    leaking: dict[str, _Flags] = {kind: np.zeros(len(keys), dtype=np.bool_) for kind in _KINDS}
    counts: dict[tuple[int, int], Counter[str]] = {sides: Counter() for sides in tiles.comparisons}
    listed: dict[str, list[_Finding]] = {kind: [] for kind in _KINDS}
    exact, near = _exact(tiles), _near(tiles, pairs)
    for sides in tiles.comparisons:
        found = {
            "exact": exact.get(sides, []),
            "near_identical": near.get(sides, []),
        }
        for kind, groups in found.items():
            for asked, known, _ in groups:
                leaking["near_identical"][asked] = True
                counts[sides][kind] += len(asked) * len(known)
        every = (row for groups in found.values() for group in groups for row in _pairs(tiles, keys, sides, *group))
        listed["near_identical"] += islice(every, LISTED)
        _scenes(tiles, sides, counts[sides], leaking["same_scene"], listed["same_scene"])
        _footprints(tiles, keys, sides, counts[sides], leaking["overlapping_footprint"], listed["overlapping_footprint"])
    listed["near_identical"].sort(key=lambda one: (not one["exact"], -one["correlation"], one["tile"], one["like"]))
    anything = np.logical_or.reduce(list(leaking.values()))
    about = {"tiles": _sides(tiles), "unreadable": _unreadable(tiles), "few_keypoints": _few(tiles)}
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
    held_out = {
        tiles.names[side]: {
            "tiles": len(tiles.on(side)),
            "leaking": int(anything[tiles.on(side)].sum()),
            **{kind: int(flags[tiles.on(side)].sum()) for kind, flags in leaking.items()},
        }
        for side in dict.fromkeys(asked for asked, _ in tiles.comparisons)
    }
    found_here = {kind: rows[:LISTED] for kind, rows in listed.items()}
    return {**about, "comparisons": compared, "held_out": held_out, "leaking": int(anything.sum()), "findings": found_here}


_Groups = dict[tuple[int, int], list[tuple[list[int], list[int], dict[str, Any] | None]]]


def _exact(tiles: Tiles) -> _Groups:
    """By comparison the tiles of both sides that have the same pixels."""
    digests = tiles.about["digest"].to_pylist()
    there: dict[tuple[int, bytes], list[int]] = {}
    for number, (side, digest) in enumerate(zip(tiles.side.tolist(), digests, strict=True)):
        if digest is not None:
            there.setdefault((side, digest), []).append(number)
    found: _Groups = {}
    for asked, known in tiles.comparisons:
        same = [
            (mine, there[known, digest]) for (side, digest), mine in there.items() if side == asked and (known, digest) in there
        ]
        found[asked, known] = [(mine, theirs, None) for mine, theirs in same]
    return found


def _near(tiles: Tiles, pairs: pa.Table) -> _Groups:
    """By comparison the near-identical tiles of both sides, with all that have the same pixels; without exact copies."""
    copies: dict[int, list[int]] = {}
    for number, first in enumerate(tiles.copies().tolist()):
        copies.setdefault(first, []).append(number)
    digests, side = tiles.about["digest"], tiles.side
    found: _Groups = {}
    for row in pairs.to_pylist():
        asked, known = row["asked"], row["known"]
        if digests[asked].as_py() != digests[known].as_py():
            found.setdefault((int(side[asked]), int(side[known])), []).append((copies[asked], copies[known], row))
    return found


def _pairs(
    tiles: Tiles, keys: list[str], sides: tuple[int, int], asked: list[int], known: list[int], row: dict[str, Any] | None
) -> Iterator[_Finding]:
    where = {
        "exact": row is None,
        "turn": SYMMETRIES[row["turn"] if row else 0],
        "offset_px": [row["offset_x_px"], row["offset_y_px"]] if row else [0.0, 0.0],
        "scale": [row["scale_x"], row["scale_y"]] if row else [1.0, 1.0],
        "keypoints": row["keypoints"] if row else None,
        "correlation": row["correlation"] if row else 1.0,
        "overlap_share": row["share"] if row else 1.0,
    }
    both = {"held_out": tiles.names[sides[0]], "against": tiles.names[sides[1]]}
    for one in asked:
        for other in known:
            yield {"tile": keys[one], "like": keys[other], **both, **where}


def _scenes(tiles: Tiles, sides: tuple[int, int], counts: Counter[str], leaking: _Flags, listed: list[_Finding]) -> None:
    """Scenes of one source that are on both sides."""
    mine, theirs = (tiles.on(side) for side in sides)
    names = list(zip(tiles.about["source"].to_pylist(), tiles.about["scene"].to_pylist(), strict=True))
    found = on_both_sides([names[number] for number in mine], [names[number] for number in theirs])
    counts["same_scene"] += len(found)
    for (source, scene), (asked, known) in found.items():
        leaking[mine[asked]] = True
        if len(listed) < LISTED:
            both = {"held_out": tiles.names[sides[0]], "against": tiles.names[sides[1]]}
            listed.append({"source": source, "scene": scene, **both, "tiles": len(asked), "against_tiles": len(known)})


def _footprints(
    tiles: Tiles, keys: list[str], sides: tuple[int, int], counts: Counter[str], leaking: _Flags, listed: list[_Finding]
) -> None:
    """Tiles of both sides whose footprints overlap."""
    mine, theirs = (tiles.on(side) for side in sides)
    texts = tiles.about["footprint"]
    both = {"held_out": tiles.names[sides[0]], "against": tiles.names[sides[1]]}
    for one in overlaps(footprints(texts.take(mine).to_pylist()), footprints(texts.take(theirs).to_pylist())):
        counts["overlapping_footprint"] += 1
        leaking[mine[one.asked]] = True
        if len(listed) < LISTED:
            listed.append(
                {"tile": keys[mine[one.asked]], "like": keys[theirs[one.known]], **both, "overlap_share": round(one.share, 4)}
            )


def _sides(tiles: Tiles) -> dict[str, int]:
    return {name: len(tiles.on(side)) for side, name in enumerate((*tiles.names, "without_split"))} | {
        "without_split": len(tiles.on(-1))
    }


def _unreadable(tiles: Tiles) -> dict[str, int]:
    return dict(sorted(Counter(reason for reason in tiles.about["reject"].to_pylist() if reason).items()))


def _few(tiles: Tiles) -> int:
    """Readable tiles of which little but an exact copy would be found."""
    counts = tiles.about["bits"].combine_chunks().value_lengths().fill_null(FEW_KEYPOINTS).to_numpy()
    return int((counts < FEW_KEYPOINTS).sum())


def on_both_sides(asked: Sequence[_Place], known: Sequence[_Place]) -> dict[_Place, tuple[list[int], list[int]]]:
    """The places on both sides, in the order of the first: the numbers of the tiles that are there on either."""
    there: dict[_Place, list[int]] = {}
    for number, place in enumerate(known):
        there.setdefault(place, []).append(number)
    found: dict[_Place, tuple[list[int], list[int]]] = {}
    for number, place in enumerate(asked):
        if place in there:
            found.setdefault(place, ([], there[place]))[0].append(number)
    return found
