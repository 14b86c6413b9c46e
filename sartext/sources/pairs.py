"""Co-registered pairs of a SAR and an optical image: tiles with an optical twin that waits for its caption."""

import dataclasses
import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, ClassVar, NamedTuple

from sartext.errors import SourceError, TileRejected, require
from sartext.formats.moment import Moment, gap_s, moment_of_name, parse_moment
from sartext.formats.pair_table import Pair, parse_pairs
from sartext.sar.offset import offset_px
from sartext.sar.radiometry import CO_POLARISED, CROSS_POLARISED
from sartext.sources.annotations.match_paths import MISSING
from sartext.sources.base import IMAGE_FOLDER, FolderSource, entry_key, utf8
from sartext.sources.files.compressed import Compressed
from sartext.sources.files.discover import IMAGE_ENDINGS, ending, list_files, sizes_bytes
from sartext.sources.files.keys import keys, planned_order
from sartext.sources.files.match_pairs import SEN12, Folders, radar_files, twins
from sartext.sources.files.resolve import Paths, tidy
from sartext.sources.filesystem import open_file, real_path, there_in
from sartext.sources.pixels.geotiff import Tagged, geo_of
from sartext.sources.pixels.image import ReadImage, read_image
from sartext.sources.pixels.measured import read_radar
from sartext.sources.readers.scene import declared
from sartext.sources.source import Card, Shard, cut, split_of
from sartext.sources.split.authors import authors_splits
from sartext.sources.split.placing import Place, placed
from sartext.sources.split.splits import Named
from sartext.sources.split_paths import SPLIT_NAMES, Naming, SplitPaths, by_split, named_in, naming_of, no_folder, path_in
from sartext.sources.twin import GEOTIFF_ENDINGS, BandSelection, Twin, about_file, decoded, gray, read_twin
from sartext.sources.twin_boxes import TwinBoxes
from sartext.tile import Geo, Optical, Tile

_POLARISATIONS = CO_POLARISED + CROSS_POLARISED


class PairItem(NamedTuple):
    """One planned pair."""

    key: str
    file: str  # of the SAR image, relative to its folder
    optical: tuple[str, ...]  # the files that may be the twin, relative to theirs
    moments: tuple[Moment | None, Moment | None] = (None, None)  # of the SAR image and of the twin, by the list
    splits: tuple[Naming, ...] = ()  # as the list writes them
    split: str | None = None  # by the source's files; None where the place decides
    place: Place | None = None  # None: its scene alone
    fault: tuple[str, str] | None = None  # reason and detail
    unclear: str | None = None  # why nothing says which file the twin is, though there is one
    texts: tuple[str, ...] = ()  # that tell of the twin
    mask: str | None = None  # that was made on the twin, relative to the masks' folder
    labelled: TwinBoxes | None = None  # of the twin; None where no list of boxes has it


