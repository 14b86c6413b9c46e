"""The classes of a tile whose objects are all known, with the halves of the image that each object lies in."""

from functools import lru_cache
from typing import NamedTuple

from sartext.narrate.ask.drafts import agreeing
from sartext.narrate.ask.parts import Side, halves_of
from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.tile_facts import Facts, Object

MOST = 20  # more cannot be counted one by one in an image of a model's size


class KnownClass(NamedTuple):
    """A class and all of its objects in the tile: that there are no others is proven."""

    name: str
    things: tuple[Object, ...]
    places: tuple[tuple[Side, Side], ...]  # of each object the halves that it lies in, along x and along y
    clear: bool  # whether all of them are resolvable
    alone: bool  # whether no other label of the tile is above or below the class: "the ship" would mean the tanker too

    @property
    def singular(self) -> str:
        return taxonomy.KINDS[self.name].singular

    @property
    def plural(self) -> str:
        return taxonomy.KINDS[self.name].plural

    @property
    def only(self) -> tuple[str, ...]:
        """The class whose number `the` tells, "the ship"; none where there are several."""
        return (self.name,) if len(self.things) == 1 else ()

    @property
    def the(self) -> str:
        """ "the ship", or "the ships" where there are several."""
        return f"the {self.singular if len(self.things) == 1 else self.plural}"

    @property
    def verbs(self) -> dict[str, str]:
        """The verbs that agree with `the`."""
        return agreeing(len(self.things) > 1)


def known_classes(facts: Facts) -> list[KnownClass]:
    """The classes whose objects in the tile are these, no more and no fewer, in the order of their names."""
    labels = facts.labels
    if not labels:
        return []
    found = []
    for name in _names(facts.exhaustive, labels):
        things = facts.of(name)
        if things and facts.count(name).exact:
            places = tuple([halves_of(thing, facts) for thing in things])
            clear = all(thing.resolvable for thing in things)
            found.append(KnownClass(name, things, places, clear, _alone(name, labels)))
    return found


@lru_cache(maxsize=4096)
def _names(exhaustive: tuple[str, ...], labels: tuple[str, ...]) -> tuple[str, ...]:
    names = {name for name in exhaustive if name not in taxonomy.REGIONS} | set(labels)
    return tuple(sorted([name for name in names if any(taxonomy.is_a(label, name) for label in labels)]))


@lru_cache(maxsize=4096)
def _alone(name: str, labels: tuple[str, ...]) -> bool:
    return not any(label != name and taxonomy.akin(label, name) for label in labels)
