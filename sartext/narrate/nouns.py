"""Noun phrases: which groups of objects a tile has, and how their number is said."""

from dataclasses import dataclass

from sartext.narrate import phrases, taxonomy
from sartext.narrate.facts import CELLS, DOZENS, MANY, Facts, Object
from sartext.narrate.numbers import number
from sartext.narrate.pick import Pick


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Objects that a caption names together."""

    name: str
    things: tuple[Object, ...]
    exact: bool
    crowded: bool = False  # whether crowd boxes may hold more of them
    mark: str = ""  # "annotated ", "labeled ", or nothing where the number is exact
    parts: tuple[tuple[str, int], ...] = ()  # finer classes among them, with their numbers

    @property
    def singular(self) -> str:
        return taxonomy.KINDS[self.name].singular

    @property
    def plural(self) -> str:
        return taxonomy.KINDS[self.name].plural

    @property
    def noun(self) -> str:
        """The noun after a number of these objects, marked where the number is not exact."""
        return self.mark + (self.singular if len(self.things) == 1 else self.plural)


def groups_of(facts: Facts, mark: str) -> list[Group]:
    """One group a label, the largest first; a label joins the group of a coarser label that the tile has too.

    `mark` is the word for objects of which there may be more than the annotated ones.
    """
    labels = [label for label, _ in facts.by_label]
    if len(labels) == 1:
        return [_group(facts, labels[0], mark)]
    groups = []
    for top in labels:
        if not set(labels).isdisjoint(taxonomy.lineage(top)[1:]):
            continue
        finer = [(label, len(things)) for label, things in facts.by_label if label != top and taxonomy.is_a(label, top)]
        groups.append(_group(facts, top, mark, tuple(sorted(finer, key=lambda part: (-part[1], part[0])))))
    return sorted(groups, key=_largest_first)


def coarse_groups(facts: Facts, groups: list[Group], mark: str) -> list[Group]:
    """The groups with those of one root put together under its name."""
    roots = [taxonomy.root(group.name) for group in groups]
    merged: dict[str, Group] = {}
    for group, top in zip(groups, roots, strict=True):
        if roots.count(top) == 1:
            merged[top] = group
        elif top not in merged:
            merged[top] = _group(facts, top, mark)
    return sorted(merged.values(), key=_largest_first)


def _group(facts: Facts, name: str, mark: str, parts: tuple[tuple[str, int], ...] = ()) -> Group:
    exact = facts.count(name).exact
    crowded = any(taxonomy.akin(label, name) for label in facts.crowds)
    return Group(name=name, things=facts.of(name), exact=exact, crowded=crowded, mark="" if exact else mark, parts=parts)


def _largest_first(group: Group) -> tuple[int, str]:
    return (-len(group.things), group.name)


def article(noun: str) -> str:
    """ "a" or "an". All singulars of the taxonomy follow their first letter, but for ARJ21 (said "a-r-j")."""
    return f"an {noun}" if noun[0] in "aeioAEIO" else f"a {noun}"


def amount(group: Group, pick: Pick, concise: bool) -> str:
    """The group with its number: "a ship", "17 ships", "many ships", "at least two annotated ships"."""
    total = len(group.things)
    clear = sum(thing.resolvable for thing in group.things) if concise else total
    if clear == 0:
        return article(f"tiny {group.singular}") if total == 1 and group.exact else _unnumbered(group)
    noun = group.singular if clear == 1 else group.plural
    if concise and clear >= MANY:
        return f"{'dozens of' if clear >= DOZENS and pick.chance(70) else 'many'} {group.mark}{noun}"
    if not group.exact or clear < total:
        least = "no fewer than" if clear > 1 and pick.chance(33) else "at least"
        return f"{least} {number(clear)} {group.mark}{noun}"
    if total == 1:
        return pick.one((article(noun), article(noun), article(noun), f"one {noun}", f"a single {noun}"))
    return f"{number(total)} {noun}"


def _unnumbered(group: Group) -> str:
    """A group that is unresolvable at a model's size, without its number."""
    return f"at least one tiny {group.mark}{group.singular}" if len(group.things) == 1 else f"tiny {group.mark}{group.plural}"


def place(cell: int, pick: Pick) -> str:
    """Where a cell is: "in the upper left part"."""
    name = CELLS[cell]
    return pick.one(phrases.CENTER_PLACES) if name == "center" else pick.one(phrases.PLACES).format(cell=name)


def shared_cell(group: Group, concise: bool) -> int:
    """The cell of all the objects that a text of this form counts, or -1."""
    homes = {thing.home for thing in group.things if thing.resolvable or not concise}
    return homes.pop() if len(homes) == 1 else -1
