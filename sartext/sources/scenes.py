"""Scenes cut into tiles: GeoTIFF and COG, Sentinel-1 products, and what else the readers read."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, ClassVar, NamedTuple

from sartext.errors import SourceError, TileRejected, require
from sartext.imaging import encode
from sartext.imaging.run_lengths import Mask
from sartext.sar.filters import NAMES
from sartext.sar.tiling import EDGES, windows
from sartext.sources.annotations.boxes import tile_boxes
from sartext.sources.annotations.detection import Annotated
from sartext.sources.annotations.labels import label_table
from sartext.sources.annotations.mask_table import from_canonical
from sartext.sources.base import AnnotationRights, DeclaredSource, rejected
from sartext.sources.files.compressed import Compressed
from sartext.sources.files.keys import stem
from sartext.sources.filesystem import join, real_path
from sartext.sources.pixels.rendering import Look, render
from sartext.sources.readers.scene import Declared, OpenScene, SceneFacts, SceneFile, declared
from sartext.sources.readers.sidecar import is_sidecar
from sartext.sources.scene.aside import left_aside, tell
from sartext.sources.scene.boxes import cut_along
from sartext.sources.scene.checks import block_of, check_asked, prepared
from sartext.sources.scene.files import Found, chosen, found, scene_files, unique, without
from sartext.sources.scene.labels import Labelled, read_labels, told_once
from sartext.sources.scene.places import footprints, geo, outline_of
from sartext.sources.source import SHARD_TILES, Card, Shard, cut, split_of
from sartext.sources.split.groups import places
from sartext.tile import Box, EncodedImage, Limits, Reject, Tile


class SceneItem(NamedTuple):
    """One window of a scene; or what cannot be used, a scene or annotations of none, whose fault is said instead."""

    key: str
    file: SceneFile | None = None  # None where there is a fault
    place: str = ""
    split_by: str = "scene"
    window: tuple[int, int, int, int] = (0, 0, 0, 0)  # row, column, height, width
    limits: tuple[Limits, ...] = ()
    boxes: tuple[Box, ...] | None = None  # None where nobody annotated the scene
    mask: tuple[str, str, str] | None = None  # its file, the digest of that, and the class table as text
    exhaustive: tuple[str, ...] = ()
    fault: tuple[str, str] | None = None  # reason and detail


class _Opened(NamedTuple):
    """What is known of a scene that can be read."""

    name: str
    scene: SceneFile
    facts: SceneFacts
    outline: str | None  # its footprint
    limits: tuple[Limits, ...]
    look: Look
    labelled: Labelled


@dataclass(frozen=True, kw_only=True)
class Scenes(AnnotationRights, DeclaredSource):
    """Scenes below a folder, cut into square windows. What is found: GeoTIFF and COG (files whose names differ in the
    polarisation are one scene), with a STAC item beside them where there is one; Sentinel-1 GRD as SAFE folder, zip or in the
    layout of the public bucket, calibrated; NISAR GCOV; SICD.

    The quantity is read from the file or declared, never guessed. Scenes whose footprints overlap, over all dates, are one
    place and share a split. A scene that cannot be read, or shown as asked, is one reject, unless none can. Raises `ValueError`
    where a field cannot be what it says.
    """

    title: ClassVar[str] = "Scenes cut into tiles"

    scenes: str = field(metadata={"help": "folder of the scenes, sub-folders included; or one file", "identity": False})
    quantity: str | None = field(
        default=None,
        metadata={
            "help": "what pixels measure where a file does not say: dn, amplitude, intensity, beta0, sigma0, gamma0 or "
            "gamma0_rtc; with _db behind it where they are decibels"
        },
    )
    nodata: float | None = field(
        default=None,
        metadata={"help": "value, as GeoTIFF and GCOV files have it, of pixels without a measurement, beside those they state"},
    )
    bands: tuple[str, ...] = field(
        default=(), metadata={"help": "what bands are in files that do not say, in order: VV VH, - for one that is not shown"}
    )
    tile_px: int = field(default=512, metadata={"help": "side of a tile in px, 32 to 4096"})
    overlap_px: int = field(default=0, metadata={"help": "px that neighbouring tiles share"})
    edge: str = field(default="shift", metadata={"help": "the rest at the far edges: shift the last tiles inward, or drop"})
    polarisations: tuple[str, ...] = field(default=(), metadata={"help": "those that are shown (unset: all, as channels)"})
    limits: tuple[str, ...] = field(
        default=(),
        metadata={"help": "black and white of a polarisation in the scale shown, VV=-20:2 (unset: see the README)"},
    )
    speckle_filter: str | None = field(default=None, metadata={"help": f"on linear power: {', '.join(NAMES)} (unset: none)"})
    filter_px: int = field(default=7, metadata={"help": "side of the filter's window in px, odd"})
    spacing_m: float | None = field(
        default=None, metadata={"help": "average pixels to about this ground sample distance in m (unset: as they are)"}
    )
    annotations: str | None = field(
        default=None,
        metadata={
            "help": "COCO JSON of boxes in scenes' pixels, by their files below the folder or by bare names",
            "identity": False,
        },
    )
    masks: str | None = field(
        default=None,
        metadata={"help": "folder of masks (.tif) of the scenes' own sizes, with the names of their files", "identity": False},
    )
    classes: str | None = field(
        default=None,
        metadata={"help": 'what masks mean: JSON such as {"water": 1}, or a file', "identity": False},
    )
    label_map: dict[str, str] = field(
        default_factory=dict, metadata={"help": "labels of the annotations as classes of the taxonomy, above the common ones"}
    )
    exhaustive: tuple[str, ...] = field(
        default=(), metadata={"help": "classes of which every visible instance is annotated, where boxes or masks of them are"}
    )
    take: tuple[str, ...] = field(
        default=(),
        metadata={"help": "name patterns (*_area.tif) of files that are scenes, though they are called like a layer"},
    )
    leave: tuple[str, ...] = field(default=(), metadata={"help": "name patterns (*_quality.tif) of files that are no scenes"})
    min_valid_share: float = field(default=0.5, metadata={"help": "share of a tile's pixels that must have a measurement"})
    name: str = field(default="scenes", metadata={"help": "name of the dataset: the first segment of every key"})
    shard_tiles: int = field(default=256, metadata={"help": f"tiles in a shard, at most {SHARD_TILES}"})

    def __post_init__(self) -> None:
        super().__post_init__()
        self.declared()
        require("tile_px", self.tile_px, 32 <= self.tile_px <= 4096, "from 32 to 4096")
        require("overlap_px", self.overlap_px, 0 <= self.overlap_px < self.tile_px, f"from 0 to {self.tile_px - 1}")
        if self.edge not in EDGES:
            raise ValueError(f"edge is {self.edge!r}; it is one of {', '.join(EDGES)}")
        if self.speckle_filter is not None and self.speckle_filter not in NAMES:
            raise ValueError(f"speckle_filter is {self.speckle_filter!r}; it is one of {', '.join(NAMES)}")
        require("filter_px", self.filter_px, 3 <= self.filter_px <= 101 and self.filter_px % 2 == 1, "odd, from 3 to 101")
        require("spacing_m", self.spacing_m, self.spacing_m is None or 0 < self.spacing_m < 1e6, "a length above 0 m")
        require("min_valid_share", self.min_valid_share, 0 < self.min_valid_share <= 1, "above 0, and at most 1")
        if (self.masks is None) != (self.classes is None):
            raise ValueError("masks and classes belong together; give both or none")
        if self.exhaustive and self.annotations is None and self.masks is None:
            raise ValueError("exhaustive is said of annotations; give annotations or masks")
        if self.annotation_rights() is not None and self.annotations is None and self.masks is None:
            raise ValueError("annotations_licence and its like are said of annotations; give annotations or masks")
        self.look()

    def declared(self) -> Declared:
        """What the fields say of files that do not."""
        return declared(self.quantity, self.nodata, self.bands)

    def look(self, block_px: tuple[int, int] = (1, 1)) -> Look:
        """How pixels become gray."""
        return Look(
            polarisations=tuple(one.upper() for one in self.polarisations),
            filter=self.speckle_filter,
            filter_size_px=self.filter_px,
            block_px=block_px,
            limits=tuple(_limits(text) for text in self.limits),
        )

    @property
    def revision(self) -> int:
        return 6

    @property
    def card(self) -> Card:
        """What the fields say of the dataset. Beyond the swath nothing is measured: whole rows of tiles may be blank."""
        labels = label_table(self.label_map, covers=True)
        return replace(super().card, labels=labels, exhaustive=self.exhaustive, expected_rejects=("blank",))

    def shards(self) -> list[Shard]:
        """The windows of all scenes, scene by scene; then a fault for each scene that cannot be read or shown as asked, and for
        annotations of no scene. What is no scene is said on the terminal. Raises `SourceError` where there is no scene, or none
        without a fault."""
        folder, there = self._found()
        scenes = sorted(there.scenes, key=lambda scene: (scene.name, scene.files()))
        annotated = read_labels(
            self.annotations,
            self.masks,
            self.classes,
            labels=label_table(self.label_map, covers=True),
            exhaustive=self.exhaustive,
            scenes=scenes,
        )
        opened: list[_Opened] = []
        seen: list[SceneFacts] = []
        refused: list[tuple[str, SourceError]] = []
        for number, (scene, name) in enumerate(zip(scenes, unique([one.name for one in scenes]), strict=True)):
            file = (*scene.files(), scene.name)[0]
            try:
                with scene.open(folder, self.declared()) as open_:
                    facts = open_.facts
                    seen.append(facts)
                    outline = outline_of(facts, file)
                    limits, look = prepared(open_, self.look(), self.spacing_m, self.declared(), file)
                labelled = annotated.of(number, facts.height_px, facts.width_px)
                opened.append(_Opened(name, scene, facts, outline, limits, look, labelled))
            except SourceError as error:
                refused.append((name, error))
        if not opened:  # what can be mended for many of them is said before what is odd of one
            times = Counter(said.fact for _, said in refused)
            raise max((said for _, said in refused), key=lambda said: (bool(said.option), times[said.fact]))
        if len(seen) == len(scenes):  # what is in a scene that cannot be read is not known
            check_asked(self.look(), seen, self.scenes)
        items = self._items(opened)
        for name, said in refused:
            fault = getattr(said, "reason", "unreadable_scene"), str(said)
            items.append(SceneItem(f"{self.name}/{name}/scene", fault=fault))
        strangers = annotated.of_none()
        for (kind, what), name in zip(strangers, unique([what for _, what in strangers]), strict=True):
            fault = "missing_scene", f"{what}: {kind} of no scene that is here"
            items.append(SceneItem(f"{self.name}/{name}/{kind}", fault=fault))
        return cut(Compressed.of(items), shard_tiles=self.shard_tiles)

    def _found(self) -> tuple[str, Found]:
        """The folder that paths are relative to, and what is in it. Raises `SourceError` where there is no scene."""
        folder, files = scene_files(self.scenes)
        files = without(self.masks, folder, files)
        left = chosen(files, self.leave, "leave", self.scenes)
        stems = {stem(one) for one in left}
        files = [file for file in files if file not in left and not is_sidecar(file, left, stems)]
        there = found(folder, files, chosen(files, self.take, "take", self.scenes))
        options = [real_path(one) for one in (self.annotations, self.classes) if one is not None]
        named = {os.path.relpath(one, real_path(folder)).replace(os.sep, "/") for one in options}
        if not there.scenes:
            aside = "".join(f"; {line}" for line in left_aside(there, named))
            raise SourceError(f"no scene in it{aside}", file=self.scenes, remedy="give GeoTIFF, SAFE, GCOV or SICD")
        tell(there, self.scenes, named)
        return folder, there

    def _items(self, opened: Sequence[_Opened]) -> list[SceneItem]:
        together = places([one.name for one in opened], [one.outline for one in opened])
        items = []
        for one, place in zip(opened, together, strict=True):
            block, (boxes, mask, exhaustive) = one.look.block_px, one.labelled
            rows, columns = one.facts.height_px // block[0], one.facts.width_px // block[1]
            for window in windows(rows, columns, size_px=self.tile_px, overlap_px=self.overlap_px, edge=self.edge):
                items.append(
                    SceneItem(
                        key=f"{self.name}/{one.name}/{window.name}",
                        file=one.scene,
                        place=place,
                        split_by="footprint" if one.outline is not None else "scene",
                        window=(window.row, window.column, window.height, window.width),
                        limits=one.limits,
                        boxes=cut_along(boxes, window, block) if boxes is not None else None,
                        mask=mask,
                        exhaustive=exhaustive,
                    )
                )
        return items

    def identity(self, item: SceneItem) -> Any:
        """The window and what it depends on beside the fields."""
        limits = [[one.polarisation, one.low, one.high] for one in item.limits]
        boxes = None if item.boxes is None else [[b.label, b.polygon_px, b.crowd, b.visible_share] for b in item.boxes]
        where = {"window": item.window, "place": item.place, "split_by": item.split_by}
        labels = {"boxes": boxes, "mask": item.mask, "exhaustive": item.exhaustive}
        # The detail of a fault may name places of this machine.
        return where | labels | {"limits": limits, "fault": item.fault[0] if item.fault is not None else None}

    def read(self, shard: Shard) -> Iterator[Tile | Reject]:
        """One tile or reject a window, in planned order; a scene stays open for its windows."""
        folder, _ = scene_files(self.scenes, list_=False)
        for file, items in groupby(shard.items, key=lambda item: item.file):
            if file is None:
                yield from (rejected(item.key, TileRejected(*item.fault)) for item in items)
            else:
                yield from self._of_scene(file, folder, list(items))

    def _of_scene(self, file: SceneFile, folder: str, items: Sequence[SceneItem]) -> Iterator[Tile | Reject]:
        """Of windows of one scene a tile or a reject each."""
        with ExitStack() as stack:
            try:
                scene = stack.enter_context(file.open(folder, self.declared()))
                look = self.look(block_of(scene.facts, self.spacing_m, file.name))
            except SourceError as error:
                yield from (rejected(item.key, TileRejected("unreadable_scene", str(error))) for item in items)
                return
            outlines = footprints(scene.facts, [item.window for item in items], look.block_px)
            for item, outline in zip(items, outlines, strict=True):
                try:
                    made: Tile | Reject = self._tile(item, (*file.files(), file.name)[0], scene, look, outline)
                except TileRejected as error:
                    made = rejected(item.key, error)
                yield made

    def _tile(self, item: SceneItem, file: str, scene: OpenScene, look: Look, outline: str | ValueError | None) -> Tile:
        """The tile of a window of an open scene, whose first file is `file`.

        Raises `TileRejected` where it has too little to show, or its mask cannot be used.
        """
        facts = scene.facts
        gray, rendering = render(scene, item.window, item.limits, look, least_valid=self.min_valid_share)
        row, column, height, width = item.window
        down, across = look.block_px
        middle = ((row + height / 2) * down, (column + width / 2) * across)
        found = self._masked(item, look.block_px, gray.empty)
        parts = tile_boxes(found.annotations, found.labels or {}, width_px=width, height_px=height)
        parts, doubtful = told_once(parts, item.boxes or ())
        origin, annotated = self.origin(file, None), item.boxes is not None or item.mask is not None
        sensor = replace(facts.sensor, incidence_deg=scene.incidence_deg(*middle))
        if facts.sensor.gsd_m is not None:
            sensor = replace(sensor, gsd_m=(facts.sensor.gsd_m[0] * down, facts.sensor.gsd_m[1] * across))
        return Tile(
            key=item.key,
            source=self.name,
            scene=item.place,
            split=split_of(item.place),
            split_by=item.split_by,
            image=EncodedImage(bytes=encode.png(gray.image), path="image.png"),
            height_px=height,
            width_px=width,
            rendering=rendering,
            sensor=sensor,
            geo=geo(facts, item.window, look.block_px, outline),
            boxes=(*(item.boxes or ()), *parts),
            regions=found.regions,
            unlabelled_share=found.unlabelled_share,
            nodata_share=gray.nodata_share if found.nodata_share is None else found.nodata_share,
            exhaustive=tuple(name for name in item.exhaustive if name not in doubtful),
            origin=origin if annotated else replace(origin, annotations=None),
        )

    def _masked(self, item: SceneItem, block_px: tuple[int, int], empty: Mask) -> Annotated:
        """What the scene's mask says of the window's measured pixels; nothing where it has none."""
        if item.mask is None or self.masks is None:
            return Annotated(())
        from sartext.sources.readers.raster import Raster
        from sartext.sources.scene.masks import mask_window

        file, _, table = item.mask
        try:
            with Raster(join(self.masks, file), file) as raster:
                return mask_window(raster, item.window, block_px, from_canonical(table), empty)
        except SourceError as error:
            raise TileRejected("bad_mask", str(error)) from error


def _limits(text: str) -> Limits:
    """The limits that "VV=-20:2" says. Raises `ValueError`."""
    name, _, bounds = text.partition("=")
    low, _, high = bounds.partition(":")
    try:
        limits = Limits(polarisation=name.upper(), low=float(low), high=float(high))
    except ValueError:
        raise ValueError(f"limits are {text!r}; they are said as VV=-20:2") from None
    if not limits.low < limits.high < float("inf") or limits.low == float("-inf"):
        raise ValueError(f"limits are {text!r}; the upper must be above the lower")
    return limits
