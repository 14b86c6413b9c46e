"""From a sentence to what it states: the frames of sentences, over the codes of `language`."""

import re
from collections.abc import Callable
from dataclasses import replace

from tests.reading.language import Chunks, Counted, Known, chunk
from tests.reading.record import recorded
from tests.reading.shares import COVERS, NOUNS
from tests.reading.stated import (
    Absent,
    Afloat,
    Arranged,
    Ground,
    Included,
    Largest,
    Long,
    Mostly,
    Oriented,
    Placed,
    Present,
    Related,
    Shared,
    Somewhere,
    Spread,
    Statement,
    Ungrammatical,
)

Make = Callable[[re.Match[str], Chunks, Known | None], list[Statement]]

# Words around a list of things that say no more than that an image shows them.
_NEUTRAL = frozenset(
    re.findall(
        r"\S+",
        """
        a an the this that which where here what in with of at by and there is are can be has I radar sar content within
        look looking seen imaged shows show showing shown includes contains depicts reveals captures covers holds made out
        found identified observed area visible present located situated appear appears lie lies sit sits , :
        """,
    )
)
_ONE_VERBS, _MANY_VERBS = frozenset(("is", "lies", "appears", "sits")), frozenset(("are", "lie", "appear", "sit"))
_SUBJECT = r"(?P<who>D\d+|it|they|(?:both|all) of them)"
_BE = r"(?:is|are|lies|lie|sits|sit|appears|appear|can be found|can be seen)"
_TURN = r"(?P<turn>horizontal|vertical|diagonal)"
_RELATION = r"(?P<how>above|below|to the left of|to the right of|next to|beside|adjacent to|near|close to|at|in|inside)"
_ABOUT = r"about (?P<metres>M\d+)"


_COVERS = "|".join(sorted((NOUNS[name] for name in COVERS), key=len, reverse=True))
_LIST = rf"(?P<covers>(?:{_COVERS})(?:(?:, | and )(?:{_COVERS}))*)"
_IMAGE_OF = r"a (?:(?:sar|radar) (?:image|scene)|scene) of "
_IMAGE_SHOWS = r"this (?:sar|radar) (?:image|scene) shows "
_SHOWING = r"a (?:sar|radar) (?:image|scene) showing "
_BEFORE = f"(?:{_IMAGE_OF}|{_IMAGE_SHOWS}|{_SHOWING}|the image shows )?"
_GROUND = re.compile(rf"{_BEFORE}{_LIST}(?:,? with |: )(?P<rest>.+)", re.IGNORECASE)
_BARE_GROUND = re.compile(rf"(?:{_IMAGE_OF}|{_IMAGE_SHOWS}){_LIST}", re.IGNORECASE)
_ALL_GROUND = re.compile(rf"(?:the|this) (?:sar|radar) (?:image|scene) is entirely {_LIST}", re.IGNORECASE)
_AFLOAT = re.compile(r"^On the water, |,? on the water$")
_SOME_OF = re.compile(
    r"(?P<many>(?:at least )?(?:two|three|four|five|six|seven|eight|nine|ten|\d+)) of (?P<who>the .+?) (?:are|lie) (?P<at>.+)",
    re.I,
)


def _covers(text: str) -> tuple[str, ...]:
    """The names of the land covers in a list."""
    names = {noun: name for name, noun in NOUNS.items()}
    return tuple(names[noun] for noun in re.findall(_COVERS, text.lower()))


