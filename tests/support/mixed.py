"""A dataset in which there is everything that a report can show, hostile words included; written without Ray."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sartext.errors import TileRejected
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.source import Card, Shard, cut
from sartext.sources.synthetic import Synthetic
from sartext.tile import Caption, EncodedImage, Geo, Origin, Reject, Tile
from tests.support.datasets import dataset

HOSTILE = '<script>alert(1)</script> & "quoted" | `ticks` \x1f ]]> \u202e'
NAMES = ("alpha", "beta", "gamma-0")
PLACES = ((4.0, 52.0), (179.98, -17.0), (-70.0, 85.0))  # longitude, latitude in degrees


@dataclass(frozen=True, kw_only=True)
class Mixed:
    """Drawn scenes under three names, with footprints, refused tiles and captions of every kind."""

    tiles: int = 60
    shard_tiles: int = 20
    pixels: bool = True

    @property
    def revision(self) -> int:
        return 1

    @property
    def card(self) -> Card:
        return Card(name="alpha", title="Mixed scenes")

    def shards(self) -> list[Shard]:
        return cut(range(self.tiles), shard_tiles=self.shard_tiles)

    def key(self, item: int) -> str:
        return f"{NAMES[item % 3]}/s{item // 6:04d}/{item}_0"

    def identity(self, item: int) -> Any:
        return item

    def read(self, shard: Shard) -> Iterator[Tile | Reject]:
        archive = Synthetic(tiles=self.tiles, pixels=self.pixels, twin=self.pixels)
        for item in shard.items:
            if item % 10 == 9:
                yield Reject(
                    key=self.key(item), stage="read", reason="truncated_image", detail=HOSTILE if item == 9 else "at 3"
                )
            else:
                yield self._tile(archive.tile(item), item)

    def _tile(self, tile: Tile, item: int) -> Tile:
        key = self.key(item)
        captions = (
            Caption(text=f"Two ships. {HOSTILE}", route="human"),
            Caption(text="A <b>blue</b> ship.", route="twin", model="m" * 30),
        )
        longitude, latitude = PLACES[item % 3]
        corners = [(0.0, 0.0), (0.05, 0.0), (0.05, -0.04), (0.0, -0.04), (0.0, 0.0)]
        step = item // 3
        ring = [((longitude + x + 0.05 * (step % 5) + 180) % 360 - 180, latitude + y - 0.04 * (step // 5)) for x, y in corners]
        return replace(
            tile,
            key=key,
            source=key.split("/")[0],
            scene=key.split("/")[1],
            split=("train", "val", "test", None)[item // 6 % 4],
            split_by=("source", "footprint", None)[item % 3],
            geo=Geo(grid="map", footprint="POLYGON ((" + ", ".join(f"{x:.5f} {y:.5f}" for x, y in ring) + "))")
            if item % 4
            else (Geo(footprint="POLYGON ((")),
            image=EncodedImage(bytes=b"no image", path="a.png") if item == 7 else tile.image,
            captions=captions if item % 5 == 0 else (),
            origin=Origin(
                licence=("GPL-3.0-only", None, "LicenseRef-own")[item % 3], may_train=True, citation=f"A | B. {HOSTILE}"
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Picky:
    """A rule that refuses some tiles."""

    name: str = "picky"
    revision: int = 1

    def apply(self, tile: Tile) -> Tile:
        if tile.key.endswith("3_0"):
            raise TileRejected("not_liked", "it ends with a 3")
        return tile


def mixed(out: str, **fields: Any) -> str:
    """The dataset at `out`, which is returned."""
    return dataset(Mixed(**fields), (Picky(), A2C(), Verify(), Questions()), out)
