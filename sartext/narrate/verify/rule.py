"""Verify: what a caption claims, judged by what the tile's annotations say."""

import re
from dataclasses import dataclass, field

from sartext.narrate.facts.tile_facts import Facts, facts_of
from sartext.narrate.read.claims import SaidSentence
from sartext.narrate.verify.claims import judged_in
from sartext.narrate.verify.counting import CONTRADICTED, SUPPORTED, UNVERIFIABLE
from sartext.narrate.verify.judge import Judge
from sartext.narrate.verify.kin import Kins
from sartext.narrate.verify.sentences import says_something, wrong_of
from sartext.tile import OF_OPTICAL_TWIN, ROUTES, Caption, Claim, Tile, with_fields

_OPTICAL = "optical"  # the kind of a claim
_RADAR = re.compile(r"\b(?:SAR|radar)\b", re.IGNORECASE)
_OF_LIGHT = "the image is of light"
POLICIES = ("refuse", "keep", "trust")


def claims_of(text: str, facts: Facts) -> tuple[Claim, ...]:
    """The claims of a text with their verdicts and evidence. A sentence that is not understood is one unverifiable claim."""
    return _all_of(_judged_sentences(text, facts, Kins(facts)))


def _judged_sentences(text: str, facts: Facts, kin: Kins) -> list[tuple[SaidSentence, tuple[Claim, ...]]]:
    """The sentences of a text with their claims."""
    sentences = []
    for said, claims, _, _ in judged_in(text, Judge(facts, kin)):
        if facts.optical:
            radar = _RADAR.findall(said.text)
            claims += [Claim(kind=_OPTICAL, text=word, verdict=CONTRADICTED, evidence=_OF_LIGHT) for word in radar]
        sentences.append((said, tuple(claims)))
    return sentences


def _all_of(judged: list[tuple[SaidSentence, tuple[Claim, ...]]]) -> tuple[Claim, ...]:
    return judged[0][1] if len(judged) == 1 else tuple([claim for _, claims in judged for claim in claims])


def verdict_of(claims: tuple[Claim, ...]) -> str:
    """Contradicted if one claim is, else unverifiable if one is or there are none, else supported."""
    verdicts = {claim.verdict for claim in claims}
    if CONTRADICTED in verdicts:
        return CONTRADICTED
    return SUPPORTED if verdicts == {SUPPORTED} else UNVERIFIABLE


@dataclass(frozen=True, kw_only=True)
class Verify:
    """Judges every caption of a tile and refuses those that the annotations contradict.

    What the annotations cannot decide follows the policy of the caption's route: "refuse" the text; "keep" what may stay of it,
    sentence by sentence (see `sentences`); "trust" judges but never refuses, for people who outrank the labels. A text is never
    edited: where a sentence goes, the whole is refused, and what is left is a caption of its own, if it still says something.
    A caption that was refused before stays refused for its first reason.
    """

    policy: tuple[tuple[str, str], ...] = field(
        default=(("a2c", "refuse"), ("sa2c", "refuse"), ("twin", "keep"), ("narrator", "keep"), ("human", "trust")),
        metadata={"help": "for each route, what becomes of a caption that the labels cannot decide: refuse, keep or trust"},
    )

    def __post_init__(self) -> None:
        for route, rule in self.policy:
            if route not in ROUTES:
                raise ValueError(f"route {route!r} of the policy is none of {', '.join(ROUTES)}")
            if rule not in POLICIES:
                raise ValueError(f"policy {rule!r} of route {route} is none of {', '.join(POLICIES)}")
        if missing := set(ROUTES) - {route for route, _ in self.policy}:
            raise ValueError(f"the policy says nothing of {', '.join(sorted(missing))}")

    @property
    def name(self) -> str:
        return "verify"

    @property
    def revision(self) -> int:
        return 12

    def apply(self, tile: Tile) -> Tile:
        """The tile with claims on every caption. Raises `TileRejected` where a label is no class of the taxonomy."""
        if not tile.captions:
            return tile
        facts, policy = facts_of(tile), dict(self.policy)
        kin = Kins(facts)
        judged = [_judged(caption, facts, kin, policy[caption.route]) for caption in tile.captions]
        for at, before in enumerate(tile.captions):
            if before.kept and not judged[at].kept and policy[before.route] == "keep":
                judged += [with_fields(one, derived_from=at) for one in _left(judged[at], facts, kin)]
        return with_fields(tile, captions=tuple(judged))


def _judged(caption: Caption, facts: Facts, kin: Kins, policy: str) -> Caption:
    if caption.reason == OF_OPTICAL_TWIN:
        return caption  # it says nothing of this image
    judged = _judged_sentences(caption.text, facts, kin)
    claims = _all_of(judged)
    if policy == "trust" or not caption.kept:
        return with_fields(caption, claims=claims, kept=caption.kept, reason=caption.reason)
    verdict = verdict_of(claims)
    if verdict == SUPPORTED and not says_something(claims):
        verdict = UNVERIFIABLE  # how an image was made says nothing of what it shows
    if verdict == SUPPORTED:
        return with_fields(caption, claims=claims, kept=True, reason=caption.reason)
    if policy == "keep":
        wrong = next((why for said, own in judged if (why := wrong_of(said, own)) is not None), None)
        if wrong is None and not says_something(claims):
            wrong = f"{verdict}: it claims nothing"
        return with_fields(caption, claims=claims, kept=wrong is None, reason=caption.reason if wrong is None else wrong)
    worst = next((claim for claim in claims if claim.verdict == verdict), None)
    reason = f"{verdict}: {worst.text} ({worst.evidence})" if worst else f"{verdict}: it claims nothing"
    return with_fields(caption, claims=claims, kept=False, reason=reason)


def _left(caption: Caption, facts: Facts, kin: Kins) -> list[Caption]:
    """What is left of a refused text without the sentences that may not stay, as a caption of its own, if anything is.

    A sentence that referred to one that went is judged anew without it.
    """
    text = caption.text
    while True:
        judged = _judged_sentences(text, facts, kin)
        good = [said for said, claims in judged if wrong_of(said, claims) is None]
        if len(good) == len(judged):
            break
        text = " ".join([said.text for said in good])
    claims = _all_of(judged)
    if text == caption.text or not says_something(claims):
        return []
    return [with_fields(caption, text=text, kept=True, claims=claims, reason=None)]
