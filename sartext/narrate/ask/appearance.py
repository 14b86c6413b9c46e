"""What may be asked of the size, the orientation and the arrangement of objects whose number is known.

Each question contrasts two halves of the image, or the two diagonals, which are mirror images of one another.

- Size: the half that the largest of a class lies in.
- Orientation: the diagonal along which objects lie; the half whose objects are horizontal while those of the other are
  vertical.
- Arrangement: the diagonal along which three or more are in a line; the half in which they form a line or a cluster.
"""

from sartext.narrate.ask import templates
from sartext.narrate.ask.boxes import largest
from sartext.narrate.ask.drafts import Draft, agreeing, contrast
from sartext.narrate.ask.known_classes import MOST, KnownClass
from sartext.narrate.ask.parts import AXES, DIAGONAL_AXIS, HALF_PAIRS
from sartext.narrate.facts import arrangement
from sartext.narrate.facts.shapes import orientation, slope
from sartext.narrate.facts.tile_facts import Facts
from sartext.narrate.seeded import Pick

_DIAGONALS = {"falling": ("upper left", "lower right"), "rising": ("lower left", "upper right")}


def sizes(facts: Facts, known: list[KnownClass], pick: Pick) -> list[Draft]:
    """Whether the largest is in one half or in the other."""
    drafts = []
    for subject in known:
        named = largest(subject, facts)
        if named is not None:
            at, the, told = named
            for axis in AXES:
                side = subject.places[at][AXES.index(axis)]
                if side is not None:
                    draft = Draft("size", templates.IN_HALF, {"the": the}, tells=told)
                    drafts.append(contrast(draft, HALF_PAIRS[axis], side, pick))
    return drafts


def orientations(facts: Facts, known: list[KnownClass], pick: Pick) -> list[Draft]:  # noqa: ARG001 - all kinds are asked alike
    """Along which diagonal the objects lie; in which half they are horizontal, and vertical in the other."""
    drafts = []
    for subject in known:
        if not subject.clear or len(subject.things) > MOST:
            continue
        slopes = {slope(thing) for thing in subject.things}
        if len(slopes) == 1 and None not in slopes:
            drafts.append(_diagonal("orientation", templates.DIAGONAL, slopes.pop(), subject, pick))
        drafts += _aligned(subject, pick)
    return drafts


def _diagonal(kind: str, frames: tuple[str, ...], slope_of: str | None, subject: KnownClass, pick: Pick) -> Draft:
    asked = pick.one(tuple(_DIAGONALS))
    start, end = _DIAGONALS[asked]
    words = subject.verbs | {"the": subject.the, "many": subject.plural, "start": start, "end": end}
    return Draft(kind, frames, words, "yes" if asked == slope_of else "no", axes=DIAGONAL_AXIS, tells=subject.only)


def _aligned(subject: KnownClass, pick: Pick) -> list[Draft]:
    """Of halves with one object each, or with several each: whether one has horizontal ones and the other vertical ones."""
    if len(subject.things) < 2:
        return []
    turns = [orientation(thing) for thing in subject.things]
    if set(turns) != {"horizontal", "vertical"}:
        return []
    drafts = []
    for along, axis in enumerate(AXES):
        sides = [place[along] for place in subject.places]
        of_side = [{turn for turn, side in zip(turns, sides, strict=True) if side == number} for number in (0, 1)]
        if None in sides or any(len(found) != 1 for found in of_side) or of_side[0] == of_side[1]:
            continue
        numbers = sides.count(0), sides.count(1)
        if (numbers[0] == 1) != (numbers[1] == 1):
            continue
        several = numbers[0] > 1
        words = agreeing(several) | {
            "the": f"the {subject.plural if several else subject.singular}",
            "those": "those" if several else "the one",
        }
        holds = 0 if of_side[0] == {"horizontal"} else 1
        draft = Draft("orientation", templates.ALIGNED, words, tells=() if several else (subject.name,))
        drafts.append(contrast(draft, HALF_PAIRS[axis], holds, pick))
    return drafts


def arrangements(facts: Facts, known: list[KnownClass], pick: Pick) -> list[Draft]:
    """Along which diagonal the objects are in a line; in which half they form a line or a cluster."""
    drafts = []
    for subject in known:
        if len(subject.things) < arrangement.FEWEST or len(subject.things) > MOST or not subject.clear:
            continue
        word = arrangement.word_of(subject.things, facts)
        if word == "line" and (fall := arrangement.line_slope(subject.things)):
            drafts.append(_diagonal("arrangement", templates.LINED_UP, fall, subject, pick))
        if word in templates.GROUPED:
            frames = templates.GROUPED[word]
            for along, axis in enumerate(AXES):
                sides = {place[along] for place in subject.places}
                if len(sides) == 1 and (side := sides.pop()) is not None:
                    draft = Draft("arrangement", frames, {"many": subject.plural})
                    drafts.append(contrast(draft, HALF_PAIRS[axis], side, pick))
    return drafts
