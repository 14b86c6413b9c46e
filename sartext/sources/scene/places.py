"""Where the windows of a scene lie: their footprints, made for many at once, and what the record says of a window's grid."""

from collections.abc import Sequence

from sartext.errors import SourceError, TileRejected
from sartext.sar import outline
from sartext.sar.geolocation import AffineGrid
from sartext.sources.readers.scene import SceneFacts
from sartext.tile import Geo

_Place = tuple[int, int, int, int]  # row, column, height and width of a window of the averaged grid


def outline_of(facts: SceneFacts, file: str) -> str | None:
    """The footprint of a whole scene; None where nothing says where it lies. Raises `SourceError` where that is nowhere."""
    if facts.geolocation is None:
        return None
    try:
        return outline.footprint(facts.geolocation.lonlat, 0, 0, facts.height_px, facts.width_px)
    except ValueError as error:
        raise SourceError(f"lies nowhere on Earth: {error}", file=file, place="georeference") from error


def footprints(facts: SceneFacts, windows: Sequence[_Place], block_px: tuple[int, int]) -> list[str | ValueError | None]:
    """Of each window its footprint, or why it has none; None where nothing says where the scene lies."""
    if facts.geolocation is None:
        return [None] * len(windows)
    down, across = block_px
    return [
        *outline.footprints(facts.geolocation.lonlat, [(r * down, c * across, h * down, w * across) for r, c, h, w in windows])
    ]


def geo(facts: SceneFacts, window: _Place, block_px: tuple[int, int], footprint: str | ValueError | None) -> Geo:
    """What the record says of where a window lies. Raises `TileRejected` where that is nowhere."""
    if isinstance(footprint, ValueError):
        raise TileRejected("lies_nowhere", str(footprint))
    located, (down, across) = facts.geolocation, block_px
    if located is None:
        return Geo(grid=facts.grid)
    if not isinstance(located, AffineGrid):
        return Geo(grid=facts.grid, footprint=footprint, accuracy_m=located.accuracy_m)
    a, b, c, d, e, f = located.cut(window[0] * down, window[1] * across).transform
    transform = (a * across, b * down, c, d * across, e * down, f)
    return Geo(grid=facts.grid, crs=located.crs, transform=transform, footprint=footprint, accuracy_m=located.accuracy_m)
