"""What may be asked of the boxes of a tile, so that each answer is the only right one.

- Presence, in pairs: one class that the tile has and one that it provably lacks, so as many answers are yes as no, whatever
  the dataset. Where one place is left, one of the two is drawn. Both are asked of exhaustive classes only, or a word that is
  never absent would give its answer away. A tile that lacks none or has none of them is not asked.
- Count: classes whose number is exact (see `facts`), without crowds and without objects that the border cuts off. Mostly 1 to
  10; 0 is asked of tiles without any box, and a number above 10 in one case of ten, up to 20.
- Position: the only object of a class, where no other cell's words are true of it, so its centre is well off the edges of
  its cell, and three quarters of its extent lie in that cell on either axis.
- Class: where all boxes have one label, of an exhaustive class: which of up to four classes, of which the others are absent.
- Relation, in pairs: whether the only object of a class lies to the left (right, above, below) of the only one of another,
  and whether it lies on the opposite side; whether there are more of one class than of another, and the other way round.

An object that is unresolvable at a model's size is not asked for: no class with one is counted, placed or named, and a
class is present where one of its objects is resolvable.
"""

from sartext.narrate.ask import templates as phrases
from sartext.narrate.facts import relations, taxonomy
from sartext.narrate.facts.tile_facts import CELLS, Facts, Object
from sartext.narrate.seeded import Pick
from sartext.narrate.write.nouns import article
from sartext.narrate.write.numbers import listed
from sartext.tile import Question

MOST = 20  # more cannot be counted one by one in an image of a model's size
_FEW, _MORE_PERCENT = 10, 10
_OTHERS = 3  # classes that a question of class offers beside the right one, at most
_INSIDE = 0.75
_OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above"}
_WORDS = {"left": "to the left of", "right": "to the right of", "above": "above", "below": "below"}

Asked = list[tuple[Question, ...]]  # each asked whole, or one of it


def presence(facts: Facts, pick: Pick) -> Asked:
    """Pairs of a question answered yes and one answered no."""
    names = [name for name in facts.exhaustive if name not in taxonomy.REGIONS]
    there = [name for name in names if any(thing.resolvable for thing in facts.of(name))]
    absent = [name for name in names if facts.absent(name)]
    pairs = zip(pick.shuffled(there), pick.shuffled(absent), strict=False)  # as many as the shorter has
    return [(_question("presence", one, "yes", pick), _question("presence", other, "no", pick)) for one, other in pairs]


def count(facts: Facts, pick: Pick) -> Asked:
    """How many there are."""
    asked: Asked = []
    for name, things in _exact(facts):
        if len(things) <= _FEW or (len(things) <= MOST and pick.chance(_MORE_PERCENT)):
            asked.append((_question("count", name, str(len(things)), pick),))
    if not (facts.objects or facts.crowds or facts.cuts):
        absent = [name for name in facts.exhaustive if name not in taxonomy.REGIONS]
        asked += [(_question("count", name, "0", pick),) for name in absent and [pick.one(absent)]]
    return asked


def position(facts: Facts, pick: Pick) -> Asked:
    """Where the only one is."""
    return [
        (_question("position", name, CELLS[things[0].home], pick),)
        for name, things in _exact(facts)
        if len(things) == 1 and _in_one_cell(things[0], facts)
    ]


def class_of_all(facts: Facts, pick: Pick) -> Asked:
    """The class of all objects."""
    labels = {*facts.labels, *facts.crowds, *facts.cuts}
    if len(labels) != 1 or not facts.objects or not all(thing.resolvable for thing in facts.objects):
        return []
    (name,) = labels
    absent = pick.shuffled([other for other in facts.exhaustive if other not in taxonomy.REGIONS and facts.absent(other)])
    if not absent or not facts.complete(name):
        return []
    choices = pick.shuffled([name, *absent[: 1 + pick.below(min(len(absent), _OTHERS))]])
    said = listed([taxonomy.KINDS[one].singular for one in choices], "or")
    text = pick.one(phrases.CLASS).format(img=pick.one(phrases.IMAGES), choices=said)
    return [(Question(question=text, answer=taxonomy.KINDS[name].singular, answer_type="class", kind="class"),)]


