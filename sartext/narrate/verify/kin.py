"""The objects that a class name can mean, and which of them are in a place, for all the captions of one tile."""

from functools import lru_cache

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.place import CELL, Place
from sartext.narrate.facts.tile_facts import Facts, Object, could_be
from sartext.narrate.read.lexicon import NAMELESS
from sartext.narrate.verify.predicates import FALSE, FREE, MORE, TRUE, UNKNOWN, cells_of, in_places

EVERYWHERE = -1  # instead of a cell
Numbers = tuple[int, int, int, int]  # of objects that are so, freely so, undecided, and more than that


class Kin:
    """The objects that a class name can mean: each with TRUE, UNKNOWN (a coarser label) or MORE (a loose name)."""

    __slots__ = (
        *("_boxes", "_cells", "_facts", "_homes", "_inside", "_tallies"),
        *("complete", "crowded", "cut", "objects", "sure", "values"),
    )

    def __init__(
        self, facts: Facts, objects: list[Object], values: list[int], cut: int, *, crowded: bool, complete: bool
    ) -> None:
        self._facts = facts
        self.objects = objects
        self.values = values
        self.sure = values.count(TRUE)  # how many are so by their label
        self.cut = cut  # how many have too little inside the tile to be counted
        self.crowded = crowded  # whether crowd boxes may hold more of them
        self.complete = complete  # whether every visible one is annotated
        self._homes: list[int] | None = None
        self._cells: list[list[tuple[int, int]]] | None = None  # for each cell, how far which boxes are in it
        self._tallies: dict[int, Numbers] = {}
        self._boxes: dict[int, tuple[int, ...]] = {}
        self._inside: dict[tuple[Place, ...], list[int]] = {}

    def bounded(self, annotated: bool) -> bool:
        """Whether there are no others that a mention can mean than these and those that the border cuts off."""
        return not self.crowded and (annotated or self.complete)

    def things(self) -> "zip[tuple[Object, int]]":
        """The objects with their values."""
        return zip(self.objects, self.values, strict=True)

    @property
    def homes(self) -> list[int]:
        """The home cells of those that are so by their label."""
        if self._homes is None:
            self._homes = [thing.home for thing, value in self.things() if value == TRUE]
        return self._homes

    def inside(self, places: tuple[Place, ...]) -> list[int]:
        """How far each object is one of these and in the place, or in one of the places; not to be changed."""
        found = self._inside.get(places)
        if found is None:
            found = in_places(self.objects, places, self._facts)
            if self.sure < len(found):
                found = [min(pair) for pair in zip(self.values, found, strict=True)]
            self._inside[places] = found
        return found

    def boxes_at(self, values: list[int]) -> tuple[int, ...]:
        """The boxes of the objects that are so, or freely so, by their position in the tile."""
        return tuple(sorted([thing[13] for thing, value in zip(self.objects, values, strict=True) if value >= FREE]))

    def _there(self, cell: int) -> list[tuple[int, int]]:
        """How far which boxes are in the cell, those that are not left out; boxes by their position in the tile."""
        if cell == EVERYWHERE:
            return [(value, thing[13]) for thing, value in self.things()]
        if self._cells is None:
            self._cells = [[] for _ in CELL]
            for thing, value in self.things():
                for at, how in cells_of(value, thing[5], thing[6], thing[7], thing[8]):
                    self._cells[at].append((how, thing[13]))
        return self._cells[cell]

    def tally(self, cell: int) -> Numbers:
        """How many objects are so in the cell, freely so, undecided, and more than that."""
        found = self._tallies.get(cell)
        if found is None:
            values = self.values if cell == EVERYWHERE else [value for value, _ in self._there(cell)]
            found = self._tallies[cell] = tally_of(values)
        return found

    def boxes(self, cell: int) -> tuple[int, ...]:
        """Those that are so in the cell, by their position in the tile."""
        found = self._boxes.get(cell)
        if found is None:
            found = self._boxes[cell] = tuple(sorted([at for value, at in self._there(cell) if value >= FREE]))
        return found


class Kins(dict[str, Kin]):
    """The objects of one tile that each class name can mean, looked up when it is first asked for."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def __missing__(self, name: str) -> Kin:
        found = self[name] = _kin_of(name, self._facts)
        return found


def _kin_of(name: str, facts: Facts) -> Kin:
    if name in NAMELESS:
        return Kin(facts, [], [], 0, crowded=True, complete=False)
    objects: list[Object] = []
    values: list[int] = []
    for label, things in facts.by_label:
        value = called(label, name)
        if value != FALSE:
            objects += things
            values += [value] * len(things)
    cut = sum([name == "object" or could_be(label, name) for label in facts.cuts]) if facts.cuts else 0
    crowded = any(name == "object" or could_be(label, name) for label in facts.crowds) if facts.crowds else False
    complete = name != "object" and facts.complete(name)
    return Kin(facts, objects, values, cut, crowded=crowded, complete=complete)


@lru_cache(maxsize=16384)
def called(label: str, name: str) -> int:
    """How far an object of the label is a `name`: TRUE, UNKNOWN (the label is coarser), MORE (a loose name) or FALSE."""
    if name == "object" or taxonomy.is_a(label, name):
        return TRUE
    if taxonomy.akin(label, name):
        return UNKNOWN
    return MORE if taxonomy.loosely(label, name) else FALSE


def tally_of(values: list[int]) -> Numbers:
    """How many objects are so, freely so, undecided, and more than that."""
    count = values.count
    return count(TRUE), count(FREE), count(UNKNOWN), count(MORE)
