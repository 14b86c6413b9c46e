"""From what a text states to verdicts: supported, contradicted or unverifiable, each with its evidence."""

from collections.abc import Sequence

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.shares import Share
from sartext.narrate.facts.tile_facts import Facts, Object
from sartext.narrate.read.lexicon import COVERS, INFINITE, THING, Quantity
from sartext.narrate.read.meaning import CONTEXT, Phrase, Statement
from sartext.narrate.verify.comparing import arranged, extreme_of, more_of
from sartext.narrate.verify.counting import (
    CELL,
    CONTRADICTED,
    SUPPORTED,
    UNVERIFIABLE,
    Counting,
    Kin,
    Verdict,
    outcome,
    worst,
)
from sartext.narrate.verify.discourse import AT_LEAST_ONE, Bound, Discourse, Entity, Property, Unclear, Values
from sartext.narrate.verify.judge_land_cover import covers_counted, region_stated, share_stated
from sartext.narrate.verify.predicates import FALSE, FREE, MORE, TRUE, UNKNOWN, opposite

_OPPOSITE = {SUPPORTED: CONTRADICTED, CONTRADICTED: SUPPORTED, UNVERIFIABLE: UNVERIFIABLE}
SAME_BOX = 0.5  # intersection over union, as detections are counted
_INTRODUCED = frozenset(("some", "plural", "number", "least", "none", "not number", "only"))


