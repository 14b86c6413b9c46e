"""Squares on the ground, and the footprints of tiles that lie there."""

from sartext.report.dataset.counting import hashes_of
from sartext.report.dataset.footprints import Footprints


def square(x: float, y: float, side: float = 0.2) -> str:
    """A square of so many degrees a side as WKT, from its lower left corner on; longitudes wrap at 180."""
    corners = ((0, 0), (side, 0), (side, side), (0, side), (0, 0))
    points = [((x + dx + 180) % 360 - 180, y + dy) for dx, dy in corners]
    return f"POLYGON (({', '.join(f'{a} {b}' for a, b in points)}))"


def added(*polygons: str) -> Footprints:
    """Footprints of so many tiles."""
    footprints = Footprints()
    footprints.add(list(polygons), hashes_of(map(str, range(len(polygons)))))
    return footprints
