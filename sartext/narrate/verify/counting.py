"""How many objects of a tile fit a mention, and whether that is the number a text claims."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.place import CELL
from sartext.narrate.facts.tile_facts import Facts, Object, could_be
from sartext.narrate.read.lexicon import INFINITE, NAMELESS, THING, Quantity
from sartext.narrate.read.meaning import CONTEXT
from sartext.narrate.read.meaning import Property as Said
from sartext.narrate.verify.assignment import MOST, can_share, too_many
from sartext.narrate.verify.discourse import AT_LEAST_ONE, Bound, BoundProperty, Discourse, Entity, Values, said_exactly
from sartext.narrate.verify.joint import jointly
from sartext.narrate.verify.predicates import (
    FALSE,
    FREE,
    MORE,
    TRUE,
    UNKNOWN,
    cells_of,
    has_length,
    in_any_place,
    in_cells,
    in_place,
    is_a,
    is_oriented,
    is_tiny,
    lies_on,
    opposite,
    relates,
    spans,
)

DEFINITE = frozenset(("the", "either", "sole", "extreme"))
SUPPORTED, CONTRADICTED, UNVERIFIABLE = "supported", "contradicted", "unverifiable"
Verdict = tuple[str, str]  # and its evidence


class Tally(NamedTuple):
    """How many objects fit: for sure, at choice, undecided, partly, and how many of those that the border cuts too far to be
    counted may; `bounded` where there are no others."""

    sure: int
    free: int
    unknown: int
    more: int
    cut: int
    bounded: bool


def fits(quantity: Quantity, tally: Tally) -> str:
    """Whether the number that is claimed is the number there is; objects at choice may be counted as it suits the claim.

    What the border cuts off may be seen or not: a number that it would make false is not borne out.
    """
    most = tally.sure + tally.free + tally.unknown + tally.more + tally.cut
    if tally.sure > quantity.most or (tally.bounded and most < quantity.least):
        return CONTRADICTED
    if quantity.high < INFINITE and not tally.bounded:
        return UNVERIFIABLE
    # Some choice of the free objects must make the claim true whatever the undecided ones are.
    least = max(quantity.low - tally.sure, 0)
    good = least <= tally.free and tally.sure + least + tally.unknown + tally.cut <= quantity.high
    return SUPPORTED if good else UNVERIFIABLE


def worst(*verdicts: str) -> str:
    """Contradicted before unverifiable before supported."""
    return CONTRADICTED if CONTRADICTED in verdicts else UNVERIFIABLE if UNVERIFIABLE in verdicts else SUPPORTED


def worst_of(verdicts: Sequence[Verdict]) -> Verdict | None:
    """The worst of some verdicts, with its evidence; None of none."""
    for rank in (CONTRADICTED, UNVERIFIABLE, SUPPORTED):
        for one in verdicts:
            if one[0] == rank:
                return one
    return None


_CELLS = tuple(CELL)  # the places, by number
EVERYWHERE = -1  # instead of a cell
Numbers = tuple[int, int, int, int]  # of objects that are so, freely so, undecided, and more than that


class Kin:
    """The objects that a class name can mean: each with TRUE, UNKNOWN (a coarser label) or MORE (a loose name)."""

    __slots__ = ("_boxes", "_cells", "_tallies", "complete", "crowded", "cut", "homes", "objects", "sure", "values")

    def __init__(self, objects: list[Object], values: list[int], cut: int, crowded: bool, complete: bool) -> None:
        self.objects = objects
        self.values = values
        self.sure = values.count(TRUE)  # how many are so by their label
        self.cut = cut  # how many have too little inside the tile to be counted
        self.crowded = crowded  # whether crowd boxes may hold more of them
        self.complete = complete  # whether every visible one is annotated
        self.homes = [thing.home for thing, value in self.things() if value == TRUE]  # the home cells of those sure
        self._cells: list[list[tuple[int, int]]] | None = None  # for each cell, how far which boxes are in it
        self._tallies: dict[int, Numbers] = {}
        self._boxes: dict[int, tuple[int, ...]] = {}

    def bounded(self, annotated: bool) -> bool:
        """Whether there are no others that a mention can mean than these and those that the border cuts off."""
        return not self.crowded and (annotated or self.complete)

    def things(self) -> "zip[tuple[Object, int]]":
        """The objects with their values."""
        return zip(self.objects, self.values, strict=True)

    def in_cell(self, cell: int) -> list[int]:
        """How far each object is one of these and in the cell."""
        return [in_cells(value, thing[5], thing[6], thing[7], thing[8])[cell] for thing, value in self.things()]

    def _there(self, cell: int) -> list[tuple[int, int]]:
        """How far which boxes are in the cell, those that are not left out; boxes by their position in the tile."""
        if cell == EVERYWHERE:
            return [(value, thing[13]) for thing, value in self.things()]
        if self._cells is None:
            self._cells = [[] for _ in _CELLS]
            for thing, value in self.things():
                for at, how in cells_of(value, thing[5], thing[6], thing[7], thing[8]):
                    self._cells[at].append((how, thing[13]))
        return self._cells[cell]

    def tally(self, cell: int) -> Numbers:
        """How many objects are so in the cell, freely so, undecided, and more than that."""
        found = self._tallies.get(cell)
        if found is None:
            values = self.values if cell == EVERYWHERE else [value for value, _ in self._there(cell)]
            found = self._tallies[cell] = tally_of(values)
        return found

    def boxes(self, cell: int) -> tuple[int, ...]:
        """Those that are so in the cell, by their position in the tile."""
        found = self._boxes.get(cell)
        if found is None:
            found = self._boxes[cell] = tuple(sorted([at for value, at in self._there(cell) if value >= FREE]))
        return found


class Kins(dict[str, Kin]):
    """The objects of one tile that each class name can mean, looked up when it is first asked for."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def __missing__(self, name: str) -> Kin:
        found = self[name] = _kin_of(name, self._facts)
        return found


