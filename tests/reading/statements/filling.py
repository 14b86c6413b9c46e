"""Draws nouns and properties for a meaning: most of them true of one object of the tile."""

import random
from collections.abc import Iterable
from dataclasses import fields, is_dataclass

from sartext.narrate.facts import relations, shapes, taxonomy
from sartext.narrate.facts.tile_facts import Facts
from tests.reading.statements.amounts import Amount
from tests.reading.statements.meanings import AnyClause, Compared, Noun, Only, Target
from tests.reading.statements.properties import EVERY, Property
from tests.reading.statements.wordings import NOUNS
from tests.reading.statements.worlds import Mentioned

_TRUE = 0.8  # how often a property is true of the object that a clause is drawn about
_KINDS = ("cell", "side", "half", "edge", "orientation", "length", "class", "relation")
_WEIGHTS = (30, 8, 5, 4, 16, 9, 6, 22)
_RELATIONS = ("left of", "right of", "above", "below", "near", "far from", "next to")
_DIVIDED = (  # classes beside or below which there are others
    "ship",
    "tanker",
    "cargo ship",
    "container ship",
    "fishing vessel",
    "aircraft",
    "airliner",
    "helicopter",
    "vehicle",
)
_ORIENTATIONS = ("horizontal", "vertical", "diagonal")


