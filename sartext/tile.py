"""The record: one image and all that is known of it, as a frozen dataclass and as the Arrow schema derived from it.

Pixel coordinates are (x, y) of pixel edges: (0, 0) is the top left corner of the top left pixel, x grows to the
right, y downward, and a box that covers the whole tile ends at (width_px, height_px). Unknown is None, never guessed.
"""

import dataclasses
import json
import re
import types
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any, TypeVar

import pyarrow as pa

SCHEMA_VERSION = 3
SPLITS = ("train", "val", "test")
MODALITIES = ("sar", "optical")
SPLIT_RULES = ("source", "scene", "footprint")  # the source's own, by the scene's name, by overlapping footprints
QUANTITIES = ("dn", "amplitude", "intensity", "beta0", "sigma0", "gamma0", "gamma0_rtc", "display")
GRIDS = ("map", "ground_range", "slant_range", "unknown")
ROUTES = ("a2c", "sa2c", "twin", "narrator", "human")
OF_OPTICAL_TWIN = "of_optical_twin"  # the reason of a text that is of the twin: never shown as the tile's, only rewritten
COARSE = "coarse"  # the form of a caption that many tiles may share: no reference that a model's text is held against
SAMPLED = "a sample"  # so begins the reason of a text that was drawn beside a caption, to see what its writer is sure of
VERDICTS = ("supported", "contradicted", "unverifiable")

