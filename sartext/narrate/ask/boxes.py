"""What may be asked of the boxes of a tile, so that each answer is the only right one and no words of a question tell it.

Nothing is asked of a class whose number is open (see `facts`): with crowds, with objects that the border cuts off, or not
labelled exhaustively. What a dataset has more of is in no question's words: each question contrasts parts of the image that are
mirror images of one another, or has one likeliest answer whatever the class.

- Presence: whether a class is in a half (or a quarter), asked where it is in that one or its mirror image and not in both.
- Count: of a tile from 0 to 20, two most often: one is asked for in 15 cases of a hundred, and the more there are the less
  often. 0 is asked of tiles without any box, in 5 cases of a hundred. Of a half or a quarter where it, or its mirror image, has
  two and the other has another number.
- Position: the quarter with the only object of a class, with all of them, or with the largest.
- Relation: whether the only object of a class is to the left of (right of, above, below) the only one of another, and whether
  the larger of two is to the left of the smaller one; whether there are more in one half than in the other; in which half the
  leftmost (rightmost, topmost, bottommost) of a class is.
- Class: where all boxes have one label and other classes could be there.

An object that is unresolvable at a model's size is not asked for: a class with one is neither counted nor compared.
"""

from sartext.narrate.ask import templates
from sartext.narrate.ask.drafts import Draft, agreeing, contrast
from sartext.narrate.ask.known_classes import MOST, KnownClass
from sartext.narrate.ask.parts import AXES, BOTH_AXES, DIAGONAL_AXIS, HALF_PAIRS, PAIRS, QUARTERS, MirrorPair, Side, is_in
from sartext.narrate.facts import relations, taxonomy
from sartext.narrate.facts.shapes import whole
from sartext.narrate.facts.tile_facts import Facts, Object
from sartext.narrate.seeded import Pick

_USUAL = 2  # the number that most answers are
_NONE_PERCENT, _ONE_PERCENT, _FEWER_PERCENT = 5, 15, 50
_SURE_PX = 2  # an edge of the tile may lie a pixel lower where positions are counted from 1
_OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above"}
_WORDS = {"left": "to the left of", "right": "to the right of", "above": "above", "below": "below"}
_OUTERMOST = {"x": ("leftmost", "rightmost"), "y": ("topmost", "bottommost")}
_ALONG = {"left": "x", "right": "x", "above": "y", "below": "y"}


def presence(facts: Facts, known: list[KnownClass], pick: Pick) -> list[Draft]:  # noqa: ARG001 - all kinds are asked alike
    """Whether there are any in a part, where its mirror image has none, or has some and the part none."""
    drafts = []
    for subject in known:
        for pair in _pairs(pick):
            first, second = (_held(subject, pair, number) for number in (0, 1))
            if (first == "some" and second == "none") or (first == "none" and second == "some"):
                holds = 0 if first == "some" else 1
                draft = Draft("presence", templates.PRESENCE, {"many": subject.plural})
                drafts.append(contrast(draft, pair, holds, pick))
                if pair.axes == BOTH_AXES:
                    break  # one quarter tells of the others
    return drafts


def _pairs(pick: Pick) -> list[MirrorPair]:
    """The two pairs of halves, then those of quarters in an order that is drawn."""
    return [*HALF_PAIRS.values(), *pick.shuffled(PAIRS[len(HALF_PAIRS) :])]


def _held(subject: KnownClass, pair: MirrorPair, number: int) -> str:
    """Whether a part holds "some" of the objects that are resolvable, "none" at all, or nothing may be said ("")."""
    held = [is_in(place, pair.parts[number]) for place in subject.places]
    if not any(one is not False for one in held):
        return "none"
    seen = any(one and thing.resolvable for one, thing in zip(held, subject.things, strict=True))
    return "some" if seen else ""


