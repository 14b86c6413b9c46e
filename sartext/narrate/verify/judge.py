"""From what a text states to verdicts: supported, contradicted or unverifiable, each with its evidence."""

from collections.abc import Sequence

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.shares import Share
from sartext.narrate.facts.tile_facts import Facts, Object
from sartext.narrate.read.lexicon import INFINITE, LAND_COVER, THING, Quantity
from sartext.narrate.read.meaning import CONTEXT, Phrase, Statement
from sartext.narrate.read.record import RECORD
from sartext.narrate.read.statements import INTRODUCED
from sartext.narrate.verify.comparing import arranged, extreme_of, more_of
from sartext.narrate.verify.counting import (
    CONTRADICTED,
    SUPPORTED,
    UNVERIFIABLE,
    Counting,
    Verdict,
    worst,
    worst_of,
)
from sartext.narrate.verify.discourse import (
    AT_LEAST_ONE,
    Bound,
    BoundProperty,
    Discourse,
    Entity,
    Unclear,
    Values,
    apart,
    is_part_of,
    joined,
    may_share,
    takes_from,
)
from sartext.narrate.verify.judge_land_cover import covers_counted, region_stated, share_stated
from sartext.narrate.verify.judge_record import record_stated
from sartext.narrate.verify.kin import Kins
from sartext.narrate.verify.objects import Objects
from sartext.narrate.verify.plain import NOT_PLAIN, Grounds, Plain
from sartext.narrate.verify.predicates import FALSE, FREE
from sartext.narrate.verify.references import References

_OPPOSITE = {SUPPORTED: CONTRADICTED, CONTRADICTED: SUPPORTED, UNVERIFIABLE: UNVERIFIABLE}
_SCOPES = {"most": "most", "none of": "none", "share": "share", "all but": "all but", "not all": "not all"}
_MOST_APART = 32  # nobody keeps more in mind than that as each another


