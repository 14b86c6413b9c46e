"""From the shape of a sentence to what it states: which number, place and property belongs to which noun.

The reader sees the codes of the tokens only (see `lexicon`). How it binds:
- A noun phrase is a mention. Mentions joined by commas, "and", "or" are one group.
- A place, length, orientation or relation right after a mention belongs to it ("two ships and a bridge in the center": to the
  bridge, and perhaps to the ships); after a verb to the whole group; before the first mention of a clause to the first group.
- Places joined by commas or "and" are one place, each part of which must hold an object.
- A number without a noun ("two in the center") counts the class last named; "it" and "they" are the objects last named.
- After the verb of a definite mention ("all ships are ...", "they are ...") a property is said of all its objects; one that
  stands before the verb narrows the mention down.
- "No" reaches over a list ("no ships, aircraft or bridges").
"""

import re
from functools import lru_cache

from sartext.narrate.read.ambiguous import both_kinds, is_ambiguous
from sartext.narrate.read.ast import CONTEXT, UNREAD, Mention, Reading, Statement
from sartext.narrate.read.claim_types import extent_of, kind_of
from sartext.narrate.read.clauses import statements_of
from sartext.narrate.read.land_cover import SHARE, shares_stated
from sartext.narrate.read.noun_phrase import BARE, NOUN, Draft, Property, noun_phrase

_CHUNK = re.compile(
    rf"(?P<noun>{NOUN})(?P<qualifies>j?)|(?P<bare>{BARE})|(?P<inward>qh)|(?P<pronoun>h)|(?P<other>.)", re.DOTALL
)
_COMPARISON = re.compile(
    r"(?P<op>[+\-=2])[fDm]*(?P<a>[kKbG])[^kKbG,;]*T[^kKbG,;]*(?P<b>[kKbG])|D?(?P<c>[kKb])(?P<more>>)D?(?P<d>[kKb])"
)
_PART = re.compile("f[Dd]*[kKb]")  # "of the harbor", after a place
_AFTER_VERB = re.compile("[vV]t*$")  # before the nominal of "the ships in the center are tankers"
_SILENT = frozenset("DdfIm_Ouxj!G")  # codes that say nothing to a pass over the shape
_PLACES = "pc"
_PROPERTIES = "pclgyLS"


@lru_cache(maxsize=16384)
def read(shape: str) -> Reading:
    """What a sentence of this shape states."""
    return _read(shape.replace("rDp", "qDp"))  # "near the center" and "in the center" are read alike


@lru_cache(maxsize=16384)
def _read(shape: str) -> Reading:
    if SHARE in shape:
        stated = shares_stated(shape)
        if stated is None:
            return Reading((Statement("unread", None, None, "", (), (0, len(shape))),), (UNREAD,), None, True)
        stated = [Statement(*one[:5], extent_of(one), one.nearest, False) for one in stated]
        return Reading(tuple(stated), tuple([kind_of(one) for one in stated]), None, True)
    shape = both_kinds(shape)
    if is_ambiguous(shape):
        return Reading((Statement("unread", None, None, "", (), (0, len(shape))),), (UNREAD,), None, True)
    comparison = _COMPARISON.search(shape)
    statements: list[Statement] = []
    text = shape
    if comparison is not None:
        op, a, b = ("op", "a", "b") if comparison["op"] else ("more", "c", "d")
        tokens = (comparison.start(op), comparison.start(a), comparison.start(b))
        statements.append(Statement("compare", None, None, shape[tokens[0]], tokens, comparison.span()))
        text = shape[: comparison.start()] + ";" * len(comparison[0]) + shape[comparison.end() :]
    reader = _Reader(text)
    reader.run()
    if reader.open or "!" in shape[:-1]:  # "either ... or", "might": not even what is said for sure is stated
        return Reading((Statement("unread", None, None, "", (), (0, len(shape))),), (UNREAD,), None, True)
    for draft in reader.drafts:
        found = statements_of(draft)
        reader.lost = reader.lost or not (found or draft.amount == "same" or draft.target)
        statements += found
    statements += reader.containers
    if "O" in shape or "x" in shape:
        statements += _of_looks(shape)
    silent = not statements and "I" in shape and not any(code in _PROPERTIES for code in shape)
    if reader.lost or "u" in shape or "j" in shape or not (statements or silent):
        statements.append(Statement("unread", None, None, "", (), (0, len(shape))))
    statements = [Statement(*one[:5], extent_of(one), one.nearest, _is_plain(one)) for one in statements]
    kinds = tuple([kind_of(statement) for statement in statements])
    return Reading(tuple(statements), kinds, reader.antecedent(), any(not draft.anaphor for draft in reader.drafts))


