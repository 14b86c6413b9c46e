"""Holds what a caption states against what is true of its tile."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.reading.classes import is_a
from tests.reading.language import Counted, Known, Number, Share
from tests.reading.record import Recorded, wrong
from tests.reading.scene import Scene, Thing
from tests.reading.stated import (
    Absent,
    Afloat,
    Arranged,
    Ground,
    Included,
    Largest,
    Long,
    Mostly,
    Oriented,
    Placed,
    Present,
    Related,
    Shared,
    Somewhere,
    Spread,
    Statement,
    Ungrammatical,
)

LENGTH_SHARE = 0.12  # how far "about" may be off: what a box along the axes knows of a turned object's length

KINDS = (
    "wrong count",
    "wrong class",
    "wrong position",
    "wrong size",
    "wrong length",
    "wrong relation",
    "wrong orientation",
    "wrong arrangement",
    "false absence",
    "inexact as exact",
    "ambiguous",
    "wrong record",
    "grammar",
)


@dataclass(frozen=True)
class Fault:
    kind: str  # one of KINDS
    text: str


def faults(statement: Statement, scene: Scene) -> list[Fault]:
    """What is wrong with a statement."""
    return _CHECKS[type(statement)](statement, scene)


def _present(said: Present, scene: Scene) -> list[Fault]:
    found = [fault for thing in said.things for fault in _counted(thing, scene)]
    names = [thing.noun.name for thing in said.things]
    if len(set(names)) < len(names):
        found.append(Fault("ambiguous", f"a class is counted twice: {names}"))
    cell, unplaced = said.things[-1].cell, [thing for thing in said.things if thing.cell is None]
    if cell is not None and any(_share(Share(((t.number, cell),)), scene.of(t.noun.name), scene) for t in unplaced):
        found.append(Fault("ambiguous", f"whether all things or the last are in the {cell}"))
    if said.cell is not None:
        for thing in said.things:
            found += _share(Share(((thing.number, said.cell),)), scene.of(thing.noun.name), scene)
    return found


def _ground(said: Ground, scene: Scene) -> list[Fault]:
    """Each land cover that an image is of covers a twentieth of it at least, and they stand in the order of their shares."""
    covered = [scene.covered.get(name, 0.0) for name in said.covers]
    wrong = [name for name, share in zip(said.covers, covered, strict=True) if share < 0.0499]
    found = [Fault("wrong class", f"there is next to no {name}") for name in wrong]
    if said.entirely and min(covered) < 1 - 1e-9:
        found.append(Fault("wrong size", f"not all of it is {said.covers}"))
    if covered != sorted(covered, reverse=True):
        found.append(Fault("wrong size", f"the land covers do not stand in the order of their shares: {covered}"))
    return found


def _counted(said: Counted, scene: Scene) -> list[Fault]:
    number, noun = said.number, said.noun
    things = scene.of(noun.name)
    if not things:
        return [Fault("wrong class", f"there is no {noun.name}")]
    found = _number(number, noun.name, noun.annotated, things, scene)
    if not (noun.one if number.fits_one else noun.many):
        found.append(Fault("grammar", f"{number.value} does not fit the form of {noun.name}"))
    if noun.tiny and not all(scene.unresolvable(thing) for thing in things):
        found.append(Fault("wrong size", f"not all are tiny: {noun.name}"))
    if number.value is None and len(things) < 2:
        found.append(Fault("wrong count", f"there is only one {noun.name}"))
    if said.cell is not None:
        found += _share(Share(((number, said.cell),)), things, scene)
    if said.spans is not None and not all(scene.spans(thing, said.spans) for thing in things):
        found.append(Fault("wrong position", f"{noun.name} does not reach through the image"))
    if said.share is not None:
        total = sum(part.value or 0 for part, _ in said.share.parts)
        if total != number.value and not number.floor:
            found.append(Fault("wrong count", f"the parts are {total} of {number.value} {noun.name}"))
        found += _share(said.share, things, scene)
    return found


def _number(number: Number, name: str, annotated: bool, things: list[Thing], scene: Scene) -> list[Fault]:
    """A number of things of a class; a lower bound is that of all counted or that of all resolvable ones."""
    if number.value is None:
        return []
    if number.vague:
        return [] if len(things) >= number.value else [Fault("wrong count", f"{len(things)} {name} are not so many")]
    if number.floor:
        resolvable = sum(scene.resolvable(thing) for thing in things)
        if resolvable <= number.value <= len(things):
            return []
        return [Fault("wrong count", f"at least {number.value} {name}; counted are {len(things)}, resolvable {resolvable}")]
    found = []
    if number.value != len(things):
        found.append(Fault("wrong count", f"{number.value} {name}; it is {len(things)}"))
    if not annotated and not scene.exact(name):
        found.append(Fault("inexact as exact", f"the number of {name} is not known"))
    return found


def _share(share: Share, things: list[Thing], scene: Scene) -> list[Fault]:
    """Whether the things can be shared out over the cells as said, each in one; the rest must be elsewhere.

    Beside numbers that are lower bounds the rest may be anywhere.
    """
    wanted = {cell: len(things) if number.value is None else number.value for number, cell in share.parts}
    if len(wanted) < len(share.parts):
        return [Fault("ambiguous", "a cell is named twice")]
    floor = all(number.floor for number, _ in share.parts)
    rest = len(things) - sum(wanted.values())
    if rest < 0:
        return [Fault("wrong count", f"{sum(wanted.values())} are placed, there are {len(things)}")]
    held = _held(next(iter(wanted)), scene)
    room = [cell for cell, count in wanted.items() for _ in range(count)] + [None] * rest
    fits = []
    for thing in things:
        cells = held(thing)
        elsewhere = floor or not cells or bool(cells - wanted.keys())
        fits.append([i for i, cell in enumerate(room) if (elsewhere if cell is None else cell in cells)])
    if _matched(fits):
        return []
    truth = [sorted(held(thing)) for thing in things]
    return [Fault("wrong position", f"said {wanted}, true {truth}")]


def _held(place: str, scene: Scene) -> Callable[[Thing], frozenset[str]]:
    """What tells the places of this kind that a thing is in: cells, sides or halves."""
    return {"side": scene.sides, "half": scene.halves}.get(place.rpartition(" ")[2], scene.cells)


def _matched(fits: list[list[int]]) -> bool:
    """Whether everyone can be given a room of their own (augmenting paths)."""
    taken: dict[int, int] = {}

    def place(who: int, seen: set[int]) -> bool:
        for room in fits[who]:
            if room not in seen:
                seen.add(room)
                if room not in taken or place(taken[room], seen):
                    taken[room] = who
                    return True
        return False

    return all(place(who, set()) for who in range(len(fits)))


def _all(known: Known, scene: Scene, *, of_all: bool = True) -> tuple[list[Thing], list[Fault]]:
    """All things that a definite phrase speaks of, and what is wrong with it; `of_all` where it is said of all of them."""
    noun = known.noun
    things = scene.of(noun.name)
    found = []
    fits = len(things) == known.exactly if known.exactly else (len(things) > 1) == known.plural or known.plural is None
    if not things or not fits:
        found.append(Fault("wrong count", f"the phrase for {noun.name} does not fit {len(things)}"))
    if of_all and not noun.annotated and not scene.exact(noun.name):
        found.append(Fault("inexact as exact", f"there may be more {noun.name}"))
    if noun.tiny and not all(scene.unresolvable(thing) for thing in things):
        found.append(Fault("wrong size", f"not all are tiny: {noun.name}"))
    return things, found


def _absent(said: Absent, scene: Scene) -> list[Fault]:
    return [
        Fault("false absence", f"{noun.name} is not known to be absent") for noun in said.nouns if not scene.absent(noun.name)
    ]


def _placed(said: Placed, scene: Scene) -> list[Fault]:
    things, found = _all(said.known, scene)
    for thing in things:
        held = _held(said.cell, scene)(thing)
        if said.cell not in held:
            found.append(Fault("wrong position", f"{thing.label} is not in the {said.cell}: {sorted(held)}"))
    return found


def _spread(said: Spread, scene: Scene) -> list[Fault]:
    things, found = _all(said.known, scene)
    if any(not set(said.cells) & scene.cells(thing) for thing in things):
        found.append(Fault("wrong position", f"not all are in {said.cells}"))
    fits = [[at for at, thing in enumerate(things) if cell in scene.cells(thing)] for cell in said.cells]
    if not _matched(fits):
        found.append(Fault("wrong position", f"not one is in each of {said.cells}"))
    return found


def _somewhere(said: Somewhere, scene: Scene) -> list[Fault]:
    things = scene.of(said.noun.name)
    fits = [[at for at, thing in enumerate(things) if cell in scene.cells(thing)] for cell in said.cells]
    return [] if _matched(fits) else [Fault("wrong position", f"no {said.noun.name} in each of {said.cells}")]


def _afloat(said: Afloat, scene: Scene) -> list[Fault]:
    found = [
        Fault("wrong class", f"{thing.noun.name} on the water") for thing in said.things if not is_a(thing.noun.name, "ship")
    ]
    if scene.covered.get("water", 0.0) < 1 - 1e-9:
        found.append(Fault("wrong size", "not all of it is water"))
    return found


def _mostly(said: Mostly, scene: Scene) -> list[Fault]:
    things, found = _all(said.known, scene)
    there = sum(said.side in scene.sides(thing) | scene.halves(thing) for thing in things)
    if 2 * there <= len(things):
        found.append(Fault("wrong position", f"{there} of {len(things)} are in the {said.side}"))
    return found


def _shared(said: Shared, scene: Scene) -> list[Fault]:
    parts = said.share.parts
    things, found = _all(said.known, scene, of_all=not all(number.floor for number, _ in parts))
    total = sum(number.value or 0 for number, _ in parts)
    if said.whole and total != len(things):
        found.append(Fault("wrong count", f"the parts are {total} of {len(things)} {said.known.noun.name}"))
    return found + _share(said.share, things, scene)


def _arranged(said: Arranged, scene: Scene) -> list[Fault]:
    things, found = _all(said.known, scene)
    check: Callable[[list[Thing]], bool] = {
        "line": scene.in_line,
        "cluster": scene.clustered,
        "scattered": scene.scattered,
    }[said.how]
    if len(things) < 3 or not check(things):
        found.append(Fault("wrong arrangement", f"{said.known.noun.name}: {said.how}"))
    return found


def _near(metres: float, said: int) -> bool:
    return abs(metres - said) <= LENGTH_SHARE * metres


def _long(said: Long, scene: Scene) -> list[Fault]:
    things, found = _all(said.known, scene)
    lengths = [scene.length_m(thing) for thing in things]
    known = [length for length in lengths if length is not None]
    if len(known) < len(things) or not known:
        return [*found, Fault("wrong length", f"not every {said.known.noun.name} has a known length: {lengths}")]
    if said.which == "every":
        good = all(_near(length, said.metres[0]) for length in known)
    elif said.which == "range":
        good = _near(min(known), said.metres[0]) and _near(max(known), said.metres[1])
    else:
        good = _near(max(known), said.metres[0])
    if not good:
        found.append(Fault("wrong length", f"said {said.metres}, true {[round(length, 1) for length in known]}"))
    if said.cell is not None and said.cell not in scene.cells(things[lengths.index(max(known))]):
        found.append(Fault("wrong position", f"the longest is not in the {said.cell}"))
    return found


def _largest(said: Largest, scene: Scene) -> list[Fault]:
    things, found = _all(said.known, scene)
    if len(things) < 2:
        return found
    by_area = sorted(things, key=lambda thing: thing.area)
    if by_area[-1].area < 1.25 * by_area[-2].area * (1 - 1e-6):
        found.append(Fault("wrong size", f"no {said.known.noun.name} is clearly the largest"))
    if said.cell not in scene.cells(by_area[-1]):
        found.append(Fault("wrong position", f"the largest is not in the {said.cell}"))
    return found


def _oriented(said: Oriented, scene: Scene) -> list[Fault]:
    things, found = _all(said.known, scene)
    turns = [scene.orientation(thing) for thing in things]
    if any(turn != said.how for turn in turns):
        found.append(Fault("wrong orientation", f"said {said.how}, true {turns}"))
    return found


def _related(said: Related, scene: Scene) -> list[Fault]:
    firsts, found = _all(said.first, scene)
    seconds, more = _all(said.second, scene)
    check = _RELATIONS[said.how]
    if not all(check(scene, a, b) for a in firsts for b in seconds if a is not b):
        more.append(Fault("wrong relation", f"{said.first.noun.name} {said.how} {said.second.noun.name}"))
    return found + more


def _included(said: Included, scene: Scene) -> list[Fault]:
    _, found = _all(said.known, scene, of_all=False)
    for thing in said.things:
        floor, own = thing.number, sum(t.label == thing.noun.name for t in scene.things)
        if not (floor.floor and floor.value is not None and own <= floor.value <= len(scene.of(thing.noun.name))):
            found += _counted(thing, scene)
        if not is_a(thing.noun.name, said.known.noun.name):
            found.append(Fault("wrong class", f"{thing.noun.name} is not below {said.known.noun.name}"))
    return found


def _recorded(said: Recorded, scene: Scene) -> list[Fault]:
    text = wrong(said, scene.tile)
    return [] if text is None else [Fault("wrong record", text)]


def _ungrammatical(said: Ungrammatical, _: Scene) -> list[Fault]:
    return [Fault("grammar", said.why)]


_NEXT_TO = 0.05
_NEAR = 0.10
_RELATIONS: dict[str, Callable[[Scene, Thing, Thing], bool]] = {
    "to the left of": lambda scene, a, b: scene.toward(a, b, 0, -1),
    "to the right of": lambda scene, a, b: scene.toward(a, b, 0, 1),
    "above": lambda scene, a, b: scene.toward(a, b, 1, -1),
    "below": lambda scene, a, b: scene.toward(a, b, 1, 1),
    "next to": lambda scene, a, b: scene.gap(a, b) <= _NEXT_TO + 1e-6,
    "beside": lambda scene, a, b: scene.gap(a, b) <= _NEXT_TO + 1e-6,
    "adjacent to": lambda scene, a, b: scene.gap(a, b) <= _NEXT_TO + 1e-6,
    "near": lambda scene, a, b: scene.gap(a, b) <= _NEAR + 1e-6,
    "close to": lambda scene, a, b: scene.gap(a, b) <= _NEAR + 1e-6,
    "at": lambda scene, a, b: scene.at(a, b),
    "in": lambda scene, a, b: scene.at(a, b),
    "inside": lambda scene, a, b: scene.at(a, b) and scene.within(a, b),
}
_CHECKS: dict[type, Callable[[Any, Scene], list[Fault]]] = {
    Present: _present,
    Ground: _ground,
    Absent: _absent,
    Placed: _placed,
    Mostly: _mostly,
    Spread: _spread,
    Somewhere: _somewhere,
    Afloat: _afloat,
    Shared: _shared,
    Arranged: _arranged,
    Long: _long,
    Largest: _largest,
    Oriented: _oriented,
    Related: _related,
    Included: _included,
    Recorded: _recorded,
    Ungrammatical: _ungrammatical,
}
