"""From facts to sentences: a concise caption of one sentence and a detailed one of several.

What a sentence can say, and how (the contract for readers; the frames are in `templates`):
- The ground comes first where regions tell it: "water and cropland with three ships" names the land covers of a twentieth of
  the image or more, the largest first, three at most.
- A number stands right before its noun: "a ship", "one ship", "a single ship", "three ships", "17 ships" (words up to ten,
  figures above). Concise text says "many ships" above ten, and may say "dozens of ships" from 24 up. Numbers without "at
  least" are exact. "At least three ships" is said of classes that are not exhaustive, where the border cuts another off and,
  in concise text, where there are many and further ones are unresolvable; "tiny ships" where all of them are.
- "No ships, aircraft or bridges", "without ...": classes that are exhaustive and have no box. Never as a concise caption, and
  only where nothing else is known.
- A place is "in the upper left", a cell, or "on the left side", a third. It belongs to the noun phrase right before it, and is
  the place of all objects that the phrase counts. In a list, all items have their places or none.
- "Two in the upper left and one in the center" shares out the objects of the class just named, each once; where some object
  spans, the parts are not all ("among", "include"). Of more than five cells the sides are told, or a half with most of them;
  of a close group one side. "Five ships, three of them in the center" names the cell of at least half of them. Where the
  number is not exact: "at least two ships, in the upper left and in the center", one at least in each, or "at least four of
  the ships are in the center". "All", "both", "them", "it" and "the ship" are the counted objects of the class named before,
  where their number is exact.
- "The ships include at least two tankers": so many of them have the finer label.
- The last sentence of a detailed text may say how the image was made (see `write.record`).
- Lengths, orientations, arrangements, relations and largest objects are said as defined in `shapes`, `arrangement` and
  `relations`, of all objects of the noun they name. "The largest" is said of classes whose objects differ in size.
- A detailed text has at most the 77 tokens of CLIP: what matters least goes first (see `fitting`).
"""

from collections.abc import Sequence
from functools import lru_cache

from sartext.narrate.facts import shapes, taxonomy
from sartext.narrate.facts.land_cover import Covers
from sartext.narrate.facts.tile_facts import MANY, Facts, Object, absent
from sartext.narrate.seeded import Pick
from sartext.narrate.write import templates
from sartext.narrate.write.extras import Relation, arrangement_said, extras_of, relation_of
from sartext.narrate.write.fitting import Importance, Wanted, fitted
from sartext.narrate.write.nouns import Group, amount, article, coarse_groups, definite, groups_of, place, shared_cell
from sartext.narrate.write.numbers import capital, listed, number
from sartext.narrate.write.places import few_parts, places_of
from sartext.narrate.write.record import record_sentences
from sartext.narrate.write.sides import may_be_in

SHARED_OUT_MOST = 4  # groups of which a detailed text says the places
CONCISE_MORE_PERCENT = 60
BARE_LEAST = 0.1  # share of the image of a land cover that is named where there is nothing on it
SETTING_LEAST, SETTING_MOST = 0.05, 3  # share of the image of a land cover that a setting names, and how many of them
EXTRAS_MOST = 2  # groups of which more than number and place is said
LISTED_MOST = 6  # groups that one sentence counts
_latest: tuple[Facts, float, str] | None = None  # a setting


def concise(facts: Facts, pick: Pick) -> str | None:
    """One sentence, or None where nothing may be said."""
    if not facts.objects:
        return _ground(facts, pick)  # what is not there is no caption of an image
    groups = groups_of(facts)
    if len(groups) > 1 and (len(groups) > 3 or pick.chance(40)):
        groups = coarse_groups(facts, groups)
    groups = [group for group in groups if _any_resolvable(group)] or groups
    setting = setting_of(facts)
    if len(groups) == 1:
        return _opening(groups[0], facts, pick, concise=True, setting=setting)
    groups = pick.shuffled(groups)
    whole = not setting and len(groups) <= 3 and all(shared_cell(group, concise=True) >= 0 for group in groups)
    placed = whole and pick.chance(50)  # the place of one class alone would be asked of the others
    items = [_item(group, pick, placed=placed) for group in groups]
    return _frame(_plain(setting, items[0], pick), pick, listed(items), groups[0], plural=True, setting=setting)


