"""How many objects of a tile fit a mention, and whether that is the number a text claims."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.place import CELL, Place
from sartext.narrate.facts.tile_facts import Facts, Object
from sartext.narrate.read.lexicon import INFINITE, NAMELESS, THING, Quantity
from sartext.narrate.read.meaning import CONTEXT
from sartext.narrate.read.meaning import Property as Said
from sartext.narrate.verify.assignment import MOST, can_share, too_many
from sartext.narrate.verify.discourse import AT_LEAST_ONE, Bound, BoundProperty, Discourse, Entity, Values, said_exactly
from sartext.narrate.verify.joint import jointly
from sartext.narrate.verify.kin import EVERYWHERE, Kin, Kins, Numbers, called, tally_of
from sartext.narrate.verify.predicates import (
    FALSE,
    FREE,
    TRUE,
    UNKNOWN,
    has_length,
    in_any_place,
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
_CELLS = tuple(CELL)  # the places, by number


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


class Counting:
    """Counts the objects of one tile for the mentions of one text."""

    def __init__(self, facts: Facts, discourse: Discourse, kin: Kins) -> None:
        self.facts = facts
        self._discourse = discourse
        self.kin = kin  # of the same facts
        self._shared: dict[str, dict[int, tuple[int, int]]] = {}  # cells that the text has given so many objects to
        self._latest: tuple[tuple[BoundProperty, ...], str, list[int]] | None = None  # what was matched, and how far each is so
        self._moved: set[str] = set()  # classes whose objects must be counted in other cells than their home for that

    def counted(self, mention: Bound) -> Verdict:
        """Whether there are as many objects as the mention says."""
        name, quantity, _, filters, annotated = mention
        kin = self.kin[name]
        if len(filters) == 1 and places_only(filters[0]):
            return self.plain(name, kin, quantity, filters[0][1], annotated)
        bounded = kin.bounded(annotated)
        values, cut = (self.matching(mention) if filters else kin.values), kin.cut
        if filters and nobody_has(name, filters):
            cut, bounded = 0, True
        verdict, evidence = outcome(name, quantity, kin.sure if filters else -1, tally_of(values), cut, bounded)
        if quantity is None:
            return verdict, evidence
        if filters and verdict == SUPPORTED:
            verdict = self._each_place(mention)
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

    def plain(self, name: str, kin: Kin, quantity: Quantity | None, places: tuple[Place, ...], annotated: bool) -> Verdict:
        """Whether there are so many objects of the class (None: there are none), or so many in the place or places given."""
        bounded = (annotated or kin.complete) and not kin.crowded
        if not places:
            return outcome(name, quantity, -1, kin.tally(EVERYWHERE), kin.cut, bounded)
        cell = CELL.get(places[0]) if len(places) == 1 else None
        if cell is None:
            judged = outcome(name, quantity, kin.sure, tally_of(kin.inside(places)), kin.cut, bounded)
            if quantity is None or judged[0] != SUPPORTED or len(places) == 1:
                return judged
            each = [Tally(*tally_of(kin.inside((place,))), kin.cut, bounded) for place in places]
            wrong = [one for tally in each if (one := fits(AT_LEAST_ONE, tally)) != SUPPORTED]
            return (wrong[0] if wrong else SUPPORTED), judged[1]
        judged = outcome(name, quantity, kin.sure, kin.tally(cell), kin.cut, bounded)
        if quantity is not None and judged[0] == SUPPORTED:
            return self._shared_out(name, cell, quantity, bounded), judged[1]
        return judged

    def matching(self, mention: Bound) -> list[int]:
        """How far each object of the mention's kin has all of its properties."""
        kin, filters = self.kin[mention.name], mention.filters
        if not filters:
            return kin.values
        if len(filters) == 1 and places_only(filters[0]):
            return kin.inside(filters[0][1])
        latest = self._latest
        if latest is not None and latest[0] is filters and latest[1] == mention.name:
            return latest[2]  # where the ground of a verdict is asked for
        if nobody_has(mention.name, filters):
            values = [FALSE] * len(kin.values)
        else:
            values = [min(value, self.has_all(thing, filters)) for thing, value in kin.things()]
        self._latest = filters, mention.name, values
        return values

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


def places_only(one: BoundProperty) -> bool:
    """Whether a property is to be in a place, or in one of several, and the values that it refers to are those places."""
    said = one[0]
    return not said.negated and (said.form == "p" or said.form == "any" or said.form == "c")


def nobody_has(name: str, filters: Sequence[BoundProperty]) -> bool:
    """Whether no object of the class can have all of the properties, annotated or not.

    None is of two classes that exclude each other, and none has a property that is said and denied at once: one that may be
    counted in either of two cells is not in and out of one.
    """
    said = {(one.form, values) for one, values in filters if not one.negated and one.target is None}
    if any((one.form, values) in said for one, values in filters if one.negated and one.target is None):
        return True
    classes = [str(values[0]) for form, values in said if form == "class" and not {name, values[0]} & {*NAMELESS, "object"}]
    return any(called(name, other) == called(other, name) == FALSE for other in classes)


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
