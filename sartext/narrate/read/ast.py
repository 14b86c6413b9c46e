"""What a sentence states, as plain data: mentions, their properties, and statements about them.

Tokens are referred to by their index in the sentence, so that one reading serves every sentence of the same shape.
"""

from typing import NamedTuple

CONTEXT = -1  # instead of a token's index: the class of the mention that the text named before
UNREAD = "sentence"  # the kind of what was not understood


class Filter(NamedTuple):
    """A property of objects.

    `form` is the code of the token that names it (a place, a length ...), or any (one of several places), class (it is a
    ...), relation (to an object of the target; its token is -1 for "with").
    """

    form: str
    tokens: tuple[int, ...]
    negated: bool = False
    target: "Mention | None" = None


class Mention(NamedTuple):
    """A noun phrase: a class, a number, and the properties that narrow it down.

    `amount` is some (one at least), plural (two at least), number, not number, least (that number or more), only (one),
    both, none, rest ("the others"), no other. `anaphor` is "" for a named class, class where it is taken from the mention
    before ("two in the center"), same where the objects are too ("they").
    """

    noun: int
    amount: str
    number: int
    filters: tuple[Filter, ...]
    annotated: bool
    anaphor: str


class Statement(NamedTuple):
    """One thing that a sentence states.

    `form` is count (so many objects have the mention's properties), share (all, most or none of them have the predicate),
    arranged, extreme (the largest of them has the predicate), with, compare, optical, vague, unread. A count with the
    scope "again" ("the ships") states nothing new where the text has named the class before.
    """

    form: str
    mention: Mention | None
    predicate: Filter | None
    scope: str
    tokens: tuple[int, ...]
    span: tuple[int, int]  # its first token, and the one after its last
    nearest: "Statement | None" = None  # of an "A and B in the center": what is stated of A if the place is only B's
    plain: bool = False  # a count by a number of a class that is named, at most in one place: what captions mostly state


class Reading(NamedTuple):
    """What a sentence states, and the mention that "it", "they" or "two" in a next sentence can only mean, if there is one."""

    statements: tuple[Statement, ...]
    kinds: tuple[str, ...]  # of claim, one a statement
    antecedent: Mention | None
    named: bool  # whether it names any class, so that an older antecedent no longer counts
