"""From boxes and regions to one short text, as people search: classes, a rough number, where it is.

What a text can say (the words and frames are in `coarse_templates`):
- Rough numbers are true of all counted objects and of the resolvable ones: "a few" is three to five, "several" three to
  twelve, "many" more than ten, "dozens of" from 24 up. Where there may be more than are counted, words that hold all the same:
  a plural for two or more, "at least one ship". "Tiny ships" where all are unresolvable.
- A place is that of all objects of the phrase before it: a cell, or the left, right, upper or lower third. So is an
  arrangement, and what they are on ("on the water") or near ("near a port", "by farmland").
- The ground is one or two land covers of a tenth of the image or more, the larger first.
- A text is a fragment without a capital or a full stop, of at most twelve words; nothing is said to be absent.
"""

from collections.abc import Callable, Sequence

from sartext.narrate.facts import relations, taxonomy
from sartext.narrate.facts.tile_facts import MANY, Facts, Object
from sartext.narrate.seeded import Pick
from sartext.narrate.write import coarse_templates as phrases
from sartext.narrate.write.extras import arrangement_said
from sartext.narrate.write.land_cover_grammar import cover_place
from sartext.narrate.write.nouns import Group, article, groups_of, place
from sartext.narrate.write.numbers import listed
from sartext.narrate.write.places import FEW
from sartext.narrate.write.sides import MOST_SHARE, compact, on_side, third
from sartext.narrate.write.templates import ARRANGED

WORDS_MOST = 12
COVER_LEAST = 0.1  # share of the image of a land cover that is named
CLASSES_MOST = 2
IMAGE_PERCENT = 16
ROUGH_PERCENT = 40  # how often a number is said roughly where it can be
GENERAL_PERCENT = 50  # how often classes are called by the topmost above them
GROUND_LEAST = 0.01  # share of the image of a land cover, where there are no objects
MOSTLY_PERCENT, PLACED_PERCENT = 40, 30
SOME_MOST = 6  # objects that are "some"; more are many, or have their number
_MOSTLY, _ENTIRELY, _GRAIN = 0.6, 0.92, 1e-9
_TRIES = 8
_OVER_WATER = ("ship", "bridge")  # classes that are said with their water
_ASHORE = ("harbor", "tank", "building")
_STILL = ("tank", "building", "harbor", "bridge")  # classes that are not said to be in a land cover, but near it


def coarse(facts: Facts, pick: Pick) -> str | None:
    """A fragment, or None where nothing may be said."""
    groups = _groups(facts, pick)
    write = _of_objects if groups else _of_regions
    for _ in range(_TRIES):
        text = write(facts, groups, pick)
        if text is None or len(text.split()) <= WORDS_MOST:
            break
    else:
        text = _amount(groups[0], pick)
    if text and not _complete(text, groups) and pick.chance(IMAGE_PERCENT):
        frames = [frame for frame in phrases.FRAMES_OF_IMAGE if " with " not in text or " with " not in frame]
        framed = pick.one(frames).format(text=text)
        text = framed if len(framed.split()) <= WORDS_MOST else text
    return text or None


def _complete(text: str, groups: Sequence[Group]) -> bool:
    """Whether a text stands in no frame: it names the image already, or begins with a singular without an article."""
    bare = [singular for group in groups for singular, _ in _names(group)]
    return phrases.FRAMED_ALREADY.fullmatch(text) is not None or f"{text} ".removeprefix("tiny ").startswith(
        tuple(f"{one} " for one in bare)
    )


# Objects


def _groups(facts: Facts, pick: Pick) -> list[Group]:
    """The classes that a text names, by their labels or by the topmost above them; those that can be seen, if any can."""
    names = [group.name for group in groups_of(facts)] if facts.objects else []
    tops = list(dict.fromkeys([taxonomy.root(name) for name in names]))
    if len(names) > CLASSES_MOST or pick.chance(GENERAL_PERCENT):
        names = tops
    found = [Group(name, facts.of(name), facts.count(name).exact, facts) for name in names]
    seen = [group for group in found if any(thing.resolvable for thing in group.things)] or found
    return pick.shuffled(sorted(seen, key=lambda group: -len(group.things))[:CLASSES_MOST])


def _of_objects(facts: Facts, groups: list[Group], pick: Pick) -> str:
    """Objects, and something of where they are."""
    first = groups[0]
    options: list[Callable[[], str | None]] = [lambda: _listed(groups, pick)]
    if len(groups) > 1:
        options += 2 * [lambda: _near_other(groups, facts, pick)]
    else:
        options += 5 * [lambda: _placed(first, pick)]
        options += 5 * [lambda: _some_placed(first, facts, pick)]
        options += 2 * [lambda: _arranged(first, facts, pick)]
        options += 4 * [lambda: _grounded(first, facts, pick)]
    if facts.covers.labels:
        options += 3 * [lambda: _with_ground(groups, facts, pick)]
    for option in pick.shuffled(options):
        if text := option():
            return text
    return _listed(groups, pick)


