"""From a text to sentences of coded tokens."""

import re
from typing import NamedTuple

from sartext.narrate.lexicon import INFINITE, LEXICON, Entry, Place, Quantity, exactly

_SENTENCE = re.compile(r"(?<=[.!?])[\s\"')\]]+(?=\S)|[;\n]+")
_WORD = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[a-z]+n't|[a-z]+\d*|'s\b|[,:—–()]")
_BREAKS = {"—": ",", "–": ",", "(": ",", ")": ","}
_IMAGE = re.compile(
    r" (?:the|this|a|an|our)(?: sar| radar| synthetic aperture)* (?:image|scene|picture|view|frame|tile|chip|patch)\b"
)
_SIDES = {
    "left": Place(7, 1, "side"),
    "right": Place(7, 4, "side"),
    "above": Place(1, 7, "side"),
    "below": Place(4, 7, "side"),
    "north": Place(1, 7, "side", True),
    "south": Place(4, 7, "side", True),
    "west": Place(7, 1, "side", True),
    "east": Place(7, 4, "side", True),
}
_ROUND = 0.2  # "about ten" is true from 8 to 12
_FAR_OFF = 0.5  # and false below 5 and above 15
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000}


class Token(NamedTuple):
    """A word or a phrase that says something: its code (see `lexicon`), value, and words from `start` to before `end`."""

    code: str
    value: object
    start: int
    end: int


class Length(NamedTuple):
    """A claimed length in metres."""

    low: float
    high: float


class _Figure(NamedTuple):
    """A number as it is written, with its bound, before it is known what it counts."""

    bound: str
    low: float
    high: float
    start: int
    end: int


class Sentence(NamedTuple):
    """One sentence: the codes of its tokens as one string, the tokens, and its words in lower case."""

    shape: str
    tokens: tuple[Token, ...]
    words: tuple[str, ...]
    text: str


def _phrases() -> dict[str, tuple[tuple[int, str], ...]]:
    """First word -> the phrases of several words that start with it, longest first."""
    found: dict[str, list[tuple[int, str]]] = {}
    for phrase in LEXICON:
        words = phrase.split()
        if len(words) > 1:
            found.setdefault(words[0], []).append((len(words), phrase))
    return {first: tuple(sorted(entries, reverse=True)) for first, entries in found.items()}


_PHRASES = _phrases()
_NOTHING: Entry = ("u", None)


