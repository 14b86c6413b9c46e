"""Pairs of the embedded archive with their annotations withheld, and its optical captions as the texts of the twins."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sartext.config import WHERE_GIVEN
from sartext.errors import require
from sartext.sources.archive import optical_captions
from sartext.sources.archive.ground import ground
from sartext.sources.archive.plan import plan
from sartext.sources.source import Card, Shard
from sartext.sources.synthetic import Synthetic
from sartext.tile import OF_OPTICAL_TWIN, Caption, Reject, Tile


@dataclass(frozen=True, kw_only=True)
class ArchiveTwins:
    """The archive's tiles without boxes and regions, each with two texts that tell of its twin, unless these are left out."""

    of: Synthetic
    described: bool = field(
        default=True,
        metadata={
            "help": "with the texts; without them nothing is known of the twins but what they show",
            "identity": WHERE_GIVEN,
        },
    )

    def __post_init__(self) -> None:
        require("of.twin", self.of.twin, self.of.twin, "true: texts are of the twins")

    @property
    def card(self) -> Card:
        """The archive's, without what is said of annotations."""
        return replace(
            self.of.card,
            title=f"{self.of.card.title}, twins {'with' if self.described else 'without'} texts",
            labels={},
            exhaustive=(),
        )

    @property
    def revision(self) -> int:
        return 1

    def shards(self) -> list[Shard]:
        """The shards of the archive."""
        return self.of.shards()

    def key(self, item: int) -> str:
        """The key that the archive gives."""
        return self.of.key(item)

    def identity(self, item: int) -> Any:
        """What the archive says of the item."""
        return self.of.identity(item)

    def read(self, shard: Shard) -> Iterator[Tile | Reject]:
        """The tiles of a shard."""
        for item in shard.items:
            yield self.tile(item)

    def tile(self, item: int) -> Tile:
        """One tile, from the archive's seed and its index alone."""
        tile = self.of.tile(item)
        texts = tuple(Caption(text=text, route="human", kept=False, reason=OF_OPTICAL_TWIN) for text in self._told(item))
        return replace(tile, boxes=(), regions=(), exhaustive=(), unlabelled_share=None, nodata_share=None, captions=texts)

    def _told(self, item: int) -> tuple[str, ...]:
        return self.texts(item) if self.described else ()

    def texts(self, item: int) -> tuple[str, ...]:
        """What is written of the twin."""
        scene = plan(self.of.seed, item, self.of.size_px)
        return optical_captions.captions(scene, ground(scene))
