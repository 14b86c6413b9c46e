"""From what a text states to verdicts: supported, contradicted or unverifiable, each with its evidence."""

from sartext.narrate.facts import arrangement, relations, shapes, taxonomy
from sartext.narrate.facts.tile_facts import Facts, Object
from sartext.narrate.read.ast import CONTEXT, Mention, Reading, Statement
from sartext.narrate.read.lexicon import COVERING, INFINITE, Quantity
from sartext.narrate.verify.coreference import AT_LEAST_ONE, Binder, Bound, Property, Unclear, Values
from sartext.narrate.verify.counting import CELL, CONTRADICTED, SUPPORTED, UNVERIFIABLE, Counting, Kin, Verdict
from sartext.narrate.verify.judge_land_cover import more_stated, region_stated, share_stated
from sartext.narrate.verify.predicates import FALSE, FREE, MORE, TRUE

_OPPOSITE = {SUPPORTED: CONTRADICTED, CONTRADICTED: SUPPORTED, UNVERIFIABLE: UNVERIFIABLE}


class Judge:
    """Judges the statements of one text against the facts of one tile, sentence by sentence.

    The judges of several texts on one tile may share `kin`, what they look up of its objects. A `binder` that is given tells
    its owner what each mention was bound to, once its statement is judged.
    """

    def __init__(self, facts: Facts, kin: dict[str, Kin] | None = None, binder: Binder | None = None) -> None:
        self.facts = facts
        self._binder = binder or Binder()
        self._counting = Counting(facts, self._binder, {} if kin is None else kin)
        self._named: set[str] = set()  # classes that the text has counted

    def end_sentence(self, reading: Reading, values: Values) -> None:
        """Keeps what "it" and "two" of the next sentence refer to."""
        if reading.antecedent is not None:
            self._binder.refer(reading.antecedent, values)
        elif reading.named:
            self._binder.refer(None, values)

    def verdict(self, statement: Statement, values: Values) -> Verdict | None:
        """Verdict and evidence of a statement whose indices refer to the values of its sentence's tokens.

        None where it only names again what the text has named.
        """
        if statement.mention is not None:
            if statement.plain and (judged := self._plain(statement.mention, values)) is not None:
                return judged
            try:
                return self._of_mention(statement, statement.mention, values)
            except Unclear:
                return UNVERIFIABLE, "refers to nothing named before"
        if statement.form == "unread":
            return UNVERIFIABLE, "not understood"
        if statement.form == "optical":
            word = str(values[statement.tokens[0]])
            if statement.scope or self.facts.optical:
                return UNVERIFIABLE, f"{word}: not in the labels"
            return CONTRADICTED, f"{word}: SAR does not show it"
        if statement.form == "vague":
            return UNVERIFIABLE, "no label decides it"
        if statement.form == "cover":
            share, *nouns = statement.tokens
            return share_stated(tuple([str(values[at]) for at in nouns]), values[share], statement.scope, self.facts)
        return self._compare(statement, values)

    def _plain(self, said: Mention, values: Values) -> Verdict | None:
        """The verdict on a plain count, without binding it; None where it is of a region or of a place that is no cell."""
        name, quantity = values[said.noun], values[said.number]
        place = values[said.filters[0].tokens[0]] if said.filters else None
        if name in taxonomy.REGIONS or type(quantity) is not Quantity or (place is not None and place not in CELL):
            return None
        self._named.add(name)
        return self._counting.plain(name, quantity, place, said.annotated)

    def _of_mention(self, statement: Statement, said: Mention, values: Values) -> Verdict | None:
        form, again = statement.form, statement.scope == "again"
        if again and said.noun != CONTEXT and not said.filters and values[said.noun] in self._named:
            return None  # before it is bound, because most are so
        mention = self._binder.bind(said, values)
        name = mention.name
        if name in taxonomy.REGIONS:
            return self._region(statement, mention, values)
        if form == "count":
            if again and name in self._named:
                return None
            self._named.add(name)
            if statement.nearest is None and mention.amount != "not number":
                return self._counting.counted(mention)
            return self._count_of(statement, mention, values)
        if form == "with":
            predicate = self._binder.property(statement.predicate, values)
            verdict, evidence = self._counting.counted(mention._replace(filters=(*mention.filters, predicate)))
            return (SUPPORTED if verdict == SUPPORTED else UNVERIFIABLE), evidence
        if form == "arranged":
            return self._arranged(mention, str(values[statement.tokens[0]]), statement.scope == "not")
        predicate = self._binder.property(statement.predicate, values)
        if form == "extreme":
            return self._extreme(mention, str(values[statement.tokens[0]]), predicate)
        return self._share(mention, predicate, statement.scope)

    def _region(self, statement: Statement, mention: Bound, values: Values) -> Verdict:
        """What is stated of a land cover: it is known where a mask has it, and not where boxes are all there is."""
        predicate = None if statement.predicate is None else self._binder.property(statement.predicate, values)
        said = [*mention.filters, *([predicate] if predicate is not None else [])]
        targets = [one[0].target for one in said if one[0].target is not None]
        target = self._binder.bind(targets[0], values).name if targets else None
        covers = any(isinstance(value, str) and value == COVERING for value in values)
        return region_stated(mention, statement.form, statement.scope, predicate, covers, target, self.facts)

    def _count_of(self, statement: Statement, mention: Bound, values: Values) -> Verdict:
        if statement.nearest is not None and statement.nearest.mention is not None:
            near = self._counting.counted(self._binder.bind(statement.nearest.mention, values))
            wide = self._counting.counted(mention)
            return wide if wide[0] == near[0] else (UNVERIFIABLE, f"{near[1]}; it is not clear which objects the place is of")
        verdict, evidence = self._counting.counted(mention)
        if mention.amount == "not number":
            return _OPPOSITE[verdict], evidence
        return verdict, evidence

    def _matching(self, mention: Bound) -> list[tuple[Object, int]]:
        """The objects of the mention's kin, and how far each has its properties."""
        return list(zip(self._counting.kin(mention.name).objects, self._counting.matching(mention), strict=True))

    def _share(self, mention: Bound, predicate: Property, scope: str) -> Verdict:
        """Whether all, most or none of the objects of the mention have the property."""
        if predicate[0].form == "any" and scope == "all":
            for place in predicate[1]:
                single = (predicate[0]._replace(form="p"), (place,))
                some = self._counting.counted(mention._replace(quantity=AT_LEAST_ONE, filters=(*mention.filters, single)))
                if some[0] != SUPPORTED:
                    return some
        things = [(thing, value) for thing, value in self._matching(mention) if value > MORE]
        values = [(value, self._counting.has(thing, predicate)) for thing, value in things]
        bounded = self._counting.bounded(mention)
        true = sum(value >= FREE for _, value in values)
        possible = sum(value != FALSE for _, value in values)
        evidence = f"{mention.name}: {true} of {len(values)} so"
        if not values:
            return (CONTRADICTED if bounded else UNVERIFIABLE), evidence
        if scope == "none":
            if any(base >= FREE and value == TRUE for base, value in values):
                return CONTRADICTED, evidence
            return (SUPPORTED if bounded and not possible else UNVERIFIABLE), evidence
        if scope == "most":
            if bounded and 2 * true > len(values):
                return SUPPORTED, evidence
            return (CONTRADICTED if bounded and 2 * possible < len(values) else UNVERIFIABLE), evidence
        if any(base >= FREE and value == FALSE for base, value in values):
            return CONTRADICTED, evidence
        return (SUPPORTED if bounded and true == len(values) else UNVERIFIABLE), evidence

    def _extreme(self, mention: Bound, which: str, predicate: Property) -> Verdict:
        """Whether the largest (smallest, longest, shortest) object has the property: all that may be it, by a margin."""
        matching = self._matching(mention)
        things = [thing for thing, value in matching if value != FALSE]
        bounded = self._counting.bounded(mention) and all(value >= FREE for _, value in matching if value != FALSE)
        if not things:
            return (CONTRADICTED if bounded else UNVERIFIABLE), f"{mention.name}: none counted"
        if len(things) > arrangement.MOST:
            return UNVERIFIABLE, f"{mention.name}: {len(things)} counted, too many to compare"
        candidates = [thing for thing in things if not self._beaten(thing, things, which)]
        if predicate[0].form == "L" and which in ("longest", "shortest"):  # the length is that of the extreme one itself
            most = max if which == "longest" else min
            candidates = [most(things, key=lambda thing: shapes.long_side(thing, self.facts))]
        values = [self._counting.has(thing, predicate) for thing in candidates]
        evidence = f"{mention.name}: {sum(value >= FREE for value in values)} of {len(values)} that may be the {which} so"
        sized = all(shapes.whole(thing, self.facts) for thing in things)
        if which in ("longest", "shortest"):
            sized = sized and all(shapes.long_side_tells(thing) for thing in things)
        if bounded and sized and all(value >= FREE for value in values):
            return SUPPORTED, evidence
        none = all(self._counting.has(thing, predicate) == FALSE for thing in (candidates if sized else things))
        return (CONTRADICTED if bounded and none else UNVERIFIABLE), evidence

    def _beaten(self, thing: Object, things: list[Object], which: str) -> bool:
        """Whether another object is the largest (smallest, longest, shortest) rather than this one, beyond the dead band."""
        if which == "largest":
            return any(relations.larger(other, thing, self.facts) for other in things)
        if which == "smallest":
            return any(relations.larger(thing, other, self.facts) for other in things)
        length = shapes.long_side(thing, self.facts)
        others = [shapes.long_side(other, self.facts) for other in things]
        if which == "longest":
            return max(others) >= relations.LARGER * length
        return length >= relations.LARGER * min(others)

    def _arranged(self, mention: Bound, word: str, negated: bool) -> Verdict:
        """Whether the objects of the mention lie in a line, in a cluster, or scattered."""
        matching = self._matching(mention)
        things = tuple(thing for thing, value in matching if value >= FREE)
        quantity = mention.quantity
        evidence = f"{mention.name}: {len(things)} counted"
        if quantity is None or not self._counting.bounded(mention) or any(FALSE < value < FREE for _, value in matching):
            return UNVERIFIABLE, evidence
        if quantity.high < len(things) or (not things and quantity.low > 0):
            return (CONTRADICTED if not things else UNVERIFIABLE), evidence
        if len(things) == 2 and word == "cluster":
            answer = relations.near(things[0], things[1], self.facts)
        else:
            rules = {"line": arrangement.line, "cluster": arrangement.cluster, "scattered": arrangement.scattered}
            answer = False if len(things) == 1 else rules[word](things, self.facts)
        if answer is None:
            return UNVERIFIABLE, evidence
        return (SUPPORTED if answer is not negated else CONTRADICTED), f"{evidence}, {'' if answer else 'not '}{word}"

    def _compare(self, statement: Statement, values: Values) -> Verdict:
        """Whether there are more (fewer, as many, twice as many) of one class than of another."""
        code = statement.scope
        one, other = (str(values[at]) for at in statement.tokens[1:])
        covered = more_stated(one, other, code, self.facts)
        if covered is not None:
            return covered
        (a_low, a_high), (b_low, b_high) = (self._range(str(values[i])) for i in statement.tokens[1:])
        evidence = f"{a_low} to {_upto(a_high)} against {b_low} to {_upto(b_high)}"
        if code == "-":
            (a_low, a_high), (b_low, b_high) = (b_low, b_high), (a_low, a_high)
        if code in "+->":
            verdict = SUPPORTED if a_low > b_high else CONTRADICTED if a_high <= b_low else UNVERIFIABLE
            return verdict, evidence
        times = 2 if code == "2" else 1
        if a_low == a_high and b_low == b_high and b_low > 0:
            return (SUPPORTED if a_low == times * b_low else CONTRADICTED), evidence
        return (CONTRADICTED if a_high < times * b_low or times * b_high < a_low else UNVERIFIABLE), evidence

    def _range(self, name: str) -> tuple[int, int]:
        if name == "object":
            return len(self.facts.objects), INFINITE
        count = self.facts.count(name)
        return count.low, INFINITE if count.high is None else count.high + count.more


def _upto(number: int) -> str:
    return "any number" if number >= INFINITE else str(number)
