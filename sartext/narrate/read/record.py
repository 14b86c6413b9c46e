"""From the shape of a sentence to what it says of the record, and to the shape of the rest.

What is read (codes as in `lexicon`; M is what a record can bear out, 5 a word for how an image came to be):
- before the word for an image: "a C-band image", "this dual-polarised scene"; "not a C-band image";
- behind a preposition or such a word: "in VV and VH", "acquired in winter", "with 10 m pixels", "from an ascending pass";
- said of the image: "the image is C-band", "it was taken in July 2020"; denied: "is not in winter";
- denied alone: "no VH", "not in winter", "without VH"; and "only VV", which denies every other channel;
- by itself, or after a comma: "C-band, VV", "three ships, 10 m resolution".
What is left is read as if these words did not stand there. They say something of the whole image, whatever they stand behind,
except behind a negation, which may be of them, and behind an "or": there the sentence is unread, and so it is where any of them
stands otherwise ("a VV ship").
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sartext.narrate.read.figures import YEARS, Figure, Token
from sartext.narrate.read.lexicon import DENIED
from sartext.narrate.read.meaning import UNREAD, Reading, Statement
from sartext.narrate.read.record_words import MADE, SAID, Date, RecordValue, Sampled

RECORD = "record"  # the form of a statement, and the kind of a claim
ONLY = "only"  # the scope of "only VV"
NOT_SO = "none"  # that of "no VH"
EQUALS = "equals"  # that of "the polarisation is VV": of what has several, it is all of them
_LONGEST = 400  # tokens
_DAYS = range(1, 32)
_SIZES = ("pixel", "resolution")
_ALL = "M(?:(?:,?&|,)?[dD]?M)*+"  # all of them: a part of a list is not read alone
_BEHIND = f"J?(?:(?<![vV])i)?(?:5+V?[qWf]?|[qWf])J?[dDB]?{_ALL}J?"
_CHAIN = f"{_BEHIND}(?:,?&?{_BEHIND})*"
_END = "(?=$|[,&;])"
_FORMS = re.compile(
    "|".join(
        (
            rf"(?P<sole>^[dD]?J?{_ALL}J?,?$)",
            rf"(?P<no>(?:(?<=[VvIhR,&MD])|^)(?:(?:5V?|i)?t[5i]?[qWf]?|W?N)d?M{_END})",
            rf"(?P<isnot>(?<=[IhDR])[Vv]t(?:[5i]?[qWf])?(?:[dD]?MI|[dD]?M){_END})",
            rf"(?P<is>(?<=[IhDR])[Vv](?:i?{_CHAIN}|[dD]?J?B?{_ALL}J?)(?=$|[,&;W]))",
            rf"(?P<was>(?<=&)V{_CHAIN}{_END})",
            rf"(?P<of>{_ALL},?(?=I))",
            rf"(?P<name>(?:(?<=[dD])|^){_ALL}(?=[WFV]))",
            rf"(?P<bare>(?:(?<=,)|^(?=M*[,:])){_ALL}J?(?=$|:|,(?!I)))",
            rf"(?P<behind>{_CHAIN}(?=$|,(?!I)|[&;:WFVvdDnNHhABqf_R]))",
        )
    )
)
_NAMES = ("band", "polarisation", "channels", "platform")  # what people call an image by: "the C-band SAR shows"
_SHELL = re.compile(r"(?:[dDAh]?I|h|D)?(?:[VvW][dD]?I?)?")
_NEGATING = re.compile("[NtZzQ!/6][^,;]*$")
_OF_IMAGE = re.compile("[NtZzQ!/6][dD]?$")
_GONE = "."  # stands for words that were taken out
# What goes with them: commas around them, and "and" and "which" beside them.
_AROUND = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<=[Ih]),R?\.,",
        r"(?<=[Ih])\.,(?=W)",
        r"(?<=[Ih]),?\.,?&",
        r"^[.,&:;]+|[.,&:;]+$",
        r",\.(?=,)",
        r"\.",
    )
)


class _Apart(NamedTuple):
    """Which tokens are of the rest, whose shape that is, and what is said of the record: tokens and scope of each statement;
    `names` are tokens that the image is called by."""

    kept: tuple[int, ...]
    shape: str
    said: tuple[tuple[tuple[int, ...], str], ...]
    names: tuple[int, ...]


def has_record(shape: str) -> bool:
    """Whether the sentence has a word of such facts."""
    return SAID in shape or MADE in shape


@lru_cache(maxsize=16384)
def _apart(shape: str) -> _Apart | None:
    """The words of the record and the rest, or None where any of them stands where it is not clear of what it is said."""
    if len(shape) > _LONGEST or DENIED in shape:
        return None
    said: list[tuple[tuple[int, ...], str]] = []
    rest, kept, names, after = "", list[int](), list[int](), 0
    for found in _FORMS.finditer(shape):
        form, (start, end) = found.lastgroup, found.span()
        if form not in ("sole", "no", "isnot") and _is_doubtful(shape, start, adjective=form == "of"):
            return None
        places = tuple([at for at in range(start, end) if shape[at] == SAID])
        if "J" in found[0]:
            said.append((places, ONLY))
        elif "5V" in found[0] and form != "no":
            said.append((places, EQUALS))
        else:
            said += [((at,), NOT_SO if form in ("no", "isnot") else "") for at in places]
        kept += [*range(after, start), start]
        rest += shape[after:start] + ("I" if form == "name" else _GONE)
        if form == "name":
            names += places
        after = end
    kept += range(after, len(shape))
    rest += shape[after:]
    if not said or not {SAID, MADE}.isdisjoint(rest):
        return None
    for pattern in _AROUND:
        gone = {at for match in pattern.finditer(rest) for at in range(*match.span())}
        kept = [one for at, one in enumerate(kept) if at not in gone]
        rest = "".join([code for at, code in enumerate(rest) if at not in gone])
    return _Apart(tuple(kept), rest, tuple(said), tuple(names))


def _is_doubtful(shape: str, start: int, *, adjective: bool) -> bool:
    """Whether what stands before the words may deny them: "no ships in winter"; not so "no ships in this C-band image"."""
    before = shape[:start]
    if adjective and before.endswith("D"):
        return _OF_IMAGE.search(before) is not None
    return _NEGATING.search(before) is not None


def with_record(
    shape: str, values: tuple[Any, ...], words: tuple[str, ...], read: Callable[[str], Reading]
) -> tuple[Reading, tuple[Any, ...], tuple[str, ...]]:
    """The reading of a sentence with words of the record, the rest being read by `read`; with its tokens' values and words."""
    apart = _apart(shape)
    if apart is None or _is_mixed(apart, values):
        return read(shape), values, words
    stated, kinds, of_rest = list[Statement](), list[str](), False
    if not _SHELL.fullmatch(apart.shape):
        rest = read(apart.shape)
        if UNREAD in rest.kinds:
            return read(shape), values, words
        stated, kinds, of_rest = [*rest.statements], [*rest.kinds], rest.of_rest
    left = [*apart.kept]
    for tokens, scope in apart.said:
        at = len(left)
        left += tokens
        stated.append(Statement(RECORD, scope=scope, tokens=tuple(range(at, len(left))), span=(at, len(left))))
        kinds.append(RECORD)
    reading = Reading(tuple(stated), tuple(kinds), of_rest)
    return reading, tuple([values[at] for at in left]), tuple([words[at] for at in left])


