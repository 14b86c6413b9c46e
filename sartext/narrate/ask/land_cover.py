"""What may be asked of the regions of a tile, where all of it is labelled and every share is known exactly.

- Area: the half of the image of which a land cover has more, by a tenth of the half and by half as much again.
- Relation: whether two land covers that border one another do so in a half, where they are apart in the other (see `facts`).
- Class: the largest, where one land cover has at least a third, and a tenth of the image more than any other class.
"""

from sartext.narrate.ask import templates
from sartext.narrate.ask.drafts import Draft, agreeing, contrast
from sartext.narrate.ask.parts import AXES, HALF_PAIRS
from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.place import Place
from sartext.narrate.facts.tile_facts import Facts
from sartext.narrate.seeded import Pick

LEADING, AHEAD = 1 / 3, 0.1
_MORE, _TIMES = 0.1, 1.5
_TRIES = 6  # pairs of land covers and axes that are looked at
_HALVES = {"x": (Place(7, 1, "half"), Place(7, 4, "half")), "y": (Place(1, 7, "half"), Place(4, 7, "half"))}


def shares(facts: Facts) -> list[tuple[str, float]]:
    """The land covers of a tile and their shares of the image, the largest first; none where anything is open."""
    covers = facts.covers
    if not covers.regions or covers.unlabelled or covers.nodata or covers.background:
        return []
    bounds = {name: covers.share(name) for name in dict.fromkeys(covers.labels)}
    if any(high - low > 1e-9 for low, high in bounds.values()):
        return []
    found = [(name, low) for name, (low, _) in bounds.items() if name in taxonomy.REGIONS]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def area(facts: Facts, pick: Pick) -> list[Draft]:
    """Whether a land cover takes up more of one half than of the other."""
    drafts = []
    for name, _ in shares(facts):
        if any(taxonomy.loosely(other, name) or taxonomy.loosely(name, other) for other in facts.covers.labels):
            continue  # a flooded area may be called water
        for axis in AXES:
            halves = [facts.covers.density(name, place) for place in _HALVES[axis]]
            if halves[0] is None or halves[1] is None:
                continue
            parts = halves[0].low, halves[1].low
            least, most = min(parts), max(parts)
            if most - least >= _MORE and most >= _TIMES * least:
                kind = taxonomy.KINDS[name]
                words = agreeing(kind.mass == kind.plural != kind.singular) | {"one": kind.mass}
                drafts.append(contrast(Draft("area", templates.AREA, words), HALF_PAIRS[axis], parts.index(most), pick))
    return drafts


def border(facts: Facts, pick: Pick) -> list[Draft]:
    """Whether two land covers border one another in a half, where they do in that one or in the other and not in both."""
    names = [name for name, _ in shares(facts)]
    pairs = [(one, second, axis) for at, one in enumerate(names) for second in names[at + 1 :] for axis in AXES]
    for one, second, axis in pick.shuffled(pairs)[:_TRIES]:
        if not facts.covers.border(one, second):
            continue
        found = [facts.covers.border(one, second, facts.covers.half(place)) for place in _HALVES[axis]]
        if sorted(map(str, found)) == ["False", "True"]:
            words = dict(
                zip(("one", "second"), [taxonomy.KINDS[name].mass for name in pick.shuffled([one, second])], strict=True)
            )
            return [contrast(Draft("relation", templates.BORDERS, words), HALF_PAIRS[axis], found.index(True), pick)]
    return []


def largest_cover(facts: Facts) -> Draft | None:
    """The land cover that covers most."""
    found = shares(facts)
    if not found:
        return None
    name, share = found[0]
    second = max([facts.covers.share(label).high for label in facts.covers.labels if label != name], default=0.0)
    if share < max(LEADING, second + AHEAD):
        return None
    return Draft("class", templates.LARGEST, {}, taxonomy.KINDS[name].singular, "class")
