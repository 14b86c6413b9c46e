"""How many objects of a tile fit a mention, and whether that is the number a text claims."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sartext.narrate import taxonomy
from sartext.narrate.binding import AT_LEAST_ONE, Binder, Bound, Property, Values
from sartext.narrate.facts import Facts, Object
from sartext.narrate.lexicon import INFINITE, Place, Quantity
from sartext.narrate.matching import (
    FALSE,
    FREE,
    MORE,
    TRUE,
    UNKNOWN,
    has_length,
    in_any_place,
    in_place,
    is_a,
    is_oriented,
    is_tiny,
    opposite,
    relates,
    spans,
)
from sartext.narrate.reading import Filter
from sartext.narrate.sharing import MOST, can_share

SUPPORTED, CONTRADICTED, UNVERIFIABLE = "supported", "contradicted", "unverifiable"
Verdict = tuple[str, str]  # and its evidence


class Tally(NamedTuple):
    """How many objects fit: for sure, at choice, undecided, and partly; `bounded` where there are no others."""

    sure: int
    free: int
    unknown: int
    more: int
    bounded: bool


def fits(quantity: Quantity, tally: Tally) -> str:
    """Whether the number that is claimed is the number there is; objects at choice may be counted as it suits the claim."""
    most = tally.sure + tally.free + tally.unknown + tally.more
    if tally.sure > quantity.most or (tally.bounded and most < quantity.least):
        return CONTRADICTED
    if quantity.high < INFINITE and not tally.bounded:
        return UNVERIFIABLE
    # Some choice of the free objects must make the claim true whatever the undecided ones are.
    least = max(quantity.low - tally.sure, 0)
    good = least <= tally.free and tally.sure + least + tally.unknown <= quantity.high
    return SUPPORTED if good else UNVERIFIABLE


def worst(*verdicts: str) -> str:
    """Contradicted before unverifiable before supported."""
    return CONTRADICTED if CONTRADICTED in verdicts else UNVERIFIABLE if UNVERIFIABLE in verdicts else SUPPORTED


class Kin(NamedTuple):
    """The objects that a class name can mean: each with TRUE, UNKNOWN (a coarser label) or MORE (a loose name)."""

    things: tuple[tuple[Object, int], ...]
    sure: int  # how many are so by their label
    cut: int  # how many have too little inside the tile to be counted
    crowded: bool  # whether crowd boxes may hold more of them
    complete: bool  # whether every visible one is annotated
    homes: list[int]  # the home cells of those that are so by their label


class Counting:
    """Counts the objects of one tile for the mentions of one text."""

    def __init__(self, facts: Facts, binder: Binder, kin: dict[str, Kin]) -> None:
        self.facts = facts
        self._binder = binder
        self._kin = kin  # what has been looked up already, of the same facts
        self._shared: dict[str, list[tuple[Place, int]]] = {}  # places that the text has given so many objects to
        self._moved: set[str] = set()  # classes whose objects must be counted in other cells than their home for that

    def counted(self, mention: Bound) -> Verdict:
        """Whether there are as many objects as the mention says."""
        kin = self.kin(mention.name)
        tally = _tally(kin, self.matching(mention), mention.annotated)
        evidence = _evidence(mention, kin, tally)
        quantity = mention.quantity
        if quantity is None:
            if tally.sure:
                return CONTRADICTED, evidence
            empty = tally.bounded and not (tally.free or tally.unknown or tally.more)
            return (SUPPORTED if empty else UNVERIFIABLE), evidence
        verdict = fits(quantity, tally)
        self._binder.remember(mention, quantity)
        if verdict == SUPPORTED and mention.filters:
            verdict = worst(self._each_place(mention), self._shared_out(mention, quantity, tally))
        return verdict, evidence

    def kin(self, name: str) -> Kin:
        """The objects that the name can mean."""
        found = self._kin.get(name)
        if found is None:
            found = self._kin[name] = _kin_of(name, self.facts)
        return found

    def matching(self, mention: Bound) -> list[int]:
        """How far each object of the mention's kin has all of its properties."""
        things = self.kin(mention.name).things
        if not mention.filters:
            return [value for _, value in things]
        if len(mention.filters) == 1:
            one = mention.filters[0]
            if one[0].form in "pc" and not one[0].negated:
                place, facts = one[1][0], self.facts
                return [min(value, in_place(thing, place, facts)) for thing, value in things]
            return [min(value, self.has(thing, one)) for thing, value in things]
        return [min(value, *[self.has(thing, one) for one in mention.filters]) for thing, value in things]

    def has(self, thing: Object, one: Property) -> int:
        """How far the object has the property."""
        filter_, values = one
        form = filter_.form
        if form in "pc":
            value = in_place(thing, values[0], self.facts)
        elif form == "any":
            value = in_any_place(thing, values, self.facts)
        elif form == "relation":
            value = self._related(thing, filter_, values)
        elif form == "class":
            value = is_a(thing, values[0])
        else:
            value = _MATCHES[form](thing, values[0], self.facts)
        return opposite(value) if filter_.negated else value

    def _related(self, thing: Object, filter_: Filter, values: Values) -> int:
        """Whether the object has the relation to an object of the target, or in a direction to all of them."""
        if filter_.target is None:
            return UNKNOWN
        target = self._binder.bind(filter_.target, values)
        word = str(values[filter_.tokens[0]]) if filter_.tokens[0] >= 0 else "at"
        answers = [
            min(relates(thing, other, word, self.facts), UNKNOWN if value < FREE else TRUE)
            for (other, _), value in zip(self.kin(target.name).things, self.matching(target), strict=True)
            if other is not thing and value != FALSE
        ]
        bounded = self.bounded(target)
        if not answers:
            return FALSE if bounded else UNKNOWN
        if word in ("near", "adjacent", "at") or target.amount == "some":
            best = max(answers)
            return best if best == TRUE or bounded else UNKNOWN
        return TRUE if min(answers) == TRUE else FALSE if max(answers) == FALSE and bounded else UNKNOWN

    def bounded(self, mention: Bound) -> bool:
        """Whether the annotations hold all objects that the mention can mean."""
        kin = self.kin(mention.name)
        return not kin.crowded and (mention.annotated or kin.complete)

    def _each_place(self, mention: Bound) -> str:
        """Whether every one of several places ("in the upper left and the center") holds an object of the mention."""
        for one in mention.filters:
            if one[0].form == "any":
                others = tuple(kept for kept in mention.filters if kept is not one)
                for place in one[1]:
                    single = mention._replace(filters=(*others, (Filter("p", (0,)), (place,))))
                    tally = _tally(self.kin(mention.name), self.matching(single), mention.annotated)
                    verdict = fits(AT_LEAST_ONE, tally)
                    if verdict != SUPPORTED:
                        return verdict
        return SUPPORTED

    def _shared_out(self, mention: Bound, quantity: Quantity, tally: Tally) -> str:
        """Whether the objects that the text has put in several cells can be shared out so, each to one cell."""
        filter_, values = mention.filters[0]
        if len(mention.filters) != 1 or filter_.form != "p" or filter_.negated or values[0].extent != "cell":
            return SUPPORTED
        place, name = values[0], mention.name
        before = self._shared.setdefault(name, [])
        if any(place.rows & other.rows and place.columns & other.columns for other, _ in before):
            return SUPPORTED
        before.append((place, quantity.low))
        kin = self.kin(name)
        if name not in self._moved and kin.homes.count(_CELL[place.rows, place.columns]) >= quantity.low:
            return SUPPORTED  # counting every object in its home cell bears out all the places so far
        self._moved.add(name)
        if sum(number for _, number in before) > MOST:
            return UNVERIFIABLE
        if can_share([thing for thing, value in kin.things if value == TRUE], before, self.facts):
            return SUPPORTED
        return CONTRADICTED if tally.bounded else UNVERIFIABLE


