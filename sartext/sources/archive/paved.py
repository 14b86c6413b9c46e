"""Scenes on paved or bare ground: airfields, tank farms, car parks, depots."""

import math

from sartext.sources.archive import inland
from sartext.sources.archive.canvas import Canvas, View
from sartext.sources.archive.draws import Draws
from sartext.sources.archive.shapes import Band, Half, Rect
from sartext.sources.archive.things import Thing, arrange
from sartext.sources.archive.waterside import cars


def airfield(draws: Draws, canvas: Canvas, view: View, count: int) -> None:
    """An apron with aircraft, a taxiway or runway, a hall; sometimes tanks for the fuel."""
    canvas.fill(draws.choose(("meadow", "meadow", "bare", "sand")))
    if draws.chance(0.3):
        inland.grove(draws, canvas, view, 9.0)
    size, angle = view.size_px, draws.uniform(0.0, math.pi)
    across = (-math.sin(angle), math.cos(angle))
    width = size * draws.uniform(0.5, 0.75)
    out = size * draws.uniform(-0.1, 0.1)
    x, y = size / 2.0 + out * across[0], size / 2.0 + out * across[1]
    apron = Band(angle, x, y, width)
    canvas.area(apron, draws.choose(("concrete", "asphalt")))
    edge = -(width / 2.0 + view.px(18.0))
    if draws.chance(0.7):
        inland.hall(
            draws, canvas, x + edge * across[0], y + edge * across[1], view.px(draws.uniform(50.0, 130.0)), view.px(26.0), angle
        )
    fleet = min(count, 18)
    small = view.px(34.0) > size * 0.45 or fleet > 6
    span_m = draws.uniform(13.0, 22.0) if small and draws.chance(0.6) else draws.uniform(28.0, 42.0)
    if span_m > 25.0 and view.px(span_m) * math.sqrt(fleet) > size * 0.7:
        span_m = max(12.0, size * 0.7 * view.gsd_m / math.sqrt(fleet))

    def plane() -> tuple[float, float]:
        span = view.px(span_m * draws.uniform(0.92, 1.08))
        return span * draws.uniform(1.0, 1.1), span

    def allowed(px: float, py: float, reach: float) -> bool:
        return apron.inside(px, py, reach * 0.8)

    arrangement = draws.weighted((("row", 0.6), ("scattered", 0.4)))
    nose = angle + math.pi / 2.0 if draws.chance(0.7) else None
    margin = size * 0.08
    for px, py, turn, length, wing in arrange(draws, fleet, plane, allowed, (margin, size - margin), arrangement, nose):
        height = view.px(0.08 * span_m)
        canvas.things.append(Thing("aircraft", px, py, turn, length, wing, height, draws.integer(0, 255)))
    if draws.chance(0.3):
        _fuel(draws, canvas, view, apron)


def tank_farm(draws: Draws, canvas: Canvas, view: View, count: int) -> None:
    """Storage tanks in a grid within bunds, on gravel or concrete, with sheds or a shore beside them."""
    ground = draws.choose(("gravel", "bare", "concrete"))
    canvas.fill(ground)
    size, angle = view.size_px, draws.uniform(-0.35, 0.35) + draws.choose((0.0, math.pi / 2.0))
    water: Half | None = None
    if draws.chance(0.3):
        out = size * draws.uniform(0.22, 0.36)
        water = Half(angle, size / 2.0 - out * math.sin(angle), size / 2.0 + out * math.cos(angle))
        canvas.area(water, "sea")
    elif draws.chance(0.5):
        inland.grove(draws, canvas, view, 9.0)
    number = min(count, 24)
    side = math.ceil(math.sqrt(number))
    pitch = min(view.px(95.0), size / (side + 0.3))
    diameter = min(pitch * draws.uniform(0.56, 0.68), view.px(75.0))
    u0, v0 = draws.uniform(-0.08, 0.08) * size, draws.uniform(-0.14, 0.02) * size
    c, s = math.cos(angle), math.sin(angle)
    for i in range(number):
        row, column = divmod(i, side)
        u, v = (column - (side - 1) / 2.0) * pitch + u0, (row - (math.ceil(number / side) - 1) / 2.0) * pitch + v0
        x, y = size / 2.0 + u * c - v * s, size / 2.0 + u * s + v * c
        wide = diameter * draws.uniform(0.82, 1.0)
        if not (0.0 <= x <= size and 0.0 <= y <= size) or (water is not None and water.inside(x, y, -wide * 0.6)):
            continue
        height = min(view.px(draws.uniform(10.0, 18.0)), 0.4 * wide)
        canvas.area(Rect(x, y, pitch * 0.94, pitch * 0.94, angle), "bare" if ground != "bare" else "gravel")
        canvas.things.append(Thing("tank", x, y, 0.0, wide, wide, height, draws.integer(0, 255)))
    if draws.chance(0.4):
        shed = Rect(size / 2.0 + size * 0.42 * s, size / 2.0 - size * 0.42 * c, view.px(45.0), view.px(16.0), angle)
        if not any(shed.inside(tank.x, tank.y, -0.8 * tank.length) for tank in canvas.things):
            inland.hall(draws, canvas, shed.x, shed.y, shed.length, shed.width, angle)


