"""Footprints as maps: the globe with the number of tiles by cell, and every place where tiles lie, larger."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sartext.report.dataset.blocks import Layout, Panel, count
from sartext.report.dataset.footprints import CELL_DEG, Footprint, Footprints, wrapped

_PLACE_DEG = 5  # footprints in neighbouring squares of this size lie in one place
_PLACES = 6
_WIDEST_DEG = 40  # a place that reaches farther is on the globe alone
_WIDTH_PX, _HEIGHT_PX = 420, 280
_MARGIN = 0.08
_DOT_PX = 3.0  # a footprint that would be smaller is a dot
_STEPS_DEG = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)


_Words = Sequence[tuple[str, str, str]]  # x, y and the text there


@dataclass(frozen=True, kw_only=True)
class Globe:
    """The globe in degrees: (opacity, path) of its cells, and squares (x, y, side) around places."""

    lines: str
    cells: Sequence[tuple[float, str]]
    frames: Sequence[tuple[float, float, float]]
    words: _Words


@dataclass(frozen=True, kw_only=True)
class PlaceMap:
    """The footprints of one place: paths of lines, of outlines and of dots, in px of the map."""

    label: str
    width_px: int
    height_px: int
    lines: str
    shapes: str
    dots: str
    words: _Words


def atlas(footprints: Footprints) -> Layout:
    """The maps; every line of them is drawn here."""
    found = _places(footprints.drawn())
    drawn = sum(map(len, found))
    places = [place for place in found if _side_deg(place) <= _WIDEST_DEG]
    shown = [_panel(place, drawn, footprints.total) for place in places[:_PLACES]]
    note = _globe_note(footprints, len(places))
    globe = Panel(title="The globe", blocks=[_globe(footprints, places[:_PLACES])], note=note)
    return Layout(blocks=[globe, *shown], style="grid atlas")


def _globe_note(footprints: Footprints, places: int) -> str:
    note = f"Footprints: {count(footprints.total)}, by cells of {CELL_DEG}°"
    note += "; frames are the other maps" if places else ""
    note += f", the {_PLACES} largest of {places} places" if places > _PLACES else ""
    return note + (f"; {count(footprints.unreadable)} more cannot be read" if footprints.unreadable else "") + "."


def _globe(footprints: Footprints, places: Sequence[Sequence[Footprint]]) -> Globe:
    words = [(f"{x + 1}", "88", _longitude(x, 30)) for x in range(-150, 180, 60)]
    words += [("-179", f"{-y - 1}", _latitude(y, 30)) for y in (-60, -30, 0, 30, 60)]
    most = int(footprints.cells.max()) or 1
    paths: dict[int, str] = {}
    for row, column in zip(*(at.tolist() for at in footprints.cells.nonzero()), strict=True):
        # Four strengths, by the logarithm: one tile must be seen beside a thousand.
        level = 3 if most == 1 else round(3 * math.log(int(footprints.cells[row, column])) / math.log(most))
        paths[level] = (
            paths.get(level, "") + f"M{column * CELL_DEG - 180} {row * CELL_DEG - 90}h{CELL_DEG}v{CELL_DEG}h-{CELL_DEG}z"
        )
    return Globe(
        lines="".join(f"M{x} -90V90" for x in range(-150, 180, 30)) + "".join(f"M-180 {y}H180" for y in range(-60, 90, 30)),
        cells=[(0.4 + 0.2 * level, path) for level, path in sorted(paths.items())],
        frames=[frame for place in places for frame in _frames(place)],
        words=words,
    )


def _frames(place: Sequence[Footprint]) -> list[tuple[float, float, float]]:
    """The square around a place; one over the antimeridian is at both ends of the globe."""
    west, east, south, north = _extent(place)
    side = max(4.0, east - west + 2, north - south + 2)
    x, y = wrapped((west + east) / 2) - side / 2, -(south + north) / 2 - side / 2
    return [(x + turn, y, side) for turn in (0, *((360,) if x < -180 else ()), *((-360,) if x + side > 180 else ()))]


def _places(footprints: Sequence[Footprint]) -> list[list[Footprint]]:
    """Footprints that lie near one another, the largest places first."""
    squares: dict[tuple[int, int], list[Footprint]] = {}
    for one in footprints:
        longitude, latitude = one.center
        squares.setdefault((int((longitude + 180) // _PLACE_DEG), int((latitude + 90) // _PLACE_DEG)), []).append(one)
    columns = 360 // _PLACE_DEG
    places, left = [], set(squares)
    for first in sorted(squares):
        if first not in left:
            continue
        place, open_ = [], [first]
        left.discard(first)
        while open_:
            column, row = open_.pop()
            place += squares[column, row]
            near = {((column + dx) % columns, row + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} & left
            left -= near
            open_ += sorted(near)
        places.append(place)
    return sorted(places, key=len, reverse=True)


def _extent(place: Sequence[Footprint]) -> tuple[float, float, float, float]:
    """West, east, south, north; longitudes near those of the first footprint, so that a place never goes round the globe."""
    near = place[0].center[0]
    points = [(x, y) for one in place for ring in _shifted(one, near) for x, y in ring]
    return min(x for x, _ in points), max(x for x, _ in points), min(y for _, y in points), max(y for _, y in points)


def _side_deg(place: Sequence[Footprint]) -> float:
    west, east, south, north = _extent(place)
    return max(east - west, north - south)


def _shifted(one: Footprint, near: float) -> Iterable[Iterable[tuple[float, float]]]:
    """The rings turned by whole circles so that the footprint's middle is within half a circle of `near`."""
    points = [x for ring in one.rings for x, _ in ring]
    turn = 360 * round((near - (min(points) + max(points)) / 2) / 360)
    return [[(x + turn, y) for x, y in ring] for ring in one.rings]


