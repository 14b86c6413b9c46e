"""The kind of claim that a statement is."""

from sartext.narrate.read.meaning import UNREAD, Phrase, Property, Statement

_FORMS = {"unread": UNREAD, "optical": "optical", "compare": "relation", "cover": "area"}
_PROPERTIES = {
    "any": "position",
    "class": "class",
    "relation": "relation",
    "p": "position",
    "c": "position",
    "S": "position",
    "beyond": "position",
    "L": "size",
    "y": "size",
    "l": "orientation",
    "g": "arrangement",
}


def kind_of(statement: Statement) -> str:
    """The kind of a claim, as `sartext.tile.Claim` names it; "vague" where the word itself decides between two."""
    phrase = statement.phrase
    if phrase is None:
        return _FORMS[statement.form]
    said: tuple[Property, ...] = (*phrase.narrowed, *statement.said)
    if phrase.loose or any(one.form in "xO" for one in said):
        return "vague"
    if phrase.amount in ("none", "none of"):
        return "absence"
    if any(one.form == "g" for one in said):
        return "arrangement"
    stated = statement.said or phrase.narrowed
    known = [one for one in stated if one.form in _PROPERTIES]
    if known:
        return _PROPERTIES[known[-1].form]
    return "class" if phrase.amount in ("some", "plural", "the") else "count"


def vague_tokens(statement: Statement) -> tuple[int, ...]:
    """The tokens of what no label decides."""
    phrase: Phrase | None = statement.phrase
    if phrase is None:
        return ()
    said = (*phrase.narrowed, *statement.said)
    return (*phrase.loose, *(token for one in said if one.form in "xO" for token in one.tokens))
