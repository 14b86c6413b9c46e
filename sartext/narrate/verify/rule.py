"""Verify: what a caption claims, judged by what the tile's annotations say."""

import re
from dataclasses import dataclass, field, replace

from sartext.narrate.facts.tile_facts import Facts, facts_of
from sartext.narrate.read.claims import said_in
from sartext.narrate.verify.counting import CONTRADICTED, SUPPORTED, UNVERIFIABLE, Kin
from sartext.narrate.verify.judge import Judge
from sartext.tile import ROUTES, Caption, Claim, Tile

_ABSENCE, _OPTICAL = "absence", "optical"  # kinds of claims
_RADAR = re.compile(r"\b(?:SAR|radar)\b", re.IGNORECASE)
_OF_LIGHT = "the image is of light"
POLICIES = ("refuse", "keep", "trust")


def claims_of(text: str, facts: Facts) -> tuple[Claim, ...]:
    """The claims of a text with their verdicts and evidence. A sentence that is not understood is one unverifiable claim."""
    return _claims(text, facts, {})


def _claims(text: str, facts: Facts, kin: dict[str, Kin]) -> tuple[Claim, ...]:
    judge = Judge(facts, kin)
    claims = []
    for reading, values, kinds, texts in said_in(text):
        for statement, kind, words in zip(reading.statements, kinds, texts, strict=True):
            judged = judge.verdict(statement, values)
            if judged is not None:
                claims.append(Claim(kind=kind, text=words, verdict=judged[0], evidence=judged[1]))
        judge.end_sentence()
    if facts.optical:
        radar = [Claim(kind=_OPTICAL, text=word, verdict=CONTRADICTED, evidence=_OF_LIGHT) for word in _RADAR.findall(text)]
        claims += radar
    return tuple(claims)


def verdict_of(claims: tuple[Claim, ...]) -> str:
    """Contradicted if one claim is, else unverifiable if one is or there are none, else supported."""
    verdicts = {claim.verdict for claim in claims}
    if CONTRADICTED in verdicts:
        return CONTRADICTED
    return SUPPORTED if verdicts == {SUPPORTED} else UNVERIFIABLE


@dataclass(frozen=True, kw_only=True)
class Verify:
    """Judges every caption of a tile and refuses those that the annotations contradict.

    What the annotations cannot decide follows the policy of the caption's route: "refuse" it, or "keep" it, unless it says
    that something is absent, which no model can know; "trust" judges but never refuses, for people who outrank the labels.
    A text is never edited, and a caption that was refused before stays refused for its first reason.
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
        return 7

    def apply(self, tile: Tile) -> Tile:
        """The tile with claims on every caption. Raises `TileRejected` where a label is no class of the taxonomy."""
        if not tile.captions:
            return tile
        facts, kin, policy = facts_of(tile), dict[str, Kin](), dict(self.policy)
        judged = [_judged(caption, facts, kin, policy[caption.route]) for caption in tile.captions]
        return replace(tile, captions=tuple(judged))


def _judged(caption: Caption, facts: Facts, kin: dict[str, Kin], policy: str) -> Caption:
    claims = _claims(caption.text, facts, kin)
    verdict = verdict_of(claims)
    if policy == "trust" or verdict == SUPPORTED or not caption.kept:
        return _with_claims(caption, claims, caption.kept, caption.reason)
    wrong = [claim for claim in claims if claim.verdict == verdict]
    if policy == "keep" and verdict == UNVERIFIABLE:
        wrong = [claim for claim in wrong if claim.kind == _ABSENCE]
        if not wrong:
            return _with_claims(caption, claims, True, caption.reason)
    reason = f"{verdict}: {wrong[0].text} ({wrong[0].evidence})" if wrong else f"{verdict}: it claims nothing"
    return _with_claims(caption, claims, False, reason)


def _with_claims(caption: Caption, claims: tuple[Claim, ...], kept: bool, reason: str | None) -> Caption:
    """The caption judged; its fields are written out because `dataclasses.replace` takes half as long again."""
    return Caption(
        text=caption.text,
        route=caption.route,
        form=caption.form,
        model=caption.model,
        prompt=caption.prompt,
        seed=caption.seed,
        score=caption.score,
        kept=kept,
        claims=claims,
        reason=reason,
    )
