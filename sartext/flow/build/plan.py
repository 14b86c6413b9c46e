"""What a build will do: the planned tiles, their fingerprint, and the shards that are still to be done."""

import hashlib
from collections.abc import Sequence
from itertools import chain, islice
from typing import Any

from sartext.artifact import canonical, read_table
from sartext.errors import UserError, require
from sartext.flow.build.commit import Record
from sartext.flow.build.shard import ShardTask
from sartext.narrate.facts.taxonomy import KINDS
from sartext.narrate.rule import BatchRule, Rule
from sartext.sources.source import Card, Shard, Source
from sartext.store import Store
from sartext.tile import SCHEMA_VERSION


def planned(source: Source, limit: int | None) -> list[Shard]:
    """The shards of the first `limit` planned tiles. Raises `UserError` where there are none or a label is unknown."""
    check_labels(source.card)
    shards = limited(source.shards(), limit)
    if not shards:
        raise UserError(f"the source {source.card.name} plans no tiles; check its paths")
    return shards


def pinned(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules, those that ask a model with its fingerprint. Raises `UserError` where a model is not there."""
    return tuple(rule.pinned() if isinstance(rule, BatchRule) else rule for rule in rules)


def check_labels(card: Card) -> None:
    """Raises `UserError` where a card names a class that the taxonomy does not have."""
    for label in (*card.exhaustive, *card.labels.values()):
        if label not in KINDS:
            raise UserError(f"{label!r} is no class of the taxonomy; choose from {', '.join(sorted(KINDS))}")


def limited(shards: Sequence[Shard], limit: int | None) -> list[Shard]:
    """The shards of the first `limit` planned tiles; all where it is None."""
    if limit is None:
        return list(shards)
    require("limit", limit, limit >= 1, "at least 1")
    chosen: list[Shard] = []
    room = limit
    for shard in shards:
        if room <= 0:
            break
        chosen.append(Shard(number=shard.number, items=shard.items[:room]))
        room -= len(shard.items)
    return chosen


def recut(shards: Sequence[Shard], sizes: Sequence[int]) -> list[Shard]:
    """The same tiles in shards of these sizes.

    Where bytes bind, the cut depends on the images' sizes: one that was mended since must not move the others.
    """
    if [len(shard.items) for shard in shards] == list(sizes):
        return list(shards)
    items = chain.from_iterable(shard.items for shard in shards)
    return [Shard(number=number, items=list(islice(items, size))) for number, size in enumerate(sizes)]


def fingerprint_of(source: Source, config: dict[str, Any], shards: Sequence[Shard]) -> str:
    """SHA-256 over the configuration and every planned tile: its key, its place in the order, its annotations."""
    digest = hashlib.sha256(canonical({"schema_version": SCHEMA_VERSION, **config}))
    for shard in shards:
        for item in shard.items:
            digest.update(canonical([source.key(item), source.identity(item)]) + b"\n")
    return digest.hexdigest()


def missing(shards: Sequence[Shard], records: dict[int, Record]) -> list[ShardTask]:
    """The shards that have no record yet."""
    return [ShardTask(shard) for shard in shards if shard.number not in records]


def retries(store: Store, shards: Sequence[Shard], records: dict[int, Record]) -> list[ShardTask]:
    """The shards that have rejects, as work on their rejected tiles alone."""
    work = []
    for shard in shards:
        record = records.get(shard.number)
        if record and record["rejects"]:
            table = read_table(store, record["rejects"]["path"])
            tries = dict(zip(table["position"].to_pylist(), table["tries"].to_pylist(), strict=True))
            previous = record["tiles"]["path"] if record["tiles"] else None
            work.append(ShardTask(shard, record["generation"] + 1, tuple(sorted(tries)), tries, previous))
    return work
