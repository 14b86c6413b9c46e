"""Datasets of which some tiles may not be trained on, and some texts were written by a trained model."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sartext.sources.source import Shard
from sartext.tile import Caption, Reject, Rights, Tile
from tests.support.wrapped import Wrapped

NARRATION = "a caption that a model wrote"


@dataclass(frozen=True, kw_only=True)
class Restricted(Wrapped):
    """The archive's tiles, their `may_train` each in turn as it is given: of the pixels, the annotations or the texts."""

    may_train: tuple[bool | None, ...]
    whose: str = ""

    def read(self, shard: Shard) -> Iterator[Tile | Reject]:
        for number, tile in enumerate(self.of.read(shard)):
            assert isinstance(tile, Tile)
            said = self.may_train[number % len(self.may_train)]
            rights = {self.whose: Rights(may_train=said)} if self.whose else {"may_train": said}
            yield replace(tile, origin=replace(tile.origin, **rights))  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Narrates:
    """Adds a caption of the route `narrator` to each tile."""

    kept: bool = True

    @property
    def name(self) -> str:
        return "narrates"

    @property
    def revision(self) -> int:
        return 1

    def apply(self, tile: Tile) -> Tile:
        caption = Caption(text=NARRATION, route="narrator", kept=self.kept, reason=None if self.kept else "hue")
        return replace(tile, captions=(*tile.captions, caption))
