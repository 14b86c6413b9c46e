"""Scenes with water: open sea, coasts, harbours, rivers with bridges."""

import math
from collections.abc import Callable
from dataclasses import replace

from sartext.sources.archive import inland
from sartext.sources.archive.canvas import Canvas, View
from sartext.sources.archive.draws import Draws
from sartext.sources.archive.shapes import Band, Half, Rect, Shape
from sartext.sources.archive.things import Thing, arrange

SHIP_M = (45.0, 330.0)
BARGE_M = 135.0  # the longest ship on a river


def sea(draws: Draws, canvas: Canvas, view: View, count: int) -> None:
    """Open sea with ships, some with an island; now and then with no ship at all."""
    canvas.fill("sea")
    blocked: list[Shape] = []
    if draws.chance(0.18):
        island = inland.oval(draws, view, 0.15, 0.4)
        inland.land(draws, canvas, view, island)
        blocked.append(island)
    if not draws.chance(0.05):
        ships(draws, canvas, view, count, None, blocked)


def coast(draws: Draws, canvas: Canvas, view: View, count: int) -> None:
    """Land, an uneven shore, and ships off it."""
    inland.land(draws, canvas, view)
    water = _half(draws, view, draws.uniform(-0.22, 0.15), inland.waves(draws, view, 0.07))
    if draws.chance(0.5):
        strand = Half(water.angle, *_beside(water, -max(view.px(30.0), 2.0)), water.waves)
        canvas.area(strand, "sand")
    canvas.area(water, "sea")
    if not draws.chance(0.06):
        ships(draws, canvas, view, count, water, [])


def harbour(draws: Draws, canvas: Canvas, view: View, count: int) -> None:
    """A straight quay with jetties, ships at them and in the basin, sheds, sometimes tanks."""
    draws.choose((inland.town, inland.bare, inland.town, inland.fields))(draws, canvas, view, None)
    water = _half(draws, view, draws.uniform(-0.15, 0.12), ())
    apron = max(view.px(draws.uniform(60.0, 130.0)), 12.0)
    canvas.area(Half(water.angle, *_beside(water, -apron)), "concrete")
    canvas.area(water, "sea")
    along = (math.cos(water.angle), math.sin(water.angle))
    double = draws.chance(0.25)
    blocked: list[Shape] = []
    moored: list[Thing] = []
    for place in (-0.27, 0.27) if double else (draws.uniform(-0.18, 0.18),):
        start = (water.x + view.size_px * place * along[0], water.y + view.size_px * place * along[1])
        pier = _harbor(draws, canvas, view, water, start, view.size_px * (0.36 if double else draws.uniform(0.4, 0.62)))
        blocked.append(Rect(pier.x, pier.y, pier.length + 6.0, pier.width + 6.0, pier.angle))
        moored += _moored(draws, view, pier)
    landward = _beside(water, -apron * 0.55)
    for _ in range(draws.integer(0, 3)):
        place = view.size_px * draws.uniform(-0.4, 0.4)
        x, y = landward[0] + place * along[0], landward[1] + place * along[1]
        inland.hall(draws, canvas, x, y, view.px(draws.uniform(50.0, 110.0)), min(apron * 0.45, view.px(32.0)), water.angle)
    if draws.chance(0.35):
        _tanks_ashore(draws, canvas, view, water, apron)
    canvas.things.extend(moored[: max(0, count - 1)])
    left = min(count - len(moored), 8)
    if left > 0:
        ships(draws, canvas, view, left, water, blocked)


def river(draws: Draws, canvas: Canvas, view: View, count: int) -> None:
    """A river between two banks, one or two bridges over it, ships on it."""
    inland.land(draws, canvas, view)
    angle = draws.uniform(0.0, math.pi)
    centre = view.size_px * draws.uniform(0.38, 0.62), view.size_px * draws.uniform(0.38, 0.62)
    if draws.chance(0.6):
        inland.land(draws, canvas, view, Half(angle, *centre))
    width = view.size_px * draws.uniform(0.24, 0.42)
    water = Band(angle, *centre, width, inland.waves(draws, view, 0.012))
    canvas.area(water, "inland water")
    places = (-0.26, 0.26) if draws.chance(0.25) else (draws.uniform(-0.22, 0.22),)
    decks = [_bridge(draws, canvas, view, water, place * view.size_px) for place in places]
    blocked: list[Shape] = [Rect(d.x, d.y, d.length + 8.0, d.width + 6.0, d.angle) for d in decks]
    count = min(count - len(decks), 12)
    if count > 0:
        ships(draws, canvas, view, count, water, blocked, course=angle)


