"""The objects of an entity, and whether they have what is said: one of them, all, most, none, or a share of them."""

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.shares import Share
from sartext.narrate.facts.tile_facts import Object
from sartext.narrate.read.lexicon import NAMELESS, Quantity
from sartext.narrate.verify.counting import (
    CONTRADICTED,
    SUPPORTED,
    UNVERIFIABLE,
    Counting,
    Tally,
    Verdict,
    fits,
    outcome,
    places_only,
)
from sartext.narrate.verify.discourse import (
    AT_LEAST_ONE,
    Bound,
    BoundProperty,
    Discourse,
    Entity,
    is_part_of,
    joined,
    said_exactly,
)
from sartext.narrate.verify.kin import tally_of
from sartext.narrate.verify.predicates import FALSE, FREE, MORE, TRUE, opposite

SAME_BOX = 0.5  # intersection over union, as detections are counted


class Objects:
    """The objects of one tile as the entities of one text."""

    def __init__(self, counting: Counting, discourse: Discourse) -> None:
        self.counting, self._discourse = counting, discourse

    def ground(self, entity: Entity | None) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """The boxes of an entity by their position in the tile, or the labels of its regions."""
        if entity is None or entity.name in NAMELESS:
            return (), ()
        if entity.name in taxonomy.REGIONS:
            return (), self.counting.facts.covers.labels_of(entity.name)
        if not entity.excluded:
            kin, values = self.counting.kin[entity.name], self._all_values(entity)
            if FREE not in values or said_exactly(entity) is None:
                return kin.boxes_at(values), ()
        return tuple(sorted([thing.box for thing, value in self.pairs(entity) if value >= FREE])), ()

    def _all_values(self, entity: Entity) -> list[int]:
        """How far each object that the class can mean is of the entity, whatever it excludes."""
        return self.counting.matching(Bound(entity.name, AT_LEAST_ONE, "", entity.filters, entity.annotated))

    def number(self, entity: Entity, quantity: Quantity) -> Verdict:
        if entity.excluded:
            return self.count_other(entity, quantity)
        return self.counting.counted(Bound(entity.name, quantity, "number", entity.filters, entity.annotated))

    def exists(self, entity: Entity) -> Verdict:
        return self.number(entity, AT_LEAST_ONE)

    def the_one(self, entity: Entity, said: tuple[BoundProperty, ...], *, spoken_of: bool) -> Verdict:
        """Whether the one object that is meant has all the properties.

        One that has been `spoken_of` is any that fits all that has been said of it. Otherwise it is the only one there is: of
        several it must be true of each, as nothing tells which is meant.
        """
        together = self.counting.counted(
            Bound(entity.name, AT_LEAST_ONE, "some", joined(entity.filters, said), entity.annotated)
        )
        if spoken_of:
            return self.among(entity, said, AT_LEAST_ONE) if said_exactly(entity) is not None else together
        pairs = self.pairs(entity)
        bounded = self.bounded(entity)
        if len(pairs) == 1 and bounded and pairs[0][1] >= FREE:
            value = self.counting.has_all(pairs[0][0], said, entity.filters)
            verdict = SUPPORTED if value >= FREE else CONTRADICTED if value == FALSE else UNVERIFIABLE
            return verdict, f"{entity.name}: the only one there is"
        if together[0] == CONTRADICTED:
            return together
        everyone = self.all_of(entity, said, "all")
        if everyone[0] == SUPPORTED:
            return everyone
        return UNVERIFIABLE, f"{entity.name}: one of {len(pairs)}, not known which"

    def either(self, entity: Entity, said: tuple[BoundProperty, ...]) -> Verdict:
        """The same of a noun that is one or several: "the aircraft"."""
        one, everyone = self.the_one(entity, said, spoken_of=False), self.all_of(entity, said, "all")
        return (
            one
            if one[0] == everyone[0] or everyone[0] == UNVERIFIABLE
            else (everyone if one[0] == UNVERIFIABLE and everyone[0] == SUPPORTED else (UNVERIFIABLE, everyone[1]))
        )

    def rest(
        self, base: Entity, parts: list[Entity], number: Quantity | None, said: tuple[BoundProperty, ...], *, one: bool
    ) -> Verdict:
        """Whether those of the base that are in no part are so many, and have the properties, whichever the parts are.

        `one` where it is said as of a single one, and then nothing is so of several.
        """
        pairs = self.pairs(base)
        taken = sum(one.quantity.low for one in parts if one.quantity is not None)
        evidence = f"{base.name}: {len(pairs)} counted, {taken} of them spoken of"
        bounded, among = self.bounded(base), said_exactly(base)
        if any(value != TRUE for _, value in pairs) or (among is None and not bounded):
            return UNVERIFIABLE, evidence
        if among is not None and not bounded:  # there may be others than those that are annotated, but not more than that
            left = among - taken
            if len(pairs) > among:
                return UNVERIFIABLE, evidence
        else:
            left = len(pairs) - taken
        if left < 1 or (number is not None and not number.least <= left <= number.most):
            return CONTRADICTED, evidence
        has = {id(thing): self.counting.has_all(thing, said, base.filters) for thing, _ in pairs}
        lacking = {key for key, value in has.items() if value == FALSE}
        inside = [{id(thing): value for thing, value in self._part(one, base, pairs)} for one in parts]
        possible = {key for values in inside for key in values}
        if len(lacking) > taken or not lacking <= possible:  # what lacks it must be in a part, so far as there is room
            return CONTRADICTED, evidence
        unsure = any(FALSE < value < FREE for values in (has, *inside) for value in values.values())
        if unsure or not bounded or (one and left > 1) or (len(parts) > 1 and len(possible) != taken):
            return UNVERIFIABLE, evidence
        return SUPPORTED, evidence

    def _part(self, part: Entity, base: Entity, pairs: list[tuple[Object, int]]) -> list[tuple[Object, int]]:
        """The objects that may be of a part of the base, and how far each is."""
        number = len(base.filters)
        if not number or part.filters[:number] != base.filters:
            return self.pairs(part)
        of = [(thing, min(value, self.counting.has_all(thing, part.filters[number:], base.filters))) for thing, value in pairs]
        return [(thing, value) for thing, value in of if value != FALSE]

    def all_of(self, entity: Entity, said: tuple[BoundProperty, ...], scope: str) -> Verdict:
        """Whether all, most or none of the objects have the properties."""
        has, bounded = self._have(entity, said), self.bounded(entity)
        true = sum([value >= FREE for _, value in has])
        possible = sum([value != FALSE for _, value in has])
        evidence = f"{entity.name}: {true} of {len(has)} so"
        if not has:
            open_ = any(value != FALSE for _, value in self.pairs(entity))
            return (CONTRADICTED if bounded and not open_ else UNVERIFIABLE), evidence
        if scope == "not all":
            if any(base >= FREE and value == FALSE for base, value in has):
                return SUPPORTED, evidence
            return (CONTRADICTED if bounded and true == len(has) else UNVERIFIABLE), evidence
        if scope == "all but":
            lacking, unsure = sum(value == FALSE for _, value in has), sum(FALSE < value < FREE for _, value in has)
            number = entity.quantity.low if entity.quantity else 0
            if lacking > number or (bounded and lacking + unsure < number):
                return CONTRADICTED, evidence
            return (SUPPORTED if bounded and not unsure and lacking == number else UNVERIFIABLE), evidence
        if scope == "none":
            if any(base >= FREE and value == TRUE for base, value in has):
                return CONTRADICTED, evidence
            there = any(base >= FREE for base, _ in has)
            return (SUPPORTED if bounded and there and not possible else UNVERIFIABLE), evidence
        if scope == "most":  # of those that are meant for sure, and of as many of the others as speak against it
            sure, against = sum(min(one) == TRUE for one in has), sum(value < FREE for _, value in has)
            if bounded and sure > against:
                return SUPPORTED, evidence
            wrong = sum(base == TRUE and value == FALSE for base, value in has)
            return (CONTRADICTED if bounded and possible <= wrong else UNVERIFIABLE), evidence
        if any(base == TRUE and value == FALSE for base, value in has):
            return CONTRADICTED, evidence
        for one in said:
            if one[0].form == "any":  # each of several places has one
                for place in one[1]:
                    single = (one[0]._replace(form="p"), (place,))
                    some = self.counting.counted(
                        Bound(entity.name, AT_LEAST_ONE, "some", (*entity.filters, single), entity.annotated)
                    )
                    if some[0] != SUPPORTED:
                        return some
        there = any(base >= FREE for base, _ in has)
        return (SUPPORTED if bounded and there and true == len(has) else UNVERIFIABLE), evidence

    def _have(self, entity: Entity, said: tuple[BoundProperty, ...]) -> list[tuple[int, int]]:
        """How far each object that has to be counted is of the entity, and how far it has all of the properties."""
        kin = self.counting.kin[entity.name]
        if len(said) == 1 and places_only(said[0]) and kin.sure == len(kin.objects) and not (entity.filters or entity.excluded):
            return [(TRUE, value) for value in kin.inside(said[0][1])]
        pairs = [(thing, value) for thing, value in self.pairs(entity) if value > MORE]
        return [(value, self.counting.has_all(thing, said, entity.filters)) for thing, value in pairs]

    def fraction(self, entity: Entity, said: tuple[BoundProperty, ...], share: Share | None) -> Verdict:
        """Whether such a share of the objects has the properties: to the object, as it is meant."""
        pairs = [(thing, value) for thing, value in self.pairs(entity) if value > MORE]
        if share is None or not said or not pairs or share.dominant:
            return UNVERIFIABLE, f"{entity.name}: {len(pairs)} counted"
        has = [min(value, self.counting.has_all(thing, said, entity.filters)) for thing, value in pairs]
        low, high = sum(value >= FREE for value in has), sum(value != FALSE for value in has)
        evidence = f"{entity.name}: {low} of {len(pairs)} so"
        if not self.bounded(entity) or any(value < FREE for _, value in pairs):
            return UNVERIFIABLE, evidence
        n = len(pairs)
        grain = 0.5 / n if share.high < 1.0 else 0.0  # half of seven ships is neither three nor four, and not far from them
        if share.low <= low / n and high / n <= share.high:
            return SUPPORTED, evidence
        out = high / n < share.least - grain or low / n > share.most + grain
        return (CONTRADICTED if out else UNVERIFIABLE), evidence

    def bounded(self, entity: Entity) -> bool:
        return self.counting.bounded(Bound(entity.name, AT_LEAST_ONE, "", entity.filters, entity.annotated))

    def pairs(self, entity: Entity) -> list[tuple[Object, int]]:
        """The objects that may be of the entity, and how far each is."""
        pairs = list(zip(self.counting.kin[entity.name].objects, self._all_values(entity), strict=True))
        if entity.excluded:
            taken = {key: value for other in entity.excluded for key, value in self._values(other).items()}
            pairs = [(thing, min(value, opposite(taken.get(id(thing), FALSE)))) for thing, value in pairs]
        return self._fixed(entity, [(thing, value) for thing, value in pairs if value != FALSE])

    def _fixed(self, entity: Entity, pairs: list[tuple[Object, int]]) -> list[tuple[Object, int]]:
        """The same where the text has said exactly how many: those that are then counted, if only one choice is left."""
        number, values = said_exactly(entity), [value for _, value in pairs]
        if number is None or FREE not in values:
            return pairs
        if values.count(TRUE) == number:
            return [(thing, value) for thing, value in pairs if value != FREE]
        all_of_them = min(values) >= FREE and len(pairs) == number and self.bounded(entity)
        return [(thing, TRUE) for thing, _ in pairs] if all_of_them else pairs

    def among(self, entity: Entity, said: tuple[BoundProperty, ...], quantity: Quantity) -> Verdict:
        """Whether so many of the entity have the properties."""
        kin = self.counting.kin[entity.name]
        pairs = self.pairs(entity)
        values = [min(value, self.counting.has_all(thing, said, entity.filters)) for thing, value in pairs]
        tally = tally_of(values)
        judged = outcome(entity.name, quantity, kin.sure, tally, kin.cut, kin.bounded(entity.annotated))
        number = said_exactly(entity)
        if judged[0] == UNVERIFIABLE and number is not None:
            others = number - sum(value == TRUE for _, value in pairs)
            if fits(quantity, Tally(*tally, others, bounded=True)) == CONTRADICTED:
                return CONTRADICTED, f"{judged[1]}, and there are {number} as the text says"
        return judged

    def _values(self, entity: Entity) -> dict[int, int]:
        pairs = zip(self.counting.kin[entity.name].objects, self._all_values(entity), strict=True)
        return {id(thing): value for thing, value in pairs if value != FALSE}

    def things(self, entity: Entity) -> tuple[list[Object], bool]:
        """The objects of the entity, and whether they are for sure."""
        pairs = self.pairs(entity)
        return [thing for thing, value in pairs if value >= FREE], all(value >= FREE for _, value in pairs)

    def count_other(self, entity: Entity, quantity: Quantity | None) -> Verdict:
        """Whether there are so many beside those that the entity is other than, whichever of its objects those are."""
        ways = [self._beside(entity, quantity, inside, least) for inside in (False, True) for least in (FREE, MORE)]
        for one in ways[::2]:  # with others that are there for sure
            if one is not None and one[0] == SUPPORTED:
                return one
        found = [one for one in ways if one is not None]
        if found and all(one[0] == CONTRADICTED for one in found):
            return found[0]
        return UNVERIFIABLE, found[0][1] if found else f"{entity.name}: which others are there is not known"

    def _beside(self, entity: Entity, quantity: Quantity | None, inside: bool, least: int) -> Verdict | None:
        """The same where the others are, as far as may be, those that the entity can mean (`inside`), or none of them.

        They are of the objects that are so at `least`; None where those are too few.
        """
        free = self._values(entity)
        for other in entity.excluded:
            if said_exactly(other) is not None and other.filters and is_part_of(entity.name, other.name):
                # Beside exactly so many there is none that has all that they have.
                denied = [(one._replace(negated=not one.negated), values) for one, values in other.filters]
                for thing, value in self.counting.kin[entity.name].things():
                    if id(thing) in free:
                        lacks = max(self.counting.has_all(thing, (*entity.filters, one)) for one in denied)
                        free[id(thing)] = min(value, lacks)
        meant: dict[int, set[int]] = {}  # the objects that each of the others is taken for
        for other in _others_of(entity):
            apart = set().union(*[meant.get(id(one.first()), set()) for one in other.excluded])
            taken = {key: value for key, value in self._values(other).items() if value >= least and key not in apart}
            number = other.quantity.low if other.quantity is not None else 0
            if len(taken) < number:
                return None
            exact = other.quantity is not None and other.quantity.high == number
            # Of exactly so many, those that are so for sure are all among them.
            wanted = {key: (-1 if inside else 1) * free.get(key, 0) for key in taken}
            order = sorted(taken, key=lambda key: (exact and taken[key] != TRUE, wanted[key], -taken[key]))
            meant[id(other.first())] = set(order[:number])
            if any(other is one for one in entity.excluded):
                for key in order[:number]:
                    free.pop(key, None)
        kin, counted = self.counting.kin[entity.name], list(free.values())
        return outcome(entity.name, quantity, kin.sure, tally_of(counted), kin.cut, kin.bounded(entity.annotated))

    def box(self, bound: Bound, corners_px: list[float]) -> Verdict:
        """Whether an object of the class is at left, top, right, bottom: by intersection over union of the extents."""
        left, top, right, bottom = corners_px
        best = 0.0
        for thing, value in self.counting.kin[bound.name].things():
            if value == FALSE:
                continue
            wide = max(0.0, min(right, thing.right) - max(left, thing.left))
            high = max(0.0, min(bottom, thing.bottom) - max(top, thing.top))
            own, said = (thing.right - thing.left) * (thing.bottom - thing.top), (right - left) * (bottom - top)
            best = max(best, wide * high / max(own + said - wide * high, 1e-9))
        evidence = f"{bound.name}: {best:.2f} of a box there"
        if best >= SAME_BOX:
            return SUPPORTED, evidence
        return (
            CONTRADICTED if best <= 0.0 and self.bounded(Entity(bound.name, (), False, None, True)) else UNVERIFIABLE
        ), evidence


def _others_of(entity: Entity) -> list[Entity]:
    """Those that an entity is other than, each after those that it is other than itself."""
    found: dict[int, Entity] = {}
    waiting = [(one, False) for one in reversed(entity.excluded)]
    while waiting:
        one, ready = waiting.pop()
        if ready:
            found[id(one)] = one
        elif id(one) not in found:
            waiting += [(one, True), *[(other, False) for other in reversed(one.excluded)]]
    return list(found.values())