def _panel(place: Sequence[Footprint], drawn: int, total: int) -> Panel:
    west, east, south, north = _extent(place)
    squeeze = max(math.cos(math.radians((south + north) / 2)), 0.05)  # a degree of longitude beside one of latitude
    span = max((east - west) * squeeze / _WIDTH_PX, (north - south) / _HEIGHT_PX, 1e-4 / _HEIGHT_PX) * (1 + 2 * _MARGIN)
    left, top = (west + east) / 2 - span * _WIDTH_PX / squeeze / 2, (south + north) / 2 + span * _HEIGHT_PX / 2

    def at(longitude: float, latitude: float) -> tuple[float, float]:
        return (longitude - left) * squeeze / span, (top - latitude) / span

    near, shapes, dots = place[0].center[0], "", ""
    for one in place:
        for ring in _shifted(one, near):
            points = [at(x, y) for x, y in ring]
            xs, ys = [x for x, _ in points], [y for _, y in points]
            if max(max(xs) - min(xs), max(ys) - min(ys)) < _DOT_PX:
                x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
                dots += f"M{x - 1.5:.1f} {y - 1.5:.1f}h3v3h-3z"
            else:
                shapes += "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "z"
    lines, words = _graticule(left, top, span, squeeze)
    middle = f"{_latitude((south + north) / 2, 0.1)} {_longitude(wrapped((west + east) / 2), 0.1)}"
    here = count(len(place))
    about = f"Footprints: {here}." if drawn == total else f"{len(place) / drawn:.1%} of the footprints, {here} drawn."
    picture = PlaceMap(
        label=f"footprints around {middle}",
        width_px=_WIDTH_PX,
        height_px=_HEIGHT_PX,
        lines=lines,
        shapes=shapes,
        dots=dots,
        words=words,
    )
    return Panel(title=f"Around {middle}", blocks=[picture], note=about)


def _graticule(left: float, top: float, span: float, squeeze: float) -> tuple[str, _Words]:
    """Lines of longitude and latitude with their figures, about four in each direction."""
    lines, words = "", list[tuple[str, str, str]]()
    wide, high = span * _WIDTH_PX / squeeze, span * _HEIGHT_PX
    step = next((one for one in _STEPS_DEG if one >= wide / 5), _STEPS_DEG[-1])
    for number in range(math.ceil(left / step), math.floor((left + wide) / step) + 1):
        x = (number * step - left) * squeeze / span
        lines += f"M{x:.1f} 0V{_HEIGHT_PX}"
        words.append((f"{x + 3:.1f}", f"{_HEIGHT_PX - 4}", _longitude(wrapped(number * step), step)))
    step = next((one for one in _STEPS_DEG if one >= high / 4), _STEPS_DEG[-1])
    for number in range(math.ceil((top - high) / step), math.floor(top / step) + 1):
        y = (top - number * step) / span
        lines += f"M0 {y:.1f}H{_WIDTH_PX}"
        words.append(("4", f"{y - 3:.1f}", _latitude(number * step, step)))
    return lines, words


def _longitude(degrees: float, step: float) -> str:
    return _degrees(degrees, step, "E", "W")


def _latitude(degrees: float, step: float) -> str:
    return _degrees(degrees, step, "N", "S")


def _degrees(degrees: float, step: float, plus: str, minus: str) -> str:
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    text = f"{abs(degrees):.{digits}f}"
    return f"{text}° {plus if degrees >= 0 else minus}" if float(text) else f"{text}°"