# Three path segments of letters, digits, '.', '_' and '-'; none may be '.' or '..'.
KEY = re.compile(r"(?!.*(^|/)\.\.?(/|$))[\w.-]+/[\w.-]+/[\w.-]+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class EncodedImage:
    """An image as it is stored: the convention of Hugging Face datasets."""

    bytes: bytes | None
    path: str | None = None  # the file's name, for its ending; never a path of one machine


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What became black (`low`) and white (`high`) in one channel, in the rendering's quantity and scale."""

    polarisation: str | None
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """How pixels became 8-bit."""

    quantity: str  # one of QUANTITIES; "display" is an 8-bit image whose making is unknown
    scale: str | None = None  # "linear" or "db"; None where unknown
    limits: tuple[Limits, ...] = ()
    polarisations: tuple[str, ...] = ()  # in the order of the channels
    speckle_filter: str | None = None
    looks: float | None = None  # nominal, of a pixel before `resampling`
    multilook_px: tuple[int, int] | None = None  # pixels of the file that were averaged into one, along y and x
    resampling: str | None = None  # how pixels were moved to another grid; None where they were not
    floor: float | None = None  # what a value that is not positive became before the logarithm, in the linear quantity
    nodata: float | None = None
    clipped_low_share: float | None = None
    clipped_high_share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Sensor:
    """What made the image."""

    modality: str | None = "sar"  # one of MODALITIES; null in tiles of schema version 1, which are of SAR
    platform: str | None = None
    band: str | None = None
    mode: str | None = None
    gsd_m: tuple[float, float] | None = None  # ground sample distance along rows' axis (y), then columns' (x)
    incidence_deg: float | None = None
    orbit: str | None = None  # "ascending" or "descending"
    look_side: str | None = None  # "left" or "right"
    acquired: datetime | None = None  # UTC


@dataclass(frozen=True, kw_only=True)
class Geo:
    """Where the image lies."""

    grid: str = "unknown"  # one of GRIDS
    crs: str | None = None  # as an authority code, "EPSG:32631"
    transform: tuple[float, ...] | None = None  # 6 affine coefficients, (x, y)_crs = (a col + b row + c, d col + e row + f)
    footprint: str | None = None  # WGS84 polygon as WKT, longitude first
    accuracy_m: float | None = None


@dataclass(frozen=True, kw_only=True)
class Box:
    """One annotated object."""

    label: str  # a class of the taxonomy
    polygon_px: tuple[float, ...]  # x1, y1, ... x4, y4: four corners, clockwise (as seen), from the top left
    difficult: bool = False
    crowd: bool = False
    visible_share: float = 1.0  # share of the object's area that is inside the tile
    component: bool = False  # around one connected part of a mask: at least one object, which may touch others


@dataclass(frozen=True, kw_only=True)
class Region:
    """One class of a mask."""

    label: str
    area_share: float  # of the tile's labelled area
    rle: tuple[int, ...]  # COCO's uncompressed run lengths: column-major, starting with the run of zeros


@dataclass(frozen=True, kw_only=True)
class Optical:
    """The optical twin, on the SAR image's grid."""

    image: EncodedImage
    time_gap_s: float | None = None  # optical minus SAR
    offset_px: tuple[float, float] | None = None  # (x, y) by which the twin is displaced; None is undetermined
    cloud_share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One checkable statement of a caption and what the annotations say of it."""

    kind: str  # class, count, position, relation, size, absence, optical, orientation, arrangement, area, record, sentence
    text: str
    verdict: str  # one of VERDICTS
    evidence: str
    span: tuple[int, int] | None = None  # the first character of its words in the caption's text, and the one after the last
    boxes: tuple[int, ...] = ()  # positions in `tile.boxes` of the objects that bear it out, or of those that break it
    regions: tuple[str, ...] = ()  # labels of the regions that do


@dataclass(frozen=True, kw_only=True)
class Caption:
    """One caption; a refused one stays, with its reason."""

    text: str
    route: str  # one of ROUTES
    form: str | None = None  # "concise", "detailed" or COARSE
    model: str | None = None
    prompt: str | None = None  # fingerprint of the prompt
    seed: Annotated[int | None, pa.int64()] = None
    score: float | None = None
    kept: bool = True
    claims: tuple[Claim, ...] = ()
    reason: str | None = None  # why it is not kept
    # Position in `tile.captions` of the refused caption of which this is what was left, or of the text that it rewrites.
    derived_from: int | None = None
    confidence: float | None = None  # as its writer gives it: a narrator with samples does; `score` is a judge's


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question with its answer."""

    question: str
    answer: str
    answer_type: str
    kind: str  # presence, count, position, class, area, relation, size, orientation, arrangement
    kept: bool = True


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What may be done with annotations or texts, whose makers need not be those of the pixels."""

    licence: str | None = None  # SPDX
    may_train: bool | None = None
    may_redistribute: bool | None = None
    citation: str | None = None


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where the tile comes from and what may be done with it: the first four fields are the rights of its pixels."""

    licence: str | None = None  # SPDX
    may_train: bool | None = None
    may_redistribute: bool | None = None
    citation: str | None = None
    uri: str | None = None
    sha256: str | None = None  # of the source's bytes
    annotations: Rights | None = None  # the rights of boxes and regions; None where nothing is said of them
    texts: Rights | None = None  # the rights of captions and questions that were not made here; None likewise


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One image and all that is known of it. See the module for the pixel convention.

    Raises `ValueError` where the key is unsafe in a path or a field is outside its vocabulary.
    """

    key: str  # "{source}/{scene}/{row}_{col}"
    source: str
    scene: str  # the place that a split may never cut
    split: str | None
    split_by: str | None = None  # one of SPLIT_RULES: what decided it
    image: EncodedImage
    height_px: int
    width_px: int
    rendering: Rendering
    sensor: Sensor = Sensor()
    geo: Geo = Geo()
    boxes: tuple[Box, ...] = ()
    regions: tuple[Region, ...] = ()
    unlabelled_share: float | None = None  # of the tile's area: pixels that its mask gives no class, nodata apart
    nodata_share: float | None = None  # of the tile's area: pixels without a measurement
    # Taxonomy classes of which every visible instance is annotated: only of these may an absence or an exact count be said.
    exhaustive: tuple[str, ...] = ()
    optical: Optical | None = None
    captions: tuple[Caption, ...] = ()
    questions: tuple[Question, ...] = ()
    origin: Origin = Origin()
    takedown: str | None = None  # why somebody asks to take the tile out; a selection leaves it out

    def __post_init__(self) -> None:
        if not KEY.fullmatch(self.key):
            raise ValueError(f"key {self.key!r} is not 'source/scene/row_col' of letters, digits, '.', '_' and '-'")
        if self.split is not None and self.split not in SPLITS:
            raise ValueError(f"split {self.split!r} of {self.key} is none of {', '.join(SPLITS)}")
        if self.split_by is not None and self.split_by not in SPLIT_RULES:
            raise ValueError(f"split_by {self.split_by!r} of {self.key} is none of {', '.join(SPLIT_RULES)}")
        if self.height_px < 1 or self.width_px < 1:
            raise ValueError(f"{self.key} is {self.width_px} x {self.height_px} px; both sides must be at least 1")


@dataclass(frozen=True, kw_only=True)
class Reject:
    """A planned tile that could not be made, and why."""

    key: str
    stage: str  # "read", or the name of the rule
    reason: str  # a short word that can be counted: "truncated_image"
    detail: str = ""
    tries: int = 1


_Record = TypeVar("_Record")


def with_fields(record: _Record, **fields: Any) -> _Record:
    """A copy of a dataclass of the record with other values of some fields, which are taken as they are: neither the names nor
    the values are looked at again. `dataclasses.replace`, which does that, takes five times as long.
    """
    copy: _Record = object.__new__(type(record))
    values = vars(copy)
    values.update(vars(record))
    values.update(fields)
    return copy


_ARROW = {
    str: pa.string(),
    int: pa.int32(),
    float: pa.float64(),
    bool: pa.bool_(),
    bytes: pa.binary(),
    datetime: pa.timestamp("us", tz="UTC"),
}


def arrow_type(hint: Any) -> pa.DataType:
    """The Arrow type of an annotation: a struct of a dataclass, a list of a tuple; `Annotated[int, pa.int64()]` names its own.

    Raises `TypeError` where there is none.
    """
    if typing.get_origin(hint) is typing.Annotated:
        return typing.get_args(hint)[1]
    hint = _required(hint)
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint, include_extras=True)
        return pa.struct([(field.name, arrow_type(hints[field.name])) for field in dataclasses.fields(hint)])
    if typing.get_origin(hint) is tuple:
        return pa.list_(arrow_type(typing.get_args(hint)[0]))
    if hint not in _ARROW:
        raise TypeError(f"{hint} has no type of Arrow")
    return _ARROW[hint]


def _required(hint: Any) -> Any:
    """The annotation without its None."""
    options = [one for one in typing.get_args(hint) if one is not type(None)] if isinstance(hint, types.UnionType) else [hint]
    return options[0] if len(options) == 1 else hint


def _feature(hint: Any) -> Any:
    """The feature of Hugging Face datasets of an annotation: images and what stands beside them."""
    hint = _required(hint)
    if hint is EncodedImage:
        return {"_type": "Image"}
    if dataclasses.is_dataclass(hint):
        return {name: _feature(one) for name, one in typing.get_type_hints(hint).items()}
    if typing.get_origin(hint) is tuple:
        return {"feature": _feature(typing.get_args(hint)[0]), "_type": "List"}
    return {"dtype": {float: "float64"}[hint], "_type": "Value"}


# What makes `datasets.load_dataset("parquet", ...)` decode the images; in the order of the columns, or it is ignored.
# Features left out are inferred from the types.
_FEATURES = {name: _feature(typing.get_type_hints(Tile)[name]) for name in ("image", "optical")}

TILE = pa.schema(
    list(arrow_type(Tile)),
    metadata={
        "sartext_schema": str(SCHEMA_VERSION),
        "huggingface": json.dumps({"info": {"features": _FEATURES}}),
    },
)


def to_row(value: Any) -> dict[str, Any]:
    """The dataclass as plain dicts and lists, ready for `pa.Table.from_pylist(rows, schema=TILE)`."""
    cls: type = type(value)
    return {name: lay(getattr(value, name)) if lay else getattr(value, name) for name, lay, _, _ in _fields(cls)}


def from_row(row: dict[str, Any]) -> Tile:
    """The `Tile` of a row; what it lacks of TILE, nested fields too, is the default, what TILE does not have is left out."""
    tile: Tile = _build(Tile, row)
    return tile


def to_table(tiles: Iterable[Tile]) -> pa.Table:
    """The tiles as one table with the schema TILE, in their order."""
    return pa.Table.from_pylist([to_row(tile) for tile in tiles], schema=TILE)


def from_table(table: pa.Table) -> list[Tile]:
    """The tiles of a table; columns that it lacks of TILE are the defaults."""
    return [from_row(row) for row in table.select([name for name in TILE.names if name in table.column_names]).to_pylist()]


_LACKING = object()
_Step = Callable[[Any], Any] | None  # None where the value is the same on both sides


@cache
def _fields(cls: type) -> tuple[tuple[str, _Step, _Step, bool], ...]:
    """Of each field its name, the way into a row, the way back, and whether null stands for the default.

    Worked out once a class, for speed.
    """
    hints = typing.get_type_hints(cls)
    found = []
    for field in dataclasses.fields(cls):
        hint = hints[field.name]
        has_default = field.default is not dataclasses.MISSING
        found.append((field.name, *_steps(hint), has_default and not isinstance(hint, types.UnionType)))
    return tuple(found)


def _build(cls: type, row: dict[str, Any]) -> Any:
    """The dataclass of what the row has: of a field that it lacks the class knows the default, or that it is required."""
    return cls(
        **{
            name: build(value) if build and value is not None else value
            for name, _, build, null_is_default in _fields(cls)
            if (value := row.get(name, _LACKING)) is not _LACKING and not (value is None and null_is_default)
        }
    )


def _steps(hint: Any) -> tuple[_Step, _Step]:
    """How a value of the annotated type is laid into a row, and how one that is not null is built again."""
    inner = _required(hint)
    if dataclasses.is_dataclass(inner):
        cls = typing.cast(type, inner)
        return (
            lambda value: None if value is None else to_row(value),
            lambda value: _build(cls, value),
        )
    if typing.get_origin(inner) is not tuple:
        return None, None
    item = typing.get_args(inner)[0]
    if not dataclasses.is_dataclass(item):
        return (
            lambda value: None if value is None else list(value),
            tuple,
        )
    return (
        lambda value: None if value is None else [to_row(one) for one in value],
        lambda value: tuple([_build(typing.cast(type, item), one) for one in value]),
    )
