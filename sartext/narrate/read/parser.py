"""From the shape of a sentence to what it states: wholly, or not at all.

The reader sees the codes of the tokens only (see `lexicon`), so that all sentences of a shape are read once. A sentence that
the grammar (`clauses`, `phrases`) does not take up from its first code to its last is unread, and so is one with a word that
is not known: what it would say without that word may be something else. Only what SAR cannot show is found in any sentence.
"""

import re
from functools import lru_cache

from sartext.narrate.read.claim_types import kind_of
from sartext.narrate.read.clauses import Clauses
from sartext.narrate.read.land_cover import SHARE, shares_stated
from sartext.narrate.read.meaning import CONTEXT, Property, Reading, Statement
from sartext.narrate.read.readings import TooManyReadings

_LONGEST = 400  # tokens
_UNKNOWN = frozenset("uj!M5")
_DENIED = re.compile("[NtZ][^,;]*$")


_BUT_ONE = re.compile(r";D?n$|^[NAQ][^VvX1;]*;D?n")


@lru_cache(maxsize=16384)
def read(shape: str) -> Reading:
    """What a sentence of this shape states."""
    stated = _stated(shape)
    if stated is None:
        stated = (Statement("unread", span=(0, len(shape))),)
    if "O" in shape:
        stated += tuple(
            Statement("optical", scope="none" if _DENIED.search(shape[:at]) else "", tokens=(at,), span=(at, at + 1))
            for at, code in enumerate(shape)
            if code == "O"
        )
    stated = tuple([one._replace(plain=_is_plain(one)) for one in stated])
    of_rest = any(one.phrase is not None and one.phrase.refers == "rest" for one in stated)
    reading = Reading(stated, tuple([kind_of(one) for one in stated]), of_rest)
    return with_parts(reading) if of_rest else reading


def with_parts(reading: Reading) -> Reading:
    """The reading of a sentence that goes on with the rest: its numbers are of as many as are meant, not of all there are."""
    stated = tuple([one._replace(scope="shared", plain=False) if _is_part(one) else one for one in reading.statements])
    return reading._replace(statements=stated)


def _is_part(one: Statement) -> bool:
    """Whether it says something of a part of which a later phrase has the rest: "one is ..., the other is ..."."""
    return one.phrase is not None and one.phrase.refers in ("class", "of") and one.phrase.amount == "number" and not one.scope


def _is_plain(one: Statement) -> bool:
    phrase = one.phrase
    if phrase is not None and one.form == "said" and phrase.amount == "these" and not one.said:
        again = not phrase.refers and phrase.noun != CONTEXT and phrase.number < 0 and phrase.whole < 0
        return again and not (phrase.narrowed or phrase.loose or one.scope or one.near)
    if phrase is not None and one.form == "said" and phrase.amount in ("these", "most") and not phrase.refers:
        of_all = phrase.noun != CONTEXT and phrase.number < 0 and phrase.whole < 0 and len(one.said) == 1
        return of_all and _is_place(one.said[0]) and not (phrase.narrowed or phrase.loose or one.scope or one.near)
    if phrase is not None and one.form == "said" and phrase.amount == "the" and not phrase.refers and phrase.noun != CONTEXT:
        placed = len(one.said) == 1 and one.said[0].form == "p" and not one.said[0].negated
        return placed and not (phrase.narrowed or phrase.loose or one.scope or one.near or phrase.extreme >= 0)
    if phrase is None or one.form != "count" or one.scope not in ("", "part") or one.near or phrase.loose:
        return False
    if (
        phrase.refers != ("class" if phrase.noun == CONTEXT else "")
        or phrase.whole >= 0
        or phrase.amount not in ("some", "plural", "number", "none")
    ):
        return False
    said = (*phrase.narrowed, *one.said)
    return len(said) <= 1 and all(_is_place(each) for each in said)


def _is_place(one: Property) -> bool:
    """Whether it is to be in a place, or in one of several."""
    return not one.negated and (one.form == "p" or (one.form == "any" and len(one.tokens) > 1))


def _stated(shape: str) -> tuple[Statement, ...] | None:
    if not shape or len(shape) > _LONGEST or not _UNKNOWN.isdisjoint(shape):
        return None
    if _BUT_ONE.search(shape):
        return None  # "all ships but one", "no ship is horizontal but two": an exception is no statement of its own
    if SHARE in shape and (shares := shares_stated(shape)) is not None:
        return tuple(shares)
    try:
        found = next(iter(Clauses(shape).sentence(0)), None)
    except TooManyReadings:
        return None
    return None if found is None or any(_misled(one) for one in found[0]) else found[0]


def _misled(one: Statement) -> bool:
    """Whether a list has swallowed a statement: "one in the center, and the rest are on the left" says nothing of the one."""
    phrase = one.phrase
    if phrase is None or one.lists < 0 or phrase.noun != CONTEXT or phrase.refers != "class":
        return False
    return any(each.form == "p" for each in phrase.narrowed) and any(each.form == "p" for each in one.said)
