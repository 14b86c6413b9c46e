"""What an audit knows of a tile: its keypoints, a small picture, its place; a file a shard, written by the actor that made it.

    described/00000.parquet   a row a tile of a shard in planned order, of all datasets one after the other

`reject` says why an image cannot be read; `digest` is that of the decoded pixels, None where all of them are equal.
"""

import hashlib
import io
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from sartext.dedup.alignment import Picture
from sartext.dedup.keypoints import Gray, Keypoints, halved, keypoints
from sartext.errors import TileRejected
from sartext.imaging.guard import load_pixels, opened
from sartext.row_groups import group_sizes, read_group, read_groups, read_table
from sartext.store import Store, open_store

DESCRIBED = "described"
PICTURE_PX = 1 << 14  # largest area of a picture: 128 x 128
_LONGEST_PX = 4096  # side of a picture
_QUALITY = 85
_STRETCH = (0.5, 99.5)  # percentiles of a picture's gray levels that become black and white
_GROUP_ROWS = 64  # tiles of a row group: what is read to compare one of them
_GROUPS_HELD = 64
_READ = ["key", "source", "scene", "split", "image", "geo.footprint"]
_REALS = pa.list_(pa.float32())
_ABOUT = {
    "key": pa.string(),
    "source": pa.string(),
    "scene": pa.string(),
    "split": pa.string(),
    "footprint": pa.string(),
    "reject": pa.string(),
    "digest": pa.binary(),
    "bits": pa.list_(pa.uint64()),
    "sigma_px": _REALS,
}
_SHOWN = {
    "height_px": pa.int32(),
    "width_px": pa.int32(),
    "x_px": _REALS,
    "y_px": _REALS,
    "picture": pa.binary(),  # JPEG
}
_COMPARED = [*_SHOWN, "bits", "sigma_px"]
_SCHEMA = pa.schema({**_ABOUT, **_SHOWN})


@dataclass(frozen=True)
class Shown:
    """A tile as it is compared with another."""

    points: Keypoints
    height_px: int
    width_px: int
    jpeg: bytes

    def picture(self) -> Picture:
        """The small picture, decoded."""
        with Image.open(io.BytesIO(self.jpeg)) as image:  # unguarded: `picture` below wrote it
            return Picture(np.asarray(image.convert("L")), self.height_px, self.width_px)


class DescriptorWorker:
    """Describes one shard after the other of some datasets: `files` are their places and paths."""

    def __init__(self, files: Sequence[tuple[str, str]], out: str) -> None:
        self._files, self._store = files, open_store(out)

    def __call__(self, number: int) -> None:
        """Commits what is known of the tiles of a shard."""
        uri, path = self._files[number]
        tables = read_groups(open_store(uri), path, _READ)
        rows = [row for table in tables for row in map(described_tile, table.to_pylist())]
        out = io.BytesIO()
        pq.write_table(
            pa.Table.from_pylist(rows, schema=_SCHEMA),
            out,
            row_group_size=_GROUP_ROWS,
            compression="NONE",
            use_dictionary=False,
        )
        self._store.put_if_absent(described_path(number), out.getvalue())


class TileDescriptors:
    """What is described at a place, tile by tile: tiles are numbered through all shards."""

    def __init__(self, store: Store, shards: int) -> None:
        self._store, self._held = store, OrderedDict[tuple[int, int], pa.Table]()
        self.shards = shards
        rows = [sum(group_sizes(store, described_path(shard))) for shard in range(shards)]
        self._ends = np.cumsum(np.array(rows, dtype=np.intp))

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return int(self._ends[-1]) if self.shards else 0

    def numbers(self, shard: int) -> slice:
        """The numbers of the tiles of a shard."""
        return slice(int(self._ends[shard - 1]) if shard else 0, int(self._ends[shard]))

    def shard_of(self, tile: int) -> int:
        """The shard of a tile."""
        return int(np.searchsorted(self._ends, tile, side="right"))

    def read(self, shard: int, columns: Sequence[str]) -> pa.Table:
        """What is known of the tiles of a shard, in their order."""
        return read_table(self._store, described_path(shard), columns)

    def shown(self, tile: int) -> Shown:
        """A tile whose image could be read."""
        shard = self.shard_of(tile)
        group, row = divmod(tile - self.numbers(shard).start, _GROUP_ROWS)
        table = self._group((shard, group))
        value = {name: table[name][row] for name in _COMPARED}
        x_px, y_px, sigma_px, bits = (value[name].values.to_numpy() for name in ("x_px", "y_px", "sigma_px", "bits"))
        points = Keypoints(x_px, y_px, sigma_px, bits)
        return Shown(points, value["height_px"].as_py(), value["width_px"].as_py(), value["picture"].as_py())

    def _group(self, at: tuple[int, int]) -> pa.Table:
        """A row group, of which the last few stay in memory."""
        if at in self._held:
            self._held.move_to_end(at)
            return self._held[at]
        table = read_group(self._store, described_path(at[0]), at[1], _COMPARED)
        self._held[at] = table
        if len(self._held) > _GROUPS_HELD:
            self._held.popitem(last=False)
        return table


def described_path(number: int) -> str:
    """Where what is known of a shard lies."""
    return f"{DESCRIBED}/{number:05d}.parquet"


def described_tile(row: dict[str, Any]) -> dict[str, Any]:
    """A row of SCHEMA, from one of a dataset."""
    about = {name: row[name] for name in ("key", "source", "scene", "split")}
    about["footprint"] = row["geo"] and row["geo"]["footprint"]
    try:
        gray = _decoded((row["image"] or {}).get("bytes"))
    except TileRejected as rejected:
        return {**about, "reject": rejected.reason}
    points = keypoints(gray)
    constant = bool((gray == gray[0, 0]).all())
    size = "x".join(map(str, gray.shape)).encode()
    return {
        **about,
        "digest": None if constant else hashlib.sha256(size + gray.tobytes()).digest(),
        "bits": points.bits,
        "height_px": gray.shape[0],
        "width_px": gray.shape[1],
        "x_px": points.x_px,
        "y_px": points.y_px,
        "sigma_px": points.sigma_px,
        "picture": picture(gray),
    }


def picture(gray: Gray) -> bytes:
    """A small JPEG of an image, stretched so that a dark one can be seen and compared."""
    field = gray.astype(np.float32)
    while field.size > PICTURE_PX and min(field.shape) >= 2:
        field = halved(field)
    # What is left of a strip, which is no tile, must not be wider than a JPEG can be.
    field = field[:: -(-field.shape[0] // _LONGEST_PX), :: -(-field.shape[1] // _LONGEST_PX)]
    low, high = np.percentile(field, _STRETCH)
    levels = np.clip((field - low) * (255.0 / max(high - low, 1.0)), 0, 255).round().astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(levels).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _decoded(data: bytes | None) -> Gray:
    """The image in gray. Raises `TileRejected`."""
    if data is None:
        raise TileRejected("no_image")
    image = opened(data)
    load_pixels(image)
    return np.asarray(image.convert("L"))