def _plain(setting: str, np: str, pick: Pick, *, sentence: bool = False) -> str:
    """A frame for objects whose places are not said, only of whole sentences if asked for; none begins with a figure."""
    whole = sentence or np.startswith(("a ", "an "))
    frames: tuple[str, ...] = templates.SET[: templates.SET_WHOLE if whole else None] if setting else templates.PLAIN
    frames = _without_figure(frames, np)
    if np.startswith("at least"):
        frames = tuple([frame for frame in frames if frame != templates.IMAGE_OF])
    return pick.one(frames)


def _without_figure(frames: tuple[str, ...], np: str) -> tuple[str, ...]:
    """The frames in which the noun phrase begins no sentence with a figure."""
    return tuple([frame for frame in frames if not frame.startswith("{Np}")]) if np[0].isdigit() else frames


def _ground(facts: Facts, pick: Pick) -> str | None:
    """What an image is of that provably lacks objects of some class; other images without boxes say nothing of objects."""
    setting = setting_of(facts, BARE_LEAST) if _absent(facts) else ""
    frames = templates.ONE_GROUND if entirely(facts.covers) else templates.GROUND
    return pick.one(frames).format(img=pick.one(templates.IMAGES), setting=setting) if setting else None


def entirely(covers: Covers) -> bool:
    """Whether one land cover is all of the image, and no pixel is of anything else or unknown."""
    return bool(covers.labels) and covers.labelled >= 1 and covers.area(covers.labels[0]) >= 1


def setting_of(facts: Facts, least: float = SETTING_LEAST) -> str:
    """What land or water the objects are on, where regions tell: "water and cropland"; nothing where they do not.

    That of the latest facts is kept, because one caption after another asks for it.
    """
    global _latest
    covers = facts.covers
    if not covers.labels:
        return ""
    if _latest is None or _latest[0] is not facts or _latest[1] != least:
        parts, labelled = [], covers.labelled
        for name in dict.fromkeys(covers.labels):
            if name in taxonomy.REGIONS and (share := covers.area(name) * labelled) >= least:
                parts.append((-share, taxonomy.KINDS[name].mass))
        _latest = facts, least, listed([noun for _, noun in sorted(parts)[:SETTING_MOST]]) if parts else ""
    return _latest[2]


def _any_resolvable(group: Group) -> bool:
    for thing in group.things:  # noqa: SIM110 - mostly the first one is, and a generator would take longer than that
        if thing.resolvable:
            return True
    return False


def detailed(facts: Facts, pick: Pick) -> str | None:
    """Some sentences with numbers and places, as many as the tokens of CLIP hold, or None where nothing may be said."""
    if not facts.objects:
        return None if facts.covers.labels else _absence(facts, pick)  # beside the ground nobody would ask for them
    groups, setting = groups_of(facts), setting_of(facts)
    alone = len(groups) == 1
    sentences = []
    if alone:
        sentences += _with_extras(_one_group(groups[0], facts, pick, setting), groups[0], facts, pick, alone=True)
    else:
        sentences.append(
            Wanted(Importance.NUMBERS, _listing(groups, pick, setting), _listing(coarse_groups(facts, groups), pick, ""))
        )
        related = relation_of(groups, pick, facts)
        for at, group in enumerate(groups[:SHARED_OUT_MOST]):
            told = related is not None and related.places(group)  # what is at a harbor is where that is
            placed = [] if told else places_of(group, facts, pick, alone=False)
            if related is not None and related.who is group:
                sentences += _with_relation(placed, related)
            else:
                sentences += _with_extras(placed, group, facts, pick, alone=False) if at < EXTRAS_MOST else placed
            sentences += _finer(group)
    return fitted([*sentences, *record_sentences(facts, pick)])


