"""Ground without water's edge: fields, forest, towns, bare soil, wetland, and the open country made of them."""

import math

from sartext.sources.archive.canvas import Canvas, View
from sartext.sources.archive.draws import Draws
from sartext.sources.archive.layers import Blobs, Blocks, Parcels
from sartext.sources.archive.shapes import Band, Half, Oval, Rect, Shape, Wave

CROPS = ("grain", "root crop", "meadow", "stubble", "ploughed")
LANDS = (("fields", 0.34), ("forest", 0.18), ("town", 0.20), ("bare", 0.13), ("wetland", 0.15))


def waves(draws: Draws, view: View, depth: float) -> tuple[Wave, ...]:
    """An uneven line: three waves, the longest about as long as the tile; `depth` is their size by the tile's side."""
    return tuple(
        (
            view.size_px * depth * draws.uniform(0.4, 1.0) / n**1.4,
            math.tau * n * draws.uniform(0.6, 1.4) / view.size_px,
            draws.uniform(0.0, math.tau),
        )
        for n in (1, 3, 8)
    )


def oval(draws: Draws, view: View, least: float, most: float) -> Oval:
    """An uneven oval somewhere in the tile, as long as `least` to `most` of its side."""
    length = view.size_px * draws.uniform(least, most)
    return Oval(
        x=view.size_px * draws.uniform(0.15, 0.85),
        y=view.size_px * draws.uniform(0.15, 0.85),
        length=length,
        width=length * draws.uniform(0.45, 0.9),
        angle=draws.uniform(0.0, math.pi),
        rim=tuple((draws.uniform(0.02, 0.25) / n, draws.uniform(0.0, math.tau)) for n in (2, 3, 4, 5)),
    )


def land(draws: Draws, canvas: Canvas, view: View, within: Shape | None = None) -> str:
    """One of LANDS over the ground (inside a shape); returns which."""
    kind = draws.weighted(LANDS)
    if kind == "fields":
        fields(draws, canvas, view, within)
    elif kind == "forest":
        forest(draws, canvas, view, within)
    elif kind == "town":
        town(draws, canvas, view, within)
    elif kind == "bare":
        bare(draws, canvas, view, within)
    else:
        wetland(draws, canvas, view, within)
    return kind


def fields(draws: Draws, canvas: Canvas, view: View, within: Shape | None = None) -> None:
    """Parcels of crops, each with a level of its own, tracks or hedges between them, often some woodland."""
    reach = 1.6 * view.size_px
    depth = min(max(view.px(draws.uniform(70.0, 260.0)), 14.0), view.size_px * 0.6)
    length = depth * draws.uniform(1.0, 2.5)
    edges, v = [], -reach
    while v < reach:
        v += depth * draws.uniform(0.55, 1.45)
        edges.append(round(v, 1))
    strips = len(edges) + 1
    crops = [draws.choose(CROPS) for _ in range(draws.integer(2, 4))]
    paints = [
        canvas.paint(draws.choose(crops), draws.uniform(-1.8, 1.8), draws.integer(-14, 14)) for _ in range(draws.integer(7, 13))
    ]
    slant = 0.0 if draws.chance(0.4) else 0.25
    canvas.layers.append(
        Parcels(
            angle=draws.uniform(0.0, math.pi),
            edges=tuple(edges),
            pitches=tuple(length * draws.uniform(0.5, 1.4) for _ in range(strips)),
            starts=tuple(draws.uniform(0.0, length) for _ in range(strips)),
            slants=tuple(draws.uniform(-slant, slant) for _ in range(strips)),
            paints=tuple(paints),
            border=canvas.paint(draws.choose(("track", "hedge", "meadow"))),
            border_px=min(max(view.px(6.0), 1.0), 2.5),
            within=within,
        )
    )
    if draws.chance(0.5):
        canvas.layers.append(Blobs(0, draws.uniform(1.0, 1.8), canvas.paint("woodland"), within))


def forest(draws: Draws, canvas: Canvas, view: View, within: Shape | None = None) -> None:
    """Closed forest with clearings, cut by a track."""
    _cover(canvas, draws.choose(("forest", "forest", "woodland")), within)
    if draws.chance(0.75):
        clearing = draws.choose(("meadow", "bare", "bare", "stubble"))
        canvas.layers.append(Blobs(0, draws.uniform(0.8, 1.8), canvas.paint(clearing), within))
    if within is None and draws.chance(0.6):
        canvas.area(_road(draws, view, max(view.px(9.0), 2.0)), "bare")