class Judge:
    """Judges the statements of one text against the facts of one tile, sentence by sentence.

    The judges of several texts on one tile may share `kin`, what they look up of its objects.
    """

    def __init__(self, facts: Facts, kin: Kins | None = None) -> None:
        self.facts = facts
        self.discourse = Discourse()
        self.counting = Counting(facts, self.discourse, Kins(facts) if kin is None else kin)
        self.objects = Objects(self.counting, self.discourse)
        self.references = References(self.discourse, self.objects)
        self._plain = Plain(self.objects, self.discourse)
        self._judged: Entity | None = None  # the objects that the latest statement is of
        self._wide_lists: tuple[int, list[Entity]] = (-1, [])  # the list that is read, with the place behind it said of each

    def end_sentence(self) -> None:
        """Keeps what "it" and "two" of the next sentence refer to."""
        self.discourse.end_sentence()
        self._wide_lists = (-1, [])

    def ground(self) -> Grounds:
        """What the latest verdict stands on: the boxes by their position in the tile, and the labels of regions."""
        return self._plain.ground or self.objects.ground(self._judged)

    def verdict(self, statement: Statement, values: Values) -> Verdict | None:
        """Verdict and evidence of a statement; None where it only names again what the text has named."""
        self._judged = self._plain.ground = None
        if statement.scope == "denied":
            judged = self.verdict(statement._replace(scope=""), values)
            self._judged = self._plain.ground = None  # what is so is that none of it is
            return judged and (_OPPOSITE[judged[0]], f"{judged[1]}; denied")
        if statement.phrase is not None:
            if statement.plain:
                judged = self._plain.verdict(statement, statement.phrase, values)
                if judged is not NOT_PLAIN:
                    return judged
            try:
                return self._wide(statement, statement.phrase, values)
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
        if statement.form == RECORD:
            return record_stated([values[at] for at in statement.tokens], statement.scope, self.facts.record)
        return UNVERIFIABLE, "not understood"

    def _wide(self, statement: Statement, phrase: Phrase, values: Values) -> Verdict | None:
        """The verdict, where the place after a list may be of all its members or of the last alone."""
        wide_lists = self._wide_lists if self._wide_lists[0] == statement.lists >= 0 else None
        if not (statement.near or wide_lists):
            return self._of_phrase(statement, phrase, values)
        spoken, lists = [*self.discourse.entities], self.discourse.lists
        judged = self._of_phrase(statement, phrase, values)
        if judged is None:
            return judged
        narrow, ground = (self.discourse.entities, self.discourse.lists), (self._judged, self._plain.ground)
        self.discourse.entities, self.discourse.lists = spoken, wide_lists or lists
        each = statement._replace(near=(), said=statement.near) if statement.near else statement
        wide = self._of_phrase(each, phrase, values)
        self._wide_lists = self.discourse.lists
        self.discourse.entities, self.discourse.lists = narrow
        self._judged, self._plain.ground = ground
        if wide is not None and wide[0] == judged[0]:
            return judged
        return UNVERIFIABLE, f"{judged[1]}; it is not clear of which objects the place is said"

    def _of_phrase(self, statement: Statement, phrase: Phrase, values: Values) -> Verdict | None:
        if statement.form == "said" and phrase.noun == CONTEXT and phrase.narrowed and not statement.said:
            # "Three ships, all in the center": what narrows no noun is said.
            statement, phrase = statement._replace(said=phrase.narrowed), phrase._replace(narrowed=())
        bound = self.discourse.bind(phrase, values)
        said = self.discourse.properties(statement.said, values)
        if statement.form == "box":
            return self.objects.box(bound, [float(values[at].low) for at in statement.tokens])
        if bound.name == LAND_COVER:
            return covers_counted(bound.quantity, self.facts)
        if bound.name == THING:
            self.discourse.add(Entity(THING, (), False, bound.quantity, False, picked=True))
            return UNVERIFIABLE, "no label is of it"
        if bound.name in taxonomy.REGIONS:
            return self._region(statement, phrase, bound, said, values)
        if statement.scope == "covers" and not said:
            return UNVERIFIABLE, f"{bound.name}: how much it covers is not known"
        forms = [one.form for one in (*phrase.narrowed, *statement.said)]
        groups = [one for one in (*phrase.narrowed, *statement.said) if one.form == "g"] if "g" in forms else []
        if "m" in forms[len(phrase.narrowed) :]:
            bound = bound._replace(annotated=True)
        loose = bool(phrase.loose) or "x" in forms or "O" in forms
        before = len(self.discourse.entities)
        if phrase.amount in INTRODUCED and phrase.refers != "only":
            judged = self._introduced(
                statement, phrase, bound._replace(filters=joined(bound.filters, said)), bound.filters, loose, values
            )
        elif phrase.refers == "only":
            judged = self._only(statement, phrase, bound, said, values)
        else:
            judged = self._referred(statement, phrase, bound, said, values)
            if phrase.loose and judged is not None:
                return UNVERIFIABLE, f"{judged[1]}; no label decides which are meant"
        if groups and judged is not None:
            kept = self.discourse.entities[before:]
            for one in groups:
                of = kept[-1] if kept else None
                if of is None:
                    return UNVERIFIABLE, "an arrangement of nothing named"
                found = arranged(
                    self.objects.things(of),
                    str(values[one.tokens[0]]),
                    one.negated,
                    of.name,
                    self.objects.bounded(of),
                    self.facts,
                )
                judged = worst(judged[0], found[0]), found[1]
        if loose and judged is not None:
            return (CONTRADICTED if judged[0] == CONTRADICTED else UNVERIFIABLE), f"{judged[1]}; no label decides the rest"
        return (UNVERIFIABLE, "no label decides it") if loose and (statement.said or phrase.noun == CONTEXT) else judged

    # Phrases that introduce objects

    def _nothing_else(self, bound: Bound, *, listed: bool) -> Verdict:
        """Whether there are such objects, and none of another class has what is said: "only ships are in the center"."""
        there = self.counting.counted(bound._replace(quantity=AT_LEAST_ONE))
        if not listed and (other := self._beside(bound.name, bound.filters)) is not None:
            return CONTRADICTED, f"{other.label}: so as well"
        return (CONTRADICTED if there[0] == CONTRADICTED else UNVERIFIABLE), f"{there[1]}; nothing tells what else there is"

    def _beside(self, name: str, said: Sequence[BoundProperty]) -> Object | None:
        """The first object of another class that has all that is said."""
        own = {id(thing) for thing, value in self.counting.kin[name].things() if value != FALSE}
        others = (thing for thing in self.facts.objects if id(thing) not in own)
        return next((thing for thing in others if all(self.counting.has(thing, one) >= FREE for one in said)), None)

    def _only(
        self, statement: Statement, phrase: Phrase, bound: Bound, said: tuple[BoundProperty, ...], values: Values
    ) -> Verdict | None:
        """Whether it is so of what is named, and of nothing else."""
        plain = self._of_phrase(statement, phrase._replace(refers=""), values)
        if (other := self._beside(bound.name, said)) is not None:
            return CONTRADICTED, f"{other.label}: so as well"
        if plain is None or plain[0] == CONTRADICTED:
            return plain
        return UNVERIFIABLE, f"{plain[1]}; nothing tells what else there is"

    def _introduced(
        self,
        statement: Statement,
        phrase: Phrase,
        bound: Bound,
        narrowed: tuple[BoundProperty, ...],
        loose: bool,
        values: Values,
    ) -> Verdict | None:
        """Whether there are as many objects with all that is said of them."""
        quantity = bound.quantity
        if phrase.amount == "only":
            return self._nothing_else(bound, listed=statement.lists >= 0)
        if statement.scope == "shared" and isinstance(quantity, Quantity):
            return self._shared(statement, phrase, bound, quantity, narrowed, loose, values)
        if loose and quantity is not None:
            quantity = Quantity(quantity.low, INFINITE, quantity.least, INFINITE)  # there may be others without it
        if loose and quantity is None:
            return UNVERIFIABLE, "no label decides it"
        if statement.scope == "part":
            whole, _ = self.discourse.whole_of()
            if whole is None or not is_part_of(bound.name, whole.name):
                return UNVERIFIABLE, f"{bound.name}: no part of what it is said to be of"
            bound = bound._replace(filters=joined(whole.filters, bound.filters))
        if phrase.whole >= 0 and (enough := self._whole(phrase, bound, narrowed, values))[0] != SUPPORTED:
            return enough
        entity = Entity(
            bound.name,
            bound.filters,
            bound.annotated,
            quantity,
            quantity is not None and quantity.low > 1,
            whole=not bound.filters,
            excluded=tuple(self._others(statement, phrase, bound)),
            part=statement.scope == "part" or (phrase.noun == CONTEXT and phrase.refers in ("class", "of")),
        )
        judged = self._counted(statement, phrase, bound._replace(quantity=quantity), entity)
        if judged[0] == SUPPORTED and quantity is not None and (of := self._of_which(phrase, bound, narrowed, values)):
            judged = self.objects.among(of, bound.filters[len(of.filters) :], quantity)
        if phrase.amount == "not number":
            return _OPPOSITE[judged[0]], judged[1]
        self._judged = entity
        if judged[0] == UNVERIFIABLE and (phrase.noun == CONTEXT or statement.scope == "part"):
            judged = self.references.among(statement, phrase, bound._replace(quantity=quantity)) or judged
        if quantity is not None:
            self.discourse.add(entity)
            self._list(statement, entity)
        return judged

    def _shared(
        self,
        statement: Statement,
        phrase: Phrase,
        bound: Bound,
        quantity: Quantity,
        narrowed: tuple[BoundProperty, ...],
        loose: bool,
        values: Values,
    ) -> Verdict | None:
        """ "One is ..., the other ...": of one at least, or of exactly one, which is not said."""
        context = self.discourse.spoken_of() if phrase.noun == CONTEXT else None
        if context is not None and context.filters and not statement.said and phrase.refers == "class":
            context = None  # "two are in the upper left, one in the center": beside those, not of them
        if context is not None:
            bound = bound._replace(filters=joined(context.filters, bound.filters))
        exact = self._introduced(statement._replace(scope=""), phrase, bound, narrowed, loose, values)
        least = bound._replace(quantity=Quantity(quantity.low, INFINITE, quantity.least, INFINITE))
        some = self.counting.counted(least)
        if self._judged is not None:
            self._judged.some = True
        if exact is not None and exact[0] == SUPPORTED and context is not None:
            exact = self.objects.among(context, bound.filters[len(context.filters) :], quantity)
        if exact is None or some[0] == exact[0] != UNVERIFIABLE:
            return exact
        return self.references.among(statement, phrase, least) or (UNVERIFIABLE, some[1])

    def _of_which(self, phrase: Phrase, bound: Bound, narrowed: tuple[BoundProperty, ...], values: Values) -> Entity | None:
        """Those of which a phrase says something of some: "two of the three ships in the center", "one of them"."""
        if phrase.noun == CONTEXT:
            return self.discourse.spoken_of() if phrase.refers == "of" else None
        number = values[phrase.whole] if phrase.whole >= 0 and phrase.amount != "some" else None
        if not isinstance(number, Quantity):
            return None
        return Entity(bound.name, narrowed, bound.annotated, number, number.low > 1)

    def _whole(self, phrase: Phrase, bound: Bound, narrowed: tuple[BoundProperty, ...], values: Values) -> Verdict:
        """Whether there are as many in all as a phrase says: "one of the five bridges", "the third ship"."""
        number = values[phrase.whole]
        if phrase.noun < 0 and phrase.amount != "some":
            return SUPPORTED, ""
        of = () if phrase.amount == "some" else narrowed
        return self.counting.counted(Bound(bound.name, number, "number", of, bound.annotated))

    def _counted(self, statement: Statement, phrase: Phrase, bound: Bound, entity: Entity) -> Verdict:
        """Whether there are so many of the entity, beside those that it is other than."""
        if not entity.excluded:
            return self.counting.counted(bound)
        judged = self.objects.count_other(entity, bound.quantity)
        if phrase.refers or statement.scope or all(one.name == bound.name for one in entity.excluded):
            return judged
        # "Three vehicles and a car": whether the car is one of the vehicles is not said.
        together = self.counting.counted(bound)
        return judged if together[0] == judged[0] else (UNVERIFIABLE, f"{judged[1]}; or all of them together")

    def _list(self, statement: Statement, entity: Entity) -> None:
        if statement.lists >= 0:
            self.discourse.lists = (statement.lists, [*self.discourse.listed(statement.lists), entity])

    def _others(self, statement: Statement, phrase: Phrase, bound: Bound) -> list[Entity]:
        """The entities that a phrase is other than: those of "another", and those before it in a list."""
        if phrase.refers == "another" or statement.scope == "also" or (phrase.whole >= 0 and phrase.amount == "some"):
            whole, parts = self.discourse.whole_of()
            # "There are four: one in the center, another ...": of the four.
            earlier = [
                one for one in self.discourse.distinct() if may_share(one.name, bound.name) and not (parts and one is whole)
            ]
            if len(earlier) > _MOST_APART:
                raise Unclear
            if phrase.refers == "another" and not earlier:
                return [Entity(bound.name, (), bound.annotated, AT_LEAST_ONE, False)]  # there must be one that it is other than
            return [one for one in earlier if not one.whole] if phrase.whole >= 0 else earlier
        if statement.lists >= 0 and phrase.refers in ("", "class"):
            return [
                one
                for one in self.discourse.listed(statement.lists)
                if may_share(one.name, bound.name) and not takes_from(one, phrase) and not apart(one.filters, bound.filters)
            ]
        return []

    # Phrases that refer to objects

    def _referred(
        self, statement: Statement, phrase: Phrase, bound: Bound, said: tuple[BoundProperty, ...], values: Values
    ) -> Verdict | None:
        known = phrase.amount == "the" and self.discourse.latest(bound.name) is not None and not bound.filters
        entity, judged = self.references.entity(phrase, bound)
        scope = "all" if statement.form == "count" else _SCOPES.get(phrase.amount, "all")
        if phrase.refers == "rest":
            several = phrase.amount == "these" or (phrase.amount == "either" and values[phrase.whole] == "many")
            return self.references.rest(phrase, bound, joined(bound.filters, said), several)
        if phrase.whole >= 0:  # "most of the five ships"
            enough = self._whole(phrase, bound, bound.filters, values)
            judged = enough if judged is None else (worst(judged[0], enough[0]), enough[1])
        if phrase.amount not in ("not all", "none of", "extreme"):
            some = phrase.amount in ("most", "share", "all but")  # those of them that have it bear it out
            self._judged = entity.with_also(said if some else ())
        if phrase.amount == "extreme":
            which = str(values[phrase.extreme])
            pairs, bounded = self.objects.pairs(entity), self.objects.bounded(entity)
            found = worst_of([extreme_of(pairs, which, one, self.counting, bounded) for one in said])
            self.discourse.add(entity.with_also(said))
            found = found or self.objects.exists(entity)
            return found if judged is None else (worst(judged[0], found[0]), found[1])
        if scope == "share":
            share = values[phrase.number]
            found = self.objects.fraction(entity, said, share if isinstance(share, Share) else None)
            judged = found if judged is None else (worst(judged[0], found[0]), found[1])
        elif said:
            if phrase.amount == "either":
                found = self.objects.either(entity, said)
            elif not entity.several and phrase.amount in ("the", "these") and phrase.number < 0:
                found = self.objects.the_one(entity, said, spoken_of=phrase.amount == "these" or known)
                entity.picked = found[0] == UNVERIFIABLE and not known and len(self.objects.pairs(entity)) > 1  # which is open
            else:
                found = self.objects.all_of(entity, said, scope)
            judged = found if judged is None else (worst(judged[0], found[0]), found[1])
        elif scope == "none":
            there = self.objects.exists(entity)
            judged = _OPPOSITE[there[0]], there[1]
        elif judged is None and bound.filters and phrase.refers == "":
            judged = self.objects.exists(entity)  # "the ship in the center is visible"
        if scope == "all":
            entity.filters = joined(entity.filters, said)
            self.discourse.add(entity)
        return judged

    # Land covers

    def _region(
        self, statement: Statement, phrase: Phrase, bound: Bound, said: tuple[BoundProperty, ...], values: Values
    ) -> Verdict:
        """What is stated of a land cover: it is known where a mask has it, and not where boxes are all there is."""
        covers = statement.scope == "covers"
        properties = (*bound.filters, *said)
        targets = [one[0].target for one in properties if one[0].target is not None]
        target = self.discourse.bind(targets[0], values).name if targets else None
        scope = {"most": "most", "all": "all", "none of": "none"}.get(phrase.amount, "")
        self._judged = Entity(bound.name, bound.filters, bound.annotated, bound.quantity, False)
        self.discourse.add(self._judged)
        return region_stated(bound, properties, scope, covers, target, self.facts)
