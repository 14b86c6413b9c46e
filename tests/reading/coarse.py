"""Coarse captions, read by patterns and held against a scene: fragments in lower case, with rough numbers.

Definitions: "a few" and "a handful of" are three to five, "several" three to twelve, "many" and its like more than ten, "dozens
of" from 24 up; a plural, "some", "multiple" and "a number of" are two or more. Numbers with an upper end are said only where
there can be no more. A place, an arrangement and a relation are those of all things that the phrase counts.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from tests.reading import grounds
from tests.reading.classes import NOUNS
from tests.reading.scene import CELLS, Scene, Thing
from tests.reading.truth import Fault

LONGEST = 12  # words
_CAPITALS = ("SAR", "Airbus", "Boeing", "ARJ", "A2", "A3")  # of names
NUMBERS: dict[str, tuple[int, int | None]] = {
    **dict.fromkeys(("a", "an", "one", "a single", "a lone"), (1, 1)),
    **dict.fromkeys(("two", "a couple of", "a pair of"), (2, 2)),
    "three": (3, 3),
    **dict.fromkeys(("a few", "a handful of"), (3, 5)),
    **dict.fromkeys(("several", "various"), (3, 12)),
    **{word: (number, number) for number, word in enumerate(["four", "five", "six", "seven", "eight", "nine", "ten"], 4)},
    **dict.fromkeys(("", "some", "multiple", "a number of", "a group of"), (2, None)),
    **dict.fromkeys(("many", "numerous", "lots of", "a large number of"), (11, None)),
    "dozens of": (24, None),
    **dict.fromkeys(("at least one", "one or more"), (1, None)),
}
_SINGULAR = frozenset(("a", "an", "one", "a single", "a lone", "at least one"))
_SIDES = {
    **dict.fromkeys(("on the left", "on the left side"), (0, 0)),
    **dict.fromkeys(("on the right", "on the right side"), (0, 2)),
    **dict.fromkeys(("at the top", "in the upper part"), (1, 0)),
    **dict.fromkeys(("at the bottom", "in the lower part"), (1, 2)),
}
_TOGETHER: dict[str, Callable[[Scene, list[Thing]], bool]] = {
    **dict.fromkeys(("in a line", "lined up", "arranged in a line"), Scene.in_line),
    **dict.fromkeys(("in a cluster", "clustered together", "close together"), Scene.clustered),
    **dict.fromkeys(("spread across the image", "spread across the scene"), Scene.scattered),
}


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_CELL = rf"(?:in|at) the (?:{_any(CELLS)})(?: part)?|near the center"
_PLACE = rf"(?P<at>{_CELL}|{_any(_SIDES)})"
_COVER = _any(grounds.NOUNS)
_NAME = _any(NOUNS)
_THING = re.compile(
    rf"(?:(?P<number>{_any(word for word in NUMBERS if word)}) )?(?P<tiny>tiny )?(?P<noun>{_NAME})(?: (?P<rest>.+))?"
)
_TAILS = (
    re.compile(rf"(?P<each>(?:{_CELL})(?:(?:, | and )(?:{_CELL}))+)"),
    re.compile(_PLACE),
    re.compile(rf"(?P<together>{_any(_TOGETHER)})"),
    re.compile(rf"(?:(?P<inside>at)|near|by|close to) (?P<other>(?:an? )?(?:{_NAME}))"),
    re.compile(rf"(?P<on>at|on(?: the)?|in) (?P<cover>{_COVER})"),
    re.compile(rf"(?P<near>near|by|close to) (?P<cover>{_COVER})"),
)
_SOME = re.compile(rf"(?P<things>[^,]+), (?P<share>some|most) of them {_PLACE}")
_EACH = re.compile(rf"(?P<things>[^,]+), one (?P<first>{_CELL}) and one (?P<second>{_CELL})")
_AROUND = re.compile(
    r"(?:(?:a sar image of|sar image with|a radar image of|a scene with|a scene of|a view of) )?"
    r"(?P<text>.+?)(?: throughout the frame| (?:filling|covering) the (?:frame|image|scene))?"
)
_WITH = re.compile(rf"(?P<covers>(?:{_COVER})(?: and (?:{_COVER}))?) with (?P<rest>.+)")


class Told(NamedTuple):
    """A phrase for things: the word for their number, their class as it was called, and what is said of them."""

    number: str
    tiny: bool
    noun: str
    match: re.Match[str] | None


def read_coarse(text: str, scene: Scene) -> list[Fault] | None:
    """What is wrong with a coarse caption; None where it cannot be read."""
    found = []
    capitals = [word for word in text.split() if word[0].isupper() and not word.startswith(_CAPITALS)]
    if capitals or text.endswith(".") or len(text.split()) > LONGEST:
        found.append(Fault("grammar", "it is no short fragment without capitals"))
    around = _AROUND.fullmatch(text.lower())
    faults = None if around is None else _body(around["text"], scene)
    return None if faults is None else found + faults


def _body(text: str, scene: Scene) -> list[Fault] | None:
    if (faults := grounds.read_grounds(text, scene)) is not None:
        return faults
    if some := _SOME.fullmatch(text):
        return _some(some, scene)
    if each := _EACH.fullmatch(text):
        return _each(each, scene)
    found, rest = list[Fault](), text
    if ground := _WITH.fullmatch(text):
        for name in re.findall(_COVER, ground["covers"]):
            found += grounds.covered(name, scene, 0.1)
        rest = ground["rest"]
    names = []
    whole = _told(rest)
    placed = whole is not None and whole.match is not None and whole.match.groupdict().get("each")
    for part in [rest] if placed else re.split(r", | and ", rest):
        if part in grounds.NOUNS and not ground:
            found += grounds.covered(part, scene, 0.1)
            continue
        told = _told(part)
        if told is None:
            return None
        names.append(NOUNS[told.noun][0])
        if told.match is not None and names[:-1]:
            found.append(Fault("ambiguous", "of what the place is said"))
        found += _things(told, scene)
    if len(set(names)) < len(names):
        found.append(Fault("ambiguous", f"a class is counted twice: {names}"))
    return found if names else None


def _told(text: str) -> Told | None:
    match = _THING.fullmatch(text)
    if match is None:
        return None
    tail = None
    if match["rest"]:
        tail = next((found for pattern in _TAILS if (found := pattern.fullmatch(match["rest"]))), None)
        if tail is None:
            return None
    return Told(match["number"] or "", bool(match["tiny"]), match["noun"], tail)


def _things(told: Told, scene: Scene) -> list[Fault]:
    """Whether there are so many things, and all have what is said of them.

    Where the number has no upper end there may be others, unresolvable ones, of which it is not said.
    """
    name, one, many = NOUNS[told.noun]
    things, (least, most) = scene.of(name), NUMBERS[told.number]
    found = []
    if not told.number and one and not many:  # "ship at the center"
        least = 1
    elif not (one if told.number in _SINGULAR else many):
        found.append(Fault("grammar", f"{told.number!r} does not go with {told.noun}"))
    if told.number in ("a", "an") and (told.number == "an") != (not told.tiny and told.noun[0] in "aeio"):
        found.append(Fault("grammar", f"{told.number} {told.noun}"))
    if told.tiny and not all(scene.unresolvable(thing) for thing in things):
        found.append(Fault("wrong size", f"not all are tiny: {name}"))
    if most is not None and not scene.certain(name):
        found.append(Fault("inexact as exact", f"there may be more {name}"))
    if told.match is not None and most is None and not told.match.groupdict().get("together"):
        seen = things if told.tiny else [thing for thing in things if scene.resolvable(thing)]
        if not _so(told.match, scene, seen):
            found.append(Fault("wrong position", f"not so of all that can be seen: {told.match[0]}"))
        things = [thing for thing in things if _so(told.match, scene, [thing])]
    if len(things) < least or (most is not None and len(things) > most):
        found.append(Fault("wrong count", f"{told.number} {told.noun}: there are {len(things)}"))
    if told.match is not None and not _so(told.match, scene, things):
        found.append(Fault("wrong position", f"not so of all: {told.match[0]}"))
    return found


def _so(match: re.Match[str], scene: Scene, things: list[Thing]) -> bool:
    """Whether all the things have what is said."""
    said = match.groupdict()
    if said.get("each"):
        places = re.findall(_CELL, said["each"])
        held = [[_there(place, thing, scene) for thing in things] for place in places]
        return all(map(any, zip(*held, strict=True))) and (len(things) == 1 or all(map(any, held)))
    if said.get("at"):
        return all(_there(said["at"], thing, scene) for thing in things)
    if said.get("together"):
        return len(things) > 2 and _TOGETHER[said["together"]](scene, things)
    if said.get("other"):
        several = not said["other"].startswith(("a ", "an "))
        others = scene.of(NOUNS[said["other"].removeprefix("a ").removeprefix("an ")][0])
        return all(
            sum(scene.gap(thing, other) <= 0.1 + 1e-6 for other in others if other is not thing) >= 1 + several
            for thing in things
        )
    check = grounds.is_near if said.get("near") else grounds.is_on
    return all(check(said["cover"], thing, scene) for thing in things)


def _there(at: str, thing: Thing, scene: Scene) -> bool:
    """Whether the words for a place are true of a thing."""
    if at in _SIDES:
        return scene.in_third(thing, *_SIDES[at])
    cell = re.sub(r"^(?:in|at|near) the | part$", "", at)
    return cell in scene.cells(thing)


def _some(match: re.Match[str], scene: Scene) -> list[Fault] | None:
    told = _told(match["things"])
    if told is None or told.match is not None:
        return None
    there = [thing for thing in scene.of(NOUNS[told.noun][0]) if _there(match["at"], thing, scene)]
    least = 2 if match["share"] == "some" else len(scene.of(NOUNS[told.noun][0])) / 2 + 0.5
    few = [Fault("wrong position", f"not {match['share']} of {told.noun} are {match['at']}")] if len(there) < least else []
    return _things(told, scene) + few


def _each(match: re.Match[str], scene: Scene) -> list[Fault] | None:
    told = _told(match["things"])
    if told is None or told.match is not None:
        return None
    found, things = _things(told, scene), scene.of(NOUNS[told.noun][0])
    places = match["first"], match["second"]
    if len(things) != 2 or not any(
        _there(places[0], one, scene) and _there(places[1], other, scene) for one, other in (things, things[::-1])
    ):
        found.append(Fault("wrong position", f"not one {places[0]} and one {places[1]}"))
    return found
