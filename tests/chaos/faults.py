"""A source whose tiles fail in ways that no file can: they end their worker, break the protocol, or heal between runs."""

import ctypes
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from sartext.errors import TileRejected
from sartext.narrate.rule import Refusal
from sartext.sources.source import Card, Shard, cut
from sartext.tile import Box, Caption, EncodedImage, Reject, Rendering, Tile
from tests.support.wrapped import Wrapped


@dataclass(frozen=True, kw_only=True)
class Faulty:
    """Small tiles; those named in `fates` (index -> what happens) misbehave when they are read."""

    tiles: int
    fates: dict[str, str] = field(default_factory=dict)
    shard_tiles: int = 10
    slow_s: float = 0.0
    healed: str = field(default="", metadata={"identity": False})  # a file; while it exists nothing is rejected

    @property
    def revision(self) -> int:
        return 1

    @property
    def card(self) -> Card:
        return Card(name="faulty", title="Tiles that fail", licence="CC0-1.0")

    def shards(self) -> list[Shard]:
        return cut(range(self.tiles), shard_tiles=self.shard_tiles)

    def key(self, item: int) -> str:
        return f"faulty/s{item:05d}/0_0"

    def identity(self, item: int) -> Any:
        return item

    def read(self, shard: Shard) -> Iterator[Tile | Reject]:
        for item in shard.items:
            time.sleep(self.slow_s)
            fate = self.fates.get(str(item), "") if not (self.healed and Path(self.healed).exists()) else ""
            if fate == "short":
                return
            if fate:
                befall(fate)
            yield self.tile(item)

    def tile(self, item: int) -> Tile:
        box = Box(label="ship", polygon_px=(2.0, 2.0, 6.0, 2.0, 6.0, 6.0, 2.0, 6.0))
        return Tile(
            key=self.key(item),
            source="faulty",
            scene=f"s{item:05d}",
            split="train",
            image=EncodedImage(bytes=item.to_bytes(4, "big") * 50, path=f"{item}.png"),
            height_px=8,
            width_px=8,
            rendering=Rendering(quantity="display"),
            boxes=(box,),
            exhaustive=("ship",),
        )


@dataclass(frozen=True, kw_only=True)
class Nameless(Faulty):
    """A tile that no worker can name, so that none can reject it: an exception of our code outside of any tile."""

    folder: str = field(default="", metadata={"identity": False})  # a file a time
    failures: int = 1
    driver: int = field(default=0, metadata={"identity": False})  # the process that plans

    def key(self, item: int) -> str:
        raised = Path(self.folder)
        if (
            os.getpid() != self.driver and item == self.tiles - 1 and len(list(raised.iterdir())) < 2 * self.failures
        ):  # as it is read, and as that is rejected
            (raised / str(time.time_ns())).touch()
            raise RuntimeError(f"item {item} has no name\nand more is said")
        return super().key(item)


def befall(fate: str) -> None:
    """What happens to a tile."""
    if fate == "exit":
        os._exit(3)
    if fate == "segfault":
        ctypes.string_at(0)
    if fate == "memory":
        np.ones(64 * 2**30 // 8)
    if fate == "raise":
        raise RuntimeError("the source has a fault")
    if fate == "reject":
        raise TileRejected("planted", "on purpose")


@dataclass(frozen=True, kw_only=True)
class Say:
    """A rule that says one thing, or misbehaves at some keys."""

    text: str = "A ship."
    fates: dict[str, str] = field(default_factory=dict)
    name: str = "say"
    revision: int = 1

    def apply(self, tile: Tile) -> Tile:
        fate = self.fates.get(tile.key, "")
        if fate == "edit":
            return replace(tile, split="test")
        if fate:
            befall(fate)
        return replace(tile, captions=(*tile.captions, Caption(text=self.text, route="a2c")))


@dataclass(frozen=True, kw_only=True)
class Told(Say):
    """The same as a model that is asked: it misbehaves where the model is, or where tiles are prepared for it."""

    batch_size: int = 4
    unprepared: dict[str, str] = field(default_factory=dict)
    slow_s: float = field(default=0.0, metadata={"identity": False})  # an item

    def pinned(self) -> Self:
        return self

    def prepare(self, tile: Tile) -> str:
        if tile.key in self.unprepared:
            befall(self.unprepared[tile.key])
        return tile.key

    def load(self) -> None:
        """Nothing has to be there."""

    def ready(self, prepared: Sequence[str]) -> Sequence[str]:
        return prepared

    def ask(self, batch: Sequence[str]) -> list[str | Refusal]:
        for key in batch:
            time.sleep(self.slow_s)
            if key in self.fates:
                befall(self.fates[key])
        return [self.text for _ in batch]

    def answered(self, tile: Tile, said: str) -> Tile:
        return replace(tile, captions=(*tile.captions, Caption(text=said, route="a2c")))


@dataclass(frozen=True, kw_only=True)
class Unloadable(Told):
    """A rule whose model cannot be loaded as often as is said."""

    folder: str = field(default="", metadata={"identity": False})  # a file for each time that it could not
    times: int = 1

    def load(self) -> None:
        failed = len(list(Path(self.folder).iterdir()))
        if failed < self.times:
            (Path(self.folder) / str(failed)).touch()
            raise OSError("the weights end early")


@dataclass(frozen=True, kw_only=True)
class EndsOnce(Wrapped):
    """The tiles of another source; one of them ends the worker that reads it, the first time."""

    tile: int  # by its place in the first shard
    marker: str = field(metadata={"identity": False})  # a file that is not there yet

    def read(self, shard: Shard) -> Iterator[Tile | Reject]:
        for at, result in enumerate(self.of.read(shard)):
            if shard.number == 0 and at == self.tile and not Path(self.marker).exists():
                Path(self.marker).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            yield result
