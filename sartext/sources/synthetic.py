"""The embedded archive: scenes drawn from the physics of radar imaging, each with an optical twin.

Every tile is one scene and is made from (seed, index) alone: a complex single-look field from the reflectivity of the land
covers, point targets, the point-spread function, detection and multi-look. Rows are azimuth and columns are ground
range, on a square grid whose top is the north end of the pass; the radar lies on the left or the right, as `orbit` and
`look_side` say. Labels: boxes of ship, aircraft, car, tank, bridge and harbor, exhaustive; masks of water, forest,
cropland, urban, bare soil and wetland, which cover each tile. A box bounds the radar image of a thing, layover
included, without its shadow or wake. Scenes are of X, C or L band, with 0.3 to 15 m by pixel. One twin in ten is
cloudy, three in twenty are of another date. Format: 8-bit PNG. Licence: CC0-1.0.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sartext.errors import require
from sartext.imaging import encode
from sartext.sources.archive import boxes, optical, radar
from sartext.sources.archive.ground import Ground, ground, regions
from sartext.sources.archive.plan import Scene, plan
from sartext.sources.archive.things import CLASSES
from sartext.sources.source import SHARD_TILES, Card, Shard, cut, split_of
from sartext.tile import Box, EncodedImage, Geo, Optical, Origin, Reject, Rendering, Sensor, Tile

_NAME = "synthetic"
_CARD = Card(
    name=_NAME,
    title="sartext synthetic scenes",
    licence="CC0-1.0",
    may_train=True,
    may_redistribute=True,
    labels={label: label for label in CLASSES},
    exhaustive=CLASSES,
)
_ORIGIN = Origin(licence=_CARD.licence, may_train=True, may_redistribute=True)


@dataclass(frozen=True, kw_only=True)
class Synthetic:
    """Drawn scenes with boxes, masks and twins; an item of a shard is the index of a tile."""

    tiles: int = field(metadata={"help": "how many tiles"})
    seed: int = field(default=0, metadata={"help": "the archive's seed; another seed gives other scenes"})
    size_px: int = field(default=128, metadata={"help": "side of a tile in px, 32 to 1024"})
    shard_tiles: int = field(default=512, metadata={"help": "tiles in a shard, 1 to 1024"})
    twin: bool = field(default=True, metadata={"help": "draw the optical twin of each tile"})
    pixels: bool = field(default=True, metadata={"help": "draw the images; without them a tile has its annotations only"})

    def __post_init__(self) -> None:
        require("tiles", self.tiles, self.tiles >= 1, "at least 1")
        require("size_px", self.size_px, 32 <= self.size_px <= 1024, "from 32 to 1024")
        require("shard_tiles", self.shard_tiles, 1 <= self.shard_tiles <= SHARD_TILES, f"from 1 to {SHARD_TILES}")

    @property
    def card(self) -> Card:
        """The archive's card."""
        return _CARD

    @property
    def revision(self) -> int:
        """Raised whenever the same seed and index would give another tile."""
        return 2

    def shards(self) -> list[Shard]:
        """The shards, each a range of indices."""
        return cut(range(self.tiles), shard_tiles=self.shard_tiles)

    def key(self, item: int) -> str:
        """The key of a tile."""
        return f"{_NAME}/{self.scene(item)}/0_0"

    def scene(self, item: int) -> str:
        """The name of a tile's scene, which is its own."""
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
        drawn = ground(scene)
        image, rendering = self._image(scene, drawn)
        name = self.scene(item)
        return Tile(
            key=f"{_NAME}/{name}/0_0",
            source=_NAME,
            scene=name,
            split=split_of(name),
            split_by="scene",
            image=image,
            height_px=self.size_px,
            width_px=self.size_px,
            rendering=rendering,
            sensor=_sensor(scene),
            geo=Geo(grid="ground_range"),
            boxes=annotate(scene),
            regions=regions(scene, drawn),
            unlabelled_share=0.0,
            nodata_share=0.0,
            exhaustive=CLASSES,
            optical=self._optical(scene, drawn) if self.twin else None,
            origin=_ORIGIN,
        )

    def _image(self, scene: Scene, drawn: Ground) -> tuple[EncodedImage, Rendering]:
        if not self.pixels:
            return EncodedImage(bytes=None), radar.rendering(scene.sensor)
        image, rendering = radar.render(scene, drawn)
        return EncodedImage(bytes=encode.png(image), path="image.png"), rendering

    def _optical(self, scene: Scene, drawn: Ground) -> Optical:
        image, share = EncodedImage(bytes=None), None
        if self.pixels:
            picture, share = optical.render(scene, drawn)
            image = EncodedImage(bytes=encode.jpeg(picture), path="optical.jpg")
        return Optical(image=image, time_gap_s=scene.twin.time_gap_s, offset_px=(0.0, 0.0), cloud_share=share)


def annotate(scene: Scene) -> tuple[Box, ...]:
    """The boxes of all things of a scene, from its plan alone."""
    return tuple(boxes.box(thing, scene.sensor.layover_px(thing.height), scene.size_px) for thing in scene.things)


def _sensor(scene: Scene) -> Sensor:
    sensor = scene.sensor
    return Sensor(
        platform=_NAME,
        band=sensor.band,
        mode=sensor.mode,
        gsd_m=(sensor.gsd_m, sensor.gsd_m),
        incidence_deg=sensor.incidence_deg,
        orbit=sensor.orbit,
        look_side=sensor.look_side,
        acquired=sensor.acquired,
    )
