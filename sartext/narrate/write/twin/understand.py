"""From what people wrote of an optical image to the lasting classes that it names, with what it says of their place.

A sentence that the reader reads wholly yields what its statements say. Of one that it does not, a class counts where nothing in
the sentence denies or doubts anything, the class is no part of another name ("water tower"), and its place where it is the only
thing and the only place of its clause. A text that gives orders is no description, and nothing of it counts.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.place import Place
from sartext.narrate.read.claims import SaidSentence, said_in
from sartext.narrate.read.lexicon import LEXICON, THING, Quantity
from sartext.narrate.read.meaning import UNREAD, Phrase, Property, Statement
from sartext.narrate.read.tokenizer import Sentence, tokenize
from sartext.narrate.write.twin.lasting import BUILT_UP_WHERE_MANY, CLASS_OF, LASTING

_FEW = 2  # of buildings, that are no built-up area
_THERE = frozenset(("some", "plural", "number", "only", "the", "these", "either", "sole", "all", "both", "most"))
_DENIED_SCOPES = frozenset(("none", "absent", "denied"))
_PLACES = frozenset(("cell", "side", "half"))
_ORDERS = re.compile(
    r"\b(?:ignore|ignoring|disregard|forget|instructions?|prompts?|assistant|chatbot|respond|reply|answer|write|output|print|"
    r"repeat|translate|pretend|say|tell|json|you (?:are|must|should|will)|do as|system:|user:|https?)\b",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[<>{}\[\]|\\`#$@]|[^\x00-\x7f–—’‘“”°×]")
_DOUBTS = re.compile(
    r"\b(?:not|no|never|none|nothing|nowhere|without|neither|nor|hardly|barely|lacks?|lacking|absent|absence|missing|free of|"
    r"devoid|gone|removed|except|unlike|instead|rather than|may|might|could|should|would|will|perhaps|maybe|possibly|probably|"
    r"likely|unclear|uncertain|seems?|looks? like|(?:just|is|are) like|resembl\w+|similar to|used to|former|formerly|once|"
    r"planned|future|supposed|imagined?|fake|toy|model|painted|printed|dry|dried|drained|artificial|if|whether|unless|or|\w+n't)\b",
    re.IGNORECASE,
)
_DENYING = frozenset("NtZz¬6Q!8")
_NOUNS = frozenset("kKbGj")
_APART = frozenset(",;:R")
_INVOLVED = frozenset("rWF_hfo")  # a relation, a whole with parts, a direction, a pronoun
_FOLLOWING = frozenset(
    (
        *("between", "under", "over", "through", "across", "around", "round", "past", "towards", "there"),
        *("flows", "flow", "runs", "crosses", "cross", "covers", "surrounds", "surround", "passes", "winds", "joins", "casts"),
        *("separates", "divides", "leads", "lines", "crossed", "meets", "rises", "dominates", "dominate"),
    )
)


class LastingFact(NamedTuple):
    """That a class is in the image, and in which place of it, where that is known."""

    name: str
    place: Place | None = None


def lasting_in(text: str) -> list[tuple[str, tuple[LastingFact, ...]]]:
    """The sentences of a description, each with the lasting facts that it states; none of a text that gives orders."""
    said = said_in(text)
    if gives_orders(text):
        return [(one.text, ()) for one in said]
    return [(one.text, tuple(dict.fromkeys(_of_sentence(one)))) for one in said]


def gives_orders(text: str) -> bool:
    """Whether a text speaks to who reads it."""
    return _ORDERS.search(text) is not None


def _of_sentence(said: SaidSentence) -> Iterator[LastingFact]:
    if _MARKS.search(said.text) or said.text.rstrip("\"' ").endswith("?"):
        return
    if UNREAD not in said.kinds:
        words = tokenize(said.text).words
        for statement in said.reading.statements:
            yield from _stated(statement, said.values, words)
    elif not _DOUBTS.search(said.text):
        yield from _named(tokenize(said.text))


# Sentences that are read


def _stated(statement: Statement, values: Sequence[Any], words: Sequence[str]) -> Iterator[LastingFact]:
    if statement.scope in _DENIED_SCOPES:
        return
    if statement.form == "cover" and values[statement.tokens[0]].low > 0:
        for token in statement.tokens[1:]:
            if (name := lasting_class(values[token], words[token], few=False)) is not None:
                yield LastingFact(name)
    phrase = statement.phrase
    if phrase is None or not _is_there(phrase, values):
        return
    said = (*phrase.narrowed, *statement.said)
    if (name := _of_phrase(phrase, values, words)) is not None:
        yield LastingFact(name, _place(said, values))
    for one in said:
        if one.form == "class" and not one.negated:  # "the ground is bare soil"
            names = [lasting_class(values[token], words[token], few=True) for token in one.tokens]
            yield from [LastingFact(name) for name in names if name is not None]
        if one.target is not None and not one.negated and _is_there(one.target, values):
            near = _of_phrase(one.target, values, words)
            if near is not None:
                yield LastingFact(near, _place(one.target.narrowed, values))


def _is_there(phrase: Phrase, values: Sequence[Any]) -> bool:
    """Whether a phrase says that there is at least one of its class."""
    if phrase.amount not in _THERE or phrase.refers or phrase.noun < 0:
        return False
    number = values[phrase.number] if phrase.number >= 0 else None
    return not isinstance(number, Quantity) or number.low >= 1


def _of_phrase(phrase: Phrase, values: Sequence[Any], words: Sequence[str]) -> str | None:
    number = values[phrase.number] if phrase.number >= 0 else None
    few = phrase.amount in ("some", "the", "sole", "either") or (isinstance(number, Quantity) and number.high <= _FEW)
    return lasting_class(values[phrase.noun], words[phrase.noun], few)


def _place(said: Sequence[Property], values: Sequence[Any]) -> Place | None:
    """The place, where one is all that is said of where it is."""
    where = [one for one in said if one.form in ("p", "c", "any", "beyond", "relation", "S")]
    if len(where) != 1 or where[0].form != "p" or where[0].negated or len(where[0].tokens) != 1:
        return None
    return _known_place(values[where[0].tokens[0]])


def _known_place(value: Any) -> Place | None:
    return value if isinstance(value, Place) and value.extent in _PLACES and not value.compass else None


# Sentences that are not


def _named(sentence: Sentence) -> Iterator[LastingFact]:
    """The classes that a sentence names which holds nothing that denies or doubts."""
    shape, values, words = sentence
    if not _DENYING.isdisjoint(shape):
        return
    start = 0
    for end in [at for at, code in enumerate(shape) if code in _APART] + [len(shape)]:
        found = [name for at in range(start, end) if (name := _token(shape, values, words, at)) is not None]
        things = sum(shape[at] in _NOUNS for at in range(start, end))
        places = [values[at] for at in range(start, end) if shape[at] in "pc"]
        alone = len(found) == things == len(places) == 1 and _simple(shape[start:end], words[start:end])
        for name in found:
            yield LastingFact(name, _known_place(places[0]) if alone else None)
        start = end + 1


def _token(shape: str, values: Sequence[Any], words: Sequence[str], at: int) -> str | None:
    """The lasting class that a token names, unless the token before or after makes another name of it."""
    code = shape[at]
    if code not in "kKbu":
        return None
    after = shape[at + 1 : at + 2]
    if after and (after in _NOUNS or (after == "u" and not _may_follow(words[at + 1]))):
        return None
    if words[at] == "fields" and shape[at - 1 : at] in ("u", "k") and at:
        return None  # sports fields
    few = code != "K" or (at > 0 and isinstance(values[at - 1], Quantity) and values[at - 1].high <= _FEW)
    return lasting_class(values[at], words[at], few)


def _simple(codes: str, words: Sequence[str]) -> bool:
    """Whether a clause says nothing but where its one thing is, so that the place is that thing's."""
    codes = codes.lstrip("&W")  # "..., with forest in the upper left"
    words = words[len(words) - len(codes) :]
    known = all(code != "u" or _may_follow(word) for code, word in zip(codes, words, strict=True))
    return known and _INVOLVED.isdisjoint(codes)


def _may_follow(word: str) -> bool:
    """Whether a word that the lexicon lacks is no noun: a verb, an adverb, a preposition."""
    last = word.split()[-1]
    return last in _FOLLOWING or (last.endswith(("ing", "ed", "ly")) and last not in CLASS_OF)


def lasting_class(value: Any, words: str, few: bool = True) -> str | None:
    """The lasting class of a token, by its value where that is one of the taxonomy, else by its words; None where it has none.

    Buildings that are not `few` are a built-up area.
    """
    name = value if isinstance(value, str) and value in taxonomy.KINDS else None
    if name is None and (value == THING or value is None):
        name = next((CLASS_OF.get(tail) for tail in _tails(words) if tail in CLASS_OF or tail in LEXICON), None)
    if name in BUILT_UP_WHERE_MANY and not few:
        return "urban"
    return name if name in LASTING else None


def _tails(words: str) -> Iterator[str]:
    """The words, then without the first, and so on: a token's words begin with those before it that say nothing."""
    parts = words.split()
    for at in range(len(parts)):
        yield " ".join(parts[at:])
