"""From a text to sentences of coded tokens."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from sartext.narrate.facts.place import Place
from sartext.narrate.facts.shares import bounded
from sartext.narrate.read.figures import Figure, Token, count_token, measure, percent_of, quantity_of
from sartext.narrate.read.lexicon import INFINITE, LEXICON, Entry, Quantity
from sartext.narrate.read.record import dated, sampled
from sartext.narrate.read.record_words import MAY, MONTHS

# Each begins with a set of characters, so that the search leaps from one of them to the next.
_END_OF_SENTENCE = re.compile(r"[.!?;\n](?:(?<=[;\n])|(?P<space>[\s\"')\]]+)(?=\S))")
_WORD = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:s\b)?|[a-z]+n't|[a-z]+(?:\d+[a-z]*)?|'s\b|[,:—–()%<>≠≤≥±½¼¾⅓⅔⅛]")
_RANGE = re.compile(r"(?<=\d)\s?[-–]\s?(?=\d)")
_DATE = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])-(\d\d)\b")
_DAY_LAST = re.compile(rf"\b({'|'.join(MONTHS)}) (\d\d?)(?:st|nd|rd|th)?, (\d{{4}})\b")  # "July 14, 2020"
_MADE_FROM = re.compile("[dD]?M(?!I)")  # "from an ascending pass", not "from a Sentinel-1 image"
_TIMES_AFTER = re.compile(r"(?<=\d)\s?[x×](?=\s)")
_TIMES_BEFORE = re.compile(r"(?<=[a-z])\s[x×]\s?(?=\d)")
_ODD = re.compile(r"(?:\b(?:some|about) )?\b(\w+)[- ]odd\b")  # "some thirty-odd"
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
_LONGEST_FIGURE = 12  # characters; what is longer counts no objects
_SCALES = {"pairs": 2, "dozen": 12, "hundred": 100, "thousand": 1000}
_END = ""  # the key of an entry in the tree of phrases
# Where a sentence is cut into clauses: around commas and "and", and before places. No phrase of the lexicon goes across.
_CUTS = (
    (", ", "|,|"),
    (" and ", "|and|"),
    (" or ", "|or|"),
    (" in the ", "|in the "),
    (" at the ", "|at the "),
    (" near the ", "|near the "),
)
# Where a clause is cut into runs: before words that begin a phrase of the lexicon or are none, and never go on with one.
_JOINTS = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("annotated", "labeled", "at", "no", "are", "is", "that", "there", "which"),
)
_JOINT = re.compile(f" (?=(?:{'|'.join(_JOINTS)}) )")
_NUMERIC = frozenset("#oU~wP")  # codes that make one token of several, or change with those around them
_ALONE = frozenset("U~w")  # codes whose meaning depends on the whole sentence
_BOUNDS = ("at least", "at most")
_OF_LENGTH = ("longest", "shortest", "longer", "shorter")
_MEANT = {"around": "about", "longer": "more than", "shorter": "fewer than"}
_STRONG = ("at least", "at most", "more than", "fewer than", "between")


class Sentence(NamedTuple):
    """One sentence: for each of its tokens a code, a value, and its words with those before it that say nothing."""

    shape: str
    values: tuple[Any, ...]
    words: tuple[str, ...]


def _tree() -> dict[str, Any]:
    """The phrases of the lexicon as a tree of words: a node maps a word to a node, and "" to the entry that ends there."""
    root: dict[str, Any] = {}
    for phrase, entry in LEXICON.items():
        node = root
        for word in phrase.split():
            node = node.setdefault(word, {})
        node[_END] = entry
    return root


_TREE = _tree()
_SINGLE: dict[str, Entry] = {word: node[_END] for word, node in _TREE.items() if node.keys() == {_END}}
_UNKNOWN: Entry = ("u", None)


def sentences(text: str) -> list[str]:
    """The sentences of a text; a semicolon ends one."""
    parts, start = [], 0
    for end in _END_OF_SENTENCE.finditer(text):
        # A full stop belongs to its sentence, a semicolon to none.
        parts.append(text[start : end.start() if end["space"] is None else end.start() + 1].strip())
        start = end.end()
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def tokenize(text: str) -> Sentence:
    """The tokens of one sentence. A word that the lexicon lacks has the code u.

    Captions are made of few different clauses and places, so these are kept; where a number, a bound or a measure could
    reach from one into the next, the sentence is read as a whole.
    """
    lower = text.lower()
    if "–" in lower or "-" in lower:  # between figures it is a range, elsewhere a break
        lower = _RANGE.sub(" to ", _DATE.sub(_in_words, lower) if lower.count("-") > 1 else lower)
    if ", 20" in lower or ", 19" in lower:
        lower = _DAY_LAST.sub(r"\2 \1 \3", lower)
    if "odd" in lower or " w/" in lower:
        lower = _ODD.sub(r"about \1", lower).replace(" w/", " with ")
    if "x" in lower or "×" in lower:
        lower = _TIMES_BEFORE.sub(": ", _TIMES_AFTER.sub(" ", lower))  # "3x ship", "ship x 3"
    codes, values, words = "", list[Any](), list[str]()
    items = lower.replace("|", " ").replace(", ", ", |").replace(" and ", " and |").replace(" or ", " or |")
    for item in items.split("|"):
        part = _item(item)
        if part is None:
            return _whole(lower)
        if item is items:  # the sentence has no other
            return part
        codes += part[0]
        values += part[1]
        words += part[2]
    return Sentence(codes, tuple(values), tuple(words))


def _in_words(date: re.Match[str]) -> str:
    """A date in figures, "2020-07-14", with its month as a word."""
    return f"{date[3]} {MONTHS[int(date[2]) - 1]} {date[1]}"


@lru_cache(maxsize=4096)
def _whole(text: str) -> Sentence:
    """The tokens of a sentence whose parts depend on one another."""
    return Sentence(*_columns(_with_numbers(_tokens(_words(text)))))


@lru_cache(maxsize=16384)
def _item(text: str) -> Sentence | None:
    """The tokens of a member of a list with the comma or the "and" after it, or None where one of its clauses has none."""
    for mark, parted in _CUTS:
        text = text.replace(mark, parted)
    codes, values, words = "", list[Any](), list[str]()
    pieces = text.split("|")
    for piece, follows in zip(pieces, [*pieces[1:], ""], strict=True):
        part = _clause(piece, follows in ("and", "or"))
        if part is None:
            return None
        codes += part.shape
        values += part.values
        words += part.words
    return Sentence(codes, tuple(values), tuple(words))


@lru_cache(maxsize=16384)
def _clause(text: str, joined: bool) -> Sentence | None:
    """The tokens of a clause, or None where they may depend on those around it; "and" or "or" follows a joined one."""
    tokens: list[Token] = []
    silent: list[str] = []
    for run in _JOINT.split(text):
        found, rest = _run(run)
        if found and silent:
            tokens.append(found[0]._replace(words=" ".join([*silent, found[0].words])))
            tokens += found[1:]
            silent = rest
        elif found:
            tokens += found
            silent = rest
        else:
            silent = silent + rest
    codes = "".join([token.code for token in tokens])
    if _NUMERIC.isdisjoint(codes):
        return Sentence(*_columns(tokens))
    if not _ALONE.isdisjoint(codes) or codes.endswith("o") or (joined and codes.endswith("#")):
        return None
    merged = _with_numbers(tokens)
    if "o" in codes and any(token.value in _BOUNDS for token in merged):
        return None
    return Sentence(*_columns(merged))


@lru_cache(maxsize=16384)
def _run(text: str) -> tuple[list[Token], list[str]]:
    """The tokens of some words of a clause, numbers in parts, and the silent words after them."""
    return _coded(_words(text))


def _columns(tokens: list[Token]) -> tuple[str, tuple[Any, ...], tuple[str, ...]]:
    return (
        "".join([token.code for token in tokens]),
        tuple([token.value for token in tokens]),
        tuple([token.words for token in tokens]),
    )


def _words(text: str) -> list[str]:
    words = [_BREAKS.get(word, word) for word in _WORD.findall(text.replace("’", "'"))]
    if any(word.endswith("n't") for word in words):
        words = [part for word in words for part in ((word[:-3] or "ca", "not") if word.endswith("n't") else (word,))]
    if "may" in words:
        words = [MAY if word == "may" and _is_month(words, at) else word for at, word in enumerate(words)]
    return words


def _is_month(words: list[str], at: int) -> bool:
    """Whether a "may" is the month: "in may", "may 2020", "14 may"."""
    return words[at - 1 : at] in (["in"], ["of"], ["during"]) or "".join(words[at - 1 : at] + words[at + 1 : at + 2]).isdigit()


def _tokens(words: list[str]) -> list[Token]:
    """The longest phrases of the lexicon, from left to right, without those that say nothing."""
    return _coded(words)[0]


def _coded(words: list[str]) -> tuple[list[Token], list[str]]:
    """The tokens of the words, and the silent words after the last one."""
    tokens: list[Token] = []
    value: Any
    at = said = 0
    while at < len(words):
        word = words[at]
        if word in _SINGLE:
            code, value = _SINGLE[word]
            end = at + 1
        else:
            code, value, end = _longest(words, at)
        if code == "r" and (side := _image_side(value, words, end)):
            code, value = ("c" if side.compass else "p"), side
        if code == "p" and value.extent == "corner" and tokens and said == at and tokens[-1].code in "pc":
            said = end  # "upper left corner" is the cell
        elif code:
            tokens.append(Token(code, value, " ".join(words[said:end])))
            said = end
        at = end
    return tokens, words[said:]


def _longest(words: list[str], at: int) -> tuple[str, Any, int]:
    """The code and the value of the longest phrase that starts here, and what follows it."""
    word, end = words[at], at + 1
    node = _TREE.get(word)
    if node is None:
        if word[0].isdigit() and word[-1] != "s" and len(word) <= _LONGEST_FIGURE:
            return "#", float(word.replace(",", "")), end
        return "u", None, end
    code, value = node.get(_END, _UNKNOWN)
    for after in range(at + 1, len(words)):
        node = node.get(words[after])
        if node is None:
            break
        if _END in node:
            (code, value), end = node[_END], after + 1
    return code, value, end


def _image_side(relation: str, words: list[str], after: int) -> Place | None:
    """The place that "to the left of" means before "the image"."""
    if relation in _SIDES and _IMAGE.match(" " + " ".join(words[after : after + 6])):
        return _SIDES[relation]
    return None


def _with_numbers(tokens: list[Token]) -> list[Token]:
    """The tokens with numbers, their bounds and their units made one token each."""
    codes = "".join([token.code for token in tokens])
    if _NUMERIC.isdisjoint(codes):
        return tokens
    metric = "U" in codes
    odd = "w" in codes and any(token.code == "w" and token.value is None for token in tokens)  # 20 m wide
    lengthy = metric and ("~" in codes or any(token.value in _OF_LENGTH for token in tokens))
    merged: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        code = token.code
        if code in "#M" and (date := dated(tokens, codes, at)) is not None:
            merged.append(date[0])
            at = date[1]
            continue
        if code == "o" and token.words.endswith("from") and _MADE_FROM.match(codes, at + 1):
            merged.append(token._replace(code="5"))
            at += 1
            continue
        if code in "#od" and (figure := _number(tokens, codes, at)) is not None:
            if token.value == "exactly" and codes[at - 1 : at] == "D" and codes[figure[1] : figure[1] + 1] == "U":
                merged.append(_unbound(token))  # "the only 60 m long ship": of the ship, not of its length
                at += 1
                continue
            number, at = figure
            if codes[at : at + 1] == "P":
                merged.append(Token("C", percent_of(number), f"{number.words} {tokens[at].words}"))
                at += 1
                continue
            if codes[at : at + 1] == "U" and (size := sampled(number, tokens, codes, at, merged)) is not None:
                merged.append(size[0])
                at = size[1]
                continue
            if codes[at : at + 1] == "U":
                length = not odd and (lengthy or codes[at + 1 : at + 2] in ("k", "K", "b"))
                merged.append(measure(number, tokens[at], length))
                at += 1
            else:
                merged.append(count_token(number))
            continue
        at += 1
        if code == "o" and token.value == "about" and codes[at : at + 1] == "C":
            continue  # "about half of the image": a share in words is never exact
        if code == "o" and codes[at : at + 1] == "C" and (limited := bounded(tokens[at].value, token.value)) is not None:
            merged.append(Token("C", limited, f"{token.words} {tokens[at].words}"))
            at += 1
            continue
        if code == "P":
            token = token._replace(code="u")
        if code not in "oUw~":
            merged.append(token)
        elif code == "o":
            merged.append(_unbound(token))
        elif code == "~" and not metric:
            merged.append(token._replace(code="x", value="size") if token.value == "long" else token._replace(code="u"))
        elif code == "w":
            merged.append(token._replace(code="u"))
    return _bound_afterwards(merged) if "o" in codes else merged


def _bound_afterwards(tokens: list[Token]) -> list[Token]:
    """The tokens with "at least" after the only number ("three ships at least") put to it."""
    late = [token for token in tokens if token.code == "u" and token.value in ("at least", "at most")]
    numbers = [token for token in tokens if token.code == "n"]
    if len(late) != 1 or len(numbers) != 1 or tokens.index(late[0]) < tokens.index(numbers[0]):
        return tokens
    low = numbers[0].value.low
    bound = numbers[0]._replace(value=quantity_of(late[0].value, low, low))
    return [bound if token is numbers[0] else token for token in tokens if token is not late[0]]


def _unbound(token: Token) -> Token:
    """What a bound says that stands before no number."""
    if token.value == "around":
        return token._replace(code="r")
    if token.value == "some":
        return token._replace(code="n", value=Quantity(2, INFINITE, 2, INFINITE))
    return token._replace(code="J" if token.value == "exactly" else "u")


def _number(tokens: list[Token], codes: str, at: int) -> tuple[Figure, int] | None:
    """A number with its bounds, starting here, and what follows it."""
    start, bound = at, ""
    while codes[at : at + 1] == "o":
        bound = bound if bound in _STRONG else _MEANT.get(tokens[at].value, tokens[at].value)
        at += 1
    if codes[at : at + 2] == "d#" and tokens[at + 1].value in _SCALES:
        at += 1
    if codes[at : at + 1] != "#":
        return None
    low, at = _figure(tokens, codes, at)
    high = low
    follows = codes[at : at + 1]
    if follows and (bound == "between" or follows == "_" or tokens[at].value == "or"):
        joint = at + (follows in "_&/")
        joint += codes[joint : joint + 1] == "o"
        if codes[joint : joint + 1] == "#":
            high, at = _figure(tokens, codes, joint)
            bound = "between"
    if codes[at : at + 1] == "o" and tokens[at].value in ("or more", "or fewer"):
        bound = "at least" if tokens[at].value == "or more" else "at most"
        at += 1
    return Figure(bound, low, high, " ".join([token.words for token in tokens[start:at]])), at


def _figure(tokens: list[Token], codes: str, at: int) -> tuple[float, int]:
    """A plain number: figures, "twenty one", "two dozen", "three hundred"; and what follows it."""
    total, seen = 0.0, False
    while codes[at : at + 1] == "#":
        value = tokens[at].value
        if isinstance(value, str):
            total = (total or 1) * _SCALES[value]
        elif seen and not (total >= 20 and total % 10 == 0 and 0 < value < 10):
            break
        else:
            total += value
        seen, at = True, at + 1
    return total, at