def _exact(facts: Facts) -> list[tuple[str, tuple[Object, ...]]]:
    """The classes whose objects in the tile are these, no more and no fewer, all of them resolvable."""
    names = {name for name in facts.exhaustive if name not in taxonomy.REGIONS} | set(facts.labels)
    found = []
    for name in sorted(names):
        things, number = facts.of(name), facts.count(name)
        if things and number.exact and all(thing.resolvable for thing in things):
            found.append((name, things))
    return found


def _in_one_cell(thing: Object, facts: Facts) -> bool:
    """Whether the name of one cell is true of the object, and most of the object lies in it."""
    if thing.home < 0 or thing.rows not in (1, 2, 4) or thing.columns not in (1, 2, 4):
        return False
    row, column = divmod(thing.home, 3)
    across = _inside(thing.left / facts.width_px, thing.right / facts.width_px, column)
    return across and _inside(thing.top / facts.height_px, thing.bottom / facts.height_px, row)


def _inside(low: float, high: float, third: int) -> bool:
    """Whether enough of an extent, in shares of the side, lies in a third of the side."""
    return min(high, (third + 1) / 3) - max(low, third / 3) >= _INSIDE * (high - low)


def relation(facts: Facts, pick: Pick) -> Asked:
    """Pairs of a relation that holds and one that does not."""
    exact = [(name, things) for name, things in _exact(facts) if not _kin(name, facts)]
    pairs = [(a, b) for at, a in enumerate(exact) for b in exact[at + 1 :]]
    asked: Asked = []
    for one, other in pairs:
        (name, things), (other_name, others) = pick.shuffled([one, other])
        if len(things) == len(others) == 1:
            word = relations.toward(things[0], others[0])
            if relations.direction(things[0], others[0], word, facts):
                both = ((word, "yes"), (_OPPOSITE[word], "no"))
                asked.append(tuple([_related(name, other_name, _WORDS[said], answer, pick) for said, answer in both]))
        elif len(things) != len(others) and max(len(things), len(others)) <= MOST:
            more, fewer = (name, other_name) if len(things) > len(others) else (other_name, name)
            asked.append((_more(more, fewer, "yes", pick), _more(fewer, more, "no", pick)))
    return asked


def _kin(name: str, facts: Facts) -> bool:
    """Whether another label of the tile is above or below the class: "the ship" would mean the tanker too."""
    return any(label != name and taxonomy.akin(label, name) for label in facts.labels)


def _related(name: str, other: str, words: str, answer: str, pick: Pick) -> Question:
    one, second = taxonomy.KINDS[name].singular, taxonomy.KINDS[other].singular
    text = pick.one(phrases.RELATION).format(img=pick.one(phrases.IMAGES), one=one, one_b=second, rel=words)
    return Question(question=text, answer=answer, answer_type="yes_no", kind="relation")


def _more(name: str, other: str, answer: str, pick: Pick) -> Question:
    many, second = taxonomy.KINDS[name].plural, taxonomy.KINDS[other].plural
    text = pick.one(phrases.MORE).format(img=pick.one(phrases.IMAGES), many=many, many_b=second)
    return Question(question=text, answer=answer, answer_type="yes_no", kind="relation")


def _question(kind: str, name: str, answer: str, pick: Pick) -> Question:
    known = taxonomy.KINDS[name]
    frames, answer_type = _ASKED[kind]
    text = pick.one(frames).format(
        img=pick.one(phrases.IMAGES), a=article(known.singular), one=known.singular, many=known.plural
    )
    return Question(question=text, answer=answer, answer_type=answer_type, kind=kind)


_ASKED = {
    "presence": (phrases.PRESENCE, "yes_no"),
    "count": (phrases.COUNT, "count"),
    "position": (phrases.POSITION, "position"),
}