def footbridge(draws: Draws, canvas: Canvas, view: View, count: int) -> None:
    """A canal at very fine sampling: a narrow bridge, cars parked on the bank."""
    canvas.fill("asphalt")
    angle = draws.uniform(0.0, math.pi)
    centre = view.size_px * draws.uniform(0.4, 0.6), view.size_px * draws.uniform(0.4, 0.6)
    width = view.px(draws.uniform(12.0, 18.0))
    canvas.area(Band(angle, *centre, width + view.px(6.0)), "meadow")
    water = Band(angle, *centre, width)
    canvas.area(water, "calm water")
    deck = _bridge(draws, canvas, view, water, draws.uniform(-0.15, 0.15) * view.size_px, width_m=draws.uniform(5.0, 7.0))
    kept_free = Band(angle, *centre, width + view.px(6.0))
    hold = Rect(deck.x, deck.y, view.size_px * 3.0, deck.width + 8.0, deck.angle)

    def allowed(x: float, y: float, reach: float) -> bool:
        return not kept_free.inside(x, y, -reach) and not hold.inside(x, y, -reach)

    cars(draws, canvas, view, min(count, 16), allowed, angle)


def cars(
    draws: Draws, canvas: Canvas, view: View, count: int, allowed: Callable[[float, float, float], bool], angle: float | None
) -> None:
    """Cars and vans in rows, in a cluster or scattered, where `allowed(x, y, reach)` is true."""
    arrangement = draws.weighted((("row", 0.55), ("scattered", 0.25), ("cluster", 0.2)))

    def size() -> tuple[float, float]:
        length = draws.uniform(4.0, 5.6)
        return view.px(length), view.px(draws.uniform(1.7, 2.1))

    for x, y, turn, length, width in arrange(
        draws, count, size, allowed, (7.0, view.size_px - 7.0), arrangement, angle if arrangement != "scattered" else None
    ):
        height = view.px(draws.uniform(1.4, 2.0))
        canvas.things.append(Thing("car", x, y, turn, length, width, height, draws.integer(0, 255)))


def ships(
    draws: Draws,
    canvas: Canvas,
    view: View,
    count: int,
    water: Half | Band | None,
    blocked: list[Shape],
    course: float | None = None,
) -> None:
    """Up to `count` ships on the water and off what is blocked; some of them under way, so that their image is displaced."""
    longest_px = 75.0 if count <= 2 else 52.0 if count <= 4 else 36.0 if count <= 10 else 22.0
    biggest = min(SHIP_M[1] if course is None else BARGE_M, longest_px * view.gsd_m)
    smallest = max(SHIP_M[0], 13.0 * view.gsd_m)

    def size() -> tuple[float, float]:
        length_m = draws.uniform(smallest, max(biggest, smallest + 10.0))
        return view.px(length_m), view.px(length_m / draws.uniform(5.0, 7.2))

    def allowed(x: float, y: float, reach: float) -> bool:
        clear = reach + 2.0
        if course is not None:
            clear = reach * 0.3 + 1.0
        return (water is None or water.inside(x, y, clear)) and not any(b.inside(x, y, -reach - 1.0) for b in blocked)

    arrangement = draws.weighted((("scattered", 0.5), ("cluster", 0.25), ("row", 0.25 if count > 2 else 0.0)))
    margin = view.size_px * 0.06
    angle = draws.uniform(0.0, math.tau) if draws.chance(0.4) else None
    if course is not None:
        arrangement, angle = "scattered", course
    places = arrange(draws, count, size, allowed, (margin, view.size_px - margin), arrangement, angle)
    free = count <= 10 and arrangement == "scattered" and course is None
    at_rest = [
        Thing("ship", x, y, turn + draws.choose((0.0, math.pi)), length, width, 0.055 * length, draws.integer(0, 255))
        for x, y, turn, length, width in places
    ]
    images = [(ship.x, ship.y, ship.reach + 2.0) for ship in at_rest]
    for number, ship in enumerate(at_rest):
        if free and draws.chance(0.45):
            moving = _under_way(draws, view, ship)
            y = moving.y + moving.shift_y
            others = images[:number] + images[number + 1 :]
            clear = all(math.hypot(moving.x - ox, y - oy) > moving.reach + reach for ox, oy, reach in others)
            if clear and margin < y < view.size_px - margin and allowed(moving.x, y, moving.reach):
                ship, images[number] = moving, (moving.x, y, moving.reach + 2.0)
        canvas.things.append(ship)


def _under_way(draws: Draws, view: View, ship: Thing) -> Thing:
    """The ship on a course whose range component displaces its image by at most a fifth of the tile."""
    speed_m_s = draws.uniform(3.0, 9.0)
    wanted = view.size_px * draws.uniform(-0.2, 0.2)
    straight = view.shift_px(speed_m_s, 0.0)
    turn = math.acos(min(1.0, max(-1.0, wanted / straight))) * draws.choose((-1, 1))
    return replace(ship, angle=turn, shift_y=view.shift_px(speed_m_s, turn), speed_m_s=speed_m_s)


def _half(draws: Draws, view: View, place: float, rim: tuple[tuple[float, float, float], ...]) -> Half:
    """Water beyond an edge that runs past the middle at `place` of the tile's side."""
    angle = draws.uniform(0.0, math.tau)
    out = view.size_px * place
    x = view.size_px * 0.5 - out * math.sin(angle)
    return Half(angle, x, view.size_px * 0.5 + out * math.cos(angle), rim)


