"""What each dataset that tiles come from brings: how many tiles of which size and resolution, and for which tasks.

A tile names it as its `source`.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sartext.report.dataset.counting import Frequent, pair_counts, value_counts
from sartext.rights import PARTS

Span = tuple[Any, Any]  # the least and the most
OriginRow = tuple[str, str, str, str]  # licence, may_train, may_redistribute, citation as texts; "" where unknown

_ORIGINS = 200
_SIZES = 1000


@dataclass
class DatasetFacts:
    """The facts of one dataset so far; a span is None where no tile says it."""

    tiles: int = 0
    sizes_px: Frequent[tuple[int, int]] = field(default_factory=lambda: Frequent(_SIZES))  # width, height
    gsd_m: Span | None = None
    tiles_with_gsd: int = 0
    acquired: Span | None = None
    # modality, platform, band, quantity, polarisation, grid, exhaustive
    said: dict[str, Counter[str]] = field(default_factory=dict)
    boxes: int = 0
    tiles_with_boxes: int = 0
    tiles_with_regions: int = 0
    twins: int = 0
    captions: int = 0  # kept
    tiles_with_captions: int = 0  # with a kept one
    questions: int = 0  # kept
    # What is declared of each of PARTS: of annotations and texts where that is declared apart.
    rights: dict[str, Frequent[OriginRow]] = field(default_factory=lambda: {of: Frequent(_ORIGINS) for of in PARTS})

    def add(self, tiles: pa.Table) -> None:
        """Takes in tiles of this dataset: a table with the columns of the survey."""
        self.tiles += tiles.num_rows
        self._add_sizes(tiles)
        self._add_sensor(tiles)
        boxes, regions, captions = column(tiles, "boxes"), column(tiles, "regions"), column(tiles, "captions")
        self.boxes += len(pc.list_flatten(boxes))
        self.tiles_with_boxes += _filled(boxes)
        self.tiles_with_regions += _filled(regions)
        self.twins += tiles.num_rows - tiles["optical"].null_count
        kept = pc.struct_field(pc.list_flatten(captions), "kept")
        self.captions += _true(kept)
        self.tiles_with_captions += len(pc.unique(pc.list_parent_indices(captions).filter(kept)))
        self.questions += _true(pc.struct_field(pc.list_flatten(column(tiles, "questions")), "kept"))
        origin = column(tiles, "origin")
        names = ("licence", "may_train", "may_redistribute", "citation")
        for of, frequent in self.rights.items():
            rights = origin if of == PARTS[0] else pc.drop_null(pc.struct_field(origin, of))
            found = pair_counts(*(pc.struct_field(rights, name) for name in names)) if len(rights) else {}
            frequent.update({(one[0], one[1], one[2], one[3]): number for one, number in found.items()})

    def _add_sizes(self, tiles: pa.Table) -> None:
        wide = pc.multiply(column(tiles, "width_px").cast(pa.int64()), 1 << 32)
        sizes = value_counts(pc.add(wide, column(tiles, "height_px").cast(pa.int64())))
        self.sizes_px.update({(code >> 32, code & 0xFFFFFFFF): number for code, number in sizes.items()})

    def _add_sensor(self, tiles: pa.Table) -> None:
        sensor, rendering, geo = column(tiles, "sensor"), column(tiles, "rendering"), column(tiles, "geo")
        gsd_m = pc.struct_field(sensor, "gsd_m")
        self.tiles_with_gsd += len(gsd_m) - gsd_m.null_count
        self.gsd_m = _wider(self.gsd_m, pc.list_flatten(gsd_m))
        self.acquired = _wider(self.acquired, pc.struct_field(sensor, "acquired"))
        for name, values in (
            ("modality", pc.struct_field(sensor, "modality")),
            ("platform", pc.struct_field(sensor, "platform")),
            ("band", pc.struct_field(sensor, "band")),
            ("quantity", pc.struct_field(rendering, "quantity")),
            ("polarisation", pc.list_flatten(pc.struct_field(rendering, "polarisations"))),
            ("grid", pc.struct_field(geo, "grid")),
            ("exhaustive", pc.list_flatten(column(tiles, "exhaustive"))),
        ):
            self.said.setdefault(name, Counter()).update(value_counts(values))

    def names(self, what: str) -> list[str]:
        """What its tiles say of the platform, band ..., the most common first."""
        return [name for name, _ in sorted(self.said.get(what, Counter()).items(), key=lambda pair: (-pair[1], pair[0]))]


def column(tiles: pa.Table, name: str) -> pa.Array:
    """A column of a table as one array."""
    return tiles[name].combine_chunks()


def _filled(lists: pa.Array) -> int:
    """How many lists hold something."""
    return _true(pc.greater(pc.list_value_length(lists), 0))


def _true(flags: pa.Array) -> int:
    return pc.sum(flags).as_py() or 0


def _wider(span: Span | None, values: pa.Array) -> Span | None:
    """The span with the values in it."""
    found = pc.min_max(values).as_py()
    if found["min"] is None:
        return span
    return (found["min"], found["max"]) if span is None else (min(span[0], found["min"]), max(span[1], found["max"]))