def capital(text: str) -> str:
    """The text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def statements(sentence: str, before: list[Statement]) -> list[Statement] | None:
    """What a sentence states; None where it cannot be read. `before` is what the sentence before it stated."""
    if made := recorded(sentence):
        found, fault = made
        return [*found, *([Ungrammatical(fault)] if fault else [])]
    if ground := _GROUND.fullmatch(sentence):
        rest = statements(capital(ground["rest"]), before)
        covers = _covers(ground["covers"])
        return None if rest is None else [Ground(covers), *rest]
    if bare := _BARE_GROUND.fullmatch(sentence):
        return [Ground(_covers(bare["covers"]))]
    if whole := _ALL_GROUND.fullmatch(sentence):
        return [Ground(_covers(whole["covers"]), entirely=True)]
    if some := _SOME_OF.fullmatch(sentence):
        sentence = f"Among {some['who']}, {some['many'].lower()} are {some['at']}"
    if floating := _AFLOAT.search(sentence):
        rest = statements(capital(_AFLOAT.sub("", sentence)), before)
        things = [one for one in rest or [] if isinstance(one, Present)]
        return [*rest, Afloat(things[0].things)] if rest and len(things) == 1 and floating else None
    chunks = chunk(sentence)
    subject = _subject(before)
    for pattern, make in _FRAMES:
        match = pattern.fullmatch(chunks.text)
        if match:
            return make(match, chunks, subject)
    return _present(chunks)


def _subject(before: list[Statement]) -> Known | None:
    """What "it" and "they" mean: the only things that the sentence before spoke of."""
    for statement in before:
        if isinstance(statement, Arranged):
            return replace(statement.known, plural=True)
        if isinstance(statement, Placed | Long | Oriented) and not statement.known.plural:
            return replace(statement.known, plural=False)
        if isinstance(statement, Present) and len(statement.things) == 1:
            thing = statement.things[0]
            return Known(thing.noun, plural=thing.number.value != 1)
    return None


def _known(match: re.Match[str], chunks: Chunks, subject: Known | None) -> Known | None:
    who = match["who"]
    if who.startswith("D"):
        known: Known = chunks.get(who)
        if known.plural is not None:
            return known
        group = re.search(rf"\b(?:^of|among|for|counting|position ,|some of|lengths of|axes of) {who}\b", chunks.text)
        many = re.search(rf"\b{who} (?:are|all|lie|sit|appear|measure|include|form)\b", chunks.text)
        one = re.search(rf"(?<!of )\b{who} (?:'s|is|lies|sits|appears|has|measures)\b", chunks.text)
        return Known(known.noun, plural=True if group or many else False if one else None)
    if subject is None:
        return None
    if who == "both of them":
        return Known(subject.noun, True, exactly=2)
    return subject if subject.plural == (who != "it") else None


def _of(make: Callable[[Known, re.Match[str], Chunks], list[Statement]]) -> Make:
    """A frame with a subject that must be understood."""

    def whole(match: re.Match[str], chunks: Chunks, subject: Known | None) -> list[Statement]:
        known = _known(match, chunks, subject)
        return (
            [Ungrammatical(f"who is meant by {match['who']!r} is not clear")] if known is None else make(known, match, chunks)
        )

    return whole


def _superlative(match: re.Match[str], chunks: Chunks) -> Known:
    """ "the longest ship", "the longest of the ships": all of them are spoken of."""
    code = match["noun"]
    if code.startswith("D"):
        return Known(chunks.get(code).noun, plural=True)
    return Known(chunks.get(code)[0], plural=True)


def _present(chunks: Chunks) -> list[Statement] | None:
    """A sentence that only says that things are in the image, and at most where."""
    parts = re.fullmatch(r"(?P<left>.*?)\b(?P<list>L\d+)\b(?P<right>.*)", chunks.text)
    if parts is None:
        return None
    around = f"{parts['left']} {parts['right']}".split()
    cells = [word for word in around if re.fullmatch(r"[PK]\d+", word)]
    rest = [word for word in around if word not in cells]
    if len(cells) > 1 or not _NEUTRAL.issuperset(rest):
        return None
    things = chunks.get(parts["list"])
    found: list[Statement] = [Present(things, chunks.get(cells[0]) if cells else None)]
    for thing in things:
        known = Known(thing.noun, plural=True)
        found += [Shared(known, thing.some, whole=False)] if thing.some else []
        found += [Arranged(known, thing.arranged)] if thing.arranged else []
    return found + _agreement(things, set(parts["left"].split()), set(parts["right"].split()))


def _agreement(things: tuple[Counted, ...], left: set[str], right: set[str]) -> list[Statement]:
    first_many = things[0].number.value != 1
    many = first_many or len(things) > 1
    wrong = (right & _ONE_VERBS and many) or (right & _MANY_VERBS and not many)
    wrong = wrong or (left & _ONE_VERBS and first_many) or (left & _MANY_VERBS and not many)
    return [Ungrammatical("the verb does not agree with the number")] if wrong else []


def _frame(pattern: str, make: Make) -> tuple[re.Pattern[str], Make]:
    return re.compile(pattern), make


_neutral = "|".join(sorted((re.escape(word) for word in _NEUTRAL), key=len, reverse=True))
_BEFORE, _AFTER = rf"(?:(?:{_neutral}|it) )*", rf"(?: (?:{_neutral}|anywhere|were))*"


def _absent(match: re.Match[str], chunks: Chunks, _: Known | None) -> list[Statement]:
    return [Absent(chunks.get(match["nouns"]))]


def _included(match: re.Match[str], chunks: Chunks, subject: Known | None) -> list[Statement]:
    known = _known(match, chunks, subject)
    things = chunks.get(match["list"])
    found: list[Statement] = [Included(known, things)] if known else [Ungrammatical("who is meant is not clear")]
    verbs = set(match[0].split())
    return found + (_agreement(things, verbs, set()) if verbs & {"is", "are"} else [])


_ABSENCES = (
    rf"{_BEFORE}no(?: visible)? (?P<nouns>Z\d+){_AFTER}",
    rf"{_BEFORE}without(?: any)? (?P<nouns>Z\d+)",
)
_WHOLES = (r"(?:of|as for) (?P<who>D\d+) , (?P<share>S\d+)",)
_PARTS = (
    r"among (?P<who>D\d+) , (?P<share>S\d+)",
    r"(?P<who>D\d+) include (?P<share>S\d+)",
)
_PLACES = (
    rf"{_SUBJECT}(?: all)? {_BE}(?: all)?(?: located| situated| placed)? (?P<place>P\d+)",
    rf"(?P<place>P\d+) , {_SUBJECT} (?:is visible|are visible|can be found)",
)
_TOGETHER = r"(?:(?:together|in the I) , )?(?P<who>D\d+)"
_ARRANGEMENTS = {
    "line": rf"{_TOGETHER} (?:form a line|are lined up|are arranged in a line)",
    "cluster": rf"{_TOGETHER} (?:form a cluster|are clustered together|are close together)",
    "scattered": rf"{_TOGETHER} (?:lie scattered|are scattered over the I|are spread across the I)",
}
_LENGTHS = {
    "every": (
        rf"{_SUBJECT} measures {_ABOUT} in length",
        rf"{_SUBJECT} has a length of {_ABOUT}",
        rf"{_SUBJECT} is {_ABOUT} long",
        rf"{_SUBJECT} 's length is {_ABOUT}",
        rf"{_SUBJECT} are all {_ABOUT} long",
    ),
    "range": (
        rf"{_SUBJECT} are {_ABOUT} long",
        rf"{_SUBJECT} measure between {_ABOUT} in length",
        rf"the lengths of {_SUBJECT} range from {_ABOUT}",
    ),
}
_LONGEST = (rf"the longest (?:of )?(?P<noun>Z\d+|D\d+) (?:measures|has a length of|is) {_ABOUT}(?: in length| long)?",)
_LARGEST = (rf"the largest (?:of )?(?P<noun>Z\d+|D\d+) {_BE}(?: located| situated)? (?P<place>P\d+)",)
_TURNS = (
    rf"{_SUBJECT} (?:is|are|are all) oriented {_TURN}ly(?: in the I)?",
    rf"{_SUBJECT} (?:lies|lie) {_TURN}ly(?: in the I)?",
    rf"{_SUBJECT} 's (?:orientation in the I|long axis) is {_TURN}",
    rf"the long axes of {_SUBJECT} are all {_TURN}",
)
_INCLUDES = (r"(?P<who>D\d+) include (?P<list>L\d+)",)


def _length(which: str) -> Make:
    def make(known: Known, match: re.Match[str], chunks: Chunks) -> list[Statement]:
        metres = chunks.get(match["metres"])
        if len(metres) != (2 if which == "range" else 1):
            return [Ungrammatical("a length and a range of lengths are mixed up")]
        return [Long(known, metres, which)]

    return _of(make)


def _arranged(how: str) -> Make:
    return _of(lambda known, *_: [Arranged(known, how)])


def _longest(match: re.Match[str], chunks: Chunks, _: Known | None) -> list[Statement]:
    place = match.groupdict().get("place")
    return [Long(_superlative(match, chunks), chunks.get(match["metres"]), "longest", chunks.get(place) if place else None)]


_FRAMES: tuple[tuple[re.Pattern[str], Make], ...] = (
    *(_frame(p, _absent) for p in _ABSENCES),
    *(_frame(p, _of(lambda k, m, c: [Shared(k, c.get(m["share"]), len(c.get(m["share"]).parts) > 1)])) for p in _WHOLES),
    *(_frame(p, _of(lambda k, m, c: [Shared(k, c.get(m["share"]), whole=False)])) for p in _PARTS),
    _frame(
        r"(?P<who>D\d+|they) are(?: located)? (?P<places>P\d+(?: , P\d+)* and P\d+)",
        _of(lambda k, m, c: [Spread(k, tuple(c.all(m["places"], "P")))]),
    ),
    _frame(r"most of (?P<who>D\d+) are(?: located)? (?P<place>P\d+)", _of(lambda k, m, c: [Mostly(k, c.get(m["place"]))])),
    *(_frame(p, _of(lambda k, m, c: [Placed(k, c.get(m["place"]))])) for p in _PLACES),
    *(_frame(p, _arranged(how)) for how, p in _ARRANGEMENTS.items()),
    *(_frame(p, _length(which)) for which, patterns in _LENGTHS.items() for p in patterns),
    *(_frame(p, _longest) for p in _LONGEST),
    *(_frame(p, lambda m, c, _: [Largest(_superlative(m, c), c.get(m["place"]))]) for p in _LARGEST),
    *(_frame(p, _of(lambda k, m, _: [Oriented(k, m["turn"])])) for p in _TURNS),
    _frame(
        rf"{_SUBJECT} {_BE}(?: located| situated)? {_RELATION} (?P<other>D\d+)",
        _of(lambda k, m, c: [Related(k, m["how"], c.get(m["other"]))]),
    ),
    *(_frame(p, _included) for p in _INCLUDES),
    _frame(
        r"(?:(?P<seen>Z\d+) can be seen|there are (?P<there>Z\d+)) (?P<places>P\d+(?:(?: , P\d+)* and P\d+)?)",
        lambda m, c, _: [Somewhere(c.get(m["seen"] or m["there"])[0], tuple(c.all(m["places"], "P")))],
    ),
)
