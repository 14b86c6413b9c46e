"""Licences: what the known ones allow; of a tile's pixels, annotations and texts the strictest decides, by name."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sartext.tile import Origin, Rights

TRAIN, PASS_ON, COMMERCE = "may_train", "may_redistribute", "commercial_use"  # the uses that rights allow or forbid
PARTS = ("pixels", "annotations", "texts")


class LicenceTerms(NamedTuple):
    """What a licence allows, as far as it is known, and what it asks for."""

    may_train: bool | None = None
    may_redistribute: bool | None = None
    attribution: bool = False
    share_alike: bool = False
    non_commercial: bool = False

    def asks(self) -> tuple[str, ...]:
        """What it asks for, in words."""
        names = {"attribution": self.attribution, "share-alike": self.share_alike, "non-commercial": self.non_commercial}
        return tuple(name for name, asked in names.items() if asked)


class Right(NamedTuple):
    """What is declared of one part of a tile."""

    of: str  # one of PARTS
    licence: str | None
    may_train: bool | None
    may_redistribute: bool | None

    def allows(self, use: str) -> bool | None:
        """Whether it allows a use: as is declared of this part, else as its licence does; None where nothing is known."""
        terms = terms_of(self.licence)
        if use == COMMERCE:
            return False if terms.non_commercial else None if terms == LicenceTerms() else True
        declared = self.may_train if use == TRAIN else self.may_redistribute
        return declared if declared is not None else terms.may_train if use == TRAIN else terms.may_redistribute

    def named(self, use: str) -> str:
        """What allows or forbids it, by name."""
        declared = {TRAIN: self.may_train, PASS_ON: self.may_redistribute}.get(use)
        if declared is None:
            return f"{self.of} under {self.licence}"
        return f"{self.of} declared {use} {str(declared).lower()}" + (f" under {self.licence}" if self.licence else "")


_FREE = LicenceTerms(may_train=True, may_redistribute=True)
_NAMED = _FREE._replace(attribution=True)
_SHARED = _NAMED._replace(share_alike=True)
_RESEARCH = LicenceTerms(may_train=True, may_redistribute=False, attribution=True, non_commercial=True)
_CLOSED = LicenceTerms(may_train=False, may_redistribute=False)
# By the SPDX identifier, or the field's own name, in lower case with '-' for white space.
_FREE_NAMES = "cc0-1.0 cc0 cc-pddc pddl-1.0 unlicense 0bsd wtfpl mit-0 dl-de-zero-2.0 public-domain us-government-work nasa"
_NAMED_NAMES = (
    "mit apache-2.0 bsd-2-clause bsd-3-clause bsd-3-clause-clear isc zlib ncsa postgresql ecl-2.0 odc-by-1.0 dl-de-by-2.0 "
    "cdla-permissive-1.0 cdla-permissive-2.0 etalab-2.0 ogl-uk-1.0 ogl-uk-2.0 ogl-uk-3.0 ogl-canada-2.0 nlod-1.0 nlod-2.0 "
    "copernicus copernicus-sentinel copernicus-sentinel-data copernicus-data copernicus-sentinel-data-terms "
    "open-government-3.0 open-government-2.0 bsd bsd-2 bsd-3 apache apache2"
)
_SHARED_NAMES = "odbl-1.0 odbl cdla-sharing-1.0 mpl-2.0 epl-1.0 epl-2.0 eupl-1.1 eupl-1.2 osl-3.0 gfdl-1.3"
_RESEARCH_NAMES = (
    "academic academic-only academic-use academic-use-only for-academic-use-only academic-research-only research research-only "
    "research-use research-use-only for-research-use-only non-commercial-research non-commercial-research-only"
)
_NON_COMMERCIAL_NAMES = (
    "non-commercial noncommercial non-commercial-only non-commercial-use non-commercial-use-only for-non-commercial-use-only"
)
_TERMS = {
    **dict.fromkeys(_FREE_NAMES.split(), _FREE),
    **dict.fromkeys(_NAMED_NAMES.split(), _NAMED),
    **dict.fromkeys(_SHARED_NAMES.split(), _SHARED),
    **dict.fromkeys(_RESEARCH_NAMES.split(), _RESEARCH),
    **dict.fromkeys(_NON_COMMERCIAL_NAMES.split(), _NAMED._replace(non_commercial=True)),
    **dict.fromkeys(["proprietary", "all-rights-reserved", "commercial", "confidential", "no-training"], _CLOSED),
}
_CREATIVE_COMMONS = re.compile(r"cc-by(?P<nc>-nc)?(?:(?P<sa>-sa)|(?P<nd>-nd))?(-\d(\.\d)?)?(-[a-z]{2,3})?")
_GNU = re.compile(r"[al]?gpl-?v?\d(\.\d)?(-only|-or-later|\+)?")
# What people write of the same licences: addresses, whole names, and words that say no more.
_ADDRESS = re.compile(r"https?://(?:www\.)?creativecommons\.org/(?:licenses/(by[a-z-]*)/([\d.]+).*|publicdomain/zero/.*)")
_LONG = (
    ("creative commons", "cc"),
    ("attribution", "by"),
    *((word, "nc") for word in ("noncommercial", "non-commercial", "non commercial")),
    *((word, "sa") for word in ("sharealike", "share-alike", "share alike")),
    *((word, "nd") for word in ("noderivatives", "noderivs", "no derivatives")),
)
_SAYS_NO_MORE = re.compile(r"\b(?:the|licen[cs]ed?|international|unported|generic|deed|version|only under|v(?=\d))\b|\bv(?=\d)")
_TOKEN = re.compile(r"\(|\)|\b(?:AND|OR|WITH)\b|(?:(?!\(|\)|\b(?:AND|OR|WITH)\b).)+")


@lru_cache(maxsize=1024)
def terms_of(licence: str | None) -> LicenceTerms:
    """What a licence allows: an SPDX identifier, an expression of several (AND: the strictest of them; OR: the freest, for one
    may choose; in parentheses as SPDX 2.3, annex D, has it), or a name that the field uses. Nothing is known of one that is not
    in the table.

    What may not be adapted (ND) may neither be trained on nor be passed on with what is said of it, unless that is declared.
    """
    text = " ".join((licence or "").split())
    if (known := _of_name(text)) != LicenceTerms():
        return known
    tokens = [token.strip() for token in _TOKEN.findall(re.sub(r"\b(and|or|with)\b", lambda word: word[0].upper(), text))]
    return _either([token for token in tokens if token][::-1])


def _either(tokens: list[str]) -> LicenceTerms:
    """An expression of alternatives, from its tokens in reverse order, which are used up."""
    return _chain(tokens, "OR", _together, max)


def _together(tokens: list[str]) -> LicenceTerms:
    """Licences that all hold."""
    return _chain(tokens, "AND", _single, min)


def _chain(tokens: list[str], word: str, part: Callable[[list[str]], LicenceTerms], decide: Any) -> LicenceTerms:
    found = [part(tokens)]
    while tokens and tokens[-1] == word:
        tokens.pop()
        found.append(part(tokens))
    return _joined(found, decide) if len(found) > 1 else found[0]


def _single(tokens: list[str]) -> LicenceTerms:
    """One licence, or an expression in parentheses; an exception (WITH) allows more, and is left out."""
    if not tokens:
        return LicenceTerms()
    if tokens[-1] == "(":
        tokens.pop()
        found = _either(tokens)
        if tokens and tokens[-1] == ")":
            tokens.pop()
        return found
    found = _of_name(tokens.pop())
    if tokens and tokens[-1] == "WITH":
        del tokens[-2:]
    return found


def _of_name(text: str) -> LicenceTerms:
    """What the licence of one name allows."""
    lower = text.lower()
    if (address := _ADDRESS.fullmatch(lower)) is not None:
        lower = f"cc-{address[1]}-{address[2]}" if address[1] else "cc0"
    plain = _hyphened(lower)
    for name in (plain, _hyphened(_shortened(lower))):
        if (creative := _CREATIVE_COMMONS.fullmatch(name)) is not None:
            free = creative["nd"] is None
            return LicenceTerms(free, free, True, creative["sa"] is not None, creative["nc"] is not None)
        if _GNU.fullmatch(name):
            return _SHARED
        if name in _TERMS:
            return _TERMS[name]
    return LicenceTerms()


def _shortened(lower: str) -> str:
    """The name without words that say no more, and with the short forms of Creative Commons."""
    for long, short in _LONG if "creative commons" in lower or lower.startswith("cc") else ():
        lower = lower.replace(long, short)
    return _SAYS_NO_MORE.sub(" ", lower)


def _hyphened(lower: str) -> str:
    return re.sub(r"[\s_,-]+", "-", lower.strip()).strip("-").removeprefix("licenseref-")


def _joined(terms: Sequence[LicenceTerms], decide: Any) -> LicenceTerms:
    def allowed(values: Sequence[bool | None]) -> bool | None:
        ranks = {False: 0, None: 1, True: 2}
        return decide(values, key=ranks.__getitem__)  # type: ignore[no-any-return]

    def asked(values: Sequence[bool]) -> bool:
        return any(values) if decide is min else all(values)

    known = [one for one in terms if one != LicenceTerms()] or terms  # of what is not known nobody can choose what it asks for
    first, second, *_ = zip(*terms, strict=True)
    _, _, *rest = zip(*known, strict=True)
    return LicenceTerms(allowed(first), allowed(second), *map(asked, rest))


def rights_of(origin: Origin | Mapping[str, Any] | None) -> tuple[Right, ...]:
    """What an origin, or its row in a table, declares of a tile's pixels, and of its annotations and texts where it does."""

    def field(one: Any, name: str) -> Any:
        return one.get(name) if isinstance(one, Mapping) else getattr(one, name)

    parts = [origin, *(field(origin, of) for of in PARTS[1:])] if origin is not None else []
    named = [(of, one) for of, one in zip(PARTS, parts, strict=False) if one is not None]
    return tuple(Right(of, field(one, "licence"), field(one, TRAIN), field(one, PASS_ON)) for of, one in named)


@lru_cache(maxsize=4096)
def forbidden_by(rights: tuple[Right, ...], use: str) -> str:
    """What of a tile forbids a use, by names of parts and licences; "" where nothing does: what is unknown does not."""
    return " and ".join(one.named(use) for one in rights if one.allows(use) is False)


def declared_rights(
    licence: str | None, may_train: bool | None, may_redistribute: bool | None, citation: str | None
) -> Rights | None:
    """The rights with these fields; None where nothing is said."""
    rights = Rights(licence=licence, may_train=may_train, may_redistribute=may_redistribute, citation=citation)
    return None if rights == Rights() else rights
