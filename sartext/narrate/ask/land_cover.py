"""What may be asked of the regions of a tile, where all of it is labelled and every share is known exactly.

- The largest: where one land cover has at least a third, and a tenth of the image more than any other class.
- Half, in pairs: a land cover that has more than 55% of the image, and one that has less than 45%.
- Percent: of a land cover whose share is within 3 points of a multiple of ten; the answer is that multiple.
- Borders, in pairs: two land covers that border one another, and two that are apart (see `covers`).
"""

from sartext.narrate.ask import templates as phrases
from sartext.narrate.ask.boxes import Asked
from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.tile_facts import Facts
from sartext.narrate.seeded import Pick
from sartext.tile import Question

LEADING, AHEAD = 1 / 3, 0.1
OVER, UNDER = 0.55, 0.45
NEAR_TEN = 0.03


def shares(facts: Facts) -> list[tuple[str, float]]:
    """The land covers of a tile and their shares of the image, the largest first; none where anything is open."""
    covers = facts.covers
    if covers.unlabelled or covers.nodata or covers.background:
        return []
    bounds = {name: covers.share(name) for name in dict.fromkeys(covers.labels)}
    if any(high - low > 1e-9 for low, high in bounds.values()):
        return []
    found = [(name, low) for name, (low, _) in bounds.items() if name in taxonomy.REGIONS]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def area(facts: Facts, pick: Pick) -> Asked:
    """The largest land cover, halves, and percentages."""
    found = shares(facts)
    asked: Asked = []
    if not found:
        return asked
    name, share = found[0]
    second = max([facts.covers.share(label).high for label in facts.covers.labels if label != name], default=0.0)
    if share >= max(LEADING, second + AHEAD):
        asked.append((_asked(phrases.LARGEST, name, taxonomy.KINDS[name].singular, "class", pick),))
    over = [name for name, share in found if share >= OVER]
    under = [name for name, share in found if share <= UNDER]
    if over and under:
        yes, no = over[0], pick.one(under)
        asked.append((_asked(phrases.HALF, yes, "yes", "yes_no", pick), _asked(phrases.HALF, no, "no", "yes_no", pick)))
    for name, share in found:
        ten = round(10 * share)
        if ten and abs(share - ten / 10) <= NEAR_TEN:
            asked.append((_asked(phrases.PERCENT, name, f"{10 * ten}%", "percent", pick),))
    return asked


def borders(facts: Facts, pick: Pick) -> Asked:
    """Pairs of land covers that border one another, and that do not."""
    names = [name for name, _ in shares(facts)]
    pairs = [(one, other) for at, one in enumerate(names) for other in names[at + 1 :]]
    answers = {pair: facts.covers.border(*pair) for pair in pairs}
    touching = pick.shuffled([pair for pair in pairs if answers[pair]])
    apart = pick.shuffled([pair for pair in pairs if answers[pair] is False])
    return [
        (_bordering(*one, "yes", pick), _bordering(*other, "no", pick)) for one, other in zip(touching, apart, strict=False)
    ]


def _bordering(name: str, other: str, answer: str, pick: Pick) -> Question:
    one, second = pick.shuffled([name, other])
    question = _asked(phrases.BORDERS, one, answer, "yes_no", pick, taxonomy.KINDS[second].mass)
    return Question(question=question.question, answer=answer, answer_type="yes_no", kind="relation")


def _asked(frames: tuple[str, ...], name: str, answer: str, answer_type: str, pick: Pick, other: str = "") -> Question:
    kind = taxonomy.KINDS[name]
    many = kind.mass == kind.plural != kind.singular
    verbs = {"do": "do" if many else "does", "is_": "are" if many else "is", "Do": "Do" if many else "Does"}
    verbs["Is_"] = "Are" if many else "Is"
    text = pick.one(frames).format(img=pick.one(phrases.IMAGES), one=kind.mass, one_b=other, **verbs)
    return Question(question=text, answer=answer, answer_type=answer_type, kind="area")