def town(draws: Draws, canvas: Canvas, view: View, within: Shape | None = None) -> None:
    """A street grid with buildings of three heights, sometimes with a wooded park."""
    dense = draws.chance(0.5)
    pitch = max(view.px(draws.uniform(26.0, 40.0) if dense else draws.uniform(18.0, 28.0)), 4.0)
    style = "building" if dense else "house"
    heights = [round(draws.uniform(8.0, 26.0) if dense else draws.uniform(5.0, 9.0), 0) for _ in range(3)]
    ground = canvas.paint("yard" if dense else "garden")
    built = [canvas.paint(style, tint=10 * i - 10, height_m=h) for i, h in enumerate(heights)]
    open_share = 0.12 if dense else 0.25
    cells = tuple(ground if draws.chance(open_share) else draws.choose(built) for _ in range(23))
    canvas.layers.append(
        Blocks(
            angle=draws.uniform(-0.5, 0.5) if draws.chance(0.6) else draws.uniform(0.0, math.pi),
            x=draws.uniform(0.0, view.size_px),
            y=draws.uniform(0.0, view.size_px),
            pitch=(pitch, pitch * draws.uniform(0.9, 1.5)),
            share=(draws.uniform(0.55, 0.8), draws.uniform(0.55, 0.8)),
            run=(draws.integer(3, 7), draws.integer(3, 6)),
            ground=ground,
            street=canvas.paint("asphalt"),
            buildings=cells,
            within=within,
        )
    )
    if draws.chance(0.45):
        canvas.layers.append(Blobs(1, draws.uniform(1.1, 1.9), canvas.paint("woodland"), within))


def bare(draws: Draws, canvas: Canvas, view: View, within: Shape | None = None) -> None:
    """Bare soil with patches of gravel or sand, sometimes with woodland or a track."""
    _cover(canvas, "bare", within)
    canvas.layers.append(Blobs(1, draws.uniform(0.2, 1.0), canvas.paint(draws.choose(("gravel", "sand"))), within))
    if draws.chance(0.4):
        canvas.layers.append(Blobs(0, draws.uniform(1.2, 1.9), canvas.paint("woodland"), within))
    if within is None and draws.chance(0.4):
        canvas.area(_road(draws, view, max(view.px(8.0), 1.5)), "asphalt")


def wetland(draws: Draws, canvas: Canvas, view: View, within: Shape | None = None) -> None:
    """Marsh with reed and pools, sometimes with woodland on the drier ground."""
    _cover(canvas, "marsh", within)
    canvas.layers.append(Blobs(0, draws.uniform(0.3, 0.9), canvas.paint("reed"), within))
    canvas.layers.append(Blobs(1, draws.uniform(0.5, 1.2), canvas.paint("pool"), within))
    if draws.chance(0.35) and view.gsd_m > 1.0:
        canvas.layers.append(Blobs(0, draws.uniform(1.4, 1.9), canvas.paint("woodland"), within))


def country(draws: Draws, canvas: Canvas, view: View, count: int) -> None:
    """Open country without things: two lands, often with a lake, a pond, a river or a road."""
    del count  # nothing stands here
    land(draws, canvas, view)
    if draws.chance(0.7):
        edge = Half(draws.uniform(0.0, math.tau), view.size_px * 0.5, view.size_px * 0.5, waves(draws, view, 0.09))
        land(draws, canvas, view, edge)
    if draws.chance(0.4):
        canvas.area(oval(draws, view, 0.2, 0.6), draws.choose(("inland water", "calm water")))
    elif draws.chance(0.35):
        width = min(max(view.px(draws.uniform(40.0, 150.0)), 4.0), 40.0)
        river = Band(draws.uniform(0.0, math.pi), view.size_px * 0.5, view.size_px * 0.4, width, waves(draws, view, 0.08))
        canvas.area(river, "inland water")
    if draws.chance(0.35):
        canvas.area(_road(draws, view, max(view.px(12.0), 1.6)), "asphalt")


def grove(draws: Draws, canvas: Canvas, view: View, height_m: float) -> Half:
    """Woodland along one side of the tile; returns where it stands."""
    angle = draws.uniform(0.0, math.tau)
    out = view.size_px * draws.uniform(0.26, 0.40)
    x = view.size_px * 0.5 - out * math.sin(angle)
    y = view.size_px * 0.5 + out * math.cos(angle)
    edge = Half(angle, x, y, waves(draws, view, 0.04))
    canvas.area(edge, "woodland", height_m)
    return edge


def hall(draws: Draws, canvas: Canvas, x: float, y: float, length: float, width: float, angle: float) -> Rect:
    """A long low building around (x, y)."""
    rect = Rect(x, y, length, width, angle)
    canvas.area(rect, "hall", round(draws.uniform(6.0, 12.0), 0))
    return rect


def _cover(canvas: Canvas, cover: str, within: Shape | None) -> None:
    if within is None:
        canvas.fill(cover)
    else:
        canvas.area(within, cover)


def _road(draws: Draws, view: View, width: float) -> Band:
    place = view.size_px * draws.uniform(0.2, 0.8), view.size_px * draws.uniform(0.2, 0.8)
    return Band(draws.uniform(0.0, math.pi), *place, width, waves(draws, view, 0.03)[:1])
