"""Completions of what the labels of a tile leave open, and the label of a meaning over all of them."""

from collections.abc import Callable, Hashable
from typing import Any

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.tile_facts import CELLS, Facts, could_be

FALSE, UNMET, GAP, ARGUABLE, TRUE = range(5)  # outcomes; of several assignments the highest counts
BUDGET = 500  # evaluations of one meaning; beyond them it has no label
Thing = Hashable  # an index of a counted object, ("cut", n), or ("more", family, n)


class Undecided(Exception):
    """An atom that this completion has no value of yet."""

    def __init__(self, key: Hashable, values: tuple[Any, ...]) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class Mentioned:
    """What a text names: it bounds what completions have to tell apart."""

    def __init__(self, names: set[str], orientations: set[str], cells: set[tuple[int, int]], most: int, anything: bool) -> None:
        self.names = tuple(sorted(names))
        self.orientations = tuple(sorted(orientations))
        self.cells = _representatives(cells)
        self.most = most  # the largest number
        self.anything = anything  # whether it speaks of objects of any class


def _representatives(places: set[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """One cell (row, column) for each way to be in the places, and none at all: (-1, -1)."""
    found = {}
    for at in range(len(CELLS)):
        row, column = divmod(at, 3)
        found[tuple(bool(rows >> row & 1 and columns >> column & 1) for rows, columns in sorted(places))] = (row, column)
    return (*found.values(), (-1, -1))


class World:
    """One tile as a meaning sees it: every question has an answer, or raises `Undecided`."""

    def __init__(self, facts: Facts, mentioned: Mentioned) -> None:
        self.facts = facts
        self.mentioned = mentioned
        self.decided: dict[Hashable, Any] = {}
        self.chosen: dict[Hashable, int] = {}
        self.choices: dict[Hashable, tuple[int, ...]] = {}
        self.both = False  # both words are true of an object near an edge, instead of one of them
        self.wide = False  # what is partly there, or called so loosely, may count
        self.narrowed = False  # whether that was asked for
        self.negative = 0  # inside of so many negations
        self.default = False  # takes the first value instead of raising `Undecided`
        self.found: dict[Hashable, list[Thing]] = {}  # what has been looked up in this evaluation
        self.flags: set[int] = set()  # what a definite mention took for granted in vain
        self._families = _families(facts, mentioned)
        self.cuts = [index for index, label in enumerate(facts.cuts)]

    def ask(self, key: Hashable, values: tuple[Any, ...]) -> Any:
        """The value that this completion gives."""
        if key in self.decided:
            return self.decided[key]
        if self.default:
            return values[0]
        raise Undecided(key, values)

    def might(self, key: Hashable, values: tuple[Any, ...]) -> Any:
        """The first value, which a verdict may rest upon, though people may take another one to be so."""
        if not self.wide:
            self.narrowed = True
            return values[0]
        return self.ask(key, values)

    def maybe(self, *key: Hashable) -> bool:
        """Whether what the labels do not decide is so."""
        return bool(self.ask(key, (False, True)))

    def choose(self, key: Hashable, values: tuple[int, ...]) -> int:
        """The value that this assignment takes: it may take any."""
        self.choices[key] = values
        return self.chosen.setdefault(key, values[0])

    def things(self, name: str | None) -> list[Thing]:
        """All objects that are called so; of no name all there are."""
        if name not in self.found:
            self.found[name] = self._things(name)
        return self.found[name]

    def _things(self, name: str | None) -> list[Thing]:
        found: list[Thing] = [at for at in range(len(self.facts.objects)) if self.called(at, name)]
        for at, label in enumerate(self.facts.cuts):
            if self._could(label, name) and self.maybe("counts", at) and self.called(("cut", at), name):
                found.append(("cut", at))
        for family, (label, _) in enumerate(self._families):
            if self._could(label, name):
                most = self.mentioned.most + 1
                number = self.ask(("number", family), (0, most, *range(1, most)))
                found += [("more", family, at) for at in range(number) if self.called(("more", family, at), name)]
        return found

    def _could(self, label: str, name: str | None) -> bool:
        return name is None or (label != "" and could_be(label, name))

    def called(self, thing: Thing, name: str | None) -> bool:
        """Whether people call the object so."""
        if name is None:
            return True
        label, finer = self._labelled(thing)
        if label == "":
            return False
        if taxonomy.is_a(label, name):
            return True
        if taxonomy.is_a(name, label):
            values = (label, *[one for one in finer if one != label and taxonomy.is_a(one, label)])
            return name in values and taxonomy.is_a(self.ask(("class", same(thing)), values), name)
        return could_be(label, name) and bool(self.might(("called", same(thing), name), (False, True)))

    def _labelled(self, thing: Thing) -> tuple[str, tuple[str, ...]]:
        if isinstance(thing, int):
            return self.facts.objects[thing].label, self.mentioned.names
        assert isinstance(thing, tuple)
        if thing[0] == "cut":
            return self.facts.cuts[thing[1]], self.mentioned.names
        return self._families[thing[1]]


def same(thing: Thing) -> Thing:
    """What stands for the object in atoms: further objects from the second on are alike."""
    return (*thing[:2], min(thing[2], 1)) if isinstance(thing, tuple) and thing[0] == "more" else thing


def _families(facts: Facts, mentioned: Mentioned) -> list[tuple[str, tuple[str, ...]]]:
    """Labels that further objects may have, and the finer names that each may turn out to have."""
    names = mentioned.names
    open_ = [name for name in names if not facts.complete(name)]
    tops = [name for name in open_ if not any(one != name and taxonomy.is_a(name, one) for one in open_)]
    found = [(name, tuple(one for one in open_ if taxonomy.is_a(one, name))) for name in tops]
    for label in sorted(set(facts.crowds)):
        if any(could_be(label, name) for name in names):
            found.append((label, tuple(one for one in names if taxonomy.is_a(one, label))))
    return [*found, ("", ())] if mentioned.anything else found


Meaning = Callable[[World], int]
LABELS = ("true", "false", "untrue", "open", "arguable")


def label_of(meaning: Meaning, facts: Facts, mentioned: Mentioned, shares: bool) -> str:
    """The label of a meaning, one of `LABELS`; "untrue" may be contradicted and not supported.

    It is arguable where it matters whether an object counts that is partly in a cell, or that is only called so; and where it
    matters whether both words are true of an object near an edge, unless the text shares objects out over cells (`shares`).
    """
    world = World(facts, mentioned)
    found = _label(meaning, world)
    others = [found]
    if found != "true" and world.choices and not shares:
        world.both = True
        others.append(_label(meaning, world))
        world.both = False
    if world.narrowed:
        world.wide = True
        others.append(_label(meaning, world))
    return found if set(others) == {found} else "arguable"


def _label(meaning: Meaning, world: World) -> str:
    outcomes: set[int] = set()
    pending: list[dict[Hashable, Any]] = [{}]
    tries = 0
    while pending:
        world.decided = pending.pop()
        try:
            outcome, used = _best(meaning, world)
        except Undecided as undecided:
            pending += [{**world.decided, undecided.key: value} for value in reversed(undecided.values)]
            tries += 1
            continue
        tries += used
        if tries > BUDGET:
            return "arguable"
        outcomes.add(outcome)
        if GAP in outcomes or (TRUE in outcomes and outcomes & {FALSE, UNMET}):
            return "open"
    if ARGUABLE in outcomes:
        return "arguable"
    return "true" if outcomes == {TRUE} else "false" if outcomes == {FALSE} else "untrue"


def _best(meaning: Meaning, world: World) -> tuple[int, int]:
    """The highest outcome over the choices that an assignment has in this completion."""
    best, tries, pending = FALSE, 0, [dict[Hashable, int]()]
    while pending:
        start = pending.pop()
        world.chosen, world.flags, world.negative, world.found = dict(start), set(), 0, {}
        before = set(start)
        outcome = meaning(world)
        tries += 1
        if outcome == TRUE and world.flags:
            outcome = max(world.flags)
        best = max(best, outcome)
        if best == TRUE or tries > BUDGET:
            break
        fixed = dict(start)
        for key, value in world.chosen.items():
            if key not in before:
                pending += [{**fixed, key: other} for other in world.choices[key] if other != value]
                fixed[key] = value
    return best, tries
