"""False captions made from true ones: each a small change that the tile's boxes contradict."""

import random
import re
from collections.abc import Callable, Iterator

from tests.reading.classes import NOUNS, PARENTS, may_be
from tests.reading.language import NUMBERS
from tests.reading.scene import Scene

_WORDS = {value: word for word, value in NUMBERS.items()}
_COUNT = re.compile(
    r"(?<!the )(?<!about )(?<!to )(?<!Boeing )\b(one|two|three|four|five|six|seven|eight|nine|ten|1[1-9]|2\d|3\d|40)\b(?! m\b)",
    re.I,
)
_NOUN = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, NOUNS), key=len, reverse=True))})\b", re.I)
_OTHER_WAY = {
    "upper": "lower",
    "lower": "upper",
    "left": "right",
    "right": "left",
    "horizontal": "vertical",
    "vertical": "diagonal",
    "diagonal": "horizontal",
    "above": "below",
    "below": "above",
}
_TURNED = {"horizontal", "vertical", "diagonal"}
_PLURALS = {name: noun for noun, (name, _, many) in reversed(NOUNS.items()) if many}

_MADE = (
    ("winter", "spring", "summer", "autumn"),
    ("an ascending pass", "a descending pass"),
    ("a C-band", "a P-band"),
    ("an X-band", "an L-band", "an S-band"),
)

Change = Callable[[str, Scene, random.Random], str | None]


def mutations(text: str, scene: Scene, draw: random.Random) -> Iterator[tuple[str, str]]:
    """The kinds of change that a caption allows, each with the changed caption."""
    for kind, change in _CHANGES.items():
        changed = change(text, scene, draw)
        if changed is not None and changed != text:
            yield kind, changed


def _replaced(text: str, match: re.Match[str], word: str) -> str:
    word = word.capitalize() if match[0][0].isupper() else word
    return text[: match.start()] + word + text[match.end() :]


def _other_number(text: str, scene: Scene, draw: random.Random) -> str | None:
    """Another number; a lower bound is raised beyond all that is there, since any other may stay true."""
    found = list(_COUNT.finditer(text))
    if not found:
        return None
    match = draw.choice(found)
    value = NUMBERS.get(match[0].lower()) or int(match[0])
    floor = re.search(r"at least $", text[: match.start()], re.I)
    raised = value + len(scene.things) if floor else value + draw.choice((1, 2, 5))
    other = raised if floor or value < 3 else draw.choice((value - 1, value + 1, 2 * value))
    return _replaced(text, match, _WORDS.get(other, str(other)) if other <= 10 else str(other))


def _other_side(text: str, scene: Scene, draw: random.Random) -> str | None:
    del scene
    found = list(re.finditer(r"\b(?:upper|lower|left|right)\b(?! to )(?<!left to right)", text))
    found = [match for match in found if not re.search(r"from $|from left to $", text[: match.start()])]
    if not found:
        return None
    match = draw.choice(found)
    return _replaced(text, match, _OTHER_WAY[match[0]])


def _other_class(text: str, scene: Scene, draw: random.Random) -> str | None:
    """A class that the caption states to be there becomes one that is not there."""
    there = {thing.label for thing in scene.things}
    found = [
        match
        for match in _NOUN.finditer(text)
        if any(may_be(label, NOUNS[match[0].lower()][0]) for label in there)
        and not re.search(r"\b(?:no|without|free of|absent|not)\b", _sentence(text, match), re.I)
    ]
    strange = [name for name in PARENTS if not any(may_be(label, name) for label in there)]
    if not found or not strange:
        return None
    match = draw.choice(found)
    _, one, many = NOUNS[match[0].lower()]
    name = draw.choice(strange)
    word = _PLURALS[name] if many and not one else name
    return _replaced(text, match, word if word in NOUNS else name)


def _sentence(text: str, match: re.Match[str]) -> str:
    start = text.rfind(". ", 0, match.start()) + 1
    end = text.find(".", match.end())
    return text[start:end]


