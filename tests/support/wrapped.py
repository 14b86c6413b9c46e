"""A source whose tiles are another's, for tests that change something on their way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sartext.sources.source import Card, Shard, Source


@dataclass(frozen=True, kw_only=True)
class Wrapped:
    """All of a source but `read`, from the source that it is `of`."""

    of: Source

    @property
    def revision(self) -> int:
        return 1

    @property
    def card(self) -> Card:
        return self.of.card

    def shards(self) -> Sequence[Shard]:
        return self.of.shards()

    def key(self, item: Any) -> str:
        return self.of.key(item)

    def identity(self, item: Any) -> Any:
        return self.of.identity(item)