def _listed(groups: Sequence[Group], pick: Pick, *, bare: bool = True) -> str:
    """Objects alone."""
    return listed([_amount(group, pick, bare=bare and len(groups) == 1) for group in groups])


def _some_placed(group: Group, facts: Facts, pick: Pick) -> str | None:
    """ "Several ships, most of them on the left"; the places of few."""
    homes = [thing.home for thing in group.things]
    clear = all(thing.resolvable for thing in group.things)
    seen = group.exact and clear
    if len(homes) == 2 and seen and homes[0] != homes[1] and -1 not in homes:
        parts = listed([f"one {place(home)}" for home in sorted(homes)])
        return pick.one(phrases.TWO_APART).format(many=_called(group, pick)[1], parts=parts)
    if clear and 1 < len(homes) <= FEW and len(set(homes)) > 1 and -1 not in homes and not compact(group, facts):
        noun = _amount(group, pick) if seen else _called(group, pick)[1]
        return f"{noun} {listed([place(home) for home in sorted(set(homes))])}"
    if not seen:
        return None
    total = len(homes)
    numbers = [(words, on_side(group, name, facts) or 0) for name, words in phrases.SIDES.items()]
    most = [words for words, number in numbers if MOST_SHARE * total <= number < total]
    if not most:
        return None
    return f"{_amount(group, pick).removeprefix('some ')}, most of them {pick.one(pick.one(most))}"


def _placed(group: Group, pick: Pick) -> str | None:
    if len(group.things) >= MANY and not all(thing.resolvable for thing in group.things):
        return None  # the place would be that of some of them
    at = _place(group.things, pick)
    return at and f"{_amount(group, pick, bare=True)} {at}"


def _place(things: Sequence[Object], pick: Pick) -> str | None:
    """A place where all the objects are."""
    homes = {thing.home for thing in things}
    cell = homes.pop() if len(homes) == 1 else -1
    sides = [words for side, words in phrases.SIDES.items() if all(third(thing, side) for thing in things)]
    if cell >= 0 and (not sides or pick.chance(60)):
        return place(cell)
    return pick.one(pick.one(sides)) if sides else None


def _arranged(group: Group, facts: Facts, pick: Pick) -> str | None:
    seen = group.exact and all(thing.resolvable for thing in group.things)
    word = arrangement_said(group, facts) if seen else None
    return word and f"{_amount(group, pick)} {pick.one(ARRANGED[word])}"


def _near_other(groups: Sequence[Group], facts: Facts, pick: Pick) -> str | None:
    """ "A few ships near a port": of the first two classes, where all of one are near the only one of the other."""
    for one, other in sorted((groups[:2], groups[1::-1]), key=lambda pair: taxonomy.root(pair[1].name) not in _STILL):
        if len(other.things) == 1 and all(relations.near(a, other.things[0], facts) for a in one.things):
            singular, _ = _called(other, pick)
            inside = other.name == "harbor" and all(relations.at(a, other.things[0], facts) for a in one.things)
            nearby = "at" if inside else pick.one(phrases.NEARBY)
            return f"{_amount(one, pick)} {nearby} {article(singular)}"
    return None


def _grounded(group: Group, facts: Facts, pick: Pick) -> str | None:
    """ "Ships on the water", "aircraft near farmland": of the only class, where it is so of all its objects."""
    covers, extents = facts.covers, [(thing.left, thing.top, thing.right, thing.bottom) for thing in group.things]
    if taxonomy.root(group.name) == "bridge":
        return None  # it is over what it is near
    harbor = taxonomy.root(group.name) == "harbor"
    for name in pick.shuffled(_named(facts, COVER_LEAST)):
        if harbor and taxonomy.is_a(name, "water"):
            continue  # it goes without saying
        if all(covers.beneath(name, extent) for extent in extents):
            if _lies_on(group.name, name):
                words = pick.one(phrases.RESTING_ON.get(name, tuple(f"on {noun}" for noun in _nouns(name))))
                return f"{_amount(group, pick)} {words}"
        elif all(covers.beside(name, extent) for extent in extents):
            return f"{_amount(group, pick)} {pick.one(phrases.NEARBY)} {pick.one(_nouns(name))}"
    return None


def _lies_on(name: str, cover: str) -> bool:
    """Whether people say of objects of the class that they are on the land cover."""
    root = taxonomy.root(name)
    return root not in _STILL and (root == "ship") == taxonomy.is_a(cover, "water")


