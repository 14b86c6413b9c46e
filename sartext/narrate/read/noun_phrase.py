"""Noun phrases of a sentence's shape: number, scope and the properties before the noun."""

import re
from dataclasses import dataclass, field

from sartext.narrate.read.ast import CONTEXT, Filter, Mention

NOUN = "[ABZYJNQDdeEnmslyxOuLf]*[kKbG]"
BARE = "(?:[DABZYJNme]*n[eEm]*|D?[eE]|[ABZY])(?:f?D?h)?(?![uxOjIwkKbG+eE])"
_UNDECIDED = re.compile("[vV]?u")
_NEXT_VERB = re.compile("[vV1X]")
_ARTICLES = frozenset("dDnNQABZYE")  # and numbers: what a bare noun lacks
_NARROWING = frozenset("slyL")  # properties before the noun


@dataclass
class Draft:
    """A mention while its sentence is being read. `filters` narrow it down; `said` came after its verb."""

    noun: int
    first: int
    last: int
    amount: str = "some"
    number: int = -1
    total: int = -1  # the number in "two of the three ships"
    ordinal: int = -1  # the "third" in "the third ship"
    scope: str = ""
    definite: bool = False
    plural: bool = False
    bare: bool = False  # without article and number
    annotated: bool = False
    anaphor: str = ""
    target: bool = False  # of a relation
    refers: bool = False  # "they", "all of them": every property is said of them, none narrows them down
    vague: bool = False  # part of the objects, not known which
    filters: list["Property"] = field(default_factory=list)
    said: list["Property"] = field(default_factory=list)
    shared: list["Property"] = field(default_factory=list)  # said of a later mention of the group, and perhaps of this one

    def picks(self) -> bool:
        """Whether it is the largest of several, so that "it" means that one alone."""
        return any(one.form == "s" for one in self.filters)

    def mention(self, *more: "Property", amount: str = "", number: int | None = None) -> Mention:
        """The mention as it stands, narrowed down by more properties."""
        return Mention(
            self.noun,
            amount or self.amount,
            self.number if number is None else number,
            tuple([one.filter() for one in (*self.filters, *more) if one.form not in "gs"]),
            self.annotated,
            self.anaphor,
        )


@dataclass
class Property:
    """A filter while its sentence is being read: the target of a relation may still be narrowed down."""

    form: str
    tokens: tuple[int, ...]
    negated: bool = False
    target: Draft | None = None

    def filter(self) -> Filter:
        return Filter(self.form, self.tokens, self.negated, self.target.mention() if self.target else None)


def noun_phrase(shape: str, start: int, end: int) -> Draft:
    """The noun phrase of the codes from `start` to `end`; without a noun it is of the class named before."""
    while shape[start] == "f":
        start += 1
    codes = shape[start:end]
    named = codes[-1] in "kKbG"
    body = codes[:-1] if named else codes
    head, part, tail = body.partition("f")
    draft = Draft(end - 1 if named else CONTEXT, start, end, annotated="m" in body)
    others = "e" in body or "E" in body  # "the other two", "the third": not all of them
    draft.ordinal = start + body.index("E") if "E" in body else -1
    draft.definite = ("D" in (head if part else body) and not others) or "A" in body or "B" in body
    draft.bare = _ARTICLES.isdisjoint(body)
    draft.plural = _plural(shape, codes[-1], body, end)
    if not _NARROWING.isdisjoint(body):
        draft.filters = [Property(c, (start + i,)) for i, c in enumerate(body) if c in _NARROWING]
    draft.scope = "all" if "A" in body or "B" in body else "most" if "Y" in body else "none" if "Z" in body else ""
    draft.amount = _amount(codes[-1], body, draft)
    if "n" in head:
        draft.number = start + head.index("n")
        draft.amount = "least" if (part and not draft.scope) or _qualified(shape, body, draft, end) else "number"
        draft.total = start + len(head) + 1 + tail.index("n") if "n" in tail else -1
    elif "n" in tail:
        draft.number, draft.amount = start + len(head) + 1 + tail.index("n"), "number"
    return draft


def _qualified(shape: str, body: str, draft: Draft, end: int) -> bool:
    """Whether what no label decides tells these objects from others: "two moored ships", "two ships are moored"."""
    return not draft.definite and bool({"u", "x"} & set(body) or _UNDECIDED.match(shape, end))


def _plural(shape: str, noun: str, body: str, end: int) -> bool:
    """Whether more than one object is meant; "aircraft" takes its number from what stands before it, or from the verb."""
    if noun != "b":
        return noun not in "kGE"
    if "d" in body or "E" in body:
        return False
    verb = _NEXT_VERB.search(shape, end)
    return not (verb and verb[0] in "V1")


def _amount(noun: str, body: str, draft: Draft) -> str:
    """The amount of a noun phrase without a number."""
    if "N" in body:
        return "no other" if "e" in body else "none"
    if "Q" in body:  # "not any", "nor are there any"
        return "none"
    if "B" in body:
        return "both"
    if "e" in body and "D" in body:
        return "rest"
    if "J" in body and noun == "k":
        return "only"
    if noun == "b" and draft.definite:  # "the aircraft" may be one
        return "some"
    return "plural" if draft.plural and draft.scope != "none" else "some"