@dataclass(frozen=True, kw_only=True)
class Pairs(FolderSource):
    """A folder of SAR images and one of optical images, paired by name, by the naming of SEN1-2 and SEN12MS (`s1` and `s2`,
    which may lie in one folder), or by a list of two columns.

    Every SAR image is a tile, or every row of the list. Where both images are georeferenced the twin is warped to the SAR
    image's grid; else they have one size, or a whole multiple of it. A twin that is not there, cannot be read, is blank,
    cloudy or of another place makes no pair: its tile is rejected with a reason that begins with `twin_`, or kept without it
    where `keep_alone` says so. The time gap is known where both times are: from the list, else from the tags of a TIFF, else
    from file names that have one date. The offset is as `sar.offset` decides it. A SAR image that the list has with several
    twins is a tile each.

    Names of SEN1-2 make a scene of region and number, across seasons. One place are the images of one scene, those whose
    georeferences overlap, of whatever date, and those that have one twin; its split is what the source's files say, else by its
    name.
    """

    title: ClassVar[str] = "Pairs of SAR and optical images"

    sar: str = field(metadata=IMAGE_FOLDER | {"help": "folder of the SAR images, sub-folders included, or train=DIR test=DIR"})
    optical: str = field(
        metadata=IMAGE_FOLDER | {"help": "folder of the optical images, or train=DIR test=DIR; it may be the same"}
    )
    pairs: str | None = field(
        default=None,
        metadata={
            "help": "list of the pairs, CSV or TSV with the columns sar and optical, and split if any; or one for each split, "
            "train=FILE test=FILE (unset: by name)",
            "identity": False,
            "by_split": True,
        },
    )
    name: str = field(default="pairs", metadata={"help": "name of the dataset: the first segment of every key"})
    quantity: str | None = field(
        default=None,
        metadata={
            "help": "what the pixels of SAR images that are GeoTIFFs measure: dn, amplitude, intensity, beta0, sigma0, gamma0 "
            "or gamma0_rtc; with _db behind it where they are decibels (unset: they are pictures)"
        },
    )
    polarisations: tuple[str, ...] = field(
        default=(), metadata={"help": "polarisations of their bands, in order, where the files do not say"}
    )
    optical_bands: tuple[int, ...] = field(
        default=(),
        metadata={
            "help": "bands of optical images that are GeoTIFFs shown as red, green and blue, from 1, as 4 3 2 of "
            "Sentinel-2 (unset: they are pictures)"
        },
    )
    optical_limits: tuple[float, ...] = field(
        default=(), metadata={"help": "values of those bands that are black and white, as 0 3000 of Sentinel-2"}
    )
    most_cloud: float = field(
        default=0.2, metadata={"help": "share of a twin, by a low estimate, that clouds may hide, 0 to 1"}
    )
    keep_alone: bool = field(default=False, metadata={"help": "keep a tile whose twin is refused, without the twin"})

    def __post_init__(self) -> None:
        super().__post_init__()
        require("most_cloud", self.most_cloud, 0 <= self.most_cloud <= 1, "from 0 to 1")
        declared(self.quantity)
        if self.polarisations and self.quantity is None:
            raise ValueError("polarisations are of bands that measure something; give quantity too")
        if unknown := set(self.polarisations) - set(_POLARISATIONS):
            raise ValueError(f"polarisations has {min(unknown)!r}; it is of {', '.join(_POLARISATIONS)}")
        if len(self.optical_bands) not in (0, 3) or min(self.optical_bands, default=1) < 1:
            raise ValueError(f"optical_bands are {self.optical_bands}; they are three numbers from 1")
        if bool(self.optical_bands) != bool(self.optical_limits):
            raise ValueError("optical_bands and optical_limits belong together; give both or none")
        low, high = self.optical_limits if len(self.optical_limits) == 2 else (0.0, 0.0)
        if self.optical_limits and not -inf < low < high < inf:
            raise ValueError(f"optical_limits are {self.optical_limits}; they are two values, the upper above the lower")

    @property
    def card(self) -> Card:
        """What the fields say of the dataset. Clouds over a twin are nothing that is wrong with it."""
        return dataclasses.replace(super().card, expected_rejects=("twin_cloudy",))

    @property
    def revision(self) -> int:
        return 3

    def shards(self) -> list[Shard]:
        """Consecutive pairs in the order of the SAR images' names. Raises `SourceError` where a file cannot be understood."""
        items = Compressed.of(self.planned())
        return cut(items, self._sizes_bytes(items), shard_tiles=self.shard_tiles)

    def planned(self) -> list[PairItem]:
        """All pairs, and the broken rows of a list after them."""
        for folder, what in ((self.sar, "SAR"), (self.optical, "optical")):
            if (lost := no_folder(folder)) is not None:
                raise SourceError("is no folder that can be read", file=lost, remedy=f"give the folder of the {what} images")
        found, broken = (self._by_name(), []) if self.pairs is None else self._by_list(self.pairs)
        found.sort(key=lambda pair: (planned_order(pair.file), pair.optical))
        items = self._decided(self._keyed(found))
        return items + self._broken(broken, {item.key for item in items})

    def identity(self, item: PairItem) -> Any:
        """Which images belong together, what the list says of them, and where they lie; not the images themselves."""
        place = None if item.place is None else item.place.name
        said = {"optical": [utf8(file) for file in item.optical], "moments": _shown(item.moments), "place": place}
        more = {"split": item.split, "fault": item.fault and item.fault[0], "unclear": item.unclear and "twin_ambiguous"}
        return said | {name: value for name, value in more.items() if value is not None}

    def paths_of(self, item: PairItem) -> Sequence[str]:
        """Both images."""
        return (path_in(self.sar, item.file), *(path_in(self.optical, file) for file in item.optical[:1]))

    def tile(self, item: PairItem) -> Tile:
        """The SAR image with its twin."""
        if item.fault is not None:
            raise TileRejected(*item.fault)
        read, pixels, nodata_share = self._radar(item.file)
        if bool((pixels == pixels[0, 0]).all()):
            raise TileRejected("blank", "every pixel of the SAR image is the same")
        about = about_file(self.sar, item.file)
        moment = _moment(item.moments[0], about, item.file)
        scene = item.key.split("/")[1]
        place = item.place or Place(scene, "scene")
        return Tile(
            key=item.key,
            source=self.name,
            scene=scene,
            split=item.split or split_of(place.name),
            split_by="source" if item.split else place.by,
            image=dataclasses.replace(read.image, path=utf8(read.image.path or "")),
            height_px=read.height_px,
            width_px=read.width_px,
            rendering=read.rendering,
            sensor=dataclasses.replace(self.sensor(), acquired=None if moment is None else moment.time),
            geo=Geo() if about.grid is None else geo_of(about.grid),
            optical=self._optical(item, pixels, about, moment),
            nodata_share=nodata_share,
            origin=self.origin(item.file, read.sha256),
        )

    def _radar(self, file: str) -> tuple[ReadImage, Any, float | None]:
        """The SAR image, its pixels (rows, columns, 1 or 3), and the share of them without a measurement, where it is known."""
        if self.quantity is not None and ending(file) in GEOTIFF_ENDINGS:
            measured = read_radar(self.sar, file, declared(self.quantity), self.polarisations)
            return measured.read, measured.pixels, measured.nodata_share
        read = read_image(self.sar, file)
        return read, decoded(read.image.bytes or b""), None

    def _optical(self, item: PairItem, pixels: Any, about: Tagged, moment: Moment | None) -> Optical | None:
        try:
            twin, file = self._twin(item, pixels.shape[1], pixels.shape[0], about)
        except TileRejected:
            if self.keep_alone:
                return None
            raise
        return Optical(
            image=twin.image,
            time_gap_s=gap_s(moment, _moment(item.moments[1], twin.about, file)),
            offset_px=offset_px(gray(pixels), twin.gray),
            cloud_share=twin.cloud_share,
        )

    def _twin(self, item: PairItem, width_px: int, height_px: int, about: Tagged) -> tuple[Twin, str]:
        if not item.optical:
            raise TileRejected("twin_missing_image", "no optical image has this name; --source.pairs takes a list of both")
        if item.unclear is not None:
            raise TileRejected("twin_ambiguous", item.unclear)
        if len(item.optical) > 1:
            raise TileRejected("twin_ambiguous", f"it may be {item.optical[0]!r} or {item.optical[1]!r}")
        file = item.optical[0]
        twin = read_twin(
            self.optical,
            file,
            width_px=width_px,
            height_px=height_px,
            grid=about.grid,
            most_cloud=self.most_cloud,
            shown=BandSelection(bands=self.optical_bands, limits=self.optical_limits) if self.optical_bands else None,
        )
        return twin, file

    def _by_name(self) -> list[PairItem]:
        real = [one if isinstance(one, SplitPaths) else real_path(one) for one in (self.sar, self.optical)]
        folders = Folders(*real)
        radar = radar_files(list_files(self.sar, IMAGE_ENDINGS), folders)
        optical = list_files(self.optical, IMAGE_ENDINGS)
        found = twins(radar, optical, folders)
        if radar and optical and not any(found) and not self.keep_alone:
            other = optical[-1] if optical[0] == radar[0] else optical[0]
            raise SourceError(
                f"of its {len(radar):,} SAR images none has an optical image of its name, such as {utf8(radar[0])!r} and "
                f"{utf8(other)!r}",
                file=self.sar,
                remedy="list both in the columns sar and optical of a CSV, and give it as --source.pairs",
            )
        return [PairItem("", file, optical) for file, optical in zip(radar, found, strict=True)]

    def _by_list(self, paths: str) -> tuple[list[PairItem], list[tuple[str, Pair]]]:
        """The pairs of the list, or of those by split, each once; and the broken rows, each with what its line is called."""
        rows = [(split, file, row) for split, file in by_split(paths) for row in _rows(file)]
        is_there = there_in(path for folder in (self.sar, self.optical) for _, path in by_split(folder))
        good = [
            (
                named_in(self.sar, tidy(row.sar), split, is_there)[0],
                named_in(self.optical, tidy(row.optical), split, is_there)[0],
                (*_written(row.split), *(() if split is None else (Naming(split, file),))),
                row,
            )
            for split, file, row in rows
            if row.fault is None
        ]
        radar = Paths(list_files(self.sar, IMAGE_ENDINGS)).resolve({sar: None for sar, _, _, _ in good})
        optical = Paths(list_files(self.optical, IMAGE_ENDINGS)).resolve({twin: None for _, twin, _, _ in good})
        items: dict[Any, PairItem] = {}
        for sar, twin, splits, row in good:
            unclear, unclear_twin = radar[sar].unclear(sar), optical[twin].unclear(twin)
            item = PairItem(
                "",
                file=radar[sar].files[0] if radar[sar].files and unclear is None else utf8(sar),
                optical=optical[twin].files or (utf8(twin),),
                moments=(row.sar_moment, row.optical_moment),
                splits=splits,
                fault=None if unclear is None else ("ambiguous_image", utf8(f"line {row.line}: {unclear}")),
                unclear=None if unclear_twin is None else utf8(f"line {row.line}: {unclear_twin}"),
            )
            there = items.setdefault((item.file, item.optical, item.moments), item)
            items[there.file, there.optical, there.moments] = there._replace(splits=(*there.splits, *item.splits))
        broken = [(split, row) for split, _, row in rows if row.fault is not None]
        return list(items.values()), [
            (f"{split}_line_{row.line}" if split else f"line_{row.line}", row) for split, row in broken
        ]

    def _keyed(self, pairs: list[PairItem]) -> list[PairItem]:
        """The pairs with their keys: where a SAR image has several, a digest of what sets them apart is in each."""
        pattern = self.scene_pattern if self.scene_pattern is not None else SEN12
        files = list(dict.fromkeys(pair.file for pair in pairs))
        named = dict(zip(files, keys(self.name, files, pattern, listed_in=self.pairs or self.sar), strict=True))
        times = Counter(pair.file for pair in pairs)
        return [
            pair._replace(key=named[pair.file] if times[pair.file] == 1 else f"{named[pair.file]}-{_digest(pair)}")
            for pair in pairs
        ]

    def _decided(self, items: list[PairItem]) -> list[PairItem]:
        """The items with their places, for which the head of every TIFF is read, and their splits."""
        of_file: dict[tuple[str, str], list[int]] = defaultdict(list)
        for at, item in enumerate(items):
            of_file["sar", item.file].append(at)
            if len(item.optical) == 1 and item.unclear is None:
                of_file["optical", item.optical[0]].append(at)
        together = [(same[0], other) for same in of_file.values() for other in same[1:]]
        places = placed(self.sar, [item.file for item in items], [item.key for item in items], together)
        written = [list(item.splits) for item in items]
        for same in of_file.values():
            known = dict.fromkeys(one for at in same for one in items[at].splits if one.split.lower() in SPLIT_NAMES)
            for at in same:
                written[at] += known
        for item, own in zip(items, written, strict=True):
            if len(item.optical) == 1:
                own += naming_of(self.optical, item.optical[0])
        names = [item.key.split("/")[1] if place is None else place.name for item, place in zip(items, places, strict=True)]
        files, written = [item.file for item in items], [list(dict.fromkeys(one)) for one in written]
        remedy = "write train, val or test in the list"
        splits = authors_splits(self, self.sar, files, written if any(written) else None, names, remedy)
        return [
            item._replace(place=place, split=named.split, fault=item.fault or named.fault)
            for item, place, named in zip(items, places, [Named()] * len(items) if splits is None else splits, strict=True)
        ]

    def _broken(self, rows: Sequence[tuple[str, Pair]], taken: Collection[str]) -> list[PairItem]:
        """Of each broken row the item that is rejected with what is wrong with it."""
        return [
            PairItem(
                entry_key(self.name, called, taken),
                file=f"{called}{MISSING}",
                optical=(),
                fault=("bad_annotation", utf8(f"line {row.line}: {row.fault}")),
            )
            for called, row in rows
        ]

    def _sizes_bytes(self, items: Sequence[PairItem]) -> Iterator[int]:
        radar = sizes_bytes(self.sar, (item.file for item in items))
        optical = sizes_bytes(self.optical, (item.optical[0] if item.optical else "" for item in items))
        return map(sum, zip(radar, optical, strict=True))


def _rows(file: str) -> list[Pair]:
    """The rows of a list. Raises `SourceError` where it cannot be read."""
    try:
        with open_file(file) as stream:
            return list(parse_pairs(stream, file))
    except OSError as error:
        raise SourceError(f"cannot be read, {error.strerror}", file=file) from error


def _written(split: str | None) -> tuple[Naming, ...]:
    return () if split is None else (Naming(utf8(split)),)


def _moment(listed: Moment | None, about: Tagged, file: str) -> Moment | None:
    """What the list says, else the file's tags, else its name."""
    tag = parse_moment(about.acquired) if listed is None and about.acquired is not None else None
    return listed or tag or moment_of_name(os.path.splitext(os.path.basename(file))[0])


def _shown(moments: Sequence[Moment | None]) -> list[str | None]:
    return [None if moment is None else str(moment.time or moment.day) for moment in moments]


def _digest(pair: PairItem) -> str:
    """What of the list tells a pair from others of its SAR image, wherever in the list they are."""
    told = json.dumps([pair.optical, _shown(pair.moments)])
    return hashlib.sha256(told.encode()).hexdigest()[:8]