def _made_exact(text: str, scene: Scene, draw: random.Random) -> str | None:
    """All lower bounds become plain numbers of things, where a number is not known."""
    del draw
    if not re.search(r"at least \w+ (?:annotated|labeled)", text, re.I):
        return None
    bare = re.sub(r"\b(?:annotated|labeled) ", "", re.sub(r"\bat least ", "", text, flags=re.I), flags=re.I)
    return None if all(scene.exact(thing.label) for thing in scene.things) else bare[0].upper() + bare[1:]


def _absence(text: str, scene: Scene, draw: random.Random) -> str | None:
    doubtful = [name for name in PARENTS if not scene.absent(name)]
    return f"{text} No {_PLURALS[draw.choice(doubtful)]} are visible." if doubtful else None


def _turned(text: str, scene: Scene, draw: random.Random) -> str | None:
    del scene
    found = list(re.finditer(r"horizontal|vertical|diagonal", text))
    return _replaced(text, (match := draw.choice(found)), _OTHER_WAY[match[0]]) if found else None


def _other_length(text: str, scene: Scene, draw: random.Random) -> str | None:
    del scene
    found = list(re.finditer(r"(?<=about )\d+(?= m\b)", text))
    if not found:
        return None
    match = draw.choice(found)
    return _replaced(text, match, str(max(1, round(int(match[0]) * draw.choice((0.6, 1.5, 2))))))


def _other_relation(text: str, scene: Scene, draw: random.Random) -> str | None:
    """A relation the other way round, or a direction in place of nearness."""
    del scene, draw
    match = re.search(r"\b(?:above|below|to the (?:left|right) of)(?= the)", text)
    if match is None:
        return None
    words = match[0].split()
    return _replaced(text, match, " ".join(_OTHER_WAY.get(word, word) for word in words))


def _other_arrangement(text: str, scene: Scene, draw: random.Random) -> str | None:
    del scene, draw
    scattered, line = (
        r"\blie scattered|are scattered over the \w+|are spread across the \w+",
        r"\bform a line|are lined up|lie in a line",
    )
    cluster = r"\bform a cluster|are clustered together|lie close together"
    for pattern, word in (
        (scattered, "are clustered together"),
        (cluster, "are scattered over the image"),
        (line, "lie scattered"),
    ):
        match = re.search(pattern, text)
        if match:
            return _replaced(text, match, word)
    return None


def _all_in_one_place(text: str, scene: Scene, draw: random.Random) -> str | None:
    """What is there is said to be where it is not."""
    for name in dict.fromkeys(thing.label for thing in scene.things):
        things = scene.of(name)
        if len(things) > 1 and not frozenset.intersection(*(scene.cells(thing) for thing in things)):
            cell = draw.choice(("center", "upper left", "lower right", "middle left"))
            return f"{text} All of the annotated {_PLURALS[name]} lie in the {cell}."
    return None


def _unfounded_many(text: str, scene: Scene, draw: random.Random) -> str | None:
    del draw
    for match in re.finditer(r"\b[Mm]any(?: annotated| labeled)? (?=\w)", text):
        noun = _NOUN.match(text, match.end())
        if noun and len(scene.of(NOUNS[noun[0].lower()][0])) < 24:
            return _replaced(text, match, match[0].lower().replace("many", "dozens of"))
    return None


def _other_record(text: str, scene: Scene, draw: random.Random) -> str | None:
    """Another season, pass or band."""
    del scene
    found = [match for words in _MADE for match in re.finditer(rf"\b(?:{'|'.join(words)})\b", text)]
    if not found:
        return None
    match = draw.choice(found)
    (words,) = [words for words in _MADE if match[0] in words]
    return text[: match.start()] + words[words.index(match[0]) - 1] + text[match.end() :]


_CHANGES: dict[str, Change] = {
    "number": _other_number,
    "side": _other_side,
    "class": _other_class,
    "exact": _made_exact,
    "absence": _absence,
    "orientation": _turned,
    "length": _other_length,
    "relation": _other_relation,
    "arrangement": _other_arrangement,
    "place": _all_in_one_place,
    "many": _unfounded_many,
    "record": _other_record,
}
