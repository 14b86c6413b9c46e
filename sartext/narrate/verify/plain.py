"""Verdicts on what captions mostly state, quickly: how many of a class there are, and where; where all, most, or the one is."""

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.place import CELL, Place
from sartext.narrate.read.lexicon import Quantity
from sartext.narrate.read.meaning import CONTEXT, Phrase, Statement
from sartext.narrate.verify.counting import CONTRADICTED, SUPPORTED, UNVERIFIABLE, Verdict
from sartext.narrate.verify.discourse import (
    AT_LEAST_ONE,
    AT_LEAST_TWO,
    Bound,
    BoundProperty,
    Discourse,
    Entity,
    Unclear,
    Values,
    apart,
    is_part_of,
    may_share,
    said_exactly,
    takes_from,
)
from sartext.narrate.verify.judge_land_cover import region_stated, region_there
from sartext.narrate.verify.kin import EVERYWHERE, Kin
from sartext.narrate.verify.objects import Objects
from sartext.narrate.verify.predicates import FALSE, FREE, TRUE

Grounds = tuple[tuple[int, ...], tuple[str, ...]]  # boxes by their position in the tile, and labels of regions
NOT_PLAIN: Verdict = ("", "")  # a statement that is not as plain as it looks
_BOXED = frozenset(taxonomy.KINDS) - taxonomy.REGIONS


