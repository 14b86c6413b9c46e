"""From lasting facts to sentences of a radar image: which classes there are, then where those lie whose place is known.

No number is said, and no plural: "a bridge" holds of one and of many. Two places of a class are said together; of a class with
more of them, and of one that a finer class of the text stands for ("water" beside "a river"), no place is said.
"""

from collections.abc import Iterable, Sequence

from sartext.narrate.facts.place import CELL, Place
from sartext.narrate.seeded import Pick
from sartext.narrate.write.nouns import place
from sartext.narrate.write.numbers import capital, listed
from sartext.narrate.write.templates import IMAGES
from sartext.narrate.write.twin.lasting import is_thing, parents_of, said_again, said_as
from sartext.narrate.write.twin.understand import LastingFact

_NAMED_MOST, _PLACED_MOST, _PLACES_MOST = 6, 4, 2
_NAMED = (
    "A {img} of {np}.",
    "A {img} with {np}.",
    "A {img} showing {np}.",
    "This {img} shows {np}.",
    "The image shows {np}.",
    "There is {np} in the image.",
    "{Np} can be seen.",
)
_ALONE = (
    "A {img} with {np} {at}.",
    "There is {np} {at}.",
    "{Np} can be seen {at}.",
    "{At}, {np} can be seen.",
    "{Np} lies {at}.",
)
_AGAIN = ("{The} lies {at}.", "{The} is {at}.", "{The} is located {at}.", "{The} can be seen {at}.")
_EACH = ("There is {np} {at}.", "{Np} can be seen {at}.")  # of things in two places, which are two
_SIDES = {
    (1, 7): ("in the upper part", "in the upper half"),
    (4, 7): ("in the lower part", "in the lower half"),
    (7, 1): ("on the left side", "in the left half"),
    (7, 4): ("on the right side", "in the right half"),
}


def caption_of(facts: Iterable[LastingFact], pick: Pick) -> str | None:
    """A text of one or more sentences that states these facts and nothing else; None of none."""
    places = _by_class(facts)
    if not places:
        return None
    image, names = pick.one(IMAGES), list(places)[:_NAMED_MOST]
    placed = {name: at for name in names if (at := _where(places[name])) is not None}
    if len(names) == 1 and placed:
        only = said_as(names[0])
        frame = pick.one(_ALONE)
        return frame.format(img=image, np=only, Np=capital(only), at=placed[names[0]], At=capital(placed[names[0]]))
    np = listed([said_as(name) for name in names])
    named = [frame for frame in _NAMED if len(names) == 1 or not frame.startswith("There is")]
    sentences = [pick.one(named).format(img=image, np=np, Np=capital(np))]
    for name in list(placed)[:_PLACED_MOST]:
        frames = _EACH if len(places[name]) > 1 and is_thing(name) else _AGAIN
        np = said_as(name)
        sentences.append(pick.one(frames).format(The=capital(said_again(name)), np=np, Np=capital(np), at=placed[name]))
    return " ".join(sentences)


def _by_class(facts: Iterable[LastingFact]) -> dict[str, list[Place]]:
    """The places of each class, in the order in which they are named, without those for which a finer one stands."""
    found: dict[str, list[Place]] = {}
    for fact in facts:
        own = found.setdefault(fact.name, [])
        if fact.place is not None and fact.place not in own:
            own.append(fact.place)
    above = {parent for name in found for parent in parents_of(name)[1:]}
    return {name: places for name, places in found.items() if name not in above}


def _where(places: Sequence[Place]) -> str | None:
    words = [words for one in places if (words := place_said(one)) is not None]
    if not words or len(words) < len(places) or len(words) > _PLACES_MOST:
        return None
    return listed(words)


def place_said(where: Place) -> str | None:
    """A place of the image frame in words; None for one that has none here."""
    if where.extent == "cell" and where in CELL:
        return place(CELL[where])
    sides = _SIDES.get((where.rows, where.columns))
    return None if sides is None or where.extent not in ("side", "half") else sides[where.extent == "half"]