class Counting:
    """Counts the objects of one tile for the mentions of one text."""

    def __init__(self, facts: Facts, discourse: Discourse, kin: Kins) -> None:
        self.facts = facts
        self._discourse = discourse
        self.kin = kin  # of the same facts
        self._shared: dict[str, dict[int, tuple[int, int]]] = {}  # cells that the text has given so many objects to
        self._moved: set[str] = set()  # classes whose objects must be counted in other cells than their home for that

    def counted(self, mention: Bound) -> Verdict:
        """Whether there are as many objects as the mention says."""
        name, quantity, _, filters, annotated = mention
        kin = self.kin[name]
        bounded = kin.bounded(annotated)
        values, cut = (self.matching(mention) if filters else kin.values), kin.cut
        if filters and nobody_has(name, filters):
            cut, bounded = 0, True
        verdict, evidence = outcome(name, quantity, kin.sure if filters else -1, tally_of(values), cut, bounded)
        if quantity is None:
            return verdict, evidence
        if filters and verdict == SUPPORTED:
            filter_, places = filters[0]
            if len(filters) > 1 or filter_.form != "p":
                verdict = self._each_place(mention)
            elif not filter_.negated and places[0] in CELL:
                verdict = self._shared_out(name, CELL[places[0]], quantity, bounded)
        return verdict, evidence

    def among(self, mention: Bound, whole: Entity) -> Verdict | None:
        """CONTRADICTED where not so many can be among exactly as many as the text has said there are, annotated or not.

        None where that is open, or the text has said no such number.
        """
        number = said_exactly(whole)
        if number is None or mention.quantity is None:
            return None
        of = Bound(whole.name, AT_LEAST_ONE, "", whole.filters, whole.annotated)
        others = number - self.matching(of).count(TRUE)
        tally = Tally(*tally_of(self.matching(mention)), others, bounded=True)
        if others < 0 or fits(mention.quantity, tally) != CONTRADICTED:
            return None
        return CONTRADICTED, f"{mention.name}: {tally.sure + tally.free} counted so, and there are {number} as the text says"

    def plain(self, name: str, kin: Kin, quantity: Quantity | None, cell: int, annotated: bool) -> Verdict:
        """Whether there are so many objects of the class (None: there are none), or so many in a cell."""
        bounded = (annotated or kin.complete) and not kin.crowded
        if cell == EVERYWHERE:
            return outcome(name, quantity, -1, kin.tally(cell), kin.cut, bounded)
        judged = outcome(name, quantity, kin.sure, kin.tally(cell), kin.cut, bounded)
        if quantity is not None and judged[0] == SUPPORTED:
            return self._shared_out(name, cell, quantity, bounded), judged[1]
        return judged

    def matching(self, mention: Bound) -> list[int]:
        """How far each object of the mention's kin has all of its properties."""
        kin, filters = self.kin[mention.name], mention.filters
        if not filters:
            return kin.values
        if len(filters) == 1:
            one = filters[0]
            cell = CELL.get(one[1][0]) if one[0].form == "p" and not one[0].negated else None
            if cell is not None:
                return kin.in_cell(cell)
        if nobody_has(mention.name, filters):
            return [FALSE] * len(kin.values)
        return [min(value, self.has_all(thing, filters)) for thing, value in kin.things()]

    def has_all(self, thing: Object, said: Sequence[BoundProperty], given: Sequence[BoundProperty] = ()) -> int:
        """How far the object has all that is said, among those that have what is given."""
        value = min([self.has(thing, one) for one in said], default=TRUE)
        if value != FREE or len(said) + len(given) < 2:
            return value
        return jointly(thing, said, given, self.has, self.facts)

    def has(self, thing: Object, one: BoundProperty) -> int:
        """How far the object has the property."""
        filter_, values = one
        form = filter_.form
        if form in "pc":
            value = in_place(thing, values[0], self.facts)
        elif form == "any":
            value = in_any_place(thing, values, self.facts)
        elif form == "beyond":  # "above the center": it is not in it, and nothing tells how far above it must be
            value = FALSE if in_place(thing, values[1], self.facts) == TRUE else UNKNOWN
        elif form == "relation":
            return self._related(thing, filter_, values)
        elif form == "class":
            value = UNKNOWN if values[0] in NAMELESS else is_a(thing, values[0])
        else:
            value = _MATCHES[form](thing, values[0], self.facts)
        return opposite(value) if filter_.negated else value

    def _related(self, thing: Object, filter_: Said, values: Values) -> int:
        """Whether the object has the relation to the target, or has not where that is denied."""
        value, each = self._related_to(thing, filter_, values)
        if not filter_.negated:
            return value
        # "Not far from a ship": from no ship, or from some ship not.
        return opposite(value) if each else UNKNOWN

    def _related_to(self, thing: Object, filter_: Said, values: Values) -> tuple[int, bool]:
        """Whether the object has the relation to an object of the target, or in a direction to all of them.

        And whether it has it to each of them or to none.
        """
        # What a pronoun of another sentence meant is not known any more.
        if filter_.target is None or filter_.target.noun == CONTEXT:
            return UNKNOWN, True
        target = self._discourse.bind(filter_.target, values)
        if target.name == THING:
            return UNKNOWN, True
        word = str(values[filter_.tokens[0]]) if filter_.tokens[0] >= 0 else "at"
        if target.name in taxonomy.REGIONS and not target.filters and lies_on(thing, target.name, word, self.facts):
            return TRUE, True
        answers = [
            min(relates(thing, other, word, self.facts), UNKNOWN if value < FREE else TRUE)
            for other, value in zip(self.kin[target.name].objects, self.matching(target), strict=True)
            if other is not thing and value != FALSE
        ]
        bounded = self.bounded(target) and target.name not in taxonomy.REGIONS  # land covers have no boxes to compare with
        if not answers:
            return (FALSE if bounded else UNKNOWN), False
        each = max(answers) == FALSE or min(answers) == TRUE
        return self._of_all(word, target, answers, bounded), each or target.amount in DEFINITE

    def _of_all(self, word: str, target: Bound, answers: list[int], bounded: bool) -> int:
        """Whether an object has a relation, by whether it has it to each object of the target."""
        if target.amount in ("number", "plural") and target.quantity is not None:
            return _so_many(answers, target.quantity, bounded=bounded)
        if target.quantity is not None and bounded and len(answers) < target.quantity.least:
            return FALSE  # "the two bridges", of one
        if target.amount in DEFINITE:  # which of several is meant is not said
            if bounded and min(answers) == TRUE:
                return TRUE
            return FALSE if bounded and max(answers) == FALSE else UNKNOWN
        if word in ("near", "adjacent", "at") or target.amount == "some":
            best = max(answers)
            return best if best == TRUE or bounded else UNKNOWN
        return TRUE if min(answers) == TRUE else FALSE if max(answers) == FALSE and bounded else UNKNOWN

    def bounded(self, mention: Bound) -> bool:
        """Whether the counted objects are all that the mention can mean."""
        kin = self.kin[mention.name]
        return not kin.cut and kin.bounded(mention.annotated)

    def _each_place(self, mention: Bound) -> str:
        """Whether every one of several places ("in the upper left and the center") holds an object of the mention."""
        for one in mention.filters:
            if one[0].form == "any":
                others = tuple(kept for kept in mention.filters if kept is not one)
                for place in one[1]:
                    single = mention._replace(filters=(*others, (Said("p", (0,)), (place,))))
                    kin = self.kin[mention.name]
                    tally = Tally(*tally_of(self.matching(single)), kin.cut, kin.bounded(mention.annotated))
                    verdict = fits(AT_LEAST_ONE, tally)
                    if verdict != SUPPORTED:
                        return verdict
        return SUPPORTED

    def _shared_out(self, name: str, cell: int, quantity: Quantity, bounded: bool) -> str:
        """Whether the objects that the text has put in several cells can be shared out so, each to one cell."""
        before = self._shared.setdefault(name, {})
        if cell in before:
            return SUPPORTED
        before[cell] = quantity.low, quantity.high
        kin = self.kin[name]
        if name not in self._moved and quantity.low <= kin.homes.count(cell) <= quantity.high:
            return SUPPORTED  # counting every object in its home cell bears out all the places so far
        self._moved.add(name)
        if sum(low for low, _ in before.values()) > MOST:
            return UNVERIFIABLE
        there = [thing for thing, value in kin.things() if value == TRUE]
        if too_many(there, {at: high for at, (_, high) in before.items() if high < INFINITE}):
            return CONTRADICTED
        if can_share(there, [(_CELLS[at], low) for at, (low, _) in before.items()], self.facts):
            return SUPPORTED
        return CONTRADICTED if bounded and not kin.cut else UNVERIFIABLE


