"""From a free text answer to its typed value, or None where the text does not decide on one.

- `yes_no`: True or False. A text that starts with yes or no says so; else one with a negation is a no, and "there is ..." a
  yes. Doubt ("maybe", "cannot tell") decides nothing.
- `count`: a whole number in figures or words, from the first clause that has one. "No ships" and "none" are 0, "there is a
  ship" is 1. Two different numbers in that clause, bounds ("at least three"), fractions and vague amounts decide nothing.
- `position`: one of the nine cells of a 3 x 3 grid, "upper left" to "lower right"; top is upper, bottom is lower, centre,
  middle and central are center. A side alone ("on the left") is no cell; compass words are of the map, not of the image.
- `class`: the one class whose name or synonym, as the caller's table has it, stands in the text; a longer name wins over a
  shorter one in it ("cargo ship" is no "ship"). Two classes or a negation decide nothing.
- `percent`: the multiple of ten nearest to the one figure with "%" or "percent", or to the one figure alone. Two different
  figures decide nothing.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping

Value = Hashable
Parser = Callable[[str, "ClassWords"], Value | None]

_YES = re.compile(r"\W*(?:yes|yeah|yep|true|correct|affirmative)\b")
_NO = re.compile(r"\W*(?:no|nope|false|incorrect|negative)\b")
_BOTH = re.compile(r"\byes (?:or|and) no\b|\b(?:yes|true)/(?:no|false)\b")
_NEGATION = re.compile(r"\b(?:no|not|none|cannot|without|absent|neither)\b|n't\b")
_DOUBT = re.compile(
    r"\b(?:maybe|perhaps|possibly|unsure|uncertain|unclear|unknown|not (?:sure|certain|clear)"
    r"|(?:cannot|can't|can not|not possible to|impossible to|unable to|hard to) (?:tell|say|determine|answer|decide)"
    r"|(?:do not|don't) know)\b"
)
_SO = re.compile(r"\W*(?:there (?:is|are)|there's|it (?:is|does)|they (?:are|do))\b")

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: number for number, word in enumerate(("zero", *_UNITS, *_TEENS.split(" ")))}
for _ten, _word in enumerate(_TENS.split(" "), 2):
    _WORDS[_word] = 10 * _ten
    _WORDS |= {f"{_word}{joint}{unit}": 10 * _ten + number for number, unit in enumerate(_UNITS, 1) for joint in "- "}
_ANY_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
_NUMBER = re.compile(rf"(?<![\w-]){_ANY_NUMBER}(?![\w%])")
_NO_NUMBER = re.compile(
    r"\d ?[.–/-] ?\d|(?<!\w)-\d|\b(?:dozen|hundred|thousand)s?\b"
    rf"|\b(?:at least|at most|(?:more|less|fewer) than|up to|over|under|between|minimum of|maximum of) {_ANY_NUMBER}\b"
)
_VAGUE = re.compile(r"\b(?:several|many|few|numerous|multiple|some|couple|pair)\b")
_CLAUSE = re.compile(r"[:;()!?]|,(?!\d{3})|\.(?!\d)")
_NOUGHT = re.compile(r"\bnone\b|\bno (?=[a-z])|\bnot (?:a|any)\b")
_LONE = re.compile(r"(?:^\s*|\b(?:is|there's|only|just|exactly) )an? (?:\w+ )?object\b")  # classes are masked as "object"

_PERCENT = re.compile(r"(?<![\w.-])(\d{1,3}(?:\.\d+)?) ?(?:%|percent\b|per cent\b)")
_FIGURE = re.compile(r"\d{1,3}(?:\.\d+)?")

_ROWS = {"upper": "upper", "top": "upper", "lower": "lower", "bottom": "lower"}
_MIDDLES = frozenset(("middle", "center", "centre", "central", "mid"))
_JOINED = re.compile(r"\b(top|upper|bottom|lower|middle|mid|center|centre)(left|right|center|centre|middle)\b")


class ClassWords:
    """The classes that answers are read against: each with its further names. Case and runs of spaces do not matter.

    Raises `ValueError` where two classes share a name.
    """

    def __init__(self, table: Mapping[str, Iterable[str]]) -> None:
        self._classes: dict[str, str] = {}
        for name, synonyms in table.items():
            for word in (name, *synonyms):
                key = _plain(word)
                if self._classes.setdefault(key, name) != name:
                    raise ValueError(f"{word!r} is a name of {self._classes[key]!r} and of {name!r}; a word is of one class")
        longest_first = sorted(self._classes, key=lambda word: (-len(word), word))
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)") if table else None

    def named(self, text: str) -> set[str]:
        """The classes named in the text."""
        return {self._classes[word] for word in self._pattern.findall(_plain(text))} if self._pattern else set()

    def masked(self, text: str) -> str:
        """The text with "object" for every class name, so that the number in "Boeing 737" is none."""
        return self._pattern.sub("object", _plain(text)) if self._pattern else _plain(text)


def yes_no(text: str, _: ClassWords) -> bool | None:
    """Whether the text says yes (True) or no (False)."""
    text = _plain(text)
    if _BOTH.search(text):
        return None
    for pattern, value in ((_YES, True), (_NO, False)):
        if pattern.match(text):
            return value
    if _DOUBT.search(text):
        return None
    if _NEGATION.search(text):
        return False
    return True if _SO.match(text) else None


def count(text: str, classes: ClassWords) -> int | None:
    """The whole number that the text says."""
    for clause in _CLAUSE.split(classes.masked(text)):
        if _NO_NUMBER.search(clause):
            return None
        if numbers := {_number(found) for found in _NUMBER.findall(clause)}:
            return numbers.pop() if len(numbers) == 1 else None
        if _VAGUE.search(clause):
            return None
        if _NOUGHT.search(clause):
            return 0
        if _LONE.search(clause):
            return 1
    return None


def _number(word: str) -> int:
    return _WORDS[word] if word in _WORDS else int(word.replace(",", ""))


def position(text: str, _: ClassWords) -> str | None:
    """The cell that the text names: "upper left", "upper center", ... "center", ... "lower right"."""
    words = re.findall(r"[a-z]+", _JOINED.sub(r"\1 \2", _plain(text)))
    rows = {_ROWS[word] for word in words if word in _ROWS}
    columns = {word for word in words if word in ("left", "right")}
    middle = not _MIDDLES.isdisjoint(words)
    if len(rows) > 1 or len(columns) > 1 or (middle and rows and columns):
        return None
    if rows and columns:
        return f"{rows.pop()} {columns.pop()}"
    if not middle:
        return None
    if rows:
        return f"{rows.pop()} center"
    return f"middle {columns.pop()}" if columns else "center"


def class_name(text: str, classes: ClassWords) -> str | None:
    """The class that the text names."""
    named = classes.named(text)
    return named.pop() if len(named) == 1 and not _NEGATION.search(_plain(text)) else None


def percent(text: str, _: ClassWords) -> int | None:
    """The share that the text says, in percent, to the nearest ten."""
    plain = _plain(text)
    found = {float(figure) for figure in _PERCENT.findall(plain)}
    if not found and (alone := _FIGURE.fullmatch(plain.strip(" ."))):
        found = {float(alone[0])}
    if len(found) != 1 or not 0 <= (value := found.pop()) <= 100:
        return None
    return 10 * int(value / 10 + 0.5)


PARSERS: Mapping[str, Parser] = {
    "yes_no": yes_no,
    "count": count,
    "position": position,
    "class": class_name,
    "percent": percent,
}


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").lower().split())
