"""The embedded archive as an optical set: the twins of drawn scenes, with captions of their own that name colours.

What the first of two stages of training learns from: the same kinds of scenes as `synthetic`, seen by a camera without clouds,
with boxes where things truly are and two captions each, as people write them (route "human"). Format: 8-bit JPEG. Licence:
CC0-1.0.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sartext.errors import require
from sartext.imaging import encode
from sartext.sources.archive import boxes, optical, optical_captions
from sartext.sources.archive.ground import ground
from sartext.sources.archive.plan import plan
from sartext.sources.archive.things import CLASSES
from sartext.sources.source import SHARD_TILES, Card, Shard, cut, split_of
from sartext.tile import Caption, EncodedImage, Origin, Reject, Rendering, Sensor, Tile

_NAME = "synthetic_optical"
_CARD = Card(
    name=_NAME,
    title="sartext synthetic scenes, optical",
    licence="CC0-1.0",
    may_train=True,
    may_redistribute=True,
    labels={label: label for label in CLASSES},
    exhaustive=CLASSES,
)
_ORIGIN = Origin(licence=_CARD.licence, may_train=True, may_redistribute=True)


@dataclass(frozen=True, kw_only=True)
class OpticalArchive:
    """Optical images of drawn scenes with captions; an item of a shard is the index of a tile."""

    tiles: int = field(metadata={"help": "how many tiles"})
    seed: int = field(default=0, metadata={"help": "the archive's seed; another seed gives other scenes"})
    size_px: int = field(default=128, metadata={"help": "side of a tile in px, 32 to 1024"})
    shard_tiles: int = field(default=512, metadata={"help": "tiles in a shard, 1 to 1024"})

    def __post_init__(self) -> None:
        require("tiles", self.tiles, self.tiles >= 1, "at least 1")
        require("size_px", self.size_px, 32 <= self.size_px <= 1024, "from 32 to 1024")
        require("shard_tiles", self.shard_tiles, 1 <= self.shard_tiles <= SHARD_TILES, f"from 1 to {SHARD_TILES}")

    @property
    def card(self) -> Card:
        return _CARD

    @property
    def revision(self) -> int:
        """Raised whenever the same seed and index would give another tile."""
        return 3

    def shards(self) -> list[Shard]:
        """The shards, each a range of indices."""
        return cut(range(self.tiles), shard_tiles=self.shard_tiles)

    def key(self, item: int) -> str:
        """The key of a tile."""
        return f"{_NAME}/{self.scene(item)}/0_0"

    def scene(self, item: int) -> str:
        """The name of a tile's scene: that of the SAR tile of the same seed and index, so that no split parts them."""
        return f"s{self.seed}-{item:06d}"

    def identity(self, item: int) -> int:
        """The index: with the fields it decides the tile."""
        return item

    def read(self, shard: Shard) -> Iterator[Tile | Reject]:
        """The tiles of a shard."""
        for item in shard.items:
            yield self.tile(item)

    def tile(self, item: int) -> Tile:
        """One tile, from the seed and its index alone."""
        scene = plan(self.seed, item, self.size_px)
        clear = replace(scene, twin=replace(scene.twin, cloudy=False))
        drawn = ground(clear)
        picture, _ = optical.render(clear, drawn)
        name = self.scene(item)
        seen = [thing for thing in clear.twin.things if boxes.visible(thing, 0.0, self.size_px) >= boxes.LEAST_VISIBLE]
        return Tile(
            key=f"{_NAME}/{name}/0_0",
            source=_NAME,
            scene=name,
            split=split_of(name),
            split_by="scene",
            image=EncodedImage(bytes=encode.jpeg(picture), path="optical.jpg"),
            height_px=self.size_px,
            width_px=self.size_px,
            rendering=Rendering(quantity="display"),
            sensor=Sensor(modality="optical", platform=_NAME, gsd_m=(scene.sensor.gsd_m, scene.sensor.gsd_m)),
            boxes=tuple(boxes.box(thing, 0.0, self.size_px) for thing in seen),
            exhaustive=CLASSES,
            captions=tuple(Caption(text=text, route="human") for text in optical_captions.captions(clear, drawn)),
            origin=_ORIGIN,
        )