def _is_plain(one: Statement) -> bool:
    mention = one.mention
    if mention is None or one.form != "count" or one.scope or one.nearest is not None:
        return False
    if mention.noun == CONTEXT or mention.amount != "number" or mention.number < 0 or len(mention.filters) > 1:
        return False
    return all(filter_.form == "p" and not filter_.negated for filter_ in mention.filters)


def _of_looks(shape: str) -> list[Statement]:
    """What is said of colours, brightness and sizes."""
    statements = []
    for at, code in enumerate(shape):
        if code == "O":
            scope = "none" if re.search("[Nt][^,;vVX1]*$", shape[:at]) else ""
            statements.append(Statement("optical", None, None, scope, (at,), (at, at + 1)))
        elif code == "x":
            statements.append(Statement("vague", None, None, "", (at,), (at, at + 1)))
    return statements


class _Reader:
    """One pass over a shape, from left to right."""

    def __init__(self, shape: str) -> None:
        self.shape = shape
        self.chunks = list(_CHUNK.finditer(shape))
        self.drafts: list[Draft] = []
        self.containers: list[Statement] = []
        self.group: list[Draft] = []  # the mentions that a verb would be said of
        self.last: Draft | None = None
        self.subject: Draft | None = None  # of the relation whose target is the last mention
        self.verb = ""  # the verb since the last mention
        self.placed = False  # whether a property came since the last mention
        self.gap = ""  # what joins or parts the last mention or property and what comes
        self.joint = ""  # what joined or parted the last mention and what came before it
        self.negation = False
        self.front: list[Property] = []  # said before the first mention of a clause
        self.fronted: list[Property] = []  # those of the group
        self.relation: int | None = None  # the token of a relation that waits for its target
        self.union: list[Property] = []  # the place that a further place can join
        self.lost = False  # whether something could not be bound
        self.open = False  # whether one of two things is said

    def run(self) -> None:
        """Reads all of the shape."""
        for number, chunk in enumerate(self.chunks):
            kind = chunk.lastgroup
            if kind == "other":
                code = chunk[0]
                if code not in _SILENT:
                    self._token(number, code, chunk.start())
            elif kind == "qualifies":  # the end of a noun
                self._noun(chunk.start("noun"), chunk.end("noun"), bool(chunk["qualifies"]))
            elif kind == "bare":
                self._bare(chunk.start(), chunk[0])
            elif kind == "pronoun":
                self._mention(self._pronoun(chunk.start()))
        self._end_clause()
        self.lost = self.lost or self.relation is not None

    def antecedent(self) -> Mention | None:
        """What "it" or "two" in the next sentence can only mean."""
        heads = [draft for draft in self.drafts if not draft.target and draft.amount not in ("none", "no other")]
        if not heads or len({draft.noun for draft in heads if not draft.anaphor}) > 1:
            return None
        return None if heads[0].picks() else heads[0].mention(*[one for one in heads[0].said if one.form != "g"])

    def _noun(self, start: int, end: int, qualifies: bool) -> None:
        body = self.shape[start : end - 1]
        only = "J" in body and "n" not in body and self.shape[end - 1] != "k"
        if qualifies or only or ("e" in body and not any(code in body for code in "DNn")):
            self.lost = True  # "ship wakes", "only ships", "other ships"
            return
        draft = noun_phrase(self.shape, start, end)
        if "u" in body and "f" in body[body.index("u") :] and "n" not in body:
            draft.vague, self.lost = True, True  # "a third of the ships" in other words
        self._mention(draft)

    def _bare(self, start: int, codes: str) -> None:
        """A number or a word like "all" without a noun: of the last mention, or a mention of its own."""
        if codes in ("A", "B") and self.shape[:start].endswith("q"):
            self.lost = True  # "in each corner", "on both sides"
            return
        if codes in ("A", "B") and self.last is not None and not self.gap:
            self.last.scope, self.last.definite = "all", True
            return
        if self.gap == ":" and codes == "n" and self.last is not None and self.last.bare and not self.placed and not self.verb:
            self.last.amount, self.last.number, self.last.last = "number", start, start + 1  # "ships: 3"
            return
        if self.shape[:start].endswith("u"):
            self.lost = True  # "Sentinel-1"
            return
        draft = noun_phrase(self.shape, start, start + len(codes))
        if codes[0] in "ABYZ" and "n" not in codes:
            draft.anaphor, draft.definite, draft.plural, draft.refers = "same", True, True, True
        else:
            draft.anaphor = "class"
        self._take_over(draft)
        self._mention(draft)

    def _pronoun(self, at: int) -> Draft:
        draft = Draft(CONTEXT, at, at + 1, amount="same", definite=True, plural=True, refers=True, anaphor="same")
        self._take_over(draft)
        return draft

    def _take_over(self, draft: Draft) -> None:
        """What a mention without a noun gets from the mention before it in the sentence."""
        before = [one for one in self.drafts if not one.target] or self.drafts
        if not before:
            return
        draft.noun = before[-1].noun
        draft.annotated = draft.annotated or before[-1].annotated
        if draft.anaphor == "same" and before[-1].noun != CONTEXT:
            self.lost = self.lost or before[-1].picks()
            draft.filters = [one for one in (*before[-1].filters, *before[-1].said) if one.form not in "gs"]
            draft.plural = before[-1].plural
            draft.anaphor = "here"
        elif draft.noun != CONTEXT:
            draft.anaphor = "here"

    def _joins(self) -> bool:
        """Whether what comes is one more member of the group."""
        joined = self.gap != "" and set(self.gap) <= set(",&/W") and not self.verb and not self.placed
        return joined and self.last is not None and not self.last.target

    def _mention(self, draft: Draft) -> None:
        joined = self._joins() and not draft.anaphor and not self.front
        if self._nominal(draft):
            return
        if joined and draft.bare and self.group[-1].amount == "none" and not self.front:
            draft.amount = "none"
        if self.negation and self.relation is None:
            self._negate(draft)
        self.open = self.open or ("/" in self.gap and draft.amount != "none")
        if self.relation is not None:
            self._relate(draft)
        else:
            alone = self.last is not None and not joined and not self.verb and self.gap == ""
            after_target = self.last is not None and self.last.target and "&" in self.gap and not self.verb and draft.definite
            self.lost = self.lost or alone or after_target
            if "W" in self.gap and self.last is not None and not draft.anaphor and not self.last.anaphor:
                self._contain(self.last, draft)
            self.fronted = self.fronted if joined else self.front
            self.group = [*self.group, draft] if joined else [draft]
            (draft.said if draft.refers else draft.filters).extend(self.fronted)
            self.front = []
        self.drafts.append(draft)
        self.last, self.verb, self.gap, self.joint, self.placed, self.union = draft, "", "", self.gap, False, []

    def _nominal(self, draft: Draft) -> bool:
        """Whether the mention is what a definite one is said to be ("the ships are tankers"); then it is a property."""
        last = self.last
        if last is None or last.target or self.gap or self.verb not in ("v", "V") or self.relation is not None:
            return False
        if self.placed and not _AFTER_VERB.search(self.shape[: draft.first]):
            return False
        if not (last.definite or last.amount == "least" or last.anaphor) or self.shape[last.first - 1 : last.first] == "a":
            return False
        if draft.definite or draft.number >= 0 or draft.anaphor or draft.amount not in ("some", "plural"):
            return False
        self.lost = self.lost or draft.picks()  # "they are largest ships": which, is not said
        for one in self.group:
            one.said += [Property("class", (draft.noun,), self.negation), *[more for more in draft.filters if more.form != "s"]]
        self.negation, self.placed = False, True
        return True

    def _negate(self, draft: Draft) -> None:
        if self.shape[draft.first : draft.last].startswith("Q"):
            pass  # "not any"
        elif draft.number >= 0:
            draft.amount = "not number"
        elif draft.amount in ("some", "plural") and not draft.definite:
            draft.amount = "none"
        else:
            self.lost = True
        self.negation = False

    def _contain(self, outer: Draft, inner: Draft) -> None:
        """ "A harbor with two ships": perhaps the ships are in the harbor."""
        if inner.amount not in ("none", "no other") and outer.amount not in ("none", "no other"):
            relation = Property("relation", (-1,), False, outer).filter()
            self.containers.append(Statement("with", inner.mention(), relation, "", (), (outer.first, inner.last)))

    def _relate(self, draft: Draft) -> None:
        """Makes the mention the target of the waiting relation."""
        relation = Property("relation", (self.relation or 0,), self.negation, draft)
        draft.target = True
        if self.last is None or (self.gap and not self.verb):
            self.front.append(relation)
            self.subject, self.group = None, []
        else:
            self.subject = self.subject if self.last.target and self.subject else self.last
            self._attach(relation, self.subject)
        self.relation, self.negation = None, False

    def _attach(self, one: Property, last: Draft) -> None:
        """Gives a property to the last mention, or after a verb to its group."""
        place = one.form in _PLACES
        if self.fronted and place and not (self.group and last is self.group[0]):
            last.filters = [kept for kept in last.filters if kept not in self.fronted]
            self.group, self.fronted = [last], []
        if self.verb or last.said or last.refers:
            for member in self.group if last in self.group else [last]:
                (member.said if member.definite else member.filters).append(one)
            return
        last.filters.append(one)
        if "&" in self.joint:
            for member in self.group:
                if member is not last and not member.filters:
                    member.shared.append(one)

    def _token(self, number: int, code: str, at: int) -> None:
        if code in _PROPERTIES:
            self._property(number, code, at)
        elif code in "qr":
            self._wait(number, code, at)
        elif code in "vVX1i":
            self._verb(code)
        elif code == "t":
            self.negation = True
        elif code == "z":
            self._absent()
        elif code in ",&/:Wa":
            self.gap += code
        elif code == ";":
            self._end_clause()
        elif code in "NnABZYJesET+-=2>":
            self.lost = True

    def _verb(self, code: str) -> None:
        if code == "i" and self.negation:
            self._absent()
        if self.last is not None and self.last.target and self.subject is not None:
            self.last = self.subject
        self.verb, self.union = self.verb or code, []
        if code in "vV" and self.verb == "i":
            self.verb = code

    def _absent(self) -> None:
        """ "... are absent", "... are not visible"."""
        for draft in self.group:
            draft.amount, draft.scope, draft.definite, draft.number = "none", "", False, -1
        self.lost = self.lost or not self.group
        self.negation = False

    def _end_clause(self) -> None:
        if self.negation and self.verb:
            self._absent()
        self.lost = self.lost or bool(self.front) or self.negation
        self.group, self.front, self.fronted, self.union = [], [], [], []
        self.verb, self.negation, self.gap, self.placed = "", False, ";", False

    def _wait(self, number: int, code: str, at: int) -> None:
        """A relation waits for its target; without one, "near" before a place says nothing, and "in" neither."""
        after = self.chunks[number + 1 :]
        named = bool(after) and (after[0]["noun"] is not None or (code == "r" and after[0]["bare"] is not None))
        if named:
            self.relation = at
        elif code == "r" and not (after and "".join(chunk[0] for chunk in after).lstrip("Dd")[:1] in ("p", "c")):
            self.lost = True

    def _property(self, number: int, code: str, at: int) -> None:
        if code in _PLACES and self.union and self.gap and set(self.gap) <= set(",&/") and not self._comes_first(number):
            for one in self.union:
                one.form, one.tokens = "any", (*one.tokens, at)
            self.open = self.open or "/" in self.gap
            self.gap = ""
            return
        before = self.shape[:at]
        if before.rstrip("D").endswith("_") or (code == "c" and before.endswith("u")):
            self.lost = True  # "toward the upper left" is no place, and "sailing north" neither
            return
        if _PART.match(self.shape, at + 1):
            self.lost = True  # "the middle of the harbor" is no place of the image
            return
        one = Property(code, (at,), self.negation)
        if self.last is None or (self.gap and self._comes_first(number)) or (not self.group and not self.last.target):
            self.front = [*self.front, one]
        else:
            self._attach(one, self.last)
            self.placed, self.negation, self.gap = True, False, ""
        self.union = [one] if code in _PLACES else []

    def _comes_first(self, number: int) -> bool:
        """Whether a mention without a place of its own follows the property in its clause: the property is said of it."""
        rest = self.chunks[number + 1 :]
        seen = comma = False
        for chunk in rest:
            code = chunk["other"] or ""
            if chunk["noun"] is not None or chunk["bare"] is not None:
                seen = True
            elif seen:
                return not (comma and code and code in _PLACES)
            elif code == ",":
                comma = True
            elif code not in ("D", "d", "I", "f", "v", "V", "X", "1", "i"):
                return False
        return seen
