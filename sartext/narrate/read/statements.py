"""Statements made of phrases and of what is said of them."""

from sartext.narrate.read.meaning import CONTEXT, Phrase, Property, Statement

INTRODUCED = frozenset(("some", "plural", "number", "none", "not number", "only"))
Members = tuple[Phrase, ...]


def respectively(subject: Members, said: tuple[Property, ...]) -> tuple[Statement, ...] | None:
    """Each of the phrases with the place that is named at its turn."""
    if len(said) != 1 or said[0].form != "any" or len(said[0].tokens) != len(subject) or said[0].negated:
        return None
    return tuple(
        stated
        for one, token in zip(subject, said[0].tokens, strict=True)
        for stated in exist((one,), (Property("p", (token,)),), one.span)
    )


def exist(members: Members, said: tuple[Property, ...], span: tuple[int, int], scope: str = "") -> tuple[Statement, ...]:
    """That there is each of the phrases, with the properties."""
    lists = span[0] if len(members) > 1 else -1
    stated = []
    for one in members:
        form = "count" if one.amount in INTRODUCED else "said"
        near = () if one.narrowed or said or one.amount == "none" else places_of(members[-1])
        where = span if len(members) == 1 else one.span
        stated.append(Statement(form, one, said, scope, span=where, lists=lists, near=near))
    return tuple(stated)


def places_of(last: Phrase) -> tuple[Property, ...]:
    """The places of the last of a list, which may be those of all: "two ships and a bridge in the center"."""
    if last.noun == CONTEXT or last.refers:
        return ()  # "four ships: two in the center"
    return last.narrowed if all(one.form in ("p", "c", "any") for one in last.narrowed) else ()


def state(subject: Members, said: tuple[Property, ...], scope: str, span: tuple[int, int]) -> tuple[Statement, ...] | None:
    """What the verb says of each phrase of its subject."""
    if scope == "absent":
        denied = deny(subject)
        return exist(denied, (), span) if denied else None
    if len(subject) > 1 and any(one.form == "g" for one in said):
        return None  # how they lie together is said of all of them as one
    stated: list[Statement] = []
    for one in subject:
        own = said
        if one.refers == "denied":
            one = one._replace(refers="")
            own = tuple([each._replace(negated=not each.negated) for each in said])
        stated += exist((one,), own, one.span if len(subject) > 1 else span, scope)
    lists = span[0] if len(subject) > 1 else -1
    return tuple([one._replace(lists=lists) for one in stated])


def said_before(one: Statement, front: tuple[Property, ...]) -> Statement:
    """The statement with what stands before its clause."""
    return one if one.phrase is None else one._replace(said=(*front, *one.said))


def deny(members: Members) -> Members:
    """The phrases with "not" before them; none where that cannot be read."""
    found = []
    for one in members:
        if one.amount in ("some", "plural"):
            found.append(one._replace(amount="none"))
        elif one.amount == "number":
            found.append(one._replace(amount="not number"))
        elif one.amount in ("the", "these", "either", "any", "none"):
            found.append(one._replace(amount="none"))
        else:
            return ()
    return tuple(found)