def _with_ground(groups: Sequence[Group], facts: Facts, pick: Pick) -> str | None:
    """ "Farmland with a few ships"."""
    names = _named(facts, COVER_LEAST)
    if any(taxonomy.root(group.name) in _ASHORE for group in groups):
        names = names[:2]  # a harbor is where both meet, and nothing of this kind is on the water
    elif any(taxonomy.root(group.name) in _OVER_WATER for group in groups):  # rather than the land around
        water = [name for name in names[1:] if taxonomy.is_a(name, "water")]
        names = [*names[:1], *water]
    else:
        dry = [name for name in names if not taxonomy.is_a(name, "water")]
        names = (dry or names)[: pick.one((1, 1, 2))]
    if not names:
        return None
    ground = listed([pick.one(_nouns(name)) for name in names])
    return pick.one(phrases.WITH_GROUND).format(ground=ground, np=_listed(groups, pick, bare=False))


def _amount(group: Group, pick: Pick, *, bare: bool = False) -> str:
    """The objects with a rough number: "a few ships", "ships", "at least one tiny ship"; "ship" where it may be `bare`."""
    clear = sum([thing.resolvable for thing in group.things])
    tiny = "" if clear else "tiny "
    total = len(group.things)
    numbers = {total, clear or total} if total >= MANY else {total}  # of a few, a reader would miss the tiny one
    tables = [phrases.ANY_NUMBERS]
    if pick.chance(ROUGH_PERCENT):
        tables.insert(0, phrases.ROUGH_NUMBERS)
    words = list(phrases.ONE_AT_LEAST)
    for table in tables:
        fitting = [
            (word, most == 1)
            for word, least, most in table
            if min(numbers) >= least and (most is None or (group.exact and max(numbers) <= most))
            if word != phrases.SOME or total <= SOME_MOST
        ]
        if fitting:
            words = fitting
            break
    word, single = pick.one(words)
    singular, plural = _called(group, pick)
    if word == "at least one" and bare and singular != plural:
        word = ""  # as people search: "ship at the center"
    noun = f"{tiny}{singular if single else plural}"
    return article(noun) if word == "a" else f"{word} {noun}".strip()


def _called(group: Group, pick: Pick) -> tuple[str, str]:
    """A singular and its plural for the class."""
    options = _names(group)
    wingless = any(taxonomy.is_a(thing.label, one) for thing in group.things for one in phrases.WINGLESS)
    return options[0] if wingless else pick.one(options)


def _names(group: Group) -> tuple[tuple[str, str], ...]:
    kind = taxonomy.KINDS[group.name]
    return phrases.CALLED.get(group.name, ((kind.singular, kind.plural),))


# Regions


def _named(facts: Facts, least: float) -> list[str]:
    """The land covers with a share of the image, the largest first, and none that is above or below one of them."""
    found: list[str] = []
    shares = {name: facts.covers.share(name).low for name in facts.covers.labels if name in taxonomy.REGIONS}
    for name in sorted(shares, key=lambda name: (-shares[name], name)):
        if shares[name] >= least and not any(taxonomy.akin(name, other) for other in found):
            found.append(name)
    return found


def _nouns(name: str) -> tuple[str, ...]:
    return phrases.GROUNDS.get(name, (taxonomy.KINDS[name].mass,))


def _of_regions(facts: Facts, groups: list[Group], pick: Pick) -> str | None:  # noqa: ARG001 - both kinds of text are asked alike
    """The land covers of a tile without objects."""
    names = _named(facts, COVER_LEAST) or _named(facts, GROUND_LEAST)[:1]
    if not names:
        return None
    share = facts.covers.share(names[0]).low
    if share >= _MOSTLY and (len(names) == 1 or pick.chance(MOSTLY_PERCENT)):
        frames = phrases.MOSTLY_ONE if share < _ENTIRELY else phrases.ALMOST_ONE if share < 1 - _GRAIN else phrases.ENTIRELY_ONE
        return pick.one(frames).format(first=taxonomy.KINDS[names[0]].mass)  # "mostly" goes with no article
    some = pick.shuffled(names[:2])
    one = pick.one(_nouns(some[0]))
    at = cover_place(some[0], False, facts, pick)[0] if len(some) == 1 or pick.chance(PLACED_PERCENT) else None
    if at or len(some) == 1:
        return f"{one} {at}" if at else one
    frames = phrases.TWO_GROUNDS
    if facts.covers.border(names[0], names[1]):
        frames = (*frames, *phrases.GROUNDS_BORDERING)
    first, second = [pick.one(_nouns(name)) for name in names[:2]]
    return pick.one(frames).format(first=first, second=second)
