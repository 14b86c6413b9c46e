"""Verdicts on what a text states of regions: shares, places and borders of what a mask covers."""

from functools import cache

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.land_cover import DENSE, MOST, SPARSE, Bounds
from sartext.narrate.facts.place import Place
from sartext.narrate.facts.shares import COVERED, Share
from sartext.narrate.facts.tile_facts import Facts
from sartext.narrate.read.lexicon import NAMELESS, Quantity
from sartext.narrate.verify.counting import CONTRADICTED, SUPPORTED, UNVERIFIABLE, Verdict
from sartext.narrate.verify.discourse import Bound, BoundProperty

_ALL_OF = 0.95  # of a region, for "all of the water lies ..."
_PART = 0.15  # of a region, for each of several places


def share_stated(names: tuple[str, ...], claimed: Share, scope: str, facts: Facts) -> Verdict:
    """Whether the classes together cover so much; the scope is that of `cover_reading`."""
    bounds = [_share(name, scope, facts) for name in names]
    found = Bounds(sum([one.low for one in bounds]), min(1.0, sum([one.high for one in bounds])))
    of = "of the labelled area" if "l" in scope else "of the image"
    evidence = f"{' and '.join(names)}: {_said(found)} {of}"
    if any(name in NAMELESS or name == "object" for name in names):
        return UNVERIFIABLE, "no label is of it"
    if any(taxonomy.akin(one, other) for at, one in enumerate(names) for other in names[:at]):
        return UNVERIFIABLE, f"{evidence}; the classes are not apart"
    verdict = _share_verdict(names, found, claimed, scope, facts)
    if verdict == CONTRADICTED and (loose := sum([_loosely(name, facts) for name in names])):
        loosest = Bounds(found.low, min(1.0, found.high + loose))
        verdict = CONTRADICTED if _share_verdict(names, loosest, claimed, scope, facts) == CONTRADICTED else UNVERIFIABLE
    return verdict, evidence


def _share_verdict(names: tuple[str, ...], found: Bounds, claimed: Share, scope: str, facts: Facts) -> str:
    verdict = _within(found, claimed)
    return _worst(verdict, _dominant(names, found, scope, facts)) if claimed.dominant else verdict


def covers_counted(quantity: Quantity | None, facts: Facts) -> Verdict:
    """Whether so many land covers are there: as many as regions of land covers, none of which is above another."""
    labels = [label for label in dict.fromkeys(facts.covers.labels) if label in taxonomy.REGIONS]
    evidence = f"{len(labels)} land covers"
    if quantity is None or any(taxonomy.akin(one, other) for at, one in enumerate(labels) for other in labels[:at]):
        return UNVERIFIABLE, evidence
    if len(labels) > quantity.most:
        return CONTRADICTED, evidence
    known = facts.covers.labelled > 1 - 1e-9 and sum(region.area_share for region in facts.covers.regions) > 1 - 1e-6
    if not known:
        return UNVERIFIABLE, evidence
    if len(labels) < quantity.least:
        return CONTRADICTED, evidence
    return (SUPPORTED if quantity.low <= len(labels) <= quantity.high else UNVERIFIABLE), evidence


def more_stated(one: str, other: str, code: str, facts: Facts) -> Verdict | None:
    """Whether one class covers more (fewer: -, as much: =, twice as much: 2) than another; None where neither is a region."""
    if one not in taxonomy.REGIONS and other not in taxonomy.REGIONS:
        return None
    a, b = _share(one, "", facts), _share(other, "", facts)
    evidence = f"{one}: {_said(a)}, {other}: {_said(b)}"
    a, b = (Bounds(known.low, known.high + _loosely(name, facts)) for known, name in ((a, one), (b, other)))
    if code == "-":
        a, b = b, a
    if code in "+->":
        return (SUPPORTED if a.low > b.high else CONTRADICTED if a.high < b.low else UNVERIFIABLE), evidence
    return UNVERIFIABLE, evidence


def region_there(name: str, facts: Facts) -> Verdict | None:
    """That there is a region of the class, where there is one; None where none is annotated."""
    return _there(name) if facts.covers.area(name) > 0 else None


