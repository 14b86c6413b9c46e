"""From a mention that has been read to the statements about it."""

from dataclasses import replace

from sartext.narrate.read.ast import Mention, Statement
from sartext.narrate.read.noun_phrase import Draft, Property


def statements_of(draft: Draft) -> list[Statement]:
    """All that its sentence states of a mention."""
    if draft.vague:
        return []
    span = (draft.first, draft.last)
    arranged = [one for one in (*draft.filters, *draft.said) if one.form == "g"]
    extremes = [one for one in draft.filters if one.form == "s"]
    if arranged or extremes or draft.shared:
        draft = replace(
            draft,
            filters=[one for one in draft.filters if one not in arranged and one not in extremes],
            said=[one for one in draft.said if one not in arranged],
            shared=[one for one in draft.shared if one.form != "g"],
        )
    statements = [
        Statement("arranged", draft.mention(*draft.said), None, "not" if one.negated else "", one.tokens, span)
        for one in arranged
    ]
    statements += [
        Statement("count", _whole(draft, number), None, "", (), span) for number in (draft.total, draft.ordinal) if number >= 0
    ]
    if extremes:
        return statements + _extreme(draft, extremes[0], span)
    if draft.amount == "same" or draft.scope in ("most", "none"):
        return statements + _shares(draft, draft.scope or "all", span)
    if draft.anaphor and draft.number >= 0 and not (draft.filters or draft.said or arranged):
        return statements  # "three" alone counts nothing
    if draft.definite:
        again = "again" if draft.amount in ("some", "plural") and not draft.filters else ""
        counted = [Statement("count", draft.mention(), None, again, (), span)] if _counts(draft) else []
        return statements + counted + _shares(draft, draft.scope or ("all" if draft.plural else "some"), span)
    return [*statements, _count(draft, span)]


def _whole(draft: Draft, number: int) -> Mention:
    """The mention of "the three ships" in "two of the three ships", and of three at least in "the third ship"."""
    return replace(draft, filters=[], number=number, amount="number").mention()


def _counts(draft: Draft) -> bool:
    """Whether a definite mention states a number, be it that there is one: "all" and "both" alone may only refer back."""
    return not draft.anaphor or draft.amount in ("both", "number", "rest")


def _extreme(draft: Draft, which: Property, span: tuple[int, int]) -> list[Statement]:
    """ "The largest ship is ...": what stands before the verb is said of it as well."""
    mention = replace(draft, filters=[], amount="some").mention()
    said = [one.filter() for one in (*draft.filters, *draft.said)]
    exists = [Statement("count", mention, None, "", (), span)]
    return exists + [Statement("extreme", mention, one, "", which.tokens, span) for one in said]


def _shares(draft: Draft, scope: str, span: tuple[int, int]) -> list[Statement]:
    """What is said of all, most, none or some of the objects of a definite mention."""
    if scope == "some":
        return [Statement("count", draft.mention(one, amount="some"), None, "", (), span) for one in draft.said]
    if scope == "none" and not draft.said:
        return [Statement("count", draft.mention(amount="none"), None, "", (), span)]
    return [Statement("share", draft.mention(), one.filter(), scope, (), span) for one in draft.said]


def _count(draft: Draft, span: tuple[int, int]) -> Statement:
    """How many objects there are with all that is said of an indefinite mention."""
    if draft.filters and draft.bare and draft.amount == "plural" and draft.plural and any(one.negated for one in draft.filters):
        filters = [replace(one, negated=False) for one in draft.filters]
        draft = replace(draft, amount="none", filters=filters)  # "ships are not in the center"
    if draft.amount == "least" and (draft.filters or draft.said):
        draft = replace(draft, amount="number")
    near = Statement("count", draft.mention(*draft.said), None, "", (), span)
    if not draft.shared or draft.amount == "none":
        return near
    return Statement("count", draft.mention(*draft.said, *draft.shared), None, "", (), span, near)
