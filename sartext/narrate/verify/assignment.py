"""Whether objects can be shared out over places as a text says, each object in one place only."""

from collections.abc import Mapping
from itertools import combinations

from sartext.narrate.facts.place import Place
from sartext.narrate.facts.tile_facts import Facts, Object
from sartext.narrate.verify.predicates import FREE, in_place

MOST = 300  # objects; more are not tried


def can_share(things: list[Object], places: list[tuple[Place, int]], facts: Facts) -> bool:
    """Whether so many different objects can be found for every place.

    Objects near an edge are moved along augmenting paths, as in a bipartite matching (Kuhn, Naval Research Logistics
    Quarterly 2, 1955).
    """
    slots: list[list[int]] = []
    for place, number in places:
        inside = [index for index, thing in enumerate(things) if in_place(thing, place, facts) >= FREE]
        if len(inside) < number:
            return False
        slots += [inside] * number
    return len(slots) <= len(things) and _seated(slots)


def too_many(things: list[Object], most: Mapping[int, int]) -> bool:
    """Whether there are more objects that can only be counted in some of the cells than these may have together.

    `most` is how many a cell has at most, by its number.
    """
    where = [
        {3 * row + column for row in range(3) if one.rows >> row & 1 for column in range(3) if one.columns >> column & 1}
        for one in things
    ]
    where = [cells for cells in where if cells and cells <= most.keys()]
    groups = (group for size in range(1, len(most) + 1) for group in combinations(most, size))
    return any(sum(cells <= set(group) for cells in where) > sum(most[cell] for cell in group) for group in groups)


def _seated(slots: list[list[int]]) -> bool:
    """Whether every slot can have an object of its own among those that it names."""
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