@cache
def _there(name: str) -> Verdict:
    return SUPPORTED, f"{name}: a region"


def region_stated(
    mention: Bound, filters: tuple[BoundProperty, ...], scope: str, covers: bool, target: str | None, facts: Facts
) -> Verdict:
    """Whether a region is there, lies in a place, or borders another. Where regions of another class may be called so, nothing
    of it is contradicted.

    `covers` is whether the sentence says that it covers what the filters name; `target` is the class of the relation.
    """
    verdict, evidence = _region_verdict(mention, filters, scope, covers, target, facts)
    if verdict == CONTRADICTED and any(_loosely(name, facts) for name in (mention.name, target) if name is not None):
        return UNVERIFIABLE, evidence
    return verdict, evidence


def _region_verdict(
    mention: Bound, filters: tuple[BoundProperty, ...], scope: str, covers: bool, target: str | None, facts: Facts
) -> Verdict:
    name = mention.name
    there = facts.covers.area(name) > 0
    evidence = f"{name}: {'a region' if there else 'no region'}"
    if mention.amount not in ("some", "plural", "none", "none of", "the", "these", "either", "all", "most"):
        return UNVERIFIABLE, evidence
    if mention.quantity is None or scope == "none":
        if filters:
            return UNVERIFIABLE, evidence
        return (CONTRADICTED if there else SUPPORTED if facts.covers.absent(name) else UNVERIFIABLE), evidence
    if not there:
        return (CONTRADICTED if facts.covers.absent(name) else UNVERIFIABLE), evidence
    if not filters:
        if not covers:
            return SUPPORTED, evidence  # "meadows" are a land cover, however many
        return share_stated((name,), COVERED, "a" if mention.annotated else "", facts)
    if len(filters) > 1 or filters[0][0].negated:
        return UNVERIFIABLE, evidence
    (filter_, values) = filters[0]
    if filter_.form == "relation":
        return _bordering(name, str(values[filter_.tokens[0]]) if filter_.tokens[0] >= 0 else "", target, facts)
    if filter_.form not in ("p", "any") or not all(isinstance(value, Place) for value in values):
        return UNVERIFIABLE, evidence
    if covers:
        return _covering(name, values, mention.annotated, facts)
    return _lying(name, values, scope, mention.annotated, facts)


def _lying(name: str, places: tuple[Place, ...], scope: str, annotated: bool, facts: Facts) -> Verdict:
    """Whether most of a region lies in the places, and a part of it in each, wherever its pixels that nobody labelled are."""
    inside = [facts.covers.inside(name, place, annotated=annotated) for place in places]
    shares = [share for share in inside if share is not None]
    if len(shares) < len(places):
        return UNVERIFIABLE, f"{name}: a place that regions do not have"
    low, high = sum([share.low for share in shares]), min(1.0, sum([share.high for share in shares]))
    evidence = f"{name}: {_whole(low, high)} of it there"
    if scope in ("all", "most"):
        if len(places) > 1:
            return UNVERIFIABLE, evidence
        if high < (0.4 if scope == "most" else MOST):
            return CONTRADICTED, evidence
        return (SUPPORTED if low >= (_ALL_OF if scope == "all" else MOST) else UNVERIFIABLE), evidence
    lies = [facts.covers.lies(name, place, annotated=annotated) for place in places]
    if any(one is False for one in lies):
        return CONTRADICTED, evidence
    if len(places) == 1:
        return (SUPPORTED if lies[0] else UNVERIFIABLE), evidence
    return (SUPPORTED if low >= MOST and min([share.low for share in shares]) >= _PART else UNVERIFIABLE), evidence


def _covering(name: str, places: tuple[Place, ...], annotated: bool, facts: Facts) -> Verdict:
    """Whether a region covers the places, each of them."""
    density = [facts.covers.density(name, place, annotated=annotated) for place in places]
    shares = [share for share in density if share is not None]
    if len(shares) < len(places):
        return UNVERIFIABLE, f"{name}: a place that regions do not have"
    low, high = min([share.low for share in shares]), min([share.high for share in shares])
    evidence = f"{name}: {_whole(low, high)} of the place"
    if low >= DENSE:
        return SUPPORTED, evidence
    return (CONTRADICTED if high < SPARSE else UNVERIFIABLE), evidence