def _with_extras(placed: list[Wanted], group: Group, facts: Facts, pick: Pick, alone: bool) -> list[Wanted]:
    """The sentences on the place of a group, and what else is said of it; of one object as people go on: "It is ..."."""
    if _goes_on(placed, group):
        *first, last = placed
        more = [f" {text}" for text in extras_of(group, facts, pick, alone=alone, it="it")]
        return [*first, last._replace(text="".join([last.text, *more]), shorter=last.text)]
    return [*placed, *[Wanted(Importance.EXTRAS, text) for text in extras_of(group, facts, pick, alone=alone)]]


def _with_relation(placed: list[Wanted], related: Relation) -> list[Wanted]:
    """The sentences on the place of a group, and how it lies to another."""
    if _goes_on(placed, related.who):
        *first, last = placed
        return [*first, last._replace(text=f"{last.text} {related.of_it}", shorter=last.text)]
    return [*placed, Wanted(Importance.RELATIONS, related.text)]


def _goes_on(placed: list[Wanted], group: Group) -> bool:
    """Whether the last sentence is on the only object of a group, so that "it" is that."""
    if len(group.things) != 1 or not placed:
        return False
    ends = (f"{capital(definite(group))} ", f"{capital(article(group.singular))} ", f"A single {group.singular} ")
    return placed[-1].text.startswith(ends)


def _listing(groups: list[Group], pick: Pick, setting: str) -> str:
    """How many there are of each group, at most of the first few."""
    items = [amount(group, pick, concise=False, alone=len(groups) == 1) for group in groups[:LISTED_MOST]]
    frame = _plain(setting, items[0], pick, sentence=True)
    return _frame(frame, pick, listed(items), groups[0], plural=len(items) > 1, setting=setting)


def _opening(group: Group, facts: Facts, pick: Pick, concise: bool, setting: str = "") -> str:
    """One sentence on one group, with its place if all of it is in one cell."""
    np = amount(group, pick, concise)
    cell = shared_cell(group, concise)
    if cell >= 0 and not setting:
        frames = templates.PLACED if concise else templates.PLACED[templates.FRAGMENTS :]
        return _frame(pick.one(frames), pick, np, group, cell=cell)
    if cell >= 0 and _afloat(group, facts):
        return _frame(pick.one(templates.AFLOAT_PLACED), pick, np, group, cell=cell)
    if len(group.things) == 1:
        np = _spanning(np, group.things[0], facts, pick)
    elif concise and _any_resolvable(group) and (len(group.things) < MANY or pick.chance(CONCISE_MORE_PERCENT)):
        more = _in_short(group, facts, pick, alone=not setting)
        if more:
            frames = templates.SET_END if setting else templates.PLAIN_END
            return _frame(pick.one(frames), pick, np + more, group, setting=setting)
    frame = pick.one(_without_figure(templates.AFLOAT, np)) if _afloat(group, facts) else _plain(setting, np, pick)
    return _frame(frame, pick, np, group, setting=setting)


def _afloat(group: Group, facts: Facts) -> bool:
    """Whether they are ships, and all of the image is water."""
    return taxonomy.root(group.name) == "ship" and entirely(facts.covers) and taxonomy.is_a(facts.covers.labels[0], "water")


def _in_short(group: Group, facts: Facts, pick: Pick, alone: bool) -> str:
    """How several objects lie, in few words to follow their number, or nothing; "them" only where nothing else is named."""
    homes, total = group.homes, len(group.things)
    sure = group.exact and all(thing.resolvable for thing in group.things)
    if alone:
        if parts := few_parts(group, facts):
            return parts
        fullest = max(homes, key=lambda home: (homes[home], -home))
        if (
            sure
            and fullest >= 0
            and total / 2 <= homes[fullest] < total < MANY
            and homes[fullest] == may_be_in(group, fullest) > 1
        ):
            return f", {number(homes[fullest])} of them {place(fullest)}"
    word = arrangement_said(group, facts) if sure and pick.chance(CONCISE_MORE_PERCENT) else None
    return f" {pick.one(templates.ARRANGED[word])}" if word else ""