def parking(draws: Draws, canvas: Canvas, view: View, count: int) -> None:
    """A car park at very fine sampling: rows of cars, a building's edge, trees or grass at the side."""
    canvas.fill(draws.choose(("asphalt", "asphalt", "concrete")))
    size, angle = view.size_px, draws.uniform(-0.3, 0.3) + draws.choose((0.0, math.pi / 2.0))
    blocked: list[Half | Rect] = []
    side = draws.weighted((("hall", 0.35), ("grass", 0.25), ("trees", 0.25), ("open", 0.15)))
    if side == "hall":
        v = size * draws.uniform(0.36, 0.42)
        x, y = size / 2.0 - v * math.sin(angle), size / 2.0 + v * math.cos(angle)
        wall = inland.hall(draws, canvas, x, y, view.px(draws.uniform(25.0, 60.0)), view.px(9.0), angle)
        blocked.append(Rect(x, y, wall.length + view.px(12.0), wall.width + view.px(12.0), angle))
    elif side == "grass":
        out = size * draws.uniform(0.25, 0.4)
        grass = Half(angle, size / 2.0 - out * math.sin(angle), size / 2.0 + out * math.cos(angle))
        canvas.area(grass, "meadow")
        blocked.append(grass)
    elif side == "trees":
        blocked.append(inland.grove(draws, canvas, view, 4.0))
    if draws.chance(0.15):
        tank = _small_tank(draws, canvas, view)
        blocked.append(Rect(tank.x, tank.y, tank.length + view.px(5.0), tank.width + view.px(5.0), 0.0))

    def allowed(x: float, y: float, reach: float) -> bool:
        return not any(shape.inside(x, y, -reach - 2.0) for shape in blocked)

    cars(draws, canvas, view, count, allowed, angle + draws.choose((0.0, math.pi / 2.0)))


def depot(draws: Draws, canvas: Canvas, view: View, count: int) -> None:
    """Vehicles on bare ground before a line of trees."""
    canvas.fill(draws.choose(("bare", "gravel", "meadow")))
    trees = inland.grove(draws, canvas, view, 5.0)

    def allowed(x: float, y: float, reach: float) -> bool:
        return not trees.inside(x, y, -reach - view.px(5.0))

    cars(draws, canvas, view, min(count, 24), allowed, draws.uniform(0.0, math.pi))


def _fuel(draws: Draws, canvas: Canvas, view: View, apron: Band) -> None:
    """One to three tanks beside the apron."""
    diameter = view.px(draws.uniform(14.0, 24.0))
    out = apron.width / 2.0 + diameter * 0.9
    along = (math.cos(apron.angle), math.sin(apron.angle))
    start = view.size_px * draws.uniform(-0.3, 0.2)
    for i in range(draws.integer(1, 3)):
        place = start + i * diameter * 1.5
        x, y = apron.x + place * along[0] - out * along[1], apron.y + place * along[1] + out * along[0]
        if 0.0 <= x <= view.size_px and 0.0 <= y <= view.size_px:
            canvas.things.append(Thing("tank", x, y, 0.0, diameter, diameter, 0.35 * diameter, draws.integer(0, 255)))


def _small_tank(draws: Draws, canvas: Canvas, view: View) -> Thing:
    diameter = view.px(draws.uniform(6.0, 10.0))
    x, y = (view.size_px * draws.uniform(0.2, 0.8) for _ in range(2))
    tank = Thing("tank", x, y, 0.0, diameter, diameter, 0.4 * diameter, draws.integer(0, 255))
    canvas.things.append(tank)
    return tank
