"""Whether a sentence that a model wrote says what the statements that it cites say, and nothing that a twin cannot tell.

It has to be read wholly, to name lasting classes alone, and to state no more than that they are there and where: each class
is one of the cited facts or above one, and its place is that of the fact or holds it. Numbers and plurals of things, colours,
sizes, relations, absences and all else that the reader knows are refused by what they are.
"""

from collections.abc import Sequence

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.place import Place
from sartext.narrate.read.claims import SaidSentence, said_in
from sartext.narrate.read.meaning import UNREAD
from sartext.narrate.read.tokenizer import tokenize
from sartext.narrate.write.twin.evidence import Evidence
from sartext.narrate.write.twin.lasting import is_thing, parents_of
from sartext.narrate.write.twin.understand import LastingFact, gives_orders, lasting_class, lasting_in

_STATED = frozenset(("class", "position"))
_NAMING = frozenset("kKbGu")


def refusal_of(text: str, cited: Sequence[Evidence]) -> str | None:
    """Why the sentence may not stand; None where it may."""
    facts = {fact for one in cited for fact in one.facts}
    if not facts:
        return "it cites nothing that lasts"
    if not text or gives_orders(text):
        return "it is no description"
    for said in said_in(text):
        if (why := _wrong_in(said)) is not None:
            return why
    stated = [fact for _, found in lasting_in(text) for fact in found]
    if not stated:
        return "it names nothing that lasts"
    return next((f"{_words(one)} is in nothing that it cites" for one in stated if not _borne_out(one, facts)), None)


def _wrong_in(said: SaidSentence) -> str | None:
    """What in a sentence is beyond what a twin can tell."""
    shape, values, words = tokenize(said.text)
    for code, value, word in zip(shape, values, words, strict=True):
        if code == "O":
            return f"it says {word!r}, which radar does not show"
        if code in "n#":
            return f"it says a number, {word!r}"
        if code in _NAMING and lasting_class(value, word) is None:
            return f"it names {word!r}, which is no class that lasts"
    if UNREAD in said.kinds:
        return "it is not understood"
    for statement, kind in zip(said.reading.statements, said.kinds, strict=True):
        if kind not in _STATED:
            return f"it says something of {kind}"
        phrase = statement.phrase
        if statement.scope or phrase is None or phrase.amount not in ("some", "plural", "the", "these", "either"):
            return "it says more than that something is there"
        if phrase.amount == "plural" and phrase.noun >= 0 and _is_thing(values[phrase.noun], words[phrase.noun]):
            return f"it says that there are several, {words[phrase.noun]!r}"
        if any(one.negated or one.form not in ("p", "any") for one in (*phrase.narrowed, *statement.said)):
            return "it says more than where something is"
    return None


def _is_thing(value: object, words: str) -> bool:
    name = lasting_class(value, words)
    return name is not None and is_thing(name) and name != "road"  # "roads" are a land cover too


def _borne_out(stated: LastingFact, facts: set[LastingFact]) -> bool:
    return any(
        stated.name in parents_of(fact.name)
        and (stated.place is None or (fact.place is not None and place_holds(stated.place, fact.place)))
        for fact in facts
    )


def place_holds(wide: Place, narrow: Place) -> bool:
    """Whether what lies in the one place lies in the other."""
    if wide == narrow:
        return True
    if wide.extent == "cell" or narrow.extent == "half":
        return False
    return all(outer in (7, inner) for outer, inner in zip(wide[:2], narrow[:2], strict=True))


def _words(fact: LastingFact) -> str:
    kind = taxonomy.KINDS.get(fact.name)
    name = fact.name if kind is None else kind.singular
    return f"'{name}'" if fact.place is None else f"'{name}' in that place"
