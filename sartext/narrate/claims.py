"""From a text to what it claims, without looking at any tile."""

from functools import lru_cache
from typing import NamedTuple

from sartext.narrate.lexicon import Place
from sartext.narrate.reader import read
from sartext.narrate.reading import Filter, Mention, Reading, Statement
from sartext.narrate.tokens import Length, Sentence, sentences, tokenize
from sartext.tile import Claim

UNREAD = "sentence"  # the kind of what was not understood


class Said(NamedTuple):
    """One sentence, what it states, and for each statement its kind and its words."""

    sentence: Sentence
    reading: Reading
    kinds: tuple[str, ...]
    texts: tuple[str, ...]


def said_in(text: str) -> list[Said]:
    """What the sentences of a text state, in their order."""
    return [_said(sentence) for sentence in sentences(text)]


@lru_cache(maxsize=16384)
def _said(text: str) -> Said:
    sentence = tokenize(text)
    reading = read(sentence.shape)
    return Said(
        sentence,
        reading,
        tuple([_kind(statement, sentence) for statement in reading.statements]),
        tuple([_text(statement, sentence) for statement in reading.statements]),
    )


def coverage(claims: tuple[Claim, ...]) -> tuple[int, int]:
    """How many of the claims were understood, and how many there are."""
    return sum(claim.kind != UNREAD for claim in claims), len(claims)


def _kind(statement: Statement, sentence: Sentence) -> str:
    """The kind of claim: class, count, position, relation, size, absence, optical, orientation, arrangement, sentence."""
    form, mention = statement.form, statement.mention
    if form in ("unread", "optical"):
        return UNREAD if form == "unread" else "optical"
    if form == "vague":
        return str(sentence.tokens[statement.tokens[0]].value)
    if form == "compare" or form == "with":
        return "relation"
    if form == "arranged":
        return "arrangement"
    if statement.predicate is not None:
        return _property(statement.predicate, sentence)
    if mention is None or mention.amount in ("none", "no other"):
        return "absence"
    if mention.filters:
        return _property(mention.filters[-1], sentence)
    return "class" if mention.amount in ("some", "plural") else "count"


def _property(one: Filter, sentence: Sentence) -> str:
    if one.form != "token":
        return {"any": "position", "class": "class", "relation": "relation"}[one.form]
    token = sentence.tokens[one.tokens[0]]
    if isinstance(token.value, Place) or token.code == "S":
        return "position"
    return "size" if isinstance(token.value, Length) or token.code == "y" else "orientation"


def _text(statement: Statement, sentence: Sentence) -> str:
    """The words of a statement, from its first token to its last."""
    if statement.form == "unread":
        return sentence.text
    marks = [statement.span[0], statement.span[1] - 1, *statement.tokens]
    if statement.mention is not None:
        marks += _marks(statement.mention)
    if statement.predicate is not None:
        marks += [index for index in statement.predicate.tokens if index >= 0]
        marks += _marks(statement.predicate.target) if statement.predicate.target else []
    tokens = [sentence.tokens[index] for index in marks if index >= 0]
    words = sentence.words[min(token.start for token in tokens) : max(token.end for token in tokens)]
    return " ".join(words).replace(" ,", ",").replace(" :", ":")


def _marks(mention: Mention) -> list[int]:
    marks = [mention.noun, mention.number]
    for one in mention.filters:
        marks += [*one.tokens, *(_marks(one.target) if one.target else [])]
    return marks
