"""Datasets with planted leaks for the tests of the audit, and an audit without Ray."""

import dataclasses
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from sartext.artifact import open_artifact
from sartext.dedup.keypoints import Gray
from sartext.flow.audit.audit import WRITES, Audited, Work
from sartext.flow.audit.compare import ComparisonWorker
from sartext.flow.audit.descriptors import DescriptorWorker
from sartext.flow.run import Run
from sartext.sources.source import Card, Shard, cut
from sartext.tile import EncodedImage, Geo, Reject, Rendering, Tile
from tests.support.datasets import dataset


@dataclass(frozen=True, kw_only=True)
class Given:
    """A source of tiles that are there already."""

    tiles: tuple[Tile, ...] = field(metadata={"identity": False})
    name: str = "given"
    revision: int = 1

    @property
    def card(self) -> Card:
        return Card(name=self.name, title="given tiles")

    def shards(self) -> list[Shard]:
        return cut(range(len(self.tiles)), shard_tiles=16)

    def key(self, item: int) -> str:
        return self.tiles[item].key

    def identity(self, item: int) -> Any:
        return [self.tiles[item].key, self.tiles[item].split]

    def read(self, shard: Shard) -> Iterator[Tile | Reject]:
        yield from (self.tiles[item] for item in shard.items)


def tile(gray: Gray | bytes, number: int, split: str | None, *, scene: str | None = None, footprint: str | None = None) -> Tile:
    """A tile with these pixels, or with these bytes for an image."""
    data, (height, width) = (gray, (8, 8)) if isinstance(gray, bytes) else (_png(gray), gray.shape)
    scene = scene or f"s{number}"
    return Tile(
        key=f"given/{scene}/{number}_0",
        source="given",
        scene=scene,
        split=split,
        image=EncodedImage(bytes=data, path="image.png"),
        height_px=height,
        width_px=width,
        rendering=Rendering(quantity="display"),
        geo=Geo(footprint=footprint),
    )


def written(tiles: list[Tile], out: str, name: str = "given") -> str:
    """A finished dataset of the tiles."""
    return dataset(Given(tiles=tuple(dataclasses.replace(one) for one in tiles), name=name), (), out)


@contextmanager
def begun(data: str, out: str, against: tuple[str, ...] = ()) -> Iterator[Work]:
    """An audit of which nothing is done yet."""
    with Run(out, kind="audit", writes=WRITES) as run:
        work = Work(run, open_artifact(data), [open_artifact(uri) for uri in against])
        run.plan(work.config)
        run.reserve()
        yield work


def audited(data: str, out: str, against: tuple[str, ...] = (), *, backwards: bool = False) -> Audited:
    """An audit as the job makes it, without Ray; the pieces in this order or the other."""
    with begun(data, out, against) as work:
        order = -1 if backwards else 1
        describer = DescriptorWorker(*work.to_describe)
        for number in work.undescribed()[::order]:
            describer(number)
        left = work.propose()
        if left:
            comparer = ComparisonWorker(*work.to_compare)
            for number in left[::order]:
                comparer(number)
        return work.finish()


def _png(gray: Gray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(gray)).save(out, "PNG")
    return out.getvalue()