def _is_mixed(apart: _Apart, values: Sequence[Any]) -> bool:
    """Whether "only" is said of anything but channels, or an image is called by what no image is called by."""
    for tokens, scope in apart.said:
        fields = {values[at].field for at in tokens}
        if (scope == ONLY and fields != {"polarisation"}) or (
            scope == EQUALS and len(tokens) > 1 and fields != {"polarisation"}
        ):
            return True
    return any(values[at].field not in _NAMES for at in apart.names)


# Tokens that are made of several


def sampled(number: Figure, tokens: Sequence[Token], codes: str, at: int, before: list[Token]) -> tuple[Token, int] | None:
    """The token of "10 m pixels" or "a resolution of 10 m", whose unit stands here, and what follows it; None where it is of
    something else. Takes the words from `before` that it began with."""
    unit, after = tokens[at], at + 1
    if codes[after : after + 1] == "w" and tokens[after].value is not None:
        noun, words, after = tokens[after].value, f"{number.words} {unit.words} {tokens[after].words}", after + 1
    elif len(before) > 1 and before[-1].code in "fVv:" and before[-2].value in _SIZES:
        of, what = before.pop(), before.pop()
        noun, words = what.value, f"{what.words} {of.words} {number.words} {unit.words}"
    else:
        return None
    if number.bound not in ("", "about", "exactly") or number.low != number.high:
        return Token("u", None, words), after
    return Token(SAID, RecordValue(noun, Sampled(number.low * unit.value, number.bound == "about")), words), after


def dated(tokens: Sequence[Token], codes: str, at: int) -> tuple[Token, int] | None:
    """The date that starts here, "July 2020", "14 July 2020" or "in 2020", and what follows it; None where none does."""
    start, day = at, None
    if codes[at] == "#" and codes[at + 1 : at + 2] == SAID and tokens[at].value in _DAYS:
        day, at = int(tokens[at].value), at + 1
    if codes[at] == SAID and tokens[at].value.field == "season":
        return _season(tokens, codes, at)
    month = None
    if codes[at] == SAID and tokens[at].value.field == "date":
        month, at = tokens[at].value.value.month, at + 1
    year = None
    if codes[at : at + 1] == "#" and tokens[at].value in YEARS and codes[at + 1 : at + 2] not in ("U", "P", "#", "_"):
        year, at = int(tokens[at].value), at + 1
    if (month is None and (day is not None or year is None)) or (month is None and codes[start - 1 : start] not in ("q", "5")):
        return None
    words = " ".join([token.words for token in tokens[start:at]])
    return Token(SAID, RecordValue("date", Date(year, month, day)), words), at


def _season(tokens: Sequence[Token], codes: str, at: int) -> tuple[Token, int] | None:
    """The season of a year that starts here, "winter 2020" or "winter of 2020"."""
    after = at + 1 + (codes[at + 1 : at + 2] == "f")
    if codes[after : after + 1] != "#" or tokens[after].value not in YEARS:
        return None
    words = " ".join([token.words for token in tokens[at : after + 1]])
    return Token(SAID, RecordValue("season", (tokens[at].value.value, int(tokens[after].value))), words), after + 1