def _beside(edge: Half, by: float) -> tuple[float, float]:
    """The edge's point moved by `by` px into the half plane."""
    return edge.x - by * math.sin(edge.angle), edge.y + by * math.cos(edge.angle)


def _harbor(draws: Draws, canvas: Canvas, view: View, water: Half, start: tuple[float, float], length: float) -> Thing:
    """A comb of jetties from the quay into the water around `start`, as one thing."""
    reach = view.size_px * draws.uniform(0.2, 0.36)
    depth = max(view.px(25.0), 4.0)
    jetties = draws.integer(1, 3) if length < view.size_px * 0.45 else draws.integer(2, 4)
    width = max(view.px(draws.uniform(14.0, 26.0)), 3.0)
    along = (math.cos(water.angle), math.sin(water.angle))
    into = (-along[1], along[0])
    for number in range(jetties):
        at = 0.0 if jetties == 1 else (number / (jetties - 1) - 0.5) * (length - width)
        x = start[0] + at * along[0] + reach / 2.0 * into[0]
        y = start[1] + at * along[1] + reach / 2.0 * into[1]
        canvas.area(Rect(x, y, reach, width, water.angle + math.pi / 2.0), "concrete", 4.0)
    quay = (start[0] - depth / 2.0 * into[0], start[1] - depth / 2.0 * into[1])
    canvas.area(Rect(*quay, length, depth, water.angle), "concrete")
    out = (reach - depth) / 2.0
    harbor = Thing(
        "harbor",
        start[0] + out * into[0],
        start[1] + out * into[1],
        water.angle,
        length if jetties > 1 else max(length * 0.6, width * 2.0),
        reach + depth,
        view.px(4.0),
        draws.integer(0, 255),
        jetties=jetties,
        depth=depth,
    )
    canvas.things.append(harbor)
    return harbor


def _moored(draws: Draws, view: View, harbor: Thing) -> list[Thing]:
    """Ships alongside the jetties of a harbor."""
    if harbor.jetties < 2:
        return []
    along = (math.cos(harbor.angle), math.sin(harbor.angle))
    into = (-along[1], along[0])
    pitch = harbor.length / (harbor.jetties - 1)
    found = []
    for number in range(harbor.jetties - 1):
        length_m = min(harbor.width * view.gsd_m * draws.uniform(0.5, 0.72), 280.0)
        length = view.px(length_m)
        width = min(length / draws.uniform(5.2, 7.0), pitch * 0.35)
        if draws.chance(0.25) or width < 2.4:
            continue
        at = (number - (harbor.jetties - 2) / 2.0) * pitch + draws.uniform(-0.08, 0.08) * pitch
        out = harbor.width * 0.5 - length * 0.5
        x, y = harbor.x + at * along[0] + out * into[0], harbor.y + at * along[1] + out * into[1]
        turn = harbor.angle + math.pi / 2.0 + (math.pi if draws.chance(0.5) else 0.0)
        found.append(Thing("ship", x, y, turn, length, width, 0.055 * length, draws.integer(0, 255)))
    return found


def _tanks_ashore(draws: Draws, canvas: Canvas, view: View, water: Half, apron: float) -> None:
    """A row of tanks behind the quay's apron."""
    diameter = view.px(draws.uniform(40.0, 62.0))
    along = (math.cos(water.angle), math.sin(water.angle))
    line = _beside(water, -apron - diameter * 0.9)
    yard = Rect(*line, view.size_px * 3.0, diameter * 1.8, water.angle)
    canvas.area(yard, "gravel")
    number = draws.integer(1, 5)
    start = view.size_px * draws.uniform(-0.35, 0.0)
    for i in range(number):
        place = start + i * diameter * 1.45
        x, y = line[0] + place * along[0], line[1] + place * along[1]
        if 0.0 <= x <= view.size_px and 0.0 <= y <= view.size_px:
            height = view.px(draws.uniform(12.0, 18.0))
            canvas.things.append(Thing("tank", x, y, 0.0, diameter, diameter, height, draws.integer(0, 255)))


def _bridge(draws: Draws, canvas: Canvas, view: View, water: Band, place: float, width_m: float = 0.0) -> Thing:
    """A straight bridge across the water at `place` px along it, with a road on both banks."""
    along = (math.cos(water.angle), math.sin(water.angle))
    x, y = water.x + place * along[0], water.y + place * along[1]
    angle = water.angle + math.pi / 2.0 + draws.uniform(-0.12, 0.12)
    wide = max(view.px(width_m or draws.uniform(14.0, 34.0)), 3.0)
    canvas.area(Band(angle, x, y, wide * 0.8), "asphalt")
    length = water.width + 6.0 + 2.0 * sum(abs(amplitude) for amplitude, _, _ in water.waves)
    height = view.px(draws.uniform(2.5, 4.0) if width_m else draws.uniform(7.0, 16.0))
    bridge = Thing("bridge", x, y, angle, length, wide, height, draws.integer(0, 255))
    canvas.area(Rect(x, y, length, wide, angle), "asphalt")
    canvas.things.append(bridge)
    return bridge
