"""The objects of an entity, and whether they have what is said: one of them, all, most, none, or a share of them."""

from sartext.narrate.facts.shares import Share
from sartext.narrate.facts.tile_facts import Object
from sartext.narrate.read.lexicon import INFINITE, Quantity
from sartext.narrate.verify.counting import CONTRADICTED, SUPPORTED, UNVERIFIABLE, Counting, Verdict, outcome
from sartext.narrate.verify.discourse import AT_LEAST_ONE, Bound, Discourse, Entity, Property
from sartext.narrate.verify.predicates import FALSE, FREE, MORE, TRUE, UNKNOWN, opposite

SAME_BOX = 0.5  # intersection over union, as detections are counted


class Objects:
    """The objects of one tile as the entities of one text."""

    def __init__(self, counting: Counting, discourse: Discourse) -> None:
        self.counting, self._discourse = counting, discourse

    def number(self, entity: Entity, quantity: Quantity) -> Verdict:
        if entity.excluded:
            return self._count_other(entity, quantity)
        return self.counting.counted(Bound(entity.name, quantity, "number", entity.filters, entity.annotated))

    def exists(self, entity: Entity) -> Verdict:
        return self.number(entity, AT_LEAST_ONE)

    def the_one(self, entity: Entity, said: tuple[Property, ...]) -> Verdict:
        """Whether the one object that is meant has all the properties: any that it can be must have them to bear it out."""
        sure = [thing for thing, value in self.pairs(entity) if value >= FREE]
        if len(sure) == 1 and entity.quantity is AT_LEAST_ONE and not entity.excluded:
            value = min(self.counting.has(sure[0], one) for one in said)  # what else may be one would not be "the" one
            verdict = SUPPORTED if value >= FREE else CONTRADICTED if value == FALSE and self.bounded(entity) else UNVERIFIABLE
            return verdict, f"{entity.name}: the only one there is"
        together = self.counting.counted(Bound(entity.name, AT_LEAST_ONE, "some", (*entity.filters, *said), entity.annotated))
        candidates = [value for value in self._values(entity).values() if value > MORE]
        if together[0] != SUPPORTED or len(candidates) <= 1 or entity.quantity is not AT_LEAST_ONE:
            return together
        known = self._discourse.latest(entity.name)
        if known is not None and not known.several:
            return together
        everyone = self.all_of(entity, said, "all")
        return (
            everyone
            if everyone[0] == SUPPORTED
            else (UNVERIFIABLE, f"{entity.name}: one of {len(candidates)}, not known which")
        )

    def all_of(self, entity: Entity, said: tuple[Property, ...], scope: str) -> Verdict:
        """Whether all, most or none of the objects have the properties."""
        pairs = [(thing, value) for thing, value in self.pairs(entity) if value > MORE]
        has = [(value, min(self.counting.has(thing, one) for one in said)) for thing, value in pairs]
        bounded = self.bounded(entity)
        true = sum(value >= FREE for _, value in has)
        possible = sum(value != FALSE for _, value in has)
        evidence = f"{entity.name}: {true} of {len(has)} so"
        if not has:
            return (CONTRADICTED if bounded else UNVERIFIABLE), evidence
        if scope == "all but":
            lacking, open_ = sum(value == FALSE for _, value in has), sum(FALSE < value < FREE for _, value in has)
            number = entity.quantity.low if entity.quantity else 0
            if lacking > number or (bounded and lacking + open_ < number):
                return CONTRADICTED, evidence
            return (SUPPORTED if bounded and not open_ and lacking == number else UNVERIFIABLE), evidence
        if scope == "none":
            if any(base >= FREE and value == TRUE for base, value in has):
                return CONTRADICTED, evidence
            return (SUPPORTED if bounded and not possible else UNVERIFIABLE), evidence
        if scope == "most":
            if bounded and 2 * true > len(has):
                return SUPPORTED, evidence
            return (CONTRADICTED if bounded and 2 * possible < len(has) else UNVERIFIABLE), evidence
        if any(base >= FREE and value == FALSE for base, value in has):
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
        return (SUPPORTED if bounded and true == len(has) else UNVERIFIABLE), evidence

    def fraction(self, entity: Entity, said: tuple[Property, ...], share: Share | None) -> Verdict:
        """Whether such a share of the objects has the properties: to the object, as it is meant."""
        pairs = [(thing, value) for thing, value in self.pairs(entity) if value > MORE]
        if share is None or not said or not pairs or share.dominant:
            return UNVERIFIABLE, f"{entity.name}: {len(pairs)} counted"
        has = [min(value, *[self.counting.has(thing, one) for one in said]) for thing, value in pairs]
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
        bound = Bound(entity.name, AT_LEAST_ONE, "", entity.filters, entity.annotated)
        pairs = list(zip(self.counting.kin(entity.name).objects, self.counting.matching(bound), strict=True))
        if entity.excluded:
            taken = {key: value for other in entity.excluded for key, value in self._values(other).items()}
            pairs = [(thing, min(value, opposite(taken.get(id(thing), FALSE)))) for thing, value in pairs]
        return [(thing, value) for thing, value in pairs if value != FALSE]

    def _values(self, entity: Entity) -> dict[int, int]:
        bound = Bound(entity.name, AT_LEAST_ONE, "", entity.filters, entity.annotated)
        pairs = zip(self.counting.kin(entity.name).objects, self.counting.matching(bound), strict=True)
        return {id(thing): value for thing, value in pairs if value != FALSE}

    def things(self, entity: Entity) -> tuple[list[Object], bool]:
        """The objects of the entity, and whether they are for sure."""
        pairs = self.pairs(entity)
        return [thing for thing, value in pairs if value >= FREE], all(value >= FREE for _, value in pairs)

    def _count_other(self, entity: Entity, quantity: Quantity | None) -> Verdict:
        """Whether there are so many beside those that the entity is other than."""
        values = self._values(entity)
        free = dict(values)
        for other in entity.excluded:
            taken = self._values(other)
            number = other.quantity.low if other.quantity is not None else 0
            # It takes those that can be nothing else first, then those that this one cannot mean, then what is left.
            order = sorted(
                (key for key, value in taken.items() if value >= FREE), key=lambda key: (taken[key] != TRUE, key in free)
            )
            exact = other.quantity is not None and other.quantity.high < INFINITE
            if not exact:
                order.sort(key=lambda key: key in free)
            for key in order[:number]:
                free.pop(key, None)
        kin = self.counting.kin(entity.name)
        counted = list(free.values())
        tally = [counted.count(value) for value in (TRUE, FREE, UNKNOWN, MORE)]
        return outcome(entity.name, quantity, kin.sure, *tally, kin.cut, kin.bounded(entity.annotated))

    def box(self, bound: Bound, corners_px: list[float]) -> Verdict:
        """Whether an object of the class is at left, top, right, bottom: by intersection over union of the extents."""
        left, top, right, bottom = corners_px
        best = 0.0
        for thing, value in self.counting.kin(bound.name).things():
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