def _so_many(answers: list[int], quantity: Quantity, *, bounded: bool) -> int:
    """Whether a relation is so to as many others as are said: "between two bridges", "left of some ships"."""
    if answers.count(TRUE) >= quantity.low and (len(answers) <= quantity.most or quantity.most == INFINITE):
        return TRUE
    return FALSE if bounded and sum(one != FALSE for one in answers) < quantity.least else UNKNOWN


def nobody_has(name: str, filters: Sequence[BoundProperty]) -> bool:
    """Whether no object of the class can have all of the properties, annotated or not.

    None is of two classes that exclude each other, and none has a property that is said and denied at once: one that may be
    counted in either of two cells is not in and out of one.
    """
    said = {(one.form, values) for one, values in filters if not one.negated and one.target is None}
    if any((one.form, values) in said for one, values in filters if one.negated and one.target is None):
        return True
    classes = [str(values[0]) for form, values in said if form == "class" and not {name, values[0]} & {*NAMELESS, "object"}]
    return any(_called(name, other) == _called(other, name) == FALSE for other in classes)


def _kin_of(name: str, facts: Facts) -> Kin:
    if name in NAMELESS:
        return Kin([], [], 0, True, False)
    objects: list[Object] = []
    values: list[int] = []
    for label, things in facts.by_label:
        value = _called(label, name)
        if value != FALSE:
            objects += things
            values += [value] * len(things)
    cut = sum([name == "object" or could_be(label, name) for label in facts.cuts]) if facts.cuts else 0
    crowded = any(name == "object" or could_be(label, name) for label in facts.crowds) if facts.crowds else False
    return Kin(objects, values, cut, crowded, name != "object" and facts.complete(name))


