"""A source with its annotations withheld: tiles of which nothing but the image and the sensor is known."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sartext.sources.source import Card, Shard, Source
from sartext.tile import Reject, Tile


@dataclass(frozen=True, kw_only=True)
class Unlabelled:
    """The tiles of another source without boxes, regions, twin and texts; nothing is exhaustive where nothing is labelled."""

    of: Source

    @property
    def card(self) -> Card:
        """The source's, without what is said of annotations and texts."""
        return replace(
            self.of.card,
            title=f"{self.of.card.title}, without annotations",
            labels={},
            exhaustive=(),
            annotations=None,
            texts=None,
        )

    @property
    def revision(self) -> int:
        return 2

    def shards(self) -> list[Shard]:
        """The shards of the source."""
        return self.of.shards()

    def key(self, item: Any) -> str:
        """The key that the source gives."""
        return self.of.key(item)

    def identity(self, item: Any) -> Any:
        """What the source says of the item."""
        return self.of.identity(item)

    def read(self, shard: Shard) -> Iterator[Tile | Reject]:
        """The source's tiles, stripped."""
        for made in self.of.read(shard):
            if isinstance(made, Tile):
                origin = replace(made.origin, annotations=None, texts=None)
                bare = replace(made, boxes=(), regions=(), exhaustive=(), optical=None, captions=(), questions=())
                made = replace(bare, origin=origin)
            yield made
