"""Kinds of scenes: which things stand on which ground, at which ground sample distance."""

import math
from collections.abc import Callable

from sartext.sources.archive import inland, paved, waterside
from sartext.sources.archive.canvas import Canvas, View
from sartext.sources.archive.draws import Draws

KINDS = (
    ("sea", 0.16),
    ("coast", 0.12),
    ("harbour", 0.14),
    ("river", 0.14),
    ("airfield", 0.12),
    ("tank farm", 0.09),
    ("parking", 0.10),
    ("depot", 0.05),
    ("footbridge", 0.03),
    ("country", 0.05),
)

_DRAW: dict[str, Callable[[Draws, Canvas, View, int], None]] = {
    "sea": waterside.sea,
    "coast": waterside.coast,
    "harbour": waterside.harbour,
    "river": waterside.river,
    "airfield": paved.airfield,
    "tank farm": paved.tank_farm,
    "parking": paved.parking,
    "depot": paved.depot,
    "footbridge": waterside.footbridge,
    "country": inland.country,
}

# The finest and the coarsest ground sample distance of a kind, in m.
_GSD_M = {
    "sea": (3.0, 12.0),
    "coast": (3.0, 12.0),
    "harbour": (3.0, 7.0),
    "river": (3.0, 7.0),
    "airfield": (1.0, 3.0),
    "tank farm": (1.5, 3.0),
    "parking": (0.3, 0.5),
    "depot": (0.3, 0.5),
    "footbridge": (0.4, 0.5),
    "country": (4.0, 15.0),
}


def crowd(draws: Draws) -> int:
    """How many things a scene is planned to have: one, a few, a group or a fleet."""
    size = draws.weighted((("one", 0.22), ("few", 0.34), ("group", 0.27), ("fleet", 0.17)))
    if size == "one":
        return 1
    if size == "few":
        return draws.integer(2, 4)
    if size == "group":
        return draws.integer(5, 10)
    return draws.integer(11, 40)


def drawn_gsd_m(draws: Draws, kind: str, count: int) -> float:
    """A ground sample distance in m that suits the kind, coarser the more things there are to see."""
    fine, coarse = _GSD_M[kind]
    crowding = min(1.0, math.log(count) / math.log(25.0))
    share = 0.35 * draws.uniform(0.0, 1.0) + 0.65 * crowding if kind != "country" else draws.uniform(0.0, 1.0)
    return float(fine * (coarse / fine) ** share)


def draw(kind: str, draws: Draws, canvas: Canvas, view: View, count: int) -> None:
    """The ground and the things of a scene, drawn onto the canvas."""
    _DRAW[kind](draws, canvas, view, count)