class Judge:
    """Judges the statements of one text against the facts of one tile, sentence by sentence.

    The judges of several texts on one tile may share `kin`, what they look up of its objects.
    """

    def __init__(self, facts: Facts, kin: dict[str, Kin] | None = None) -> None:
        self.facts = facts
        self.discourse = Discourse()
        self.counting = Counting(facts, self.discourse, {} if kin is None else kin)
        self._lists: tuple[int, list[Entity]] = (-1, [])  # the list of phrases that is being read

    def end_sentence(self) -> None:
        """Keeps what "it" and "two" of the next sentence refer to."""
        self.discourse.end_sentence()
        self._lists = (-1, [])

    def verdict(self, statement: Statement, values: Values) -> Verdict | None:
        """Verdict and evidence of a statement; None where it only names again what the text has named."""
        if statement.scope == "denied":
            judged = self.verdict(statement._replace(scope=""), values)
            return judged and (_OPPOSITE[judged[0]], f"{judged[1]}; denied")
        if statement.phrase is not None:
            try:
                judged = self._of_phrase(statement, statement.phrase, values)
                if judged is None or not statement.near:
                    return judged
                spoken, self.discourse.entities = self.discourse.entities, [*self.discourse.entities]
                lists = self._lists
                wide = self._of_phrase(statement._replace(near=(), said=statement.near), statement.phrase, values)
                self.discourse.entities, self._lists = spoken, lists
                if wide is not None and wide[0] == judged[0]:
                    return judged
                return UNVERIFIABLE, f"{judged[1]}; it is not clear of which objects the place is said"
            except Unclear:
                return UNVERIFIABLE, "refers to nothing named before"
        if statement.form == "optical":
            word = str(values[statement.tokens[0]])
            if statement.scope or self.facts.optical:
                return UNVERIFIABLE, f"{word}: not in the labels"
            return CONTRADICTED, f"{word}: SAR does not show it"
        if statement.form == "cover":
            share, *nouns = statement.tokens
            return share_stated(tuple([str(values[at]) for at in nouns]), values[share], statement.scope, self.facts)
        if statement.form == "compare":
            one, other = (self.discourse.bind(phrase, values) for phrase in statement.pair)
            if values[statement.tokens[0]] == "area" and not {one.name, other.name} <= taxonomy.REGIONS:
                return UNVERIFIABLE, "no label decides which is larger"
            ratio = values[statement.tokens[1]] if len(statement.tokens) > 1 else None
            return more_of(one, other, statement.scope, self.counting, ratio)
        return UNVERIFIABLE, "not understood"

    def _of_phrase(self, statement: Statement, phrase: Phrase, values: Values) -> Verdict | None:
        bound = self.discourse.bind(phrase, values)
        said = self.discourse.properties(statement.said, values)
        if statement.form == "box":
            return self._box(bound, [float(values[at].low) for at in statement.tokens])
        if bound.name == COVERS:
            return covers_counted(bound.quantity, self.facts)
        if bound.name == THING:
            self.discourse.add(Entity(THING, (), False, bound.quantity, False, picked=True))
            return UNVERIFIABLE, "no label is of it"
        if bound.name in taxonomy.REGIONS:
            return self._region(statement, phrase, bound, said, values)
        if statement.scope == "covers" and not said:
            return UNVERIFIABLE, f"{bound.name}: how much it covers is not known"
        groups = [one for one in (*phrase.narrowed, *statement.said) if one.form == "g"]
        if any(one.form == "m" for one in statement.said):
            bound = bound._replace(annotated=True)
        loose = bool(phrase.loose) or any(one.form in "xO" for one in (*phrase.narrowed, *statement.said))
        before = len(self.discourse.entities)
        if phrase.amount in _INTRODUCED and phrase.refers != "only":
            judged = self._introduced(statement, phrase, bound._replace(filters=(*bound.filters, *said)), loose, values)
        elif phrase.refers == "only":
            judged = self._only(statement, phrase, bound, said, values)
        else:
            judged = self._referred(statement, phrase, bound, said, values)
        if groups and judged is not None:
            kept = self.discourse.entities[before:]
            for one in groups:
                of = kept[-1] if kept else None
                if of is None:
                    return UNVERIFIABLE, "an arrangement of nothing named"
                found = arranged(
                    self._things(of), str(values[one.tokens[0]]), one.negated, of.name, self._bounded(of), self.facts
                )
                judged = worst(judged[0], found[0]), found[1]
        if loose and judged is not None:
            return (CONTRADICTED if judged[0] == CONTRADICTED else UNVERIFIABLE), f"{judged[1]}; no label decides the rest"
        return judged

    def _box(self, bound: Bound, corners_px: list[float]) -> Verdict:
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
        return (CONTRADICTED if best <= 0.0 and self._bounded(Entity(bound.name, (), False, None, True)) else UNVERIFIABLE), evidence

    # Phrases that introduce objects

    def _only(
        self, statement: Statement, phrase: Phrase, bound: Bound, said: tuple[Property, ...], values: Values
    ) -> Verdict | None:
        """Whether it is so of what is named, and of nothing else."""
        plain = self._of_phrase(statement, phrase._replace(refers=""), values)
        own = {id(thing) for thing, value in self.counting.kin(bound.name).things() if value != FALSE}
        for thing in self.facts.objects:
            if id(thing) not in own and all(self.counting.has(thing, one) >= FREE for one in said):
                return CONTRADICTED, f"{thing.label}: so as well"
        if plain is None or plain[0] == CONTRADICTED:
            return plain
        return UNVERIFIABLE, f"{plain[1]}; nothing tells what else there is"

    def _introduced(
        self, statement: Statement, phrase: Phrase, bound: Bound, loose: bool, values: Values
    ) -> Verdict | None:
        """Whether there are as many objects with all that is said of them."""
        quantity = bound.quantity
        if phrase.amount == "only":
            return UNVERIFIABLE, "nothing tells what else there is"
        if loose and quantity is not None:
            quantity = Quantity(quantity.low, INFINITE, quantity.least, INFINITE)  # there may be others without it
        if loose and quantity is None:
            return UNVERIFIABLE, "no label decides it"
        if statement.scope == "part":
            listed = self._lists[1] if self._lists[0] == statement.lists else []
            whole = next((one for one in reversed(self.discourse.entities) if one not in listed), None)
            if whole is None or not taxonomy_is_a(bound.name, whole.name):
                return UNVERIFIABLE, f"{bound.name}: no part of what it is said to be of"
            bound = bound._replace(filters=(*whole.filters, *bound.filters))
        if phrase.whole >= 0 and phrase.amount == "some":
            total = values[phrase.whole]
            enough = self.counting.counted(Bound(bound.name, total, "number", (), bound.annotated))
            if enough[0] != SUPPORTED:
                return enough
        others = self._others(statement, phrase, bound)
        entity = Entity(
            bound.name,
            bound.filters,
            bound.annotated,
            quantity,
            bound.amount == "plural" or quantity is not AT_LEAST_ONE,
            whole=not bound.filters,
            excluded=tuple(others),
        )
        if others:
            judged = self._count_other(entity, quantity)
        else:
            judged = self.counting.counted(bound._replace(quantity=quantity))
        if phrase.amount == "not number":
            return _OPPOSITE[judged[0]], judged[1]
        if quantity is not None:
            self.discourse.add(entity)
            self._list(statement, entity)
        return judged

    def _list(self, statement: Statement, entity: Entity) -> None:
        if statement.lists >= 0:
            at, members = self._lists
            self._lists = (statement.lists, [*(members if at == statement.lists else []), entity])

    def _others(self, statement: Statement, phrase: Phrase, bound: Bound) -> list[Entity]:
        """The entities that a phrase is other than: those of "another", and those before it in a list."""
        if phrase.refers == "another" or statement.scope == "also" or (phrase.whole >= 0 and phrase.amount == "some"):
            earlier = [one for one in self.discourse.entities if taxonomy_akin(one.name, bound.name)]
            if phrase.refers == "another" and not earlier:
                return [Entity(bound.name, (), bound.annotated, AT_LEAST_ONE, False)]  # there must be one that it is other than
            return [one for one in earlier if not one.whole] if phrase.whole >= 0 else earlier
        at, members = self._lists
        if statement.lists >= 0 and at == statement.lists and phrase.refers in ("", "class"):
            return [
                one
                for one in members
                if taxonomy_akin(one.name, bound.name) and not self._parts(one, phrase) and not _apart(one.filters, bound.filters)
            ]
        return []

    def _parts(self, one: Entity, phrase: Phrase) -> bool:
        """Whether the phrase is part of an entity named before it: "three ships: two in the center ..."."""
        return phrase.refers == "class" and one.whole

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

    # Phrases that refer to objects

    def _referred(
        self, statement: Statement, phrase: Phrase, bound: Bound, said: tuple[Property, ...], values: Values
    ) -> Verdict | None:
        entity, judged = self._entity(phrase, bound)
        scope = {"most": "most", "none of": "none", "share": "share", "all but": "all but"}.get(phrase.amount, "all")
        if statement.form == "count":
            scope = "all"
        if phrase.refers == "rest":
            said, entity.filters = (*entity.filters, *said), ()
        entity_before = entity.filters
        if phrase.amount == "extreme":
            which = str(values[phrase.extreme])
            found = worst_of(
                [extreme_of(self._pairs(entity), which, one, self.counting, self._bounded(entity)) for one in said]
            )
            self.discourse.add(entity)
            return found or self._exists(entity)
        if scope == "share":
            share = values[phrase.number]
            judged = self._fraction(entity, said, share if isinstance(share, Share) else None)
        elif said:
            if phrase.amount == "the" and not entity.several:
                found = self._the(entity, said)
            else:
                found = self._all(entity, said, scope)
            judged = found if judged is None else (worst(judged[0], found[0]), found[1])
        elif scope == "none":
            judged = self._exists(entity)
            judged = _OPPOSITE[judged[0]], judged[1]
        if scope == "all":
            entity.filters = (*entity_before, *said)
            self.discourse.add(entity)
        return judged

    def _entity(self, phrase: Phrase, bound: Bound) -> tuple[Entity, Verdict | None]:
        """The objects that the phrase refers to, and the verdict on what it says of their number."""
        name, filters = bound.name, bound.filters
        several = phrase.amount != "the"
        quantity = bound.quantity
        if phrase.noun == CONTEXT and phrase.refers in ("they", "former", "latter"):
            context = self.discourse.spoken_of(phrase.refers if phrase.refers != "they" else "")
            several = context.several
            entity = Entity(name, filters, bound.annotated, context.quantity, several, excluded=context.excluded)
            if phrase.number >= 0 and phrase.amount == "these" and isinstance(quantity, Quantity):
                return entity, self._number(entity, quantity)
            return entity, None
        if phrase.refers == "rest":
            earlier = self.discourse.of_class(name)
            whole = next((one for one in earlier if one.whole), None)
            parts = tuple(one for one in earlier if one is not whole)
            if not parts:
                raise Unclear
            entity = Entity(name, filters, bound.annotated, quantity, True, excluded=parts)
            base = Entity(name, (), bound.annotated, quantity, True, excluded=parts)
            exact = quantity if phrase.number >= 0 else None
            return entity, self._number(base, exact) if exact is not None else self._exists(base)
        known = self.discourse.latest(name)
        if phrase.amount == "the" and known is not None and not filters and not known.several:
            return Entity(name, known.filters, bound.annotated or known.annotated, known.quantity, False), None
        entity = Entity(name, filters, bound.annotated, quantity, several, whole=not filters)
        if phrase.amount == "extreme":
            entity.picked = True
            return entity, None
        if phrase.number >= 0 and phrase.amount in ("these", "all", "both") and isinstance(quantity, Quantity):
            return entity, self._number(entity, quantity)
        if phrase.amount in ("sole", "both") and quantity is not None:
            return entity, self._number(entity, quantity)
        if known is not None and not filters:
            return entity, None  # "the ships" again
        if phrase.amount in ("the", "these", "all") and not filters:
            return entity, self._exists(entity)
        return entity, None

    def _number(self, entity: Entity, quantity: Quantity) -> Verdict:
        if entity.excluded:
            return self._count_other(entity, quantity)
        return self.counting.counted(Bound(entity.name, quantity, "number", entity.filters, entity.annotated))

    def _exists(self, entity: Entity) -> Verdict:
        return self._number(entity, AT_LEAST_ONE)

    def _the(self, entity: Entity, said: tuple[Property, ...]) -> Verdict:
        """Whether the one object that is meant has all the properties: any that it can be must have them to bear it out."""
        sure = [thing for thing, value in self._pairs(entity) if value >= FREE]
        if len(sure) == 1 and entity.quantity is AT_LEAST_ONE and not entity.excluded:
            value = min(self.counting.has(sure[0], one) for one in said)  # what else may be one would not be "the" one
            verdict = SUPPORTED if value >= FREE else CONTRADICTED if value == FALSE and self._bounded(entity) else UNVERIFIABLE
            return verdict, f"{entity.name}: the only one there is"
        together = self.counting.counted(Bound(entity.name, AT_LEAST_ONE, "some", (*entity.filters, *said), entity.annotated))
        candidates = [value for value in self._values(entity).values() if value > MORE]
        if together[0] != SUPPORTED or len(candidates) <= 1 or entity.quantity is not AT_LEAST_ONE:
            return together
        known = self.discourse.latest(entity.name)
        if known is not None and not known.several:
            return together
        everyone = self._all(entity, said, "all")
        return (
            everyone
            if everyone[0] == SUPPORTED
            else (UNVERIFIABLE, f"{entity.name}: one of {len(candidates)}, not known which")
        )

    def _all(self, entity: Entity, said: tuple[Property, ...], scope: str) -> Verdict:
        """Whether all, most or none of the objects have the properties."""
        pairs = [(thing, value) for thing, value in self._pairs(entity) if value > MORE]
        has = [(value, min(self.counting.has(thing, one) for one in said)) for thing, value in pairs]
        bounded = self._bounded(entity)
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

    def _fraction(self, entity: Entity, said: tuple[Property, ...], share: Share | None) -> Verdict:
        """Whether such a share of the objects has the properties: to the object, as it is meant."""
        pairs = [(thing, value) for thing, value in self._pairs(entity) if value > MORE]
        if share is None or not said or not pairs or share.dominant:
            return UNVERIFIABLE, f"{entity.name}: {len(pairs)} counted"
        has = [min(value, *[self.counting.has(thing, one) for one in said]) for thing, value in pairs]
        low, high = sum(value >= FREE for value in has), sum(value != FALSE for value in has)
        evidence = f"{entity.name}: {low} of {len(pairs)} so"
        if not self._bounded(entity) or any(value < FREE for _, value in pairs):
            return UNVERIFIABLE, evidence
        n = len(pairs)
        grain = 0.5 / n if share.high < 1.0 else 0.0  # half of seven ships is neither three nor four, and not far from them
        if share.low <= low / n and high / n <= share.high:
            return SUPPORTED, evidence
        out = high / n < share.least - grain or low / n > share.most + grain
        return (CONTRADICTED if out else UNVERIFIABLE), evidence

    # Objects of an entity

    def _bounded(self, entity: Entity) -> bool:
        return self.counting.bounded(Bound(entity.name, AT_LEAST_ONE, "", entity.filters, entity.annotated))

    def _pairs(self, entity: Entity) -> list[tuple[Object, int]]:
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

    def _things(self, entity: Entity) -> tuple[list[Object], bool]:
        """The objects of the entity, and whether they are for sure."""
        pairs = self._pairs(entity)
        return [thing for thing, value in pairs if value >= FREE], all(value >= FREE for _, value in pairs)

    # Land covers

    def _region(
        self, statement: Statement, phrase: Phrase, bound: Bound, said: tuple[Property, ...], values: Values
    ) -> Verdict:
        """What is stated of a land cover: it is known where a mask has it, and not where boxes are all there is."""
        covers = statement.scope == "covers"
        properties = (*bound.filters, *said)
        targets = [one[0].target for one in properties if one[0].target is not None]
        target = self.discourse.bind(targets[0], values).name if targets else None
        scope = {"most": "most", "all": "all", "none of": "none"}.get(phrase.amount, "")
        self.discourse.add(Entity(bound.name, bound.filters, bound.annotated, bound.quantity, False))
        return region_stated(bound, properties, scope, covers, target, self.facts)


def taxonomy_akin(one: str, other: str) -> bool:
    """Whether the classes can share objects."""
    return THING not in (one, other) and ("object" in (one, other) or taxonomy.akin(one, other))


def _apart(some: tuple[Property, ...], others: tuple[Property, ...]) -> bool:
    """Whether these are two cells: how objects near their border are shared out is looked at for all cells together."""
    if len(some) != 1 or len(others) != 1:
        return False
    (one, (place, *_)), (other, (second, *_)) = some[0], others[0]
    cells = one.form == other.form == "p" and not one.negated and not other.negated
    return cells and place in CELL and second in CELL and place != second


def taxonomy_is_a(one: str, other: str) -> bool:
    """Whether every one of the class is of the other, or of any class."""
    return other == "object" or (one != "object" and taxonomy.is_a(one, other))


def worst_of(verdicts: Sequence[Verdict]) -> Verdict | None:
    """The worst of some verdicts, with its evidence; None of none."""
    for rank in (CONTRADICTED, UNVERIFIABLE, SUPPORTED):
        for one in verdicts:
            if one[0] == rank:
                return one
    return None
