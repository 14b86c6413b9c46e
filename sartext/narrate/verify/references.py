"""What phrases that name nothing new refer to: "the ship", "they", "the others"."""

from dataclasses import replace
from itertools import combinations

from sartext.narrate.read.lexicon import Quantity
from sartext.narrate.read.meaning import CONTEXT, Phrase, Statement
from sartext.narrate.verify.counting import CONTRADICTED, Verdict
from sartext.narrate.verify.discourse import (
    AT_LEAST_ONE,
    AT_LEAST_TWO,
    Bound,
    BoundProperty,
    Discourse,
    Entity,
    Unclear,
    apart,
    is_part_of,
    said_exactly,
)
from sartext.narrate.verify.objects import Objects


class References:
    """The references of one text."""

    def __init__(self, discourse: Discourse, objects: Objects) -> None:
        self._discourse, self._objects = discourse, objects

    def entity(self, phrase: Phrase, bound: Bound) -> tuple[Entity, Verdict | None]:
        """The objects that the phrase refers to, and the verdict on what it says of their number."""
        name, filters = bound.name, bound.filters
        several = phrase.amount not in ("the", "either")
        quantity = bound.quantity
        if phrase.noun == CONTEXT and phrase.refers in ("they", "former", "latter"):
            context = self._discourse.spoken_of(phrase.refers if phrase.refers != "they" else "")
            several = context.several
            entity = Entity(name, filters, bound.annotated, context.quantity, several, excluded=context.excluded, again=context)
            if phrase.number >= 0 and phrase.amount == "these" and isinstance(quantity, Quantity):
                return entity, self._objects.number(entity, quantity)
            return entity, None
        known = self._discourse.latest(name)
        if phrase.amount in ("these", "both") and not filters and known is not None and known.filters and known.several:
            return self._again(phrase, bound, known)
        if phrase.amount == "the" and known is not None and not filters and not known.several:
            annotated = bound.annotated or known.annotated
            return Entity(name, known.filters, annotated, known.quantity, False, again=known), None
        entity = Entity(name, filters, bound.annotated, quantity, several, whole=not filters)
        if phrase.amount == "extreme":
            entity.picked = True
            return entity, None
        if phrase.number >= 0 and phrase.amount in ("these", "all", "both") and isinstance(quantity, Quantity):
            return entity, self._objects.number(entity, quantity)
        if phrase.amount in ("sole", "both") and quantity is not None:
            return entity, self._objects.number(entity, quantity)
        if known is not None and not filters:
            return entity, None  # "the ships" again
        if phrase.amount == "these" and phrase.number < 0:
            return entity, self._objects.number(entity, AT_LEAST_TWO)
        if phrase.amount in ("the", "either", "all") and not filters:
            return entity, self._objects.exists(entity)
        return entity, None

    def rest(self, phrase: Phrase, bound: Bound, said: tuple[BoundProperty, ...], several: bool) -> Verdict:
        """Whether the others, those of which nothing has been said yet, are so many and have the properties."""
        earlier = [one for one in self._discourse.distinct() if one.name == bound.name]
        whole = next((one for one in earlier if one.whole and one.several), None)
        if whole is None and len(earlier) > 1 and earlier[0].quantity is not None and earlier[0].quantity.low > 1:
            first, *others = earlier
            if all(one.filters[: len(first.filters)] == first.filters for one in others):
                whole = first  # "two ships in the center: one ..., the other ..."
        parts = [one for one in earlier if one is not whole]
        if not parts or any(one.picked for one in parts):
            raise Unclear
        base = whole or Entity(bound.name, (), bound.annotated, None, True)
        number = bound.quantity if phrase.number >= 0 else AT_LEAST_TWO if several else AT_LEAST_ONE
        self._discourse.add(Entity(bound.name, said, bound.annotated, bound.quantity, True, excluded=tuple(parts)))
        return self._objects.rest(base, parts, number, said, one=phrase.number < 0 and not several)

    def _again(self, phrase: Phrase, bound: Bound, known: Entity) -> tuple[Entity, Verdict | None]:
        """ "The ships" where some with a property have been spoken of: these, unless others have been as well."""
        quantity, spoken = bound.quantity, self._discourse.of_class(bound.name)
        several = [one for one in self._discourse.distinct() if one.name == bound.name and one.several]
        same = phrase.number < 0 and phrase.amount != "both"
        if not same and isinstance(quantity, Quantity) and known.quantity is not None:
            same = quantity == known.quantity
        if same and len(several) <= 1 and not any(one.whole for one in spoken):
            entity = Entity(bound.name, known.filters, known.annotated or bound.annotated, known.quantity, True)
            return replace(entity, excluded=known.excluded, again=known), None
        if phrase.number < 0 and any(one.whole for one in spoken):
            return Entity(bound.name, (), bound.annotated, quantity, True, True), None
        raise Unclear

    def among(self, statement: Statement, phrase: Phrase, bound: Bound) -> Verdict | None:
        """CONTRADICTED where there cannot be so many among those that the text has said there are."""
        if phrase.refers not in ("class", "of"):
            return None
        whole, parts = self._discourse.whole_of()
        if whole is None or not is_part_of(bound.name, whole.name) or bound.quantity is None:
            return None
        if not statement.scope and phrase.refers == "class" and whole.filters:
            return None  # "two ships are in the center, one is in the upper left": of others
        number = said_exactly(whole)
        cells = all(apart(one.filters, other.filters) for one, other in combinations(parts, 2))
        if number is not None and cells and all(apart(one.filters, bound.filters) for one in parts):
            together = bound.quantity.least + sum(one.quantity.least for one in parts if one.quantity is not None)
            if together > number:
                return CONTRADICTED, f"{bound.name}: {together:g} in all, of {number}"
        return self._objects.counting.among(bound, whole)