def _bordering(name: str, word: str, target: str | None, facts: Facts) -> Verdict:
    """Whether a region borders another: next to it, or near."""
    if target is None or target in NAMELESS or word not in ("adjacent", "near"):
        return UNVERIFIABLE, f"{name}: no such relation of regions"
    borders = facts.covers.border(name, target)
    evidence = f"{name}, {target}: {'border' if borders else 'do not border' if borders is False else 'perhaps border'}"
    if borders:
        return SUPPORTED, evidence
    certain = facts.covers.certain(name) and facts.covers.certain(target)
    return (CONTRADICTED if borders is False and word == "adjacent" and certain else UNVERIFIABLE), evidence


def _share(name: str, scope: str, facts: Facts) -> Bounds:
    """The share that a class covers; of things without a region it is known only where there are none."""
    if name in NAMELESS or name == "object":
        return Bounds(0.0, 1.0)
    if name not in taxonomy.REGIONS and not facts.covers.area(name):
        return Bounds(0.0, 0.0 if facts.absent(name) else 1.0)
    return facts.covers.share(name, annotated="a" in scope, of_labelled="l" in scope)


def _loosely(name: str, facts: Facts) -> float:
    """The share of the labelled area that people may call by a land cover's name though its labels are others: oil on the sea
    "water", and where no label tells more, what is labelled "land" a forest."""
    if name not in taxonomy.REGIONS:
        return 0.0
    open_below = not facts.covers.area(name) and not facts.covers.complete(name)
    return sum(
        [
            region.area_share
            for region in facts.covers.regions
            if taxonomy.loosely(region.label, name) or (open_below and taxonomy.loosely(name, region.label))
        ]
    )


def _dominant(names: tuple[str, ...], found: Bounds, scope: str, facts: Facts) -> str:
    others = [
        _beside(label, names, scope, facts)
        for label in dict.fromkeys(facts.covers.labels)
        if not any(taxonomy.is_a(label, name) for name in names)
    ]
    if any(other.low > found.high for other in others):
        return CONTRADICTED
    others += [Bounds(0.0, share) for _, share in facts.covers.outlined_by_none]
    return SUPPORTED if all(found.low > other.high for other in others) else UNVERIFIABLE


def _beside(label: str, names: tuple[str, ...], scope: str, facts: Facts) -> Bounds:
    """The share of the class of a label that is none of those named; what has a coarser label may be of theirs, or may not."""
    if not any(taxonomy.akin(label, name) for name in names):
        return _share(label, scope, facts)
    own = sum([region.area_share for region in facts.covers.regions if region.label == label])
    return Bounds(0.0, own if "l" in scope else own * facts.covers.labelled)


def _within(found: Bounds, claimed: Share) -> str:
    """Whether what is known of a share lies wholly in the band of truth, or wholly outside what is not false."""
    grain = 1e-9
    if claimed.low > 0 and found.high <= 0:
        return CONTRADICTED
    if claimed.low - grain <= found.low and found.high <= claimed.high + grain:
        return SUPPORTED
    return CONTRADICTED if found.high < claimed.least - grain or found.low > claimed.most + grain else UNVERIFIABLE


def _worst(one: str, other: str) -> str:
    return CONTRADICTED if CONTRADICTED in (one, other) else UNVERIFIABLE if UNVERIFIABLE in (one, other) else SUPPORTED


def _whole(low: float, high: float) -> str:
    return f"{low:.0%}" if high - low < 1e-9 else f"{low:.0%} to {high:.0%}"


def _said(share: Bounds) -> str:
    low, high = (f"{value:.1%}" if value >= 0.01 or not value else f"{value:.2%}" for value in share)
    return low if share.low == share.high else f"{low} to {high}"
