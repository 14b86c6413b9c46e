"""The kind of claim that a statement is, and the tokens it takes up."""

from sartext.narrate.read.ast import UNREAD, Filter, Mention, Statement

_FORMS = {
    "unread": UNREAD,
    "optical": "optical",
    "compare": "relation",
    "cover": "area",
    "with": "relation",
    "arranged": "arrangement",
}
_PROPERTIES = {
    "any": "position",
    "class": "class",
    "relation": "relation",
    "p": "position",
    "c": "position",
    "S": "position",
    "L": "size",
    "y": "size",
    "l": "orientation",
}


def kind_of(statement: Statement) -> str:
    """The kind of a claim, as `sartext.tile.Claim` names it; "vague" where the word itself decides between two."""
    mention = statement.mention
    if statement.form in _FORMS or mention is None:
        return _FORMS.get(statement.form, statement.form)
    if statement.predicate is not None:
        return _PROPERTIES[statement.predicate.form]
    if mention.amount in ("none", "no other"):
        return "absence"
    if mention.filters:
        return _PROPERTIES[mention.filters[-1].form]
    return "class" if mention.amount in ("some", "plural") else "count"


def extent_of(statement: Statement) -> tuple[int, int]:
    """The first token of the statement, and the one after its last."""
    marks = [*statement.span]
    for index in statement.tokens:
        marks += (index, index + 1)
    if statement.mention is not None:
        marks += _marks(statement.mention)
    if statement.predicate is not None:
        marks += _filter_marks(statement.predicate)
    first = min(marks)
    return (first if first >= 0 else min([index for index in marks if index >= 0])), max(marks)


def _marks(mention: Mention) -> list[int]:
    marks = [] if mention.anaphor or mention.noun < 0 else [mention.noun, mention.noun + 1]
    if mention.number >= 0:
        marks += [mention.number, mention.number + 1]
    for one in mention.filters:
        marks += _filter_marks(one)
    return marks


def _filter_marks(one: Filter) -> list[int]:
    marks = [mark for index in one.tokens if index >= 0 for mark in (index, index + 1)]
    return marks + (_marks(one.target) if one.target is not None else [])
