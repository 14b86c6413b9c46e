"""From regions to sentences: a concise one that states shares in words people use, a detailed text with the figures.

What a sentence can say (the frames are in `land_cover_templates`):
- The share of each class, of the image where all of it is labelled and of the labelled area else: in words ("about half of the
  image", "most of the image") or in percent, rounded to whole points from 1% up and to tenths below. Of a class that may be
  elsewhere too, unannotated, it is the share of the "annotated" ones. Where nothing is labelled but one class, the
  labelled area is no more than it is: it is "annotated" and has a share of the image.
- Figures are those of classes of 1% or more. All of the image is so in words. What can be seen on the land covers is counted
  after them.
- Where most of a land cover lies, and which of three or more borders another; see `covers` for when that is said. Where
  unlabelled pixels could change the place, it is that of what is "annotated". Of a class below 10% neither is said.
- The last sentence of a detailed text may say how the image was made (see `write.record`).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sartext.narrate.facts import shares, taxonomy
from sartext.narrate.facts.land_cover import Covers
from sartext.narrate.facts.place import Place
from sartext.narrate.facts.tile_facts import CELLS, Facts
from sartext.narrate.seeded import Pick
from sartext.narrate.write import land_cover_templates as phrases
from sartext.narrate.write.extras import arrangement_said, relation_of
from sartext.narrate.write.fitting import Importance, Wanted, fitted
from sartext.narrate.write.grammar import entirely
from sartext.narrate.write.nouns import Group, amount, groups_of, place, shared_cell
from sartext.narrate.write.numbers import capital, listed
from sartext.narrate.write.places import few_parts, places_of
from sartext.narrate.write.record import record_sentences
from sartext.narrate.write.sides import most_on_one_side
from sartext.narrate.write.templates import ARRANGED, IMAGES

CONCISE_MOST, DETAILED_MOST, OBJECTS_MOST = 3, 6, 4  # land covers that a text names, and kinds of objects
PLACED_MOST = 3  # kinds of objects whose places are told
LEAST = 0.001  # of the area, for a figure of its own
_MOST_OF = 0.75  # of a land cover, for a place to be where most of it lies
_PLACED = 0.1  # of the area, for a class to be placed
_TOLD = 0.01  # of the area, for a class to be named beside a larger one
_NEARLY_ALL, _MOST = 0.92, 0.75
_DOMINANT, _CLEARLY_MORE = 0.5, 0.25
_GRAIN = 1e-9
_TIGHT = 0.5  # of the band in which words for a share are true: they are said well inside it
_MOSTLY_PERCENT, _PLACE_PERCENT, _BORDER_PERCENT, _WORDS_PERCENT = 35, 60, 50, 75
_IN_WORDS = (
    ("three quarters", shares.THREE_QUARTERS),
    ("two thirds", shares.TWO_THIRDS),
    ("half", shares.HALF),
    ("one third", shares.THIRD),
    ("a quarter", shares.QUARTER),
    ("one fifth", shares.FIFTH),
    ("one tenth", shares.TENTH),
)


class CoverShare(NamedTuple):
    """A class and its share, of the image or of the labelled area."""

    name: str
    noun: str
    plural: bool
    share: float


def parts_of(facts: Facts) -> list[CoverShare]:
    """The classes whose share is known exactly, the largest first."""
    covers = facts.covers
    of_labelled = not _of_image(covers)
    found = []
    for name in dict.fromkeys(covers.labels):
        if name not in taxonomy.REGIONS:
            continue  # things are counted: "ships cover 0.1% of the image" is nothing that anybody would say
        kind = taxonomy.KINDS[name]
        for annotated in (False, True):
            low, high = covers.share(name, annotated=annotated, of_labelled=of_labelled)
            if high - low <= _GRAIN and low > 0:
                found.append(CoverShare(name, _noun(name, annotated), kind.mass == kind.plural != kind.singular, low))
                break
    return sorted(found, key=lambda part: (-part.share, part.name))


def _noun(name: str, annotated: bool) -> str:
    return f"annotated {taxonomy.KINDS[name].mass}" if annotated else taxonomy.KINDS[name].mass


def _of_image(covers: Covers) -> bool:
    """Whether shares are of the image: all of it is labelled, or what is labelled is but one class."""
    return _whole(covers) or (len(set(covers.labels)) == 1 and not covers.background)


def _whole(covers: Covers) -> bool:
    """Whether all of the image is labelled."""
    return not (covers.unlabelled or covers.nodata)


def concise(facts: Facts, pick: Pick) -> str | None:
    """One sentence, or None where nothing may be said; what is counted on the land covers is in it."""
    if facts.objects and entirely(facts.covers):
        return None  # "water with nine ships" is what A2C says
    text = _concise(facts, pick)
    if text is None or not facts.objects:
        return text
    return text.removesuffix(".") + _objects(phrases.AND_OBJECTS, groups_of(facts)[:OBJECTS_MOST], pick)


def _concise(facts: Facts, pick: Pick) -> str | None:
    parts = parts_of(facts)
    if not parts:
        return None
    first, image = parts[0], pick.one(IMAGES)
    mostly = first.share >= _NEARLY_ALL or (pick.chance(_MOSTLY_PERCENT) and not _left_out(facts, first))
    if _whole(facts.covers) and first.share >= _MOST and (len(parts) == 1 or mostly):
        frames = (
            phrases.ENTIRELY if first.share >= 1 - _GRAIN else phrases.ALMOST if first.share >= _NEARLY_ALL else phrases.MOSTLY
        )
        return _filled(pick.one(frames), [first], image, f"the {image}", _figure)
    if _whole(facts.covers) and mostly and _dominates(parts, facts.covers):
        return _filled(pick.one(phrases.DOMINANT), [first], image, f"the {image}", _figure)
    said = [_worded(part.share) for part in parts[:CONCISE_MOST]]
    in_words = pick.chance(_WORDS_PERCENT) and all(said) and len(set(said)) == len(said)
    if in_words:
        return _shares(parts[:CONCISE_MOST], image, facts, pick, _worded)
    return _shares(_named(parts, CONCISE_MOST), image, facts, pick, _figure)


def detailed(facts: Facts, pick: Pick) -> str | None:
    """Some sentences with the figures, places and borders, or None where nothing may be said."""
    parts = parts_of(facts)
    if not parts:
        return None
    image = pick.one(IMAGES)
    if entirely(facts.covers):
        most = [_filled(pick.one(phrases.ENTIRELY), parts, image, f"the {image}", _figure)]
    else:
        most = [_shares(_named(parts, several), image, facts, pick, _figure) for several in (DETAILED_MOST, CONCISE_MOST)]
    sentences = [Wanted(Importance.NUMBERS, *most)]
    if facts.objects:
        sentences += _objects_said(groups_of(facts)[:OBJECTS_MOST], facts, pick)
    covers = [part for part in _named(parts, DETAILED_MOST) if part.share >= _PLACED]
    percent = _PLACE_PERCENT if facts.objects else 100
    placed = [text for part in pick.shuffled(covers[:2]) if pick.chance(percent) and (text := _lies(part, facts, pick))][:1]
    sentences += [Wanted(Importance.PLACES, text) for text in placed]
    if not placed and len(covers) > 2 and pick.chance(_BORDER_PERCENT):  # of two it goes without saying
        sentences += [Wanted(Importance.RELATIONS, text) for text in _borders(covers, facts, pick)]
    return fitted([*sentences, *record_sentences(facts, pick)])


def _objects_said(groups: list[Group], facts: Facts, pick: Pick) -> list[Wanted]:
    """Which objects can be seen, and where: in the same sentence where each group has one place, else in others."""
    cells = [shared_cell(group, concise=False) for group in groups]
    if len(groups) == 1 and cells[0] < 0 and (parts := few_parts(groups[0], facts)):
        return [Wanted(Importance.NUMBERS, _objects(phrases.OBJECTS_PARTED, groups, pick, parts))]
    if len(groups) == 1 and groups[0].exact and cells[0] < 0 and arrangement_said(groups[0], facts) == "line":
        lined = _objects(phrases.OBJECTS_PARTED, groups, pick, f" {pick.one(ARRANGED['line'])}")
        return [Wanted(Importance.NUMBERS, lined), *most_on_one_side(groups[0], facts, pick)]
    related = relation_of(groups, pick, facts)
    inside = related if related is not None and related.word == "at" else None  # what is in a harbor is where that is
    if min(cells) < 0 or len(groups) > 2 or inside is not None:
        placed = [Wanted(Importance.NUMBERS, _objects(phrases.OBJECTS, groups, pick))]
        for group in groups[:PLACED_MOST]:
            if inside is not None and inside.who is group:
                placed.append(Wanted(Importance.PLACES, inside.text))
            else:
                placed += places_of(group, facts, pick, alone=False)
        return placed
    if len(set(cells)) == 1:
        return [Wanted(Importance.NUMBERS, _objects(phrases.OBJECTS_PLACED, groups, pick, place(cells[0])))]
    places = [f" {place(cell)}" for cell in cells]
    return [Wanted(Importance.NUMBERS, _objects(phrases.OBJECTS_PARTED, groups, pick, *places))]


def _objects(frames: Sequence[str], groups: Sequence[Group], pick: Pick, *places: str) -> str:
    """The frame with the groups and their numbers; a single place is that of all, several are those of each."""
    items = [amount(group, pick, concise=False, alone=len(groups) == 1) for group in groups]
    at = places[0] if len(places) == 1 else ""
    if len(places) > 1:
        items = [item + each for item, each in zip(items, places, strict=True)]
    np, one = listed(items), items[0].startswith(("a ", "an ", "one ", "at least one "))
    there = "is" if one else "are"
    if np[0].isdigit():  # no sentence begins with a figure
        frames = [frame for frame in frames if not frame.startswith("{Np}")]
    return pick.one(frames).format(np=np, Np=capital(np), at=at, there=there, is_=there if len(items) == 1 else "are")


def _left_out(facts: Facts, first: CoverShare) -> bool:
    """Whether a second land cover would be missed: all that there is beside the first, or the water that something is on."""
    if not facts.objects:
        return first.share < _NEARLY_ALL
    afloat = any(taxonomy.root(label) in ("ship", "bridge", "harbor") for label in facts.labels)
    return afloat and not taxonomy.is_a(first.name, "water")


def _dominates(parts: Sequence[CoverShare], covers: Covers) -> bool:
    """Whether the largest share is clearly larger than what any other class can have, unannotated pixels included."""
    first = parts[0]
    most = max([covers.share(label).high for label in covers.labels if label != first.name], default=0.0)
    most = max([most, *[share for _, share in covers.outlined_by_none]])
    return first.share >= max(_DOMINANT, most + _CLEARLY_MORE)


def _named(parts: Sequence[CoverShare], most: int) -> list[CoverShare]:
    """The land covers that figures are given of: of a hundredth or more."""
    return [part for part in parts if part.share >= _TOLD][:most] or list(parts[:1])


def _shares(parts: Sequence[CoverShare], image: str, facts: Facts, pick: Pick, words: Callable[[float], str]) -> str:
    complete = _whole(facts.covers)
    if facts.covers.overlapping:  # a list of shares is read as parts of one whole
        parts = parts[:1]
    whole_of = f"the {image}" if _of_image(facts.covers) else "the labelled area"
    frames: tuple[str, ...] = phrases.ONE if len(parts) == 1 else phrases.SEVERAL
    if complete and len(parts) > 1 and words is not _worded and sum([part.share for part in parts]) > 1 - _TOLD:
        frames = (*frames, *phrases.SEVERAL_OF_ALL)
    if not complete:
        frames = tuple(frame for frame in frames if "{of}" in frame or "{Of}" in frame)
    return _filled(pick.one(frames), parts, image, whole_of, words)


def _filled(frame: str, parts: Sequence[CoverShare], image: str, whole_of: str, words: Callable[[float], str]) -> str:
    """The frame with the classes and their shares of `whole_of`; the first of them is the subject."""
    first, others = parts[0], parts[1:]
    of = f"{words(first.share)} of {whole_of}"
    mixed = listed([f"{words(part.share)} {part.noun}" for part in parts])
    end = "" if first.plural else "s"
    return frame.format(
        a=first.noun,
        A=capital(first.noun),
        of=of,
        Of=capital(of),
        bare=words(first.share),
        rest=_after([f"{part.noun} {words(part.share)}" for part in others]),
        mixed=mixed,
        mixed_rest=_after([f"{words(part.share)} {part.noun}" for part in others]),
        img=image,
        covers=f"cover{end}",
        takes=f"take{end}",
        dominates=f"dominate{end}",
    )


def _after(others: list[str]) -> str:
    """The others after the first: " and forest 6%", ", forest 6% and roads 2%"."""
    return "" if not others else f" and {others[0]}" if len(others) == 1 else f", {listed(others)}"


def _figure(share: float) -> str:
    """The share in percent: "62%", "3%", "0.4%", "less than 0.1%"; all of it is "100%", and nothing less."""
    points = 100 * share
    if 99.5 <= points < 100 - _GRAIN:
        return "more than 99%"
    if points >= 0.995:
        return f"{points:.0f}%"
    return f"{points:.1f}%" if share >= LEAST else "less than 0.1%"


def _worded(share: float) -> str:
    """The share in words people use, or nothing where none holds it closely."""
    for words, band in _IN_WORDS:
        middle, reach = (band.low + band.high) / 2, (band.high - band.low) / 2
        if abs(share - middle) <= _TIGHT * reach:
            return f"about {words}"
    return ""


def _lies(part: CoverShare, facts: Facts, pick: Pick) -> str | None:
    """Where most of a land cover lies, or where most of what is annotated of it does; None where that is in no one place."""
    for annotated in (False, True):
        named = part._replace(noun=_noun(part.name, True)) if annotated else part
        at, inside = cover_place(part.name, named.noun == _noun(part.name, True), facts, pick)
        if at is not None:
            frame = pick.one(phrases.ALL_LIES if inside >= 0.95 else phrases.LIES)
            return _said(frame, named, named).format(at=at)
    return None


def cover_place(name: str, annotated: bool, facts: Facts, pick: Pick) -> tuple[str | None, float]:
    """The narrowest place that clearly holds most of the land cover, in words, and how much of it that holds at least."""

    def least(rows: int, columns: int, extent: str = "cell") -> float:
        inside = facts.covers.inside(name, Place(rows, columns, extent), annotated=annotated)
        return inside.low if inside is not None else 0.0

    for cell in range(len(CELLS)):
        inside = least(1 << cell // 3, 1 << cell % 3)
        if inside >= _MOST_OF:
            return place(cell), inside
    for side, rows, columns in (("left", 7, 1), ("right", 7, 4), ("upper", 1, 7), ("lower", 4, 7)):
        inside = least(rows, columns, "half")
        if inside >= 0.95:
            return pick.one(phrases.HALVES).format(side=side), inside
        inside = least(rows, columns, "side")
        if inside >= _MOST_OF:
            return pick.one(phrases.SIDES).format(side=side), inside
    return None, 0.0


def _borders(parts: Sequence[CoverShare], facts: Facts, pick: Pick) -> list[str]:
    """At most one sentence: which land cover borders which."""
    wet = [part for part in parts if taxonomy.is_a(part.name, "water")]
    pairs = [
        (a, b)
        for at, a in enumerate(parts)
        for b in parts[at + 1 :]
        if facts.covers.border(a.name, b.name) and (not wet or a in wet or b in wet)  # for the most part water is between
    ]
    if not pairs:
        return []
    return [_said(pick.one(phrases.BORDERS), *pick.one(pairs))]


def _said(frame: str, a: CoverShare, b: CoverShare) -> str:
    """The frame with the classes and verbs that agree with them; `{at}` is left as it is."""
    return frame.format(
        a=a.noun,
        b=b.noun,
        at="{at}",
        lies="lie" if a.plural else "lies",
        is_="are" if a.plural else "is",
        appears="appear" if a.plural else "appears",
        is_b="are" if b.plural else "is",
        lies_b="lie" if b.plural else "lies",
    )
