"""Noun phrases: which groups of objects a tile has, and how their number is said."""

from functools import lru_cache
from typing import NamedTuple

from sartext.narrate.facts import arrangement, taxonomy
from sartext.narrate.facts.tile_facts import CELLS, DOZENS, MANY, Facts, Object, any_could_be, exact
from sartext.narrate.seeded import Pick
from sartext.narrate.write.numbers import number


class Group:
    """Objects that a caption names together. What several sentences ask of them is worked out once."""

    __slots__ = ("_extent_px", "_halves", "_homes", "_word", "exact", "facts", "name", "parts", "things")

    def __init__(
        self, name: str, things: tuple[Object, ...], exact: bool, facts: Facts, parts: tuple[tuple[str, int], ...] = ()
    ) -> None:
        self.name = name
        self.things = things
        self.exact = exact
        self.facts = facts  # of the tile that they are in
        self.parts = parts  # finer classes among them, with their numbers
        self._homes: dict[int, int] | None = None
        self._halves: dict[str, int] | None = None
        self._extent_px: tuple[float, float] | None = None
        self._word: str | None = _NOT_ASKED

    @property
    def singular(self) -> str:
        return taxonomy.KINDS[self.name].singular

    @property
    def plural(self) -> str:
        return taxonomy.KINDS[self.name].plural

    @property
    def noun(self) -> str:
        """The noun after their number."""
        return self.singular if len(self.things) == 1 else self.plural

    @property
    def homes(self) -> dict[int, int]:
        """How many of them lie in each cell; those that span are at -1."""
        if self._homes is None:
            homes = self._homes = dict[int, int]()
            for thing in self.things:
                home = thing.home
                homes[home] = homes.get(home, 0) + 1
        return self._homes

    @property
    def halves(self) -> dict[str, int]:
        """How many of them are wholly in each half of the image."""
        if self._halves is None:
            middle, center, things = self.facts.width_px / 2, self.facts.height_px / 2, self.things
            self._halves = {
                "left": sum([thing.right <= middle for thing in things]),
                "right": sum([thing.left >= middle for thing in things]),
                "upper": sum([thing.bottom <= center for thing in things]),
                "lower": sum([thing.top >= center for thing in things]),
            }
        return self._halves

    @property
    def extent_px(self) -> tuple[float, float]:
        """The width and the height of the window that holds them all."""
        if self._extent_px is None:
            wide = max([thing.right for thing in self.things]) - min([thing.left for thing in self.things])
            high = max([thing.bottom for thing in self.things]) - min([thing.top for thing in self.things])
            self._extent_px = wide, high
        return self._extent_px

    @property
    def word(self) -> str | None:
        """How they are arranged, if any word is true of them: "line", "cluster" or "scattered"."""
        if self._word == _NOT_ASKED:
            self._word = arrangement.word_of(self.things, self.facts)
        return self._word


_NOT_ASKED = ""  # instead of a word
_latest: tuple[Facts, list[Group]] | None = None


def groups_of(facts: Facts) -> list[Group]:
    """One group a label, the largest first; a label joins the group of a coarser label that the tile has too.

    Those of the latest facts are kept, because one caption after another asks for them.
    """
    global _latest
    if _latest is None or _latest[0] is not facts:
        _latest = (facts, _groups(facts))
    return _latest[1]


def _groups(facts: Facts) -> list[Group]:
    groups = []
    for top in _tops(facts.labels, facts.crowds, facts.cuts, facts.exhaustive):
        parts: tuple[tuple[str, int], ...] = ()
        if top.finer:
            counts = [(label, len(things)) for label, things in facts.by_label if label in top.finer]
            parts = tuple(sorted(counts, key=lambda part: (-part[1], part[0])))
        things = facts.of(top.name) if top.finer else facts.by_label[top.at][1]
        groups.append(Group(top.name, things, top.exact, facts, parts))
    if len(groups) > 1:
        groups.sort(key=_largest_first)
    return groups


class _Top(NamedTuple):
    """A label of a tile with none above it among the tile's labels."""

    name: str
    at: int  # its index among the labels
    finer: tuple[str, ...]  # the labels below it
    exact: bool


@lru_cache(maxsize=4096)
def _tops(
    labels: tuple[str, ...], crowds: tuple[str, ...], cuts: tuple[str, ...], exhaustive: tuple[str, ...]
) -> tuple[_Top, ...]:
    """What groups have in common in all tiles with these labels."""
    tops = []
    for index, name in enumerate(labels):
        if set(labels).isdisjoint(taxonomy.lineage(name)[1:]):
            finer = tuple([label for label in labels if label != name and taxonomy.is_a(label, name)])
            known, cut = exact(name, labels, crowds, exhaustive), any_could_be(cuts, name)
            tops.append(_Top(name, index, finer, known and not cut))
    return tuple(tops)


def coarse_groups(facts: Facts, groups: list[Group]) -> list[Group]:
    """The groups with those of one root put together under its name."""
    roots = [taxonomy.root(group.name) for group in groups]
    merged: dict[str, Group] = {}
    for group, top in zip(groups, roots, strict=True):
        if roots.count(top) == 1:
            merged[top] = group
        elif top not in merged:
            known, cut = exact(top, facts.labels, facts.crowds, facts.exhaustive), any_could_be(facts.cuts, top)
            merged[top] = Group(top, facts.of(top), known and not cut, facts)
    return sorted(merged.values(), key=_largest_first)


def _largest_first(group: Group) -> tuple[int, str]:
    return (-len(group.things), group.name)


def article(noun: str) -> str:
    """ "a" or "an". All singulars of the taxonomy follow their first letter, but for ARJ21 (said "a-r-j")."""
    return f"an {noun}" if noun[0] in "aeioAEIO" else f"a {noun}"


def amount(group: Group, pick: Pick, concise: bool, *, alone: bool = True) -> str:
    """The group with its number: "a ship", "17 ships", "many ships", "at least two ships"; "one ship" only `alone`."""
    total = len(group.things)
    clear = sum([thing.resolvable for thing in group.things]) if concise else total
    if clear > 0 and total < MANY:
        clear = total  # of a few, a reader would miss the tiny one
    if clear == 0:
        return article(f"tiny {group.singular}") if total == 1 and group.exact else _unnumbered(group)
    noun = group.singular if clear == 1 else group.plural
    if concise and clear >= MANY:
        return f"{'dozens of' if clear >= DOZENS and pick.chance(70) else 'many'} {noun}"
    if not group.exact or clear < total:
        return f"at least {number(clear)} {noun}"
    if total == 1 and not alone:
        return article(noun)
    if total == 1:
        return pick.one((article(noun), article(noun), article(noun), f"a single {noun}"))
    return f"{number(total)} {noun}"


def _unnumbered(group: Group) -> str:
    """A group that is unresolvable at a model's size, without its number."""
    return f"at least one tiny {group.singular}" if len(group.things) == 1 else f"tiny {group.plural}"


def place(cell: int) -> str:
    """Where a cell is: "in the upper left"."""
    return f"in the {CELLS[cell]}"


def shared_cell(group: Group, concise: bool) -> int:
    """The cell of all the objects that a text of this form counts, or -1."""
    home, few = -1, len(group.things) < MANY
    for thing in group.things:
        if concise and not few and not thing.resolvable:
            continue
        if thing.home < 0 or (home >= 0 and thing.home != home):
            return -1
        home = thing.home
    return home


def definite(group: Group) -> str:
    """ "the ship", "the ships"."""
    return f"the {group.noun}"
