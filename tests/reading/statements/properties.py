"""Properties of single objects, each True or False in a completion: the predicates of the generator."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sartext.narrate.facts import relations, shapes
from sartext.narrate.facts.tile_facts import Object
from tests.reading.statements.worlds import ARGUABLE, GAP, UNMET, Thing, World, same

if TYPE_CHECKING:
    from tests.reading.statements.meanings import Target

HALF_END, HALF_START = 0.55, 0.45  # of the side
AT_EDGE, OFF_EDGE = 0.10, 1 / 3
LENGTH_TRUE, LENGTH_FALSE = 0.15, 0.35
EVERY = 7


@dataclass(frozen=True)
class Property:
    """What is said of one object; `kind` is its line in the table."""

    kind: str  # cell, side, half, edge, orientation, length, class, or a relation's word
    rows: int = EVERY
    columns: int = EVERY
    word: str = ""  # an orientation, the name of a class
    length_m: float = 0.0
    target: "Target | None" = None
    negated: bool = False

    def denied(self) -> "Property":
        """The opposite."""
        return replace(self, negated=not self.negated)

    def holds(self, world: World, thing: Thing) -> bool:
        """Whether the object has it."""
        world.negative += self.negated
        answer = _HOLDS.get(self.kind, _related)(self, world, thing)
        world.negative -= self.negated
        return answer is not self.negated


def _cell(one: Property, world: World, thing: Thing) -> bool:
    return _axis(world, thing, "rows", one.rows) and _axis(world, thing, "columns", one.columns)


def _axis(world: World, thing: Thing, axis: str, asked: int) -> bool:
    """Whether the object is in one of the thirds that are asked for."""
    if asked == EVERY:
        return True
    if not isinstance(thing, int):
        row, column = world.ask(("cell", same(thing)), world.mentioned.cells)
        at = row if axis == "rows" else column
        return at >= 0 and bool(asked >> at & 1)
    found = world.facts.objects[thing]
    true, open_ = (found.rows, found.rows_open) if axis == "rows" else (found.columns, found.columns_open)
    beyond = tuple(true | 1 << bit for bit in range(3) if open_ & ~true & 1 << bit)
    mask = world.might((axis, thing), (true, *beyond)) if beyond else true  # partly there: that word may be true as well
    words = tuple(1 << bit for bit in range(3) if mask & 1 << bit)
    if len(words) > 1:
        if world.negative and mask & asked and mask & ~asked:
            world.flags.add(ARGUABLE)
        if world.both:
            return bool(mask & asked)
        return bool(world.choose((axis, thing), words) & asked)
    return bool(mask & asked)


def _side(one: Property, world: World, thing: Thing) -> bool:
    axis, asked = ("columns", one.columns) if one.rows == EVERY else ("rows", one.rows)
    if _axis(world, thing, axis, asked):
        return True
    if not isinstance(thing, int):
        return _middle(world, thing, axis) and world.maybe("side", same(thing), axis, asked)
    found = world.facts.objects[thing]
    low, _, true = _extent(found, world, axis, asked)
    if true & asked or low >= HALF_START:
        return False
    return world.maybe("side", thing, axis, asked)


def _middle(world: World, thing: Thing, axis: str) -> bool:
    row, column = world.ask(("cell", same(thing)), world.mentioned.cells)
    return (row if axis == "rows" else column) in (1, -1)


def _extent(found: Object, world: World, axis: str, asked: int) -> tuple[float, float, int]:
    """How far the object begins and ends from the side that is asked for, as shares; and the words that are true of it."""
    facts = world.facts
    if axis == "columns":
        low, high, true = found.left / facts.width_px, found.right / facts.width_px, found.columns
    else:
        low, high, true = found.top / facts.height_px, found.bottom / facts.height_px, found.rows
    return (low, high, true) if asked == 1 else (1 - high, 1 - low, true)


def _half(one: Property, world: World, thing: Thing) -> bool:
    axis, asked = ("columns", one.columns) if one.rows == EVERY else ("rows", one.rows)
    if not isinstance(thing, int):
        return _axis(world, thing, axis, asked) or (
            _middle(world, thing, axis) and world.maybe("half", same(thing), axis, asked)
        )
    low, high, _ = _extent(world.facts.objects[thing], world, axis, asked)
    if high <= 0.5:
        return True
    if high <= HALF_END:  # it lies in the other half, and near enough to this one
        world.flags |= {ARGUABLE} if world.negative else set()
        return world.both or bool(world.choose(("half", axis, asked, thing), (1, 0)))
    return low < HALF_START and world.maybe("half", thing, axis, asked)


def _edge(one: Property, world: World, thing: Thing) -> bool:
    axis, asked = ("columns", one.columns) if one.rows == EVERY else ("rows", one.rows)
    if not isinstance(thing, int):
        outside = not _axis(world, thing, axis, asked) and world.decided.get(("cell", same(thing))) != (-1, -1)
        return not outside and world.maybe("edge", same(thing), axis, asked)
    gap = _extent(world.facts.objects[thing], world, axis, asked)[0]
    return gap <= AT_EDGE or (gap < OFF_EDGE and world.maybe("edge", thing, axis, asked))


def _orientation(one: Property, world: World, thing: Thing) -> bool:
    """Whether it lies so; an angle between the bands is of either neighbour or of none."""
    values: tuple[str, ...] = (*world.mentioned.orientations, "none")
    if isinstance(thing, int):
        angle = shapes.angle_deg(world.facts.objects[thing])
        if angle is not None:
            word = shapes.orientation(world.facts.objects[thing])
            near = ("horizontal", "diagonal", "none") if angle < 45 else ("diagonal", "vertical", "none")
            values = (word,) if word else tuple(value for value in near if value in values)
    return bool((values[0] if len(values) == 1 else world.ask(("orientation", same(thing)), values)) == one.word)


def _length(one: Property, world: World, thing: Thing) -> bool:
    length = shapes.length_m(world.facts.objects[thing], world.facts) if isinstance(thing, int) else None
    said = one.length_m
    if length is not None:
        if said * (1 - LENGTH_TRUE) - 0.5 <= length <= said * (1 + LENGTH_TRUE) + 0.5:
            return True
        if not said * (1 - LENGTH_FALSE) - 1 <= length <= said * (1 + LENGTH_FALSE) + 1:
            return False
    return world.maybe("length", same(thing), said)


def _class(one: Property, world: World, thing: Thing) -> bool:
    return world.called(thing, one.word)


def _related(one: Property, world: World, thing: Thing) -> bool:
    target = one.target
    assert target is not None
    key = (target.noun, world.negative > 0)
    if key not in world.found:
        world.found[key] = target.noun.found(world)
    found = world.found[key]
    answers = [related(world, one.kind, thing, other) for other in found if other != thing]
    if target.definite and len(found) != 1:
        if not answers:
            world.flags.add(ARGUABLE if world.negative else UNMET)
        elif all(answers) or not any(answers):
            world.flags.add(ARGUABLE)
        else:
            world.flags.add(ARGUABLE if world.negative else GAP)
            return bool(world.ask(("reading", "the", one.kind), (0, 1)))
    elif one.negated and (not answers or (any(answers) and not all(answers))):
        world.flags.add(ARGUABLE)  # "not far from a ship": from no ship, or from some ship not
        return any(answers) and bool(world.ask(("reading", "not", one.kind), (0, 1)))
    return any(answers)


def related(world: World, word: str, thing: Thing, other: Thing) -> bool:
    """Whether the object has the relation to the other."""
    if word in ("right of", "below"):
        thing, other, word = other, thing, "left of" if word == "right of" else "above"
    answer: bool | None = None
    if isinstance(thing, int) and isinstance(other, int):
        a, b = world.facts.objects[thing], world.facts.objects[other]
        if word in ("left of", "above"):
            answer = relations.direction(a, b, word.removesuffix(" of"), world.facts)
        elif word == "far from":
            gap = relations.gap_share(a, b, world.facts)
            answer = True if gap >= relations.FAR else False if gap <= relations.NEAR else None
        else:
            answer = {"near": relations.near, "next to": relations.adjacent}[word](a, b, world.facts)
    if answer is not None:
        return answer
    pair = (same(thing), same(other)) if word in ("left of", "above") else tuple(sorted((same(thing), same(other)), key=str))
    return world.maybe(word, *pair)


_HOLDS = {
    "cell": _cell,
    "side": _side,
    "half": _half,
    "edge": _edge,
    "orientation": _orientation,
    "length": _length,
    "class": _class,
}
