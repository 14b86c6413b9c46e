"""What a text has spoken of: phrases with their words put in, and the objects that a later phrase can refer to."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.place import CELL
from sartext.narrate.read.lexicon import INFINITE, NAMELESS, Quantity, exactly
from sartext.narrate.read.meaning import CONTEXT, Phrase
from sartext.narrate.read.meaning import Property as Said

Values = tuple[Any, ...]  # of the tokens of a sentence
BoundProperty = tuple[Said, Values]  # a property and the values it refers to; of a relation, those of all of its sentence

AT_LEAST_ONE = Quantity(1, INFINITE, 1, INFINITE)
AT_LEAST_TWO = Quantity(2, INFINITE, 2, INFINITE)
_MOST_SAID, _MOST_SPOKEN_OF = 32, 400  # properties of one thing, and phrases, that a reader keeps in mind
GROUP = "gxOm"  # forms that are no property of one object


class Bound(NamedTuple):
    """A phrase with its words put in."""

    name: str
    quantity: Quantity | None  # None: no object at all
    amount: str
    filters: tuple[BoundProperty, ...]
    annotated: bool


@dataclass(slots=True)
class Entity:
    """Objects that the text has spoken of: those of the class with the properties, some of them or all."""

    name: str
    filters: tuple[BoundProperty, ...]
    annotated: bool
    quantity: Quantity | None
    several: bool
    whole: bool = False  # spoken of without any property
    picked: bool = False  # the largest one: nothing tells a later "it" which that is
    excluded: tuple["Entity", ...] = field(default=())  # those that it is other than
    again: "Entity | None" = None  # the same objects as they were spoken of before
    cell: int = -1  # the only one in which they are said to be
    some: bool = False  # so many of those that are so, who may be more: "one is in the center, the other ..."
    part: bool = False  # of what was spoken of before: "two in the center, one in the upper left"
    root: "Entity | None" = None  # the same objects as they were spoken of first, once it has been looked for

    def with_also(self, said: tuple[BoundProperty, ...]) -> "Entity":
        """Those of them that have these properties as well. `dataclasses.replace` takes ten times as long."""
        rest = self.annotated, self.quantity, self.several, self.whole, self.picked, self.excluded, self.again, self.cell
        return Entity(self.name, joined(self.filters, said), *rest, some=self.some, part=self.part)

    def first(self) -> "Entity":
        """The same objects as they were spoken of first."""
        one = self
        while one.again is not None and one.root is None:
            one = one.again
        self.root = one.root or one
        return self.root


class Unclear(Exception):
    """A phrase that refers to nothing that the text named, or to one of several."""


class Discourse:
    """The entities of one text, in their order."""

    def __init__(self) -> None:
        self.entities: list[Entity] = []
        self.lists: tuple[int, list[Entity]] = (-1, [])  # the list of phrases that is being read
        self._sentence = 0  # where the sentence that is read begins
        self._before: list[Entity] = []  # the entities of the last sentence that named any

    def end_sentence(self) -> None:
        """A new sentence begins."""
        if self.entities[self._sentence :]:
            self._before = self.entities[self._sentence :]
        self._sentence = len(self.entities)
        self.lists = (-1, [])

    def listed(self, number: int) -> list[Entity]:
        """The members so far of the list of this number in the sentence."""
        return self.lists[1] if self.lists[0] == number else []

    def whole_of(self) -> tuple[Entity | None, list[Entity]]:
        """What was spoken of last as a whole, and the parts of it since then."""
        parts: list[Entity] = []
        for one in reversed(self.entities):
            if not one.part:
                return one, parts
            parts.append(one)
        return None, parts

    def spoken_of(self, which: str = "") -> Entity:
        """What "it", "they" or "two" can only mean. Raises `Unclear`."""
        near = self.entities[self._sentence :] or self._before
        if which and len(near) >= 2:
            return near[0] if which == "former" else near[-1]
        if not near or near[0].picked:
            raise Unclear
        first = near[0]
        for one in near:
            if one.name != first.name:
                raise Unclear
        # As it was spoken of last, with all that has been said of it since.
        return next((one for one in reversed(near) if one.again is not None and one.first() is first.first()), first)

    def latest(self, name: str) -> Entity | None:
        """The last entity of exactly this class."""
        return next((one for one in reversed(self.entities) if one.name == name and not one.picked), None)

    def of_class(self, name: str) -> list[Entity]:
        """All entities of this class so far."""
        return [one for one in self.entities if one.name == name]

    def bind(self, phrase: Phrase, values: Values) -> Bound:
        """The phrase with its words, and what it takes over from the text before. Raises `Unclear`."""
        filters = self.properties(phrase.narrowed, values)
        annotated = phrase.annotated or "m" in [one.form for one in phrase.narrowed]
        if phrase.noun == CONTEXT:
            context = self.spoken_of(phrase.refers if phrase.refers in ("former", "latter") else "")
            if phrase.refers == "of" and context.part:
                raise Unclear  # of that part, or of all
            name, annotated = context.name, annotated or context.annotated
            if phrase.refers in ("they", "of", "former", "latter"):
                filters = joined(context.filters, filters)
        else:
            name = str(values[phrase.noun])
        return Bound(name, self.quantity(phrase, values), phrase.amount, filters, annotated)

    def properties(self, said: tuple[Said, ...], values: Values) -> tuple[BoundProperty, ...]:
        """Properties of single objects with their words."""
        return tuple([self.property(one, values) for one in said if one.form not in GROUP]) if said else ()

    def property(self, one: Said, values: Values) -> BoundProperty:
        """A property with its words; a relation keeps those of its whole sentence."""
        if one.target is not None:
            return one, values
        return one, tuple([values[at] for at in one.tokens])

    def quantity(self, phrase: Phrase, values: Values) -> Quantity | None:
        """How many a phrase claims that there are; None: no object at all."""
        amount = phrase.amount
        if amount in ("none", "none of"):
            return None
        number = values[phrase.number] if phrase.number >= 0 else None
        if isinstance(number, Quantity):
            return number
        if amount in ("sole", "both"):
            return exactly(1 if amount == "sole" else 2)
        return AT_LEAST_TWO if amount == "plural" else AT_LEAST_ONE

    def distinct(self) -> list[Entity]:
        """The entities, each as it was spoken of last. Raises `Unclear` where they are too many."""
        if len(self.entities) > _MOST_SPOKEN_OF:
            raise Unclear
        former = {id(one.again) for one in self.entities}
        return [one for one in self.entities if id(one) not in former]

    def add(self, entity: Entity) -> None:
        """Keeps what has been spoken of."""
        self.entities.append(entity)


def joined(some: tuple[BoundProperty, ...], more: tuple[BoundProperty, ...]) -> tuple[BoundProperty, ...]:
    """All that is said of some objects, each once. Raises `Unclear` where that is more than anybody keeps in mind."""
    if not more:
        return some
    if not some:
        return more
    together = (*some, *[one for one in more if one not in some])
    if len(together) > _MOST_SAID:
        raise Unclear
    return together


def said_exactly(entity: Entity) -> int | None:
    """How many of the entity there are, where the text has said an exact number."""
    quantity = entity.quantity
    if quantity is None or entity.excluded or entity.some or quantity != exactly(quantity.low):
        return None
    return quantity.low


def may_share(one: str, other: str) -> bool:
    """Whether the classes can share objects."""
    if one in NAMELESS or other in NAMELESS:
        return False
    return "object" in (one, other) or taxonomy.akin(one, other)


def apart(some: tuple[BoundProperty, ...], others: tuple[BoundProperty, ...]) -> bool:
    """Whether these are two cells: how objects near their border are shared out is looked at for all cells together."""
    if len(some) != 1 or len(others) != 1:
        return False
    (one, (place, *_)), (other, (second, *_)) = some[0], others[0]
    cells = one.form == other.form == "p" and not one.negated and not other.negated
    return cells and place in CELL and second in CELL and place != second


def is_part_of(one: str, other: str) -> bool:
    """Whether every one of the class is of the other, or of any class."""
    if one in NAMELESS or other in NAMELESS:
        return False
    return other == "object" or (one != "object" and taxonomy.is_a(one, other))


def takes_from(one: Entity, phrase: Phrase) -> bool:
    """Whether the phrase is of some out of an entity named before it: "three ships: two in the center ..."."""
    return phrase.refers == "class" and one.whole