def _one_group(group: Group, facts: Facts, pick: Pick, setting: str) -> list[Wanted]:
    """The sentences on number and place of the only group."""
    cell = shared_cell(group, concise=False)
    if cell >= 0 and (not setting or _afloat(group, facts)):
        return [Wanted(Importance.NUMBERS, _opening(group, facts, pick, concise=False, setting=setting)), *_finer(group)]
    np = amount(group, pick, concise=False)
    if cell < 0 and len(group.things) == 1:
        np = _spanning(np, group.things[0], facts, pick)
    elif not setting and (parts := few_parts(group, facts)):
        first = _frame(pick.one(templates.PLAIN_END), pick, np + parts, group)
        return [Wanted(Importance.NUMBERS, first), *(_finer(group) if group.exact else [])]
    first = _frame(_plain(setting, np, pick, sentence=True), pick, np, group, setting=setting)
    return [Wanted(Importance.NUMBERS, first), *places_of(group, facts, pick, alone=not setting), *_finer(group)]


def _item(group: Group, pick: Pick, placed: bool) -> str:
    """A group in a list: its number, and its place where all of it is in one cell."""
    np = amount(group, pick, concise=True, alone=False)
    cell = shared_cell(group, concise=True) if placed else -1
    return f"{np} {place(cell)}" if cell >= 0 else np


def _frame(template: str, pick: Pick, np: str, group: Group, cell: int = -1, plural: bool = False, setting: str = "") -> str:
    """The template filled in; the verb agrees with the group, or is plural for a list that starts with the group."""
    one = _singular(np, group)
    many = plural or not one
    at = place(cell) if cell >= 0 else ""
    return template.format(
        np=np,
        Np=capital(np),
        at=at,
        At=capital(at) if at else "",
        img=pick.one(templates.IMAGES),
        is_="are" if many else "is",
        lies="lie" if many else "lies",
        there="is" if one else "are",
        setting=setting,
        Setting=capital(setting),
    )


def _singular(np: str, group: Group) -> bool:
    """Whether the noun phrase that starts with the group takes a singular verb."""
    return np.startswith(("a ", "an ", "one ", "at least one ")) and len(group.things) >= 1


def _spanning(np: str, thing: Object, facts: Facts, pick: Pick) -> str:
    """The noun phrase with how the object spans the image, where it does."""
    across, down = (shapes.spans(thing, word, facts) for word in ("across", "down"))
    wide, high = (thing.right - thing.left) / facts.width_px, (thing.bottom - thing.top) / facts.height_px
    if across and (wide >= high or not down):
        return f"{np} {pick.one(templates.SPANS['left to right'])}"
    return f"{np} {pick.one(templates.SPANS['top to bottom'])}" if down else np


def _finer(group: Group) -> list[Wanted]:
    """At most one sentence: the finer classes among a group's objects."""
    if not group.parts:
        return []
    kinds = [(taxonomy.KINDS[label], count) for label, count in group.parts]
    finer = listed([f"at least {number(count)} {kind.singular if count == 1 else kind.plural}" for kind, count in kinds])
    return [Wanted(Importance.FINER, f"The {group.noun} include {finer}.")]


def _absent(facts: Facts) -> tuple[str, ...]:
    """The plurals of the classes that are provably not in the tile."""
    return _plurals_absent((*facts.labels, *facts.crowds, *facts.cuts), facts.exhaustive)


@lru_cache(maxsize=4096)
def _plurals_absent(labels: tuple[str, ...], exhaustive: tuple[str, ...]) -> tuple[str, ...]:
    names = [name for name in exhaustive if absent(name, labels, exhaustive)]
    return tuple([taxonomy.KINDS[name].plural for name in names if not taxonomy.KINDS[name].region])


def _absence(facts: Facts, pick: Pick) -> str | None:
    """What a tile without counted boxes provably lacks."""
    missing = pick.shuffled(_absent(facts))
    return _without(pick.one(templates.ABSENT), missing, pick) if missing else None


def _without(template: str, missing: Sequence[str], pick: Pick) -> str:
    return template.format(or_=listed(missing, "or"), img=pick.one(templates.IMAGES))
