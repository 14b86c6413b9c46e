"""How many objects of a tile fit a mention, and whether that is the number a text claims."""

from typing import NamedTuple

from sartext.narrate import taxonomy
from sartext.narrate.binding import AT_LEAST_ONE, Binder, Bound
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
from sartext.narrate.tokens import Length, Token

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


class Counting:
    """Counts the objects of one tile for the mentions of one text."""

    def __init__(self, facts: Facts, binder: Binder) -> None:
        self.facts = facts
        self._binder = binder
        self._members: dict[str, tuple[tuple[Object, int], ...]] = {}
        self._shared: dict[str, list[tuple[Place, int, bool]]] = {}  # places that the text has given so many objects to

    def counted(self, mention: Bound) -> Verdict:
        """Whether there are as many objects as the mention says."""
        values = [value for _, value in self.matching(mention)]
        tally = self.tally(mention, values)
        evidence = self._evidence(mention, tally)
        quantity = mention.quantity
        if quantity is None:
            if tally.sure:
                return CONTRADICTED, evidence
            empty = tally.bounded and not (tally.free or tally.unknown or tally.more)
            return (SUPPORTED if empty else UNVERIFIABLE), evidence
        verdict = fits(quantity, tally)
        self._binder.remember(mention, quantity)
        if verdict == SUPPORTED:
            verdict = worst(self._each_place(mention), self._shared_out(mention, quantity, tally))
        return verdict, evidence

    def members(self, name: str) -> tuple[tuple[Object, int], ...]:
        """The objects that are or may be of the class, with TRUE, UNKNOWN (a coarser label) or MORE (a loose name)."""
        found = self._members.get(name)
        if found is None:
            members = []
            for thing in self.facts.objects:
                if name == "object" or taxonomy.is_a(thing.label, name):
                    members.append((thing, TRUE))
                elif taxonomy.akin(thing.label, name):
                    members.append((thing, UNKNOWN))
                elif taxonomy.loosely(thing.label, name):
                    members.append((thing, MORE))
            found = self._members[name] = tuple(members)
        return found

    def matching(self, mention: Bound) -> list[tuple[Object, int]]:
        """The objects of the mention's class, each with how far it has all of its properties."""
        if not mention.filters:
            return list(self.members(mention.name))
        return [
            (thing, min(value, *[self.has(thing, one) for one in mention.filters]))
            for thing, value in self.members(mention.name)
        ]

    def has(self, thing: Object, one: tuple[Filter, tuple[Token, ...]]) -> int:
        """How far the object has the property."""
        filter_, tokens = one
        if filter_.form == "any":
            value = in_any_place(thing, [token.value for token in tokens if isinstance(token.value, Place)], self.facts)
        elif filter_.form == "relation":
            value = self._related(thing, filter_, tokens)
        elif filter_.form == "class":
            value = is_a(thing, str(tokens[0].value))
        else:
            value = self._has_token(thing, tokens[0])
        return opposite(value) if filter_.negated else value

    def _has_token(self, thing: Object, token: Token) -> int:
        if isinstance(token.value, Place):
            return in_place(thing, token.value, self.facts)
        if isinstance(token.value, Length):
            return has_length(thing, token.value, self.facts)
        if token.code == "l":
            return is_oriented(thing, str(token.value))
        if token.code == "y":
            return is_tiny(thing, self.facts)
        return spans(thing, str(token.value), self.facts) if token.code == "S" else UNKNOWN

    def _related(self, thing: Object, filter_: Filter, tokens: tuple[Token, ...]) -> int:
        """Whether the object has the relation to an object of the target, or in a direction to all of them."""
        if filter_.target is None:
            return UNKNOWN
        target = self._binder.bind(filter_.target, tokens)
        word = str(tokens[filter_.tokens[0]].value) if filter_.tokens[0] >= 0 else "at"
        answers = [
            min(relates(thing, other, word, self.facts), UNKNOWN if value < FREE else TRUE)
            for other, value in self.matching(target)
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
        name = mention.name
        if any(taxonomy.akin(label, name) if name != "object" else True for label in self.facts.crowds):
            return False
        return mention.annotated or (name != "object" and self.facts.complete(name))

    def tally(self, mention: Bound, values: list[int]) -> Tally:
        """The tally of how far the class's objects fit."""
        cut = sum(1 for label in self.facts.cuts if mention.name == "object" or taxonomy.akin(label, mention.name))
        return Tally(
            values.count(TRUE), values.count(FREE), values.count(UNKNOWN), values.count(MORE) + cut, self.bounded(mention)
        )

    def _evidence(self, mention: Bound, tally: Tally) -> str:
        counted = f"{mention.name}: {tally.sure + tally.free} counted"
        if mention.filters:
            counted += f" so, of {sum(value == TRUE for _, value in self.members(mention.name))}"
        undecided = f", {tally.unknown + tally.more} undecided" if tally.unknown + tally.more else ""
        return f"{counted}{undecided}, {'exhaustive' if tally.bounded else 'not exhaustive'}"

    def _each_place(self, mention: Bound) -> str:
        """Whether every one of several places ("in the upper left and the center") holds an object of the mention."""
        for one in mention.filters:
            if one[0].form == "any":
                others = tuple(kept for kept in mention.filters if kept is not one)
                for token in one[1]:
                    single = (Filter("token", (0,)), (token,))
                    values = [value for _, value in self.matching(mention._replace(filters=(*others, single)))]
                    verdict = fits(AT_LEAST_ONE, self.tally(mention, values))
                    if verdict != SUPPORTED:
                        return verdict
        return SUPPORTED

    def _shared_out(self, mention: Bound, quantity: Quantity, tally: Tally) -> str:
        """Whether the objects that the text has put in several cells can be shared out so, each to one cell."""
        if len(mention.filters) != 1 or mention.filters[0][0].form != "token" or mention.filters[0][0].negated:
            return SUPPORTED
        place = mention.filters[0][1][0].value
        if not isinstance(place, Place) or place.extent != "cell" or place.compass:
            return SUPPORTED
        before = self._shared.setdefault(mention.name, [])
        if any(place.rows & other.rows and place.columns & other.columns for other, _, _ in before):
            return SUPPORTED
        before.append((place, quantity.low, tally.free > 0))
        if sum(free for _, _, free in before) < 2 or self._can_share(mention.name, before):
            return SUPPORTED
        return CONTRADICTED if tally.bounded else UNVERIFIABLE

    def _can_share(self, name: str, places: list[tuple[Place, int, bool]]) -> bool:
        """Whether so many different objects can be found for every place (augmenting paths, as for a matching)."""
        slots: list[list[int]] = []
        for place, number, _ in places:
            inside = [
                index
                for index, (thing, value) in enumerate(self.members(name))
                if value == TRUE and in_place(thing, place, self.facts) >= FREE
            ]
            slots += [inside] * number
        holder: dict[int, int] = {}

        def seat(slot: int, tried: set[int]) -> bool:
            for thing in slots[slot]:
                if thing not in tried:
                    tried.add(thing)
                    if thing not in holder or seat(holder[thing], tried):
                        holder[thing] = slot
                        return True
            return False

        return all(seat(slot, set()) for slot in range(len(slots)))
