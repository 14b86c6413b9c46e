"""Mentions with their words put in, and what a text has said before that a later mention can refer to."""

from typing import Any, NamedTuple

from sartext.narrate.read.ast import CONTEXT, Filter, Mention
from sartext.narrate.read.lexicon import INFINITE, Quantity, exactly

Values = tuple[Any, ...]  # of the tokens of a sentence
Property = tuple[Filter, Values]  # a filter and the values it refers to; of a relation, those of all of its sentence

AT_LEAST_ONE = Quantity(1, INFINITE, 1, INFINITE)
AT_LEAST_TWO = Quantity(2, INFINITE, 2, INFINITE)
_NUMBERED = frozenset(("number", "not number", "least", "same", "some", "plural"))  # amounts that a number goes before


class Bound(NamedTuple):
    """A mention with its words put in."""

    name: str
    quantity: Quantity | None  # None: no object at all
    amount: str
    filters: tuple[Property, ...]
    annotated: bool


class Unclear(Exception):
    """A mention that refers to nothing that the text named."""


class Binder:
    """Binds the mentions of one text, in their order."""

    def __init__(self) -> None:
        self._referent: tuple[Mention, Values] | Bound | None = None  # of "it" and "two", bound only when asked for
        self._totals: dict[str, int] = {}  # numbers that the text has given, of all the objects of a class
        self._placed: dict[str, int] = {}  # and of those with some property

    def refer(self, mention: Mention | None, values: Values) -> None:
        """Makes the mention what "it" and "two" of the next sentence refer to; None where that is not clear."""
        if mention is not None and (mention.noun == CONTEXT or mention.amount in ("rest", "no other")):
            try:
                self._referent = self.bind(mention, values)
            except Unclear:
                self._referent = None
        else:
            self._referent = (mention, values) if mention is not None else None

    def _context(self) -> Bound:
        """What the mention before was. Raises `Unclear` where there is none."""
        if self._referent is None:
            raise Unclear
        if not isinstance(self._referent, Bound):
            self._referent = self.bind(*self._referent)
        return self._referent

    def bind(self, mention: Mention, values: Values) -> Bound:
        """The mention with its words, and what it takes over from the text before. Raises `Unclear`."""
        noun, amount, _, narrowed, annotated, anaphor = mention
        filters = tuple([self.property(one, values) for one in narrowed]) if narrowed else ()
        if noun == CONTEXT:
            context = self._context()
            name = context.name
            annotated = annotated or context.annotated
            if anaphor == "same":
                filters = (*context.filters, *filters)
        else:
            name = str(values[noun])
        return Bound(name, self._quantity(mention, name, values), amount, filters, annotated)

    def property(self, one: Filter | None, values: Values) -> Property:
        """The filter with its tokens. Raises `Unclear` where there is none."""
        if one is None:
            raise Unclear
        if one.target is not None:
            return one, values
        tokens = one.tokens
        if len(tokens) == 1 and tokens[0] >= 0:
            return one, (values[tokens[0]],)
        return one, tuple([values[i] for i in tokens if i >= 0])

    def _quantity(self, mention: Mention, name: str, values: Values) -> Quantity | None:
        amount = mention.amount
        if amount == "none":
            return None
        if mention.number >= 0 and amount in _NUMBERED:
            value = values[mention.number]
            quantity = value if isinstance(value, Quantity) else AT_LEAST_ONE
            return Quantity(quantity.low, INFINITE, quantity.least, INFINITE) if amount == "least" else quantity
        if amount in ("only", "both"):
            return exactly(1 if amount == "only" else 2)
        if amount in ("rest", "no other"):
            said, placed = self._totals.get(name), self._placed.get(name, 0)
            number = (said or placed) if amount == "no other" else (said or 0) - placed
            if number < 1:
                raise Unclear
            return exactly(number)
        return AT_LEAST_TWO if amount == "plural" else AT_LEAST_ONE

    def remember(self, name: str, quantity: Quantity, amount: str, placed: bool) -> None:
        """Keeps the number, for "the others" and "no other"; of all objects of the class, or of those with some property."""
        number = quantity.low if quantity.low == quantity.high else 1 if amount == "some" else 0
        if not number or amount in ("rest", "no other"):
            return
        if placed:
            self._placed[name] = self._placed.get(name, 0) + number
        else:
            self._totals.setdefault(name, number)
