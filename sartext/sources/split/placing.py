"""Where the images of a folder lie: what the heads of its GeoTIFFs say, and which images are one place by it."""

import os
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import NamedTuple

from sartext.sources.files.compressed import Compressed
from sartext.sources.files.discover import ending
from sartext.sources.pixels.geotiff import geo_of
from sartext.sources.split.groups import places
from sartext.sources.twin import GEOTIFF_ENDINGS, about_file
from sartext.tile import Geo


class Place(NamedTuple):
    """What no split may part."""

    name: str  # of the scene whose name decides the split of all that lie here
    by: str  # "footprint" where georeferences decide, "scene" where only names do


def geo_at(folder: str, file: str) -> Geo:
    """Where the image at `file`, relative to `folder`, lies; unknown for what is no GeoTIFF with an affine grid."""
    if os.path.isabs(file) or ".." in file.split("/"):  # it is not read as an image either
        return Geo()
    grid = about_file(folder, file).grid
    return Geo() if grid is None else geo_of(grid)


def placed(
    folder: str, files: Sequence[str], keys: Sequence[str], together: Iterable[tuple[int, int]] = ()
) -> Sequence[Place | None]:
    """For each image, with its tile's key, its place; None where that is the key's scene alone, by its name. Compressed.

    Images whose footprints overlap, of whatever date, are one place, and so are those of one scene, georeferenced or not, and
    the pairs of `together`, by their numbers. Only the heads of files that end as a TIFF does are read.
    """
    georeferenced = Compressed.of(_outline(folder, file) for file in files)
    pairs = list(together)
    if not pairs and not any(georeferenced):
        return Compressed.of(repeat(None, len(files)))
    scenes, outlines = [key.split("/")[1] for key in keys], list(georeferenced)
    named = places(scenes, outlines, pairs)
    located = {name for name, outline in zip(named, outlines, strict=True) if outline is not None}
    return Compressed.of(
        Place(name, "footprint") if name in located else Place(name, "scene") if name != scene else None
        for name, scene in zip(named, scenes, strict=True)
    )


def _outline(folder: str, file: str) -> str | None:
    """The footprint of a georeferenced image, as WKT."""
    return geo_at(folder, file).footprint if ending(file) in GEOTIFF_ENDINGS else None
