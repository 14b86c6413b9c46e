"""Verdicts on several objects together: which is the largest, how they lie, and of which class there are more."""

from sartext.narrate.facts import arrangement, relations, shapes
from sartext.narrate.facts.tile_facts import Facts, Object
from sartext.narrate.read.lexicon import INFINITE, Quantity
from sartext.narrate.verify.counting import CONTRADICTED, SUPPORTED, UNVERIFIABLE, Counting, Verdict
from sartext.narrate.verify.discourse import Bound, BoundProperty
from sartext.narrate.verify.judge_land_cover import more_stated
from sartext.narrate.verify.predicates import FALSE, FREE, TRUE

SIDE_MARGIN = 0.02  # of the side: how much further left an object reaches that is the leftmost
_SIDES = {"leftmost": ("left", 1), "topmost": ("top", 1), "rightmost": ("right", -1), "bottommost": ("bottom", -1)}


_COMPASS = {"westernmost": "leftmost", "northernmost": "topmost", "easternmost": "rightmost", "southernmost": "bottommost"}


def extreme_of(pairs: list[tuple[Object, int]], which: str, said: BoundProperty, counting: Counting, bounded: bool) -> Verdict:
    """Whether the largest (smallest, longest, shortest) object has the property: all that may be it, by a margin."""
    facts = counting.facts
    if which in _COMPASS and not facts.north_up:
        return UNVERIFIABLE, "where north is, is not known"
    things = [thing for thing, _ in pairs]
    bounded = bounded and all(value >= FREE for _, value in pairs)
    if not things:
        return (CONTRADICTED if bounded else UNVERIFIABLE), "none counted"
    if len(things) > arrangement.MOST:
        return UNVERIFIABLE, f"{len(things)} counted, too many to compare"
    candidates = [thing for thing in things if not _beaten(thing, things, which, facts)]
    if said[0].form == "L" and which in ("longest", "shortest"):  # the length is that of the extreme one itself
        most = max if which == "longest" else min
        candidates = [most(things, key=lambda thing: shapes.long_side(thing, facts))]
    values = [counting.has(thing, said) for thing in candidates]
    evidence = f"{sum(value >= FREE for value in values)} of {len(values)} that may be the {which} so"
    sized = _COMPASS.get(which, which) in _SIDES or all(shapes.whole(thing, facts) for thing in things)
    if which in ("longest", "shortest"):
        sized = sized and all(shapes.long_side_tells(thing) for thing in things)
    if bounded and sized and all(value >= FREE for value in values):
        return SUPPORTED, evidence
    none = all(counting.has(thing, said) == FALSE for thing in (candidates if sized else things))
    return (CONTRADICTED if bounded and none else UNVERIFIABLE), evidence


def _beaten(thing: Object, things: list[Object], which: str, facts: Facts) -> bool:
    """Whether another object is the largest (smallest, longest, shortest) rather than this one, beyond the dead band."""
    which = _COMPASS.get(which, which)
    if which in _SIDES:
        axis, sign = _SIDES[which]
        margin = SIDE_MARGIN * (facts.width_px if axis in ("left", "right") else facts.height_px)
        return any(sign * (getattr(thing, axis) - getattr(other, axis)) > margin for other in things)
    if which == "largest":
        return any(relations.larger(other, thing, facts) for other in things)
    if which == "smallest":
        return any(relations.larger(thing, other, facts) for other in things)
    length = shapes.long_side(thing, facts)
    others = [shapes.long_side(other, facts) for other in things]
    if which == "longest":
        return max(others) >= relations.LARGER * length
    return length >= relations.LARGER * min(others)


def arranged(found: tuple[list[Object], bool], word: str, negated: bool, name: str, bounded: bool, facts: Facts) -> Verdict:
    """Whether the objects lie in a line, in a cluster, or scattered."""
    things, sure = tuple(found[0]), found[1]
    evidence = f"{name}: {len(things)} counted"
    if not bounded or not sure:
        return UNVERIFIABLE, evidence
    if not things:
        return CONTRADICTED, evidence
    answer: bool | None
    if len(things) == 2 and word in ("cluster", "near"):
        answer = relations.near(things[0], things[1], facts)
    elif len(things) == 2 and word == "adjacent":
        answer = relations.adjacent(things[0], things[1], facts)
    elif word in ("near", "adjacent"):
        rule = relations.near if word == "near" else relations.adjacent
        alone = len(things) <= arrangement.MOST and any(
            all(rule(thing, other, facts) is False for other in things if other is not thing) for thing in things
        )
        answer = False if alone else None
    else:
        rules = {"line": arrangement.line, "cluster": arrangement.cluster, "scattered": arrangement.scattered}
        answer = False if len(things) == 1 else rules[word](things, facts)
    if answer is None:
        return UNVERIFIABLE, evidence
    return (SUPPORTED if answer is not negated else CONTRADICTED), f"{evidence}, {'' if answer else 'not '}{word}"


def more_of(one: Bound, other: Bound, code: str, counting: Counting, ratio: object = None) -> Verdict:
    """Whether there are more (fewer: -, as many: =, twice as many: 2) of the one than of the other, or so many times more."""
    covered = more_stated(one.name, other.name, code, counting.facts)
    if covered is not None:
        return (UNVERIFIABLE, covered[1]) if one.filters or other.filters else covered
    (a_low, a_high), (b_low, b_high) = _range(one, counting), _range(other, counting)
    evidence = f"{a_low} to {_upto(a_high)} against {b_low} to {_upto(b_high)}"
    if code == "-":
        (a_low, a_high), (b_low, b_high) = (b_low, b_high), (a_low, a_high)
    if isinstance(ratio, Quantity):
        if a_low == a_high and b_low == b_high:
            return (SUPPORTED if a_low * ratio.high == b_low * ratio.low else CONTRADICTED), evidence
        return UNVERIFIABLE, evidence
    if code in "+->":
        verdict = SUPPORTED if a_low > b_high else CONTRADICTED if a_high <= b_low else UNVERIFIABLE
        return verdict, evidence
    times = 2 if code == "2" else 1
    if a_low == a_high and b_low == b_high and b_low > 0:
        return (SUPPORTED if a_low == times * b_low else CONTRADICTED), evidence
    return (CONTRADICTED if a_high < times * b_low or times * b_high < a_low else UNVERIFIABLE), evidence


def _range(bound: Bound, counting: Counting) -> tuple[int, int]:
    """The fewest and the most that there can be."""
    values, kin = counting.matching(bound), counting.kin[bound.name]
    most = sum(value != FALSE for value in values) + kin.cut
    return values.count(TRUE), most if kin.bounded(bound.annotated) else INFINITE


def _upto(number: int) -> str:
    return "any number" if number >= INFINITE else str(number)