class Filling:
    """What stands in the slots of one meaning after the other."""

    def __init__(self, draw: random.Random, facts: Facts) -> None:
        self.draw = draw
        self.facts = facts
        self.kinds: set[str] = set()
        self.targets: list[str] = []
        self._named: list[str] = []  # all classes of the text so far
        self._pool = sorted({name for thing in facts.objects for name in taxonomy.lineage(thing.label)} & set(NOUNS))

    def start(self) -> None:
        """Forgets the last meaning."""
        self.kinds = set()
        self.targets = []
        self._named = []

    def thing(self, name: str | None = None) -> int | None:
        """An object to speak of, of the class where there is one."""
        objects = self.facts.objects
        found = [at for at, one in enumerate(objects) if name is None or taxonomy.is_a(one.label, name)]
        return self.draw.choice(found) if found else None

    def name(self, thing: int | None) -> str:
        """A class of the object, or one of those around it."""
        self._named.append(name := self._name(thing))
        return name

    def _name(self, thing: int | None) -> str:
        if thing is None or self.draw.random() < 0.12:
            pool = self._pool if self._pool and self.draw.random() < 0.5 else list(NOUNS)
            return self.draw.choice(pool)
        line = [name for name in taxonomy.lineage(self.facts.objects[thing].label) if name in NOUNS]
        return line[0] if self.draw.random() < 0.6 else self.draw.choice(line)

    def noun(self, thing: int | None, narrowed: float) -> Noun:
        """A class, narrowed down so often."""
        name, draw = self.name(thing), self.draw
        before: tuple[Property, ...] = ()
        after: tuple[Property, ...] = ()
        relative: tuple[Property, ...] = ()
        if draw.random() < narrowed:
            where = draw.choices(("before", "after", "relative"), (25, 50, 25))[0]
            if where == "before":
                before = (self.property(thing, ("orientation", "length")),)
            elif where == "after":
                after = (self.property(thing, ("cell", "side", "half", "edge", "relation")),)
            else:
                self.kinds.add("relative clause")
                one = self.property(thing, _KINDS, within=name)
                relative = (one.denied(),) if draw.random() < 0.15 else (one,)
                self.kinds |= {"not"} if relative[0].negated else set()
            if where == "after" and draw.random() < 0.2:
                before = (self.property(thing, ("orientation",)),)
        return Noun(name, before, after, relative)

    def said(self, thing: int | None, noun: Noun, denies: bool = True) -> tuple[Property, ...]:
        """What a verb says: one property, not so (where it may deny), two of them, or a contrast of places."""
        draw = self.draw
        narrowed = {one.kind for one in noun.properties} & {"orientation", "length", "class"}
        kinds = tuple(kind for kind in _KINDS if kind not in narrowed)  # no "horizontal ship is vertical"
        one = self.property(thing, kinds, within=noun.name)
        way = draw.random() if denies else 0.12 + 0.3 * draw.random()
        if way < 0.12:
            return (one.denied(),)
        if way < 0.24:
            other = self.property(thing, kinds, within=noun.name)
            if other.kind != one.kind and not (one.target and other.target):
                return one, other
        elif way < 0.32 and denies:
            here = self.cell(thing)
            other = self.cell(None)
            if here != other:
                self.kinds.add("cell")
                return (here, other.denied()) if draw.random() < 0.5 else (other.denied(), here)
        return (one,)

    def place(self, thing: int | None) -> Property:
        return self.property(thing, ("cell", "cell", "side", "half"))

    def property(self, thing: int | None, kinds: Iterable[str] = _KINDS, within: str = "") -> Property:
        """A property of one of the kinds; most often true of the object."""
        kinds = tuple(kinds)
        weights = [_WEIGHTS[_KINDS.index(kind)] for kind in kinds]
        kind = self.draw.choices(kinds, weights)[0]
        if self.draw.random() > _TRUE:
            thing = None
        if kind == "class" and within not in _DIVIDED:
            kind = "cell"
        if kind == "relation":
            return self._relation(thing)
        self.kinds.add(kind)
        if kind == "cell":
            return self.cell(thing)
        if kind in ("side", "half", "edge"):
            return self._side(kind, thing)
        if kind == "orientation":
            word = shapes.orientation(self.facts.objects[thing]) if thing is not None else None
            return Property(kind, word=word or self.draw.choice(_ORIENTATIONS))
        if kind == "length":
            length = shapes.length_m(self.facts.objects[thing], self.facts) if thing is not None else None
            said = shapes.said_length_m(length) if length else float(self.draw.choice((20, 40, 60, 80, 120, 200)))
            return Property(kind, length_m=said * (1 if self.draw.random() < 0.8 else 2))
        line = (within, "ship", "aircraft", "vehicle")
        below = [name for name in NOUNS if name not in line and not taxonomy.is_a(within, name)]
        below = [name for name in below if taxonomy.root(name) == taxonomy.root(within)]
        label = self.facts.objects[thing].label if thing is not None else ""
        return Property(kind, word=label if label in below else self.draw.choice(below))

    def cell(self, thing: int | None) -> Property:
        """A cell that the object is in, or any."""
        home = self.facts.objects[thing].home if thing is not None else -1
        row, column = divmod(home if home >= 0 else self.draw.randrange(9), 3)
        return Property("cell", 1 << row, 1 << column)

    def _side(self, kind: str, thing: int | None) -> Property:
        home = self.facts.objects[thing].home if thing is not None else -1
        row, column = divmod(home if home >= 0 else self.draw.choice((0, 2, 6, 8)), 3)
        places = [(1 << row, EVERY)] * (row != 1) + [(EVERY, 1 << column)] * (column != 1)
        rows, columns = self.draw.choice(places or [(1, EVERY), (EVERY, 4)])
        return Property(kind, rows, columns)

    def _relation(self, thing: int | None) -> Property:
        objects = self.facts.objects
        others = [at for at in range(len(objects)) if at != thing]
        other = self.draw.choice(others) if others else None
        word = self.draw.choice(_RELATIONS)
        if thing is not None and other is not None:
            a, b = objects[thing], objects[other]
            true = [
                f"{one} of" if one in ("left", "right") else one
                for one in ("left", "right", "above", "below")
                if relations.direction(a, b, one, self.facts)
            ]
            gap = relations.gap_share(a, b, self.facts)
            true += (
                ["near"] * (gap <= relations.NEAR)
                + ["next to"] * (gap <= relations.ADJACENT)
                + ["far from"] * (gap >= relations.FAR)
            )
            word = self.draw.choice(true or [word])
        self.kinds.add(word)
        noun = Noun(self._name(other))
        again = any(
            taxonomy.akin(noun.name, name) for name in (*self._named, *self.targets)
        )  # "the ship" would be the one before
        if self.draw.random() < 0.2:
            noun = Noun(noun.name, before=(self.property(other, ("orientation",)),))
        self.targets.append(noun.name)
        single = sum(taxonomy.is_a(one.label, noun.name) for one in objects) == 1
        return Property(word, target=Target(noun, not again and self.draw.random() < (0.7 if single else 0.15)))

    def mentioned(self, clauses: tuple[AnyClause, ...]) -> Mentioned:
        """What the clauses name."""
        names: set[str] = set()
        orientations: set[str] = set()
        cells: set[tuple[int, int]] = set()
        numbers = [1]

        def walk(one: object) -> None:
            if isinstance(one, Property):
                names.update([one.word] if one.kind == "class" else [])
                orientations.update([one.word] if one.kind == "orientation" else [])
                cells.update([(one.rows, one.columns)] if one.rows != EVERY or one.columns != EVERY else [])
            if isinstance(one, Amount):
                numbers.extend((one.number, one.whole))
            if isinstance(one, int) and not isinstance(one, bool):
                numbers.append(one)
            if is_dataclass(one) and not isinstance(one, type):
                for field in fields(one):
                    value = getattr(one, field.name)
                    if field.name in ("name", "one", "other", "noun") and isinstance(value, str) and value:
                        names.add(value)
                    elif field.name not in ("rows", "columns"):
                        walk(value)
            elif isinstance(one, tuple):
                for each in one:
                    walk(each)

        walk(clauses)
        if any(isinstance(one, Compared) or getattr(one, "amount", Amount("")).word == "most" for one in clauses):
            numbers.append(len(self.facts.objects) + 1)  # so many more could turn the balance
        return Mentioned(names, orientations, cells, max(numbers), any(isinstance(one, Only) for one in clauses))
