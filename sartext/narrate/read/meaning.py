"""What a sentence states, as plain data: noun phrases, properties of objects, and statements about them.

Tokens are referred to by their index in the sentence, so that one reading serves every sentence of the same shape.
"""

from typing import NamedTuple

CONTEXT = -1  # instead of a token's index: the class is that of an earlier phrase
UNREAD = "sentence"  # the kind of what was not understood


class Property(NamedTuple):
    """A property of an object.

    `form` is the code of the token that names it (p a place, c a compass place, l an orientation, L a length, y tiny, S
    spanning), or any (in one of several places, each of which has one), beyond ("above the center"), class (it is a ...),
    relation (to an object of the target), g (an arrangement, of all the objects together), x (what no label decides), O (what
    SAR does not show).
    """

    form: str
    tokens: tuple[int, ...]
    negated: bool = False
    target: "Phrase | None" = None


class Phrase(NamedTuple):
    """A noun phrase.

    `amount` of what is introduced: some (one at least), plural (two at least), number, none, not number, only
    ("only ships"), any ("any ships", under a denial). Of what is referred to: the (one), these (several), either ("the
    aircraft"), sole ("the only ship"), all, both, most, share ("half of the ships"), all but, not all, none of, extreme ("the
    largest ship").
    `refers` is "" where a class is named, they (the objects spoken of), class (others or more of the class spoken of), of
    (among those spoken of), another (one more, or so many others), rest (those not yet spoken of), former, latter, only
    ("only the ship"), denied ("the harbor, not the bridge").
    """

    noun: int
    amount: str
    number: int = -1
    whole: int = -1  # the number of "two of the three ships", or of "the third ship"
    narrowed: tuple[Property, ...] = ()
    annotated: bool = False
    refers: str = ""
    span: tuple[int, int] = (0, 0)
    extreme: int = -1  # the token of "largest"
    loose: tuple[int, ...] = ()  # tokens of adjectives that no label decides


class Statement(NamedTuple):
    """One thing that a sentence states: of a phrase that it has these properties (a phrase alone: that there is such), or of
    no phrase what `form` says: compare, cover, optical (a word for what SAR does not show), record (how the image was made),
    unread. Of a phrase `form` is count where it may be new, said where it is known, box where its four numbers follow.

    `scope` is "", or: denied ("it is not true that"), none and absent (of a denied word or class), all (of every such object),
    also (beside those spoken of), part (of what was named before it), covers (how much of the image), shared (parts of which
    a later phrase has the rest); of the record see `read.record`.

    `lists` is which list of its sentence the phrase is a member of, so that "three ships, two of them ..." and "a ship and
    another" are told apart; `near` where the properties may be of the last member of the list alone.
    """

    form: str
    phrase: Phrase | None = None
    said: tuple[Property, ...] = ()
    scope: str = ""
    tokens: tuple[int, ...] = ()
    span: tuple[int, int] = (0, 0)
    lists: int = -1
    near: tuple[Property, ...] = ()
    pair: tuple[Phrase, ...] = ()  # what is compared
    plain: bool = False  # how many of a class there are, at most in one place: what captions mostly state


class Reading(NamedTuple):
    """What a sentence states."""

    statements: tuple[Statement, ...]
    kinds: tuple[str, ...]  # of claim, one a statement
    of_rest: bool  # whether it says something of the rest of what has been spoken of: "the other", "the remaining three"