@lru_cache(maxsize=16384)
def _called(label: str, name: str) -> int:
    """How far an object of the label is a `name`."""
    if name == "object" or taxonomy.is_a(label, name):
        return TRUE
    if taxonomy.akin(label, name):
        return UNKNOWN
    return MORE if taxonomy.loosely(label, name) else FALSE


def tally_of(values: list[int]) -> Numbers:
    """How many objects are so, freely so, undecided, and more than that."""
    count = values.count
    return count(TRUE), count(FREE), count(UNKNOWN), count(MORE)


@lru_cache(maxsize=16384)
def outcome(name: str, quantity: Quantity | None, among: int, numbers: Numbers, cut: int, bounded: bool) -> Verdict:
    """Whether a tally bears out the number (None: there are none), and the evidence; `among` so many, or -1 for all."""
    sure, free, unknown, more = numbers
    so = f" so, of {among}" if among >= 0 else ""
    undecided = f", {unknown + more + cut} undecided" if unknown + more + cut else ""
    evidence = f"{name}: {sure + free} counted{so}{undecided}, {'exhaustive' if bounded else 'not exhaustive'}"
    if quantity is not None:
        return fits(quantity, Tally(sure, free, unknown, more, cut, bounded)), evidence
    empty = bounded and not (free or unknown or more or cut)
    return (CONTRADICTED if sure else SUPPORTED if empty else UNVERIFIABLE), evidence


_MATCHES: dict[str, Callable[[Object, Any, Facts], int]] = {"L": has_length, "l": is_oriented, "y": is_tiny, "S": spans}