class Plain:
    """The plain statements of one text; what they speak of is kept as `Judge` keeps it, so that others can follow them."""

    def __init__(self, objects: Objects, discourse: Discourse) -> None:
        self.objects, self.counting, self.discourse = objects, objects.counting, discourse
        self.ground: Grounds | None = None  # what the latest verdict stands on

    def verdict(self, statement: Statement, phrase: Phrase, values: Values) -> Verdict | None:
        """The verdict on a plain statement; None where it names again what was named, NOT_PLAIN where it is not plain."""
        if statement.form == "count":
            return self._count(statement, phrase, values)
        if statement.said:
            of_one = phrase.amount == "the"
            return self._placed(statement, phrase, values) if of_one else self._all_placed(statement, phrase, values)
        return self._again(phrase, values)

    def _again(self, phrase: Phrase, values: Values) -> Verdict | None:
        """ "These ships", where they are all that have been spoken of."""
        name = values[phrase.noun]
        known = self.discourse.latest(name) if name in _BOXED else None
        if known is None or (known.filters and known.several):
            return NOT_PLAIN
        self.discourse.entities.append(Entity(name, (), phrase.annotated, AT_LEAST_ONE, True, whole=True))
        return None

    def _all_placed(self, statement: Statement, phrase: Phrase, values: Values) -> Verdict:
        """ "The ships are in the center and the lower left", "most of the ships ...", of ships that have been spoken of."""
        name, one = values[phrase.noun], statement.said[0]
        known = self.discourse.latest(name) if name in _BOXED else None
        if known is None or (known.filters and known.several):
            return NOT_PLAIN
        kin, most = self.objects.counting.kin[name], phrase.amount == "most"
        said = ((one, tuple([values[at] for at in one.tokens])),)
        entity = Entity(name, _NO_FILTERS, phrase.annotated, AT_LEAST_ONE, True, whole=True)
        judged = self.objects.all_of(entity, said, "most" if most else "all")
        if most:  # those of them that are there bear it out
            self.ground = kin.boxes_at(kin.inside(said[0][1])), ()
        else:
            self.ground = kin.boxes(EVERYWHERE), ()
            entity.filters = said
            self.discourse.entities.append(entity)
        return judged

    def _placed(self, statement: Statement, phrase: Phrase, values: Values) -> Verdict:
        """ "The harbor is in the center", where there is one."""
        name, place = values[phrase.noun], values[statement.said[0].tokens[0]]
        if name not in _BOXED or place not in CELL:
            return NOT_PLAIN
        kin = self.counting.kin[name]
        known = self.discourse.latest(name)
        if kin.sure != 1 or len(kin.objects) != 1 or known is None:
            return NOT_PLAIN
        value = kin.inside((place,))[0]
        bounded = kin.bounded(phrase.annotated) and not kin.cut
        self.ground = kin.boxes(EVERYWHERE), ()
        filters = ((statement.said[0], (place,)),)
        self.discourse.entities.append(Entity(name, filters, phrase.annotated, AT_LEAST_ONE, False, again=known))
        verdict = SUPPORTED if value >= FREE else CONTRADICTED if value == FALSE and bounded else UNVERIFIABLE
        return verdict, f"{name}: the only one there is"

    def _count(self, statement: Statement, phrase: Phrase, values: Values) -> Verdict:
        """ "Three ships", "two in the center"."""
        discourse, annotated = self.discourse, phrase.annotated
        if phrase.noun == CONTEXT:
            try:
                context = discourse.spoken_of()
            except Unclear:
                return NOT_PLAIN
            name, annotated = context.name, annotated or context.annotated
        else:
            name = values[phrase.noun]
            if name in taxonomy.REGIONS:
                return self._covered(statement, phrase, name, values)
        if name not in _BOXED:
            return NOT_PLAIN
        cell, places, filters = EVERYWHERE, _ANYWHERE, _NO_FILTERS
        if said := phrase.narrowed or statement.said:
            places = tuple([values[at] for at in said[0].tokens])
            cell = CELL.get(places[0], EVERYWHERE) if len(places) == 1 else EVERYWHERE
            filters = ((said[0], places),)
        amount = phrase.amount
        if amount == "none":
            kin = self.counting.kin[name]
            self.ground = _boxes(kin, cell, places, None), ()
            return self.counting.plain(name, kin, None, places, annotated)
        quantity = AT_LEAST_ONE if amount == "some" else AT_LEAST_TWO if amount == "plural" else values[phrase.number]
        if type(quantity) is not Quantity:
            return NOT_PLAIN
        kin = self.counting.kin[name]
        part = statement.scope == "part" or phrase.noun == CONTEXT
        if part:
            whole, _ = discourse.whole_of()
            if statement.scope and (whole is None or whole.filters or not is_part_of(name, whole.name)):
                return NOT_PLAIN
            open_ = kin.cut or not kin.bounded(annotated)
            if open_ and whole is not None and not whole.filters and said_exactly(whole) is not None:
                return NOT_PLAIN  # what is open may be decided by the number that the text has said
            if cell == EVERYWHERE and places and self.counting.plain(name, kin, quantity, places, annotated)[0] == UNVERIFIABLE:
                return NOT_PLAIN  # it may be decided by what the text has said of other places
        entity = Entity(name, filters, annotated, quantity, quantity.low > 1, not places, cell=cell, part=part)
        if statement.lists >= 0:
            listed = discourse.listed(statement.lists)
            for member in listed:
                if EVERYWHERE != member.cell != cell != EVERYWHERE:
                    continue  # of two cells, as most are
                if may_share(member.name, name) and not apart(member.filters, filters) and not takes_from(member, phrase):
                    return NOT_PLAIN
            discourse.lists = (statement.lists, [*listed, entity])
        elsewhere = cell == EVERYWHERE and places
        self.ground = (_boxes(kin, cell, places, said_exactly(entity)) if elsewhere else kin.boxes(cell)), ()
        discourse.entities.append(entity)
        return self.counting.plain(name, kin, quantity, places, annotated)

    def _covered(self, statement: Statement, phrase: Phrase, name: str, values: Values) -> Verdict:
        """ "Water", "no cropland", wherever it is."""
        if phrase.narrowed or statement.said:
            return NOT_PLAIN
        facts, amount = self.counting.facts, phrase.amount
        self.ground = (), facts.covers.labels_of(name)
        some = phrase.number < 0 and amount == "some"
        quantity = AT_LEAST_ONE if some else self.discourse.quantity(phrase, values)
        self.discourse.entities.append(Entity(name, _NO_FILTERS, phrase.annotated, quantity, False))
        if some and (there := region_there(name, facts)) is not None:
            return there
        bound = Bound(name, quantity, amount, _NO_FILTERS, phrase.annotated)
        return region_stated(bound, _NO_FILTERS, "", False, None, facts)


def _boxes(kin: Kin, cell: int, places: tuple[Place, ...], number: int | None) -> tuple[int, ...]:
    """The boxes in a cell, everywhere, or in another place; there, of exactly so many, those that are counted then."""
    if cell != EVERYWHERE or not places:
        return kin.boxes(cell)
    values = kin.inside(places)
    if number is not None and FREE in values and values.count(TRUE) == number:
        values = [value if value == TRUE else FALSE for value in values]
    return kin.boxes_at(values)


_NO_FILTERS: tuple[BoundProperty, ...] = ()
_ANYWHERE: tuple[Place, ...] = ()
