"""What a build will do: the planned tiles in shards, the rules, their fingerprint."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from typing import Any

from sartext.artifact import canonical
from sartext.config import identity
from sartext.errors import UserError, require
from sartext.narrate.facts.taxonomy import KINDS
from sartext.narrate.rule import BatchRule, Rule
from sartext.rights import PARTS, PASS_ON, TRAIN, rights_of, terms_of
from sartext.sources.files.compressed import Compressed
from sartext.sources.files.in_order import in_order
from sartext.sources.source import Card, Shard, Source
from sartext.tile import SCHEMA_VERSION, Origin


@dataclass(frozen=True)
class BuildPlan:
    """The planned tiles in shards, the rules with their models pinned, the configuration and its fingerprint."""

    source: Source
    rules: tuple[Rule, ...]
    shards: Sequence[Shard]
    config: Mapping[str, Any]
    fingerprint: str

    @property
    def shard_tiles(self) -> list[int]:
        """Tiles of each shard."""
        return [len(shard.items) for shard in self.shards]

    def cut_as(self, shard_tiles: Sequence[int]) -> "BuildPlan":
        """The same plan with its tiles in shards of these sizes."""
        return replace(self, shards=recut(self.shards, shard_tiles))


def plan_build(source: Source, rules: Sequence[Rule], limit: int | None) -> BuildPlan:
    """The plan of the first `limit` tiles of a source; of all where it is None.

    Raises `UserError` where there are none, a label is unknown, or the model of a rule is not there.
    """
    check_labels(source.card)
    pinned = tuple(rule.pinned() if isinstance(rule, BatchRule) else rule for rule in rules)
    config = {"source": identity(source), "rules": [identity(rule) for rule in pinned], "limit": limit}
    shards = limited(source.shards(), limit)
    if not shards:
        raise UserError(f"the source {source.card.name} plans no tiles; check its paths")
    return BuildPlan(source, pinned, shards, config, fingerprint_of(source, config, shards))


def rights_notes(card: Card) -> list[str]:
    """What a user should know of the rights that a card declares: licences that are not known here, and contradicted ones."""
    notes = []
    for right in rights_of(Origin(**{name: getattr(card, name) for name in ("licence", TRAIN, PASS_ON, *PARTS[1:])})):
        of, terms = right.of, terms_of(right.licence)
        uses = ((TRAIN, right.may_train, terms.may_train), (PASS_ON, right.may_redistribute, terms.may_redistribute))
        for use, declared, known in uses:
            flag = f"--source.{'' if of == PARTS[0] else f'{of}-'}{use.replace('_', '-')}"
            if right.licence and declared is None and known is None:
                notes.append(
                    f"{right.licence!r} of the {of} is no licence that is known here; say by {flag} whether it allows it"
                )
            elif declared and known is False:
                notes.append(f"{right.licence} of the {of} forbids what {flag} says, which stands for the {of} alone")
    return notes


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
    items = Compressed.of(chain.from_iterable(shard.items for shard in shards))
    stops = list(accumulate(sizes))
    return [Shard(number=number, items=items[stop - sizes[number] : stop]) for number, stop in enumerate(stops)]


def fingerprint_of(source: Source, config: dict[str, Any], shards: Sequence[Shard]) -> str:
    """SHA-256 over the configuration and every planned tile: its key, its place in the order, its annotations."""
    digest = hashlib.sha256(canonical({"schema_version": SCHEMA_VERSION, **config}))
    items = chain.from_iterable(shard.items for shard in shards)
    for told in in_order(lambda item: canonical([source.key(item), source.identity(item)]) + b"\n", items):
        digest.update(told)
    return digest.hexdigest()
