"""What a source is: a card, a planned order of shards, and a way to read one shard into Tiles."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from sartext.errors import require
from sartext.tile import Reject, Rights, Tile

SHARD_TILES = 1024
SHARD_BYTES = 256 * 2**20

_Item = TypeVar("_Item")


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a dataset says of itself; the licence and the rights go into every tile's origin."""

    name: str  # the first segment of every key
    title: str
    licence: str | None = None  # SPDX identifier
    may_train: bool | None = None
    may_redistribute: bool | None = None
    citation: str | None = None
    annotations: Rights | None = None  # of the annotations, where they are declared apart
    texts: Rights | None = None  # of the texts, likewise
    labels: dict[str, str] = field(default_factory=dict)  # the source's label -> class of the taxonomy
    exhaustive: tuple[str, ...] = ()  # classes of which every visible instance is annotated
    expected_rejects: tuple[str, ...] = ()  # reasons of rejects that are no faults, and count for no limit of a job


@dataclass(frozen=True, kw_only=True)
class Shard:
    """One unit of work: planned tiles in planned order, as plain picklable data that only its source understands."""

    number: int
    items: Sequence[Any]  # a part of all that are planned, which are held once


class Source(Protocol):
    """A frozen dataclass whose construction reads nothing. Its fields are identity, but for paths and resources."""

    @property
    def card(self) -> Card: ...

    @property
    def revision(self) -> int:
        """Raised by one whenever the same fields would give other tiles."""
        ...

    def shards(self) -> list[Shard]:
        """All shards in planned order. Raises `SourceError` where a file cannot be understood as a whole."""
        ...

    def key(self, item: Any) -> str:
        """The key of a planned tile, known before it is read."""
        ...

    def identity(self, item: Any) -> Any:
        """What JSON can hold of the item that decides its tile, annotations included, without paths of one machine.

        It may read a file of the item's own, and is asked by several threads at once.
        """
        ...

    def read(self, shard: Shard) -> Iterator[Tile | Reject]:
        """Exactly one result an item, in the order of the items. Never raises for the fault of one tile."""
        ...


def cut(
    items: Sequence[_Item],
    sizes_bytes: Iterable[int] | None = None,
    *,
    shard_tiles: int = SHARD_TILES,
    shard_bytes: int = SHARD_BYTES,
) -> list[Shard]:
    """Shards of consecutive items: at most `shard_tiles` items and `shard_bytes` source bytes each, never empty.

    An item larger than `shard_bytes` gets a shard of its own.
    """
    require("shard_tiles", shard_tiles, 1 <= shard_tiles <= SHARD_TILES, f"from 1 to {SHARD_TILES}")
    if sizes_bytes is None:
        starts = range(0, len(items), shard_tiles)
        return [Shard(number=number, items=items[start : start + shard_tiles]) for number, start in enumerate(starts)]
    bounds, start, held = [], 0, 0
    for position, size in enumerate(sizes_bytes):
        if position > start and (position - start == shard_tiles or held + size > shard_bytes):
            bounds.append((start, position))
            start, held = position, 0
        held += size
    if len(items) > start:
        bounds.append((start, len(items)))
    return [Shard(number=number, items=items[low:high]) for number, (low, high) in enumerate(bounds)]


def split_of(scene: str) -> str:
    """The split of a scene, from its name alone: 80% train, 10% val, 10% test, the same in every build."""
    share = int.from_bytes(hashlib.sha256(scene.encode()).digest()[:8], "big") / 2**64
    return "train" if share < 0.8 else "val" if share < 0.9 else "test"
