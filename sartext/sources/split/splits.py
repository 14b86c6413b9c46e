"""Which split a tile is in: the one that its source's file names, of the tile or of others of its place; else by the place."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from sartext.sources.split_paths import SPLIT_NAMES, Naming
from sartext.tile import SPLITS

_CHARACTERS = 60


class Named(NamedTuple):
    """The split by the file, None where it says nothing of the place; or the reason and detail why there is none."""

    split: str | None = None
    fault: tuple[str, str] | None = None


def named_splits(written: Sequence[Sequence[Naming]], places: Sequence[str], remedy: str) -> list[Named]:
    """For each tile its split by the file, from what that writes of it (nothing, one, or several times) and its place.

    A tile of which the file says nothing goes with those of its place of which it does. Faults are `unknown_split`, which
    `remedy` follows, and `two_splits`: the file has the tile in two, or it says nothing and has others of its place in two.
    """
    decided: dict[tuple[Naming, ...], Named] = {}  # equal ones are held once
    own = [decided.get(key) or decided.setdefault(key, _own(key, remedy)) for key in map(tuple, written)]
    if all(written):
        return own
    of_place: dict[str, set[str]] = defaultdict(set)
    for named, place in zip(own, places, strict=True):
        if named.split is not None:
            of_place[place].add(named.split)
    by_others = {splits: _of_place(splits) for size in range(len(SPLITS) + 1) for splits in combinations(SPLITS, size)}
    return [
        named if splits else by_others[tuple(split for split in SPLITS if split in of_place.get(place, ()))]
        for named, splits, place in zip(own, written, places, strict=True)
    ]


def _own(written: Sequence[Naming], remedy: str) -> Named:
    named = {SPLIT_NAMES.get(one.split.lower()) for one in written}
    if None in named:
        unknown = next(one.split for one in written if one.split.lower() not in SPLIT_NAMES)
        return Named(fault=("unknown_split", f"{unknown[:_CHARACTERS]!r}; {remedy}"))
    if len(named) > 1:
        ordered = sorted(written, key=lambda one: SPLITS.index(SPLIT_NAMES[one.split.lower()]))
        return Named(fault=("two_splits", f"it is in {' and in '.join(map(str, ordered[:4]))}"))
    return Named(next(iter(named), None))


def _of_place(splits: Sequence[str]) -> Named:
    if len(splits) > 1:
        return Named(fault=("two_splits", f"others of its place are in {' and in '.join(splits)}; name its own"))
    return Named(splits[0] if splits else None)