def count(facts: Facts, known: list[KnownClass], pick: Pick) -> list[Draft]:
    """How many there are, in the tile and in parts of it."""
    drafts = []
    for subject in known:
        if not subject.clear:
            continue
        number = len(subject.things)
        words = {"many": subject.plural}
        if number <= MOST and pick.chance(_ONE_PERCENT if number < _USUAL else 300 // (number + 1)):
            drafts.append(Draft("count", templates.COUNT, words, str(number), "count", asks=subject.name))
        if number >= _USUAL:
            drafts += _count_part(subject, words, pick)
    if not (facts.objects or facts.crowds or facts.cuts) and pick.chance(_NONE_PERCENT):
        absent = [name for name in facts.exhaustive if name not in taxonomy.REGIONS and facts.absent(name)]
        if absent:
            name = pick.one(absent)
            words = {"many": taxonomy.KINDS[name].plural}
            drafts.append(Draft("count", templates.COUNT, words, "0", "count", asks=name))
    return drafts


def _count_part(subject: KnownClass, words: dict[str, str], pick: Pick) -> list[Draft]:
    """The number in one of two parts of which one has two objects."""
    for pair in pick.shuffled(PAIRS):
        held = [[is_in(place, part) for place in subject.places] for part in pair.parts]
        if any(one is None for part in held for one in part):
            continue
        numbers = [sum(map(bool, part)) for part in held]
        other = sum(numbers) - _USUAL
        if _USUAL not in numbers or other == _USUAL or other > MOST or (other < _USUAL and not pick.chance(_FEWER_PERCENT)):
            continue
        asked = pick.below(2)
        more = words | {"part": pair.parts[asked].words}
        return [Draft("count", templates.COUNT_PART, more, str(numbers[asked]), "count", pair.axes, tells=(subject.name,))]
    return []


def position(facts: Facts, known: list[KnownClass], pick: Pick) -> list[Draft]:  # noqa: ARG001
    """The quarter that the only one, all of them, or the largest lies in."""
    drafts = []
    for subject in known:
        quarter = _quarter(set(subject.places))
        if quarter and subject.clear and len(subject.things) <= MOST:
            drafts.append(_placed(subject.the, subject.verbs, quarter, subject.only))
        named = largest(subject, facts)
        if named is not None:
            at, the, told = named
            quarter = _quarter({subject.places[at]})
            if quarter:
                drafts.append(_placed(the, agreeing(False), quarter, told))
    return drafts


def _quarter(places: set[tuple[Side, Side]]) -> str:
    """The quarter of what lies in one; nothing where it lies astride or in several."""
    if len(places) != 1:
        return ""
    ((across, down),) = places
    return "" if across is None or down is None else QUARTERS[across][down]


def _placed(the: str, verbs: dict[str, str], quarter: str, told: tuple[str, ...]) -> Draft:
    return Draft("position", templates.POSITION, verbs | {"the": the}, quarter, "position", BOTH_AXES, tells=told)


def largest(subject: KnownClass, facts: Facts) -> tuple[int, str, tuple[str, ...]] | None:
    """The number of the largest object with its words, and the class whose number they say; None where none surely is.

    Objects that may go on beyond the border are not compared, nor aircraft of one type.
    """
    things = subject.things
    if not 2 <= len(things) <= MOST or not all(_whole(thing, facts) for thing in things):
        return None
    order = sorted(range(len(things)), key=lambda at: -_area(things[at]))
    first = things[order[0]]
    others = [things[at] for at in order[1:]]
    if not first.resolvable or not all(relations.larger(first, other, facts) for other in others):
        return None
    if taxonomy.is_a(subject.name, "aircraft") and any(other.label == first.label for other in others):
        return None
    if len(things) == 2:
        return order[0], f"the larger of the two {subject.plural}", (subject.name,)
    return order[0], f"the largest {subject.singular}", ()


def _whole(thing: Object, facts: Facts) -> bool:
    inner = thing.left >= _SURE_PX and thing.top >= _SURE_PX
    return (
        inner
        and thing.right <= facts.width_px - _SURE_PX
        and thing.bottom <= facts.height_px - _SURE_PX
        and whole(thing, facts)
    )


def _area(thing: Object) -> float:
    return (thing.right - thing.left) * (thing.bottom - thing.top)


def relation(facts: Facts, known: list[KnownClass], pick: Pick) -> list[Draft]:
    """How two objects lie to one another, and in which half there are more of a class."""
    drafts = []
    singles = [subject for subject in known if len(subject.things) == 1 and subject.clear and subject.alone]
    for at, one in enumerate(singles):
        for other in singles[at + 1 :]:
            objects = one.things[0], other.things[0]
            drafts += _toward(objects, (one.singular, other.singular), one.only + other.only, facts, pick)
    for subject in known:
        drafts += _more(subject, pick)
        drafts += _outermost(subject, facts, pick)
        if len(subject.things) == 2 and subject.clear and (named := largest(subject, facts)):
            objects = subject.things[named[0]], subject.things[1 - named[0]]
            drafts += _toward(objects, ("larger", "smaller"), (subject.name,), facts, pick, subject.plural)
    return drafts


def _toward(
    objects: tuple[Object, Object],
    names: tuple[str, str],
    told: tuple[str, ...],
    facts: Facts,
    pick: Pick,
    both: str = "",
) -> list[Draft]:
    """Whether one lies to the left of the other, asked with either word and in either order."""
    word = relations.toward(*objects)
    if not relations.direction(*objects, word, facts):
        return []
    said, second = names
    if pick.below(2):
        said, second, word = second, said, _OPPOSITE[word]
    answer = "yes"
    if pick.below(2):
        word, answer = _OPPOSITE[word], "no"
    words = {"one": f"{said} of the two {both}" if both else said, "other": f"{second} one" if both else second}
    return [Draft("relation", templates.RELATION, words | {"rel": _WORDS[word]}, answer, axes=_ALONG[word], tells=told)]


def _more(subject: KnownClass, pick: Pick) -> list[Draft]:
    """Whether there are more in one half than in the other, wherever those astride belong; both have some."""
    if not subject.clear or not 3 <= len(subject.things) <= MOST:
        return []
    drafts = []
    for along, axis in enumerate(AXES):
        lie = [place[along] for place in subject.places]
        first, second, astride = (lie.count(side) for side in (0, 1, None))
        if first and second and abs(first - second) > astride:
            draft = Draft("relation", templates.MORE, {"many": subject.plural})
            drafts.append(contrast(draft, HALF_PAIRS[axis], 0 if first > second else 1, pick))
    return drafts


def _outermost(subject: KnownClass, facts: Facts, pick: Pick) -> list[Draft]:
    """Whether the leftmost (rightmost, topmost, bottommost) is in one half or in the other, across."""
    if not subject.clear or not 2 <= len(subject.things) <= MOST:
        return []
    drafts = []
    for along, (axis, spans) in enumerate(zip(AXES, _spans(subject.things, facts), strict=True)):
        end = pick.below(2)
        at = _ahead(spans) if not end else _ahead([(-high, -low) for low, high in spans])
        side = None if at is None else subject.places[at][1 - along]
        if side is not None:
            words = {"the": f"the {_OUTERMOST[axis][end]} {subject.singular}"}
            draft = contrast(Draft("relation", templates.IN_HALF, words), HALF_PAIRS[AXES[1 - along]], side, pick)
            drafts.append(draft._replace(axes=draft.axes + DIAGONAL_AXIS))
    return drafts


def _spans(things: tuple[Object, ...], facts: Facts) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """The extents along x and along y, in shares of the side."""
    across = [(thing.left / facts.width_px, thing.right / facts.width_px) for thing in things]
    return across, [(thing.top / facts.height_px, thing.bottom / facts.height_px) for thing in things]


def _ahead(spans: list[tuple[float, float]]) -> int | None:
    """The number of the extent that begins and ends before all others, and clearly; None where none does."""
    first = min(range(len(spans)), key=spans.__getitem__)
    low, high = (edge + relations.BESIDE for edge in spans[first])
    return first if all(low < begin and high < end for at, (begin, end) in enumerate(spans) if at != first) else None


def class_of_all(facts: Facts) -> Draft | None:
    """The class of all objects, where other classes could be there."""
    name = _label_of_all(facts)
    if name not in facts.exhaustive:
        return None
    if not any(other not in taxonomy.REGIONS and facts.absent(other) for other in facts.exhaustive):
        return None
    return Draft("class", templates.CLASS, {}, taxonomy.KINDS[name].singular, "class")


def type_of_all(facts: Facts) -> Draft | None:
    """The type of all objects, of a class of which every object is annotated with its type."""
    name = _label_of_all(facts)
    above = [other for other in taxonomy.lineage(name)[1:] if other in facts.exhaustive] if name else []
    if not above or name in facts.exhaustive:
        return None
    words = {"one": taxonomy.KINDS[above[0]].singular}
    return Draft("class", templates.TYPE, words, taxonomy.KINDS[name].singular, "class")


def _label_of_all(facts: Facts) -> str:
    """The label that all boxes have; nothing where there is none, or where one of them is unresolvable."""
    labels = {*facts.labels, *facts.crowds, *facts.cuts}
    if len(labels) != 1 or not facts.objects or not all(thing.resolvable for thing in facts.objects):
        return ""
    return labels.pop()