def sentences(text: str) -> list[str]:
    """The sentences of a text; a semicolon ends one."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def tokenize(text: str) -> Sentence:
    """The tokens of one sentence. A word that the lexicon lacks has the code u."""
    plain = text.lower().replace("’", "'")
    words = [_BREAKS.get(word, word) for word in _WORD.findall(plain)]
    tokens: list[Token] = []
    at = 0
    while at < len(words):
        word = words[at]
        code, value, size = "", None, 1
        for length, phrase in _PHRASES.get(word, ()):
            if phrase == " ".join(words[at : at + length]):
                (code, value), size = LEXICON[phrase], length
                break
        else:
            if word[0].isdigit():
                code, value = "#", float(word.replace(",", ""))
            else:
                code, value = LEXICON.get(word, _NOTHING)
        if code == "r" and (side := _image_side(str(value), words, at + size)):
            tokens.append(Token("c" if side.compass else "p", side, at, at + size))
        elif code == "p" and _corner(value) and tokens and tokens[-1].end == at and tokens[-1].code in "pc":
            pass  # "upper left corner" is the cell
        elif code:
            tokens.append(Token(code, value, at, at + size))
        at += size
    merged = _with_numbers(tokens)
    return Sentence("".join([token.code for token in merged]), tuple(merged), tuple(words), text)


def _image_side(relation: str, words: list[str], after: int) -> Place | None:
    """The place that "to the left of" means before "the image"."""
    if relation in _SIDES and _IMAGE.match(" " + " ".join(words[after : after + 6])):
        return _SIDES[relation]
    return None


def _with_numbers(tokens: list[Token]) -> list[Token]:
    """The tokens with numbers, their bounds and their units made one token each."""
    metric = any(token.code == "U" for token in tokens)
    lengthy = metric and any(token.code == "~" or token.value in ("longest", "shortest") for token in tokens)
    other = any(token.code == "w" for token in tokens)
    merged: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.code in "#od" and (figure := _number(tokens, at)) is not None:
            number, at = figure
            if at < len(tokens) and tokens[at].code == "U":
                after = tokens[at + 1].code if at + 1 < len(tokens) else ""
                merged.append(_measure(number, tokens[at], not other and (lengthy or after in ("k", "K", "b"))))
                at += 1
            else:
                merged.append(_counted(number))
            continue
        at += 1
        if token.code == "o":
            merged.append(_unbound(token))
        elif token.code == "~" and not metric:
            merged.append(token._replace(code="x", value="size") if token.value == "long" else token._replace(code="u"))
        elif token.code == "w":
            merged.append(token._replace(code="u"))
        elif token.code not in "_U~":
            merged.append(token)
    return merged


def _unbound(token: Token) -> Token:
    """What a bound says that stands before no number."""
    if token.value == "some":
        return token._replace(code="n", value=Quantity(2, INFINITE, 2, INFINITE))
    return token._replace(code="J" if token.value == "exactly" else "u")


def _number(tokens: list[Token], at: int) -> tuple[_Figure, int] | None:
    """A number with its bounds, starting here, and what follows it."""
    start, bound = at, ""
    while at < len(tokens) and tokens[at].code == "o":
        bound = bound if bound in ("at least", "at most", "more than", "fewer than", "between") else str(tokens[at].value)
        at += 1
    if at + 1 < len(tokens) and tokens[at].code == "d" and tokens[at + 1].value in _SCALES:
        at += 1
    first = _figure(tokens, at)
    if first is None:
        return None
    low, at = first
    high = low
    if at < len(tokens) and (bound == "between" or tokens[at].code in "_#" or tokens[at].value == "or"):
        joint = at + (tokens[at].code in "_&")
        second = _figure(tokens, joint + (joint < len(tokens) and tokens[joint].code == "o"))
        if second is not None:
            (high, at), bound = second, "between"
    if at < len(tokens) and tokens[at].value in ("or more", "or fewer"):
        bound = "at least" if tokens[at].value == "or more" else "at most"
        at += 1
    return _Figure(bound, low, high, tokens[start].start, tokens[at - 1].end), at


def _figure(tokens: list[Token], at: int) -> tuple[float, int] | None:
    """A plain number: figures, "twenty one", "two dozen", "three hundred"."""
    total, seen = 0.0, False
    while at < len(tokens) and tokens[at].code == "#":
        value = tokens[at].value
        if isinstance(value, str):
            total = (total or 1) * _SCALES[value]
        elif isinstance(value, int | float):
            if seen and not (total >= 20 and total % 10 == 0 and 0 < value < 10):
                break
            total += value
        seen, at = True, at + 1
    return (total, at) if seen else None


def _measure(number: _Figure, unit: Token, length: bool) -> Token:
    """A length of an object, or an unknown token where the metres are of something else."""
    if not length or not isinstance(unit.value, float):
        return Token("u", None, number.start, unit.end)
    low, high = number.low * unit.value, number.high * unit.value
    if number.bound in ("at least", "more than"):
        high = float(INFINITE)
    elif number.bound in ("at most", "fewer than"):
        low = 0.0
    return Token("L", Length(low, high), number.start, unit.end)


def _counted(number: _Figure) -> Token:
    """The token of a number of objects: code n, or N for none."""
    low, high = int(number.low), int(number.high)
    if low != number.low or high != number.high:
        return Token("u", None, number.start, number.end)
    if low == high == 0 and number.bound in ("", "exactly"):
        return Token("N", None, number.start, number.end)
    return Token("n", _quantity(number.bound, low, high), number.start, number.end)


def _corner(value: object) -> bool:
    return isinstance(value, Place) and value.extent == "corner"


def _quantity(bound: str, low: int, high: int) -> Quantity:
    if bound == "at least":
        return Quantity(low, INFINITE, low, INFINITE)
    if bound == "more than":
        return Quantity(low + 1, INFINITE, low + 1, INFINITE)
    if bound == "at most":
        return Quantity(0, high, 0, high)
    if bound == "fewer than":
        return Quantity(0, high - 1, 0, high - 1)
    if bound == "about":
        reach, far = int(_ROUND * low), int(_FAR_OFF * low)
        return Quantity(low - reach, low + reach, low - far, low + far)
    return exactly(low) if low == high else Quantity(low, high, low, high)
