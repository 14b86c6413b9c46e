"""From a free text answer to its typed value, or None where the text does not decide on one.

Words that only lead up to the answer ("The answer is", "I think", "In this image,") and emphasis ("**yes**") do not matter.

- `yes_no`: True or False. A text that starts with yes or no says so, unless doubt follows at once; else doubt ("maybe",
  "cannot tell", "no idea") decides nothing; else a yes stands for itself, one with a negation is a no, and "there is ..." a
  yes. Leaning ("I think", "probably") says what it leans to.
- `count`: a whole number in figures or words, from the first clause that has one; "2.0" is 2. "No ships" and "none" are 0,
  "there is a ship" is 1. Two different numbers in that clause, so ranges too ("2-3"), bounds ("at least three", "3 or more"),
  fractions and vague amounts decide nothing; percentages are no counts.
- `position`: one of the nine cells of a 3 x 3 grid, "upper left" to "lower right"; top is upper, bottom is lower, centre,
  middle and central are center. A side alone ("on the left") is no cell; compass words are of the map, not of the image.
- `class`: the one class whose name or synonym, as the caller's table has it, stands in the text; a longer name wins over a
  shorter one in it ("cargo ship" is no "ship"). Two classes or a negation decide nothing.
- `percent`: the multiple of ten nearest to the one number with "%" or "percent", or to the one number alone, in figures or
  words ("thirty percent"). Two different numbers, so ranges too ("20-30%"), and bounds ("at least 30%") decide nothing.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping

from sartext.evaluate.framing import CLAUSE, DOUBT, doubted, lead

Value = Hashable
Parser = Callable[[str, "ClassWords"], Value | None]

# An adjective is an answer by itself only: "true" is, "a true ship" is none.
_ALONE = r"(?= ?(?:[^\w\s'-]|$)| (?:as|because|since|that)\b)"
_YES = re.compile(rf"\W*(?:(?:yes|yeah|yep|yup)\b|(?:true|correct|affirmative){_ALONE})")
_NO = re.compile(rf"\W*(?:(?:no|nope)\b|(?:false|incorrect|untrue|negative){_ALONE})")
_BOTH = re.compile(r"\b(?:yes|true)(?: (?:or|and|nor) | ?/ ?)(?:no|false)\b|\b(?:no|false)(?: (?:or|and) | ?/ ?)(?:yes|true)\b")
_YES_WORD = re.compile(r"\b(?:yes|yeah|yep|yup)\b")
_NO_ALONE = re.compile(r"\b(?:no|nope)\W*$")
_NEGATION = re.compile(r"\b(?:no|not|none|cannot|without|absent|neither|unlikely)\b|n't\b|\bthere(?: is|'s) nothing\b")
_SO = re.compile(
    r"\W*(?:there (?:is|are)|there's|it (?:is|does)|they (?:are|do)|(?:i|we)(?: do| would)? (?:think|believe|say|suppose) so)\b"
)

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: number for number, word in enumerate(("zero", *_UNITS, *_TEENS.split(" ")))}
for _ten, _word in enumerate(_TENS.split(" "), 2):
    _WORDS[_word] = 10 * _ten
    _WORDS |= {f"{_word}{joint}{unit}": 10 * _ten + number for number, unit in enumerate(_UNITS, 1) for joint in "- "}
_IN_WORDS = "|".join(sorted(_WORDS, key=len, reverse=True))
_ANY_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+|{_IN_WORDS})"
_NUMBER = re.compile(rf"(?<![\w–—-]){_ANY_NUMBER}(?![\w%])(?! ?[–—-] ?{_ANY_NUMBER})")
_WHOLE = re.compile(r"(?<![\w.,])(\d{1,3}(?:,\d{3})+|\d+)\.0+(?!\.?\d)")  # 2.0
_OVER = "".join(rf"(?<!{verb} )" for verb in ("spread", "spreads", "extends", "stretches", "scattered", "distributed"))
_BOUND = re.compile(
    rf"\b(?:at least|at most|(?:more|less|fewer|greater) than|up to|{_OVER}over|under|above|below|between|(?:min|max)imum of)"
    rf" {_ANY_NUMBER}\b|[<>≤≥]=? ?{_ANY_NUMBER}\b|\d ?\+"
    rf"|\b{_ANY_NUMBER}(?: ?%)?(?: \w+)? (?:or (?:more|fewer|less|above|below)|at (?:least|most))\b"
)
_NO_NUMBER = re.compile(
    r"\d ?[.–—/-] ?\d|\d,\d{1,2}(?!\d)|(?<!\w)-\d|\b(?:dozen|hundred|thousand)s?\b|\band (?:a|one) (?:half|third|quarter)\b"
)
_VAGUE = re.compile(r"\b(?:several|many|few|numerous|multiple|some|couple|pair)\b")
_COUNT_CLAUSE = re.compile(r"[:;()!?]|,(?!\d)|\.(?!\d)")
_NOUGHT = re.compile(r"\bnone\b|\bno (?=[a-z])|\bnot (?:a|any)\b")
_LONE = re.compile(r"(?:^\s*|\b(?:is|there's|only|just|exactly) )an? (?:\w+ )?object\b")  # classes are masked as "object"

_SHARE = rf"(?:\d{{1,3}}(?:\.\d+)?|{_IN_WORDS}|(?:(?:one|a) )?hundred)"
_UNIT = r"[ -]?(?:%|percent\b|per cent\b|pct\b)"
_START = r"(?<![\w.–—-])(?<!\d,)(?<!point )(?<!hundred )(?<!hundred and )"  # of no minus, no longer number
_PERCENT = re.compile(rf"{_START}(?:({_SHARE})(?:{_UNIT})?(?: ?[–—~/-] ?(?=\d)| (?:to|and|or) (?:about )?))?({_SHARE}){_UNIT}")
_SHARE_ALONE = re.compile(rf"(?:(?:about|around|roughly|approximately|nearly|almost) |~ ?)?({_SHARE})")

_EMPHASIS = re.compile(r"(?<!\w)[*_`]+|[*_`]+(?!\w)")  # of Markdown

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
    said = lead(text)
    for pattern, value in ((_YES, True), (_NO, False)):
        if pattern.match(said):
            return None if doubted(said) else value
    if DOUBT.search(text):
        return None
    if (later := _later_yes_no(said)) is not None:
        return True if later == {True} else None
    if _NEGATION.search(said):
        return False
    return True if _SO.match(text) or _SO.match(said) else None


def _later_yes_no(text: str) -> set[bool] | None:
    """What the words yes and no say that stand for themselves, as in "The image shows one, so yes"; None without a yes."""
    found = set()
    for clause in CLAUSE.split(text):
        yes = _YES_WORD.search(clause)
        if yes and not _NEGATION.search(clause[: yes.start()]):
            found.add(True)
        elif _NO_ALONE.search(clause):
            found.add(False)
    return found if True in found else None


def _count(text: str, classes: ClassWords) -> int | None:
    """The whole number that the text says."""
    for clause in _COUNT_CLAUSE.split(_WHOLE.sub(r"\1", _PERCENT.sub(" ", classes.masked(text)))):
        if _NO_NUMBER.search(clause) or _BOUND.search(clause):
            return None
        if numbers := {_number(found) for found in _NUMBER.findall(clause)}:
            return numbers.pop() if len(numbers) == 1 else None
        if _VAGUE.search(clause) or DOUBT.search(clause):
            return None
        if _NOUGHT.search(clause):
            return 0
        if _LONE.search(clause):
            return 1
    return None


def _number(word: str) -> int:
    return _WORDS[word] if word in _WORDS else int(word.replace(",", ""))


def _position(text: str, _: ClassWords) -> str | None:
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


def _percent(text: str, _: ClassWords) -> int | None:
    """The share that the text says, in percent, to the nearest ten."""
    plain = _plain(text)
    found = {_share(one) for several in _PERCENT.findall(plain) for one in several if one}
    if not found and (alone := _SHARE_ALONE.fullmatch(lead(plain).strip(" .!"))):
        found = {_share(alone[1])}
    if len(found) != 1 or _BOUND.search(plain) or not 0 <= (value := found.pop()) <= 100:
        return None
    return 10 * int(value / 10 + 0.5)


def _share(word: str) -> float:
    return 100.0 if word.endswith("hundred") else float(_number(word) if word in _WORDS else word)


PARSERS: Mapping[str, Parser] = {
    "yes_no": yes_no,
    "count": _count,
    "position": _position,
    "class": class_name,
    "percent": _percent,
}


def _plain(text: str) -> str:
    """In lower case, on one line and without the marks of emphasis around words."""
    return " ".join(_EMPHASIS.sub("", text.replace("’", "'").lower()).split())