def _kin_of(name: str, facts: Facts) -> Kin:
    things: list[tuple[Object, int]] = []
    sure = 0
    for label, objects in facts.by_label:
        if name == "object" or taxonomy.is_a(label, name):
            things += [(thing, TRUE) for thing in objects]
            sure += len(objects)
        elif taxonomy.akin(label, name):
            things += [(thing, UNKNOWN) for thing in objects]
        elif taxonomy.loosely(label, name):
            things += [(thing, MORE) for thing in objects]
    cut = sum([name == "object" or taxonomy.akin(label, name) for label in facts.cuts])
    crowded = any(name == "object" or taxonomy.akin(label, name) for label in facts.crowds)
    homes = [thing.home for thing, value in things if value == TRUE]
    return Kin(tuple(things), sure, cut, crowded, name != "object" and facts.complete(name), homes)


def _tally(kin: Kin, values: list[int], annotated: bool) -> Tally:
    """The tally of how far the objects fit; `annotated` where only annotated objects are meant."""
    count = values.count
    bounded = not kin.crowded and (annotated or kin.complete)
    return Tally(count(TRUE), count(FREE), count(UNKNOWN), count(MORE) + kin.cut, bounded)


def _evidence(mention: Bound, kin: Kin, tally: Tally) -> str:
    sure, free, unknown, more, bounded = tally
    so = f" so, of {kin.sure}" if mention.filters else ""
    undecided = f", {unknown + more} undecided" if unknown + more else ""
    return f"{mention.name}: {sure + free} counted{so}{undecided}, {'exhaustive' if bounded else 'not exhaustive'}"


_CELL = {(1 << row, 1 << column): 3 * row + column for row in range(3) for column in range(3)}
_MATCHES: dict[str, Callable[[Object, Any, Facts], int]] = {"L": has_length, "l": is_oriented, "y": is_tiny, "S": spans}
