"""What of a text that a model or somebody wrote may stay: sentence by sentence.

A sentence goes where the labels contradict it, where it says that something is absent and they do not prove it, where it says
of the image what the record does not know (a season, a band), and where it is not understood and holds what could be wrong: a
number, a negation, a hue, light, weather or a season, what a record can know, a relation between objects, a word that is not
known as English, another script, or a control character. What the record knows of the image describes no scene: a text that
says nothing else says nothing.
"""

import re
import unicodedata
from collections.abc import Sequence

from sartext.narrate.read.claims import SaidSentence
from sartext.narrate.read.english import english
from sartext.narrate.read.lexicon import LEXICON
from sartext.narrate.read.meaning import UNREAD
from sartext.narrate.read.record import RECORD
from sartext.narrate.read.record_words import SAID
from sartext.narrate.read.tokenizer import tokenize
from sartext.narrate.verify.counting import CONTRADICTED, UNVERIFIABLE
from sartext.tile import Claim

_DOUBTED = ("absence", RECORD)  # kinds of claims that may not stay where nothing bears them out
_NUMBERS, _NEGATIONS, _RELATIONS = frozenset("n#CPL7oE2"), frozenset("tNZz¬6"), frozenset("rT+->=")
_SEASONS = frozenset(
    [
        "spring",
        "summer",
        "autumn",
        "fall",
        "winter",
        "season",
        "seasonal",
        "snow-covered",
        "daytime",
        "night",
        "day",
        "morning",
        "evening",
    ]
)
_WORD = re.compile(r"[^\W\d_]+")
_NOT = re.compile(r"\b(?:not|no|never|none|nothing|nowhere|without|neither|nor|hardly|un(?:true|like)|\w+n't)\b")
_FIGURE = re.compile(r"\d|\b(?:twice|double|triple|half|dozen|pair|pairs|several|many|few|[ivxl]{2,})\b")


def wrong_of(said: SaidSentence, claims: tuple[Claim, ...]) -> str | None:
    """Why a sentence with these claims may not stay; None where it may."""
    for claim in claims:
        if claim.verdict == CONTRADICTED or (claim.verdict == UNVERIFIABLE and claim.kind in _DOUBTED):
            return f"{claim.verdict}: {claim.text} ({claim.evidence})"
    if UNREAD in said.kinds and (why := doubt(said.text)) is not None:
        return f"not understood, and holds {why}: {said.text}"
    return None


def says_something(claims: Sequence[Claim]) -> bool:
    """Whether anything that is understood is claimed of what the image shows."""
    for claim in claims:  # noqa: SIM110 - mostly the first one does, and a generator would take longer than that
        if claim.kind != UNREAD and claim.kind != RECORD:
            return True
    return False


def doubt(text: str) -> str | None:
    """What in a sentence that is not understood could be wrong."""
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cn", "Cs") for letter in text if letter not in "\n\t"):
        return "a control character"
    lower = text.lower()
    words = _WORD.findall(lower)
    if any(not word.isascii() for word in words):
        return "another script"
    if re.search(r"[<>_{}\[\]|\\]", text):
        return "marks that are no words"
    codes = set(tokenize(text).shape)
    if codes & _NUMBERS or _FIGURE.search(lower):
        return "a number"
    if codes & _NEGATIONS or _NOT.search(lower):
        return "a negation"
    if "O" in codes or not _SEASONS.isdisjoint(words):
        return "a hue, light, weather or a season"
    if SAID in codes:
        return "what a record can know"
    if codes & _RELATIONS or "q" in codes:
        return "a relation"
    unknown = next((word for word in words if word not in english() and word not in LEXICON), None)
    return None if unknown is None else f"a word that is not known, {unknown!r}"
