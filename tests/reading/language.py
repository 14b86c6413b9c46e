"""From a sentence to chunks: nouns with their numbers, places, lengths and lists of things, each replaced by a code.

A chunk is written as a capital letter with its number, `C3`; the words that are left stay in small letters, so that
the frames of sentences are regular expressions over the rest:

I the image, K the name of a cell, P a place ("in the upper left"), Q a number, M a length in metres, C counted things ("two
ships"), S a sharing-out ("one in the ..., two in the ..."), L a list of C, N a noun, Z a list of nouns, D things that were
spoken of before ("both of the ships").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.reading.classes import NOUNS
from tests.reading.scene import CELLS

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = {word: value for value, word in enumerate(_WORDS, 1)}
_KIND_WORDS = r"(?:(?:tiny|annotated|labeled) )"
_VERB = r"(?:is|are|lies|lie|sits|sit|appears|appear)"


@dataclass(frozen=True)
class Number:
    """`value` None is no number at all ("tiny ships"); `floor` is "at least", `vague` is "many" or "dozens"."""

    value: int | None
    floor: bool = False
    vague: bool = False
    fits_one: bool = False  # whether "one thing" may follow
    fits_many: bool = False  # whether "things" may follow


BARE = Number(None, fits_many=True)
EXACTLY_ONE = Number(1, fits_one=True)
_ARTICLES = {
    "a": EXACTLY_ONE,
    "an": EXACTLY_ONE,
    "a single": EXACTLY_ONE,
    "many": Number(11, floor=True, vague=True, fits_many=True),
    "dozens of": Number(24, floor=True, vague=True, fits_many=True),
}


@dataclass(frozen=True)
class Noun:
    """A class as it was called; `one` and `many` say what the form of the word can mean."""

    name: str
    one: bool
    many: bool
    annotated: bool = False
    tiny: bool = False


@dataclass(frozen=True)
class Share:
    """Numbers of things by cell."""

    parts: tuple[tuple[Number, str], ...]


@dataclass(frozen=True)
class Counted:
    """So many things of a class, and where, when it is said with them."""

    number: Number
    noun: Noun
    cell: str | None = None
    spans: int | None = None  # the axis along which it reaches through the image: 0 is x
    share: Share | None = None  # of all of them
    some: Share | None = None  # of some of them
    arranged: str | None = None  # line, cluster, scattered


@dataclass(frozen=True)
class Known:
    """Things that were spoken of before, all of a class. `plural` None is a noun without a plural form."""

    noun: Noun
    plural: bool | None
    exactly: int | None = None


@dataclass
class Chunks:
    """A sentence in codes, and what the codes stand for."""

    text: str
    values: list[Any] = field(default_factory=list)

    def keep(self, letter: str, value: Any) -> str:
        self.values.append(value)
        return f"{letter}{len(self.values) - 1}"

    def swap(self, pattern: re.Pattern[str], make: Callable[[re.Match[str]], str]) -> None:
        self.text = pattern.sub(make, self.text)

    def get(self, code: str) -> Any:
        return self.values[int(code[1:])]

    def all(self, codes: str, letter: str) -> list[Any]:
        return [self.get(code) for code in re.findall(rf"\b{letter}\d+", codes)]


def _any(words: list[str] | tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_CELL = re.compile(rf"\b(?P<cell>{_any(CELLS)})\b(?: (?:area|part)\b)?")
_NOUN = re.compile(rf"\b(?P<noun>{_any(tuple(NOUNS))})(?P<own>'s)?\b")
_SIDE = re.compile(r"\bon the (left|right)(?: side)?\b|\bin the (upper|lower) part\b")
_HALF = re.compile(r"\bin the (left|right|upper|lower) half\b(?: of the image\b)?")
_IMAGE = re.compile(r"\b(?:(?:synthetic aperture radar|sar|radar) (?:image|scene|tile|view|frame|imagery)|image|scene|frame)\b")
_METRES = re.compile(r"\babout (?P<low>\d+)(?: (?:to|and) (?P<high>\d+))? m\b")
_NUMBER = re.compile(rf"\b(?P<floor>at least |no fewer than )?(?P<value>{_any(tuple(NUMBERS))}|\d+)\b")
_ARTICLE = re.compile(rf"\b(?P<word>{_any(tuple(_ARTICLES))})(?= {_KIND_WORDS}*N\d)")
_KIND = re.compile(rf"\b(?P<words>{_KIND_WORDS}+)(?P<noun>N\d+)")
_PLACE = re.compile(r"\b(?:in|at|near) the (?P<cell>K\d+)(?: of (?:the|this) I)?\b")
_KNOWN = re.compile(r"\b(?:(?P<both>both)(?: of (?:the|these))?|(?P<all>all|each) of (?:the|these)|the|these) (?P<noun>N\d+)")
_COUNTED = re.compile(r"\b(?:(?P<number>Q\d+) )?(?P<noun>N\d+)")
_PLACED = re.compile(r"\b(?P<thing>C\d+)(?: ,)?(?: located)? (?P<place>P\d+)")
_EACH = re.compile(r"\b(?P<thing>C\d+) , (?P<places>P\d+(?: , P\d+)* and P\d+)")
_SPANNING = re.compile(r"\b(?P<thing>C\d+) (?:spanning|running across) the I from (?P<ends>left to right|top to bottom)")
_SHARE = re.compile(rf"(?<!the )\bQ\d+(?: {_VERB})? P\d+(?: , Q\d+ P\d+)*(?: and Q\d+ P\d+)?")
_SHARED = re.compile(r"\b(?P<thing>C\d+) , (?P<share>S\d+)")
_SOME = re.compile(r"\b(?P<thing>C\d+) , (?P<number>Q\d+) of them (?P<place>P\d+)")
_TOGETHER = {
    "in a line": "line",
    "lined up": "line",
    "arranged in a line": "line",
    "in a cluster": "cluster",
    "clustered together": "cluster",
    "close together": "cluster",
    "scattered over the I": "scattered",
    "spread across the I": "scattered",
}
_ARRANGED = re.compile(rf"\b(?P<thing>C\d+) (?P<how>{_any(tuple(_TOGETHER))})(?![\w ])")
_LIST = re.compile(r"\bC\d+(?: (?:,|and|, and) C\d+)*")
_NOUNS = re.compile(r"\bN\d+(?: (?:,|and|or|, and|, or) N\d+)*")


def chunk(sentence: str) -> Chunks:
    """The sentence, without its full stop, in codes."""
    text = re.sub(r"([,:])", r" \1", re.sub(r"^its ", "it 's ", sentence.strip().lower()))
    chunks = Chunks(re.sub(r"\s+", " ", text))
    keep, get, swap = chunks.keep, chunks.get, chunks.swap
    swap(_METRES, lambda m: f"about {keep('M', tuple(int(n) for n in m.groups() if n))}")
    swap(_NOUN, lambda m: keep("N", Noun(*NOUNS[m["noun"]])) + (" 's" if m["own"] else ""))
    swap(_SIDE, lambda m: keep("P", f"{m[1] or m[2]} side"))
    swap(_HALF, lambda m: keep("P", f"{m[1]} half"))
    swap(_CELL, lambda m: keep("K", m["cell"]))
    swap(_IMAGE, lambda _: "I")
    swap(_NUMBER, lambda m: keep("Q", _number(m["value"], bool(m["floor"]))))
    swap(_ARTICLE, lambda m: keep("Q", _ARTICLES[m["word"]]))
    swap(_KIND, lambda m: keep("N", _kind(get(m["noun"]), m["words"])))
    swap(_PLACE, lambda m: keep("P", get(m["cell"])))
    swap(_KNOWN, lambda m: keep("D", _known(get(m["noun"]), m["both"], m["all"])))
    swap(_COUNTED, lambda m: _counted(chunks, m))
    swap(_SHARE, lambda m: keep("S", _share(chunks, m[0])))
    swap(_EACH, lambda m: keep("C", replace(get(m["thing"]), share=_one_each(chunks, m["places"]))))
    swap(_PLACED, lambda m: keep("C", replace(get(m["thing"]), cell=get(m["place"]))))
    swap(_SPANNING, lambda m: keep("C", replace(get(m["thing"]), spans=0 if m["ends"] == "left to right" else 1)))
    swap(_SHARED, lambda m: keep("C", replace(get(m["thing"]), share=get(m["share"]))))
    swap(_SOME, lambda m: keep("C", replace(get(m["thing"]), some=Share(((get(m["number"]), get(m["place"])),)))))
    swap(_ARRANGED, lambda m: keep("C", replace(get(m["thing"]), arranged=_TOGETHER[m["how"]])))
    swap(_LIST, lambda m: keep("L", tuple(chunks.all(m[0], "C"))))
    swap(_NOUNS, lambda m: keep("Z", tuple(chunks.all(m[0], "N"))))
    return chunks


def _one_each(chunks: Chunks, places: str) -> Share:
    """At least one thing in each of the places."""
    one = Number(1, floor=True, fits_one=True)
    return Share(tuple((one, cell) for cell in chunks.all(places, "P")))


def _number(word: str, floor: bool) -> Number:
    value = NUMBERS[word] if word in NUMBERS else int(word)
    return Number(value, floor, fits_one=value == 1, fits_many=value != 1)


def _kind(noun: Noun, words: str) -> Noun:
    return replace(noun, annotated="annotated" in words or "labeled" in words, tiny="tiny" in words)


def _known(noun: Noun, both: str | None, every: str | None) -> Known:
    plural = True if both or every or not noun.one else None if noun.many else False
    return Known(noun, plural, exactly=2 if both else None)


def _counted(chunks: Chunks, match: re.Match[str]) -> str:
    noun = chunks.get(match["noun"])
    if match["number"]:
        return chunks.keep("C", Counted(chunks.get(match["number"]), noun))
    return chunks.keep("C", Counted(BARE, noun)) if noun.tiny else match[0]


def _share(chunks: Chunks, text: str) -> Share:
    return Share(tuple(zip(chunks.all(text, "Q"), chunks.all(text, "P"), strict=True)))
