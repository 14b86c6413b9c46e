"""Captions of a language model from statements about an optical twin: asked, checked, asked once more, else the rule's text."""

import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sartext.narrate.write.twin import rewrite_prompt
from sartext.narrate.write.twin.check import refusal_of
from sartext.narrate.write.twin.evidence import Evidence, evidence_of
from sartext.narrate.write.twin.rewrite_prompt import ChatMessage, CitedSentence
from sartext.narrate.write.twin.rule import TWIN_ROUTE, TwinText
from sartext.tile import Caption, Tile, with_fields

_REFUSED, UNREADABLE = "refused: ", "unreadable: "  # how the reasons of what a model wrote and may not say begin


class RewriteRequest(NamedTuple):
    """What a model is asked about one of several tiles, and the JSON schema of its answer, for who can hold it to one."""

    tile: int  # its position
    chat: list[ChatMessage]
    schema: str


Generate = Callable[[list[RewriteRequest]], Sequence[str]]


class Settled(NamedTuple):
    """What of a model's answers stands, and what was refused of them, each with its reason."""

    kept: tuple[CitedSentence, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()

    def text(self) -> str:
        """The same as JSON."""
        return json.dumps(self)


def from_text(text: str) -> Settled:
    """What `Settled.text` wrote."""
    kept, refused = json.loads(text)
    return Settled(
        tuple(CitedSentence(one, tuple(cites)) for one, cites in kept), tuple((one, reason) for one, reason in refused)
    )


def settle_answers(evidence: Sequence[Sequence[Evidence]], generate: Generate) -> list[Settled]:
    """Of each tile's statements what a model makes of them, in two rounds at most; nothing is asked about tiles without any.

    Sentences that are refused go back once, with the reasons; of the second answer stands what stands, else of the first.
    """
    settled = [Settled()] * len(evidence)
    asked = first_requests(evidence)
    if not asked:
        return settled
    again: list[RewriteRequest] = []
    for request, answer in zip(asked, generate(asked), strict=True):
        at, chat, _ = request
        settled[at] = _checked(answer, evidence[at])
        if settled[at].refused:
            reasons = [(text, reason.removeprefix(_REFUSED)) for text, reason in settled[at].refused]
            again.append(request._replace(chat=rewrite_prompt.asked_again(chat, answer, reasons)))
    if again:
        for (at, _, _), answer in zip(again, generate(again), strict=True):
            first, second = settled[at], _checked(answer, evidence[at])
            refused = tuple(dict.fromkeys((*first.refused, *second.refused)))
            settled[at] = Settled(second.kept or first.kept, refused)
    return settled


def first_requests(evidence: Sequence[Sequence[Evidence]]) -> list[RewriteRequest]:
    """What is asked first, of each tile of which there are statements."""
    return [
        RewriteRequest(at, rewrite_prompt.messages([one.text for one in some]), rewrite_prompt.answer_schema(len(some)))
        for at, some in enumerate(evidence)
        if some
    ]


def _checked(answer: str, evidence: Sequence[Evidence]) -> Settled:
    try:
        sentences = rewrite_prompt.parse_answer(answer)
    except ValueError as error:
        return Settled(refused=((" ".join(answer.split())[: rewrite_prompt.MOST_CHARACTERS], f"{UNREADABLE}{error}"),))
    kept, refused = list[CitedSentence](), list[tuple[str, str]]()
    for one in sentences:
        cited = [evidence[number - 1] for number in one.cites if 1 <= number <= len(evidence)]
        if (why := refusal_of(one.text, cited)) is not None:
            refused.append((one.text, f"{_REFUSED}{why}"))
        elif one.text not in [other.text for other in kept]:
            kept.append(one)
    return Settled(tuple(kept), tuple(refused))


def captioned(tile: Tile, settled: Settled, rule: TwinText, model: str | None, seed: int | None = None) -> Tile:
    """The tile with the model's caption, the rule's where none stands; and what was refused, as captions that are not kept."""
    prompt = rewrite_prompt.rewrite_fingerprint()
    refused = [
        Caption(text=text, route=TWIN_ROUTE, model=model, prompt=prompt, seed=seed, kept=False, reason=reason)
        for text, reason in settled.refused
        if text
    ]
    if not settled.kept:
        told = rule.apply(tile)
        return with_fields(told, captions=(*told.captions, *refused)) if refused else told
    evidence = evidence_of(tile)
    cited = [evidence[number - 1] for one in settled.kept for number in one.cites if 1 <= number <= len(evidence)]
    caption = Caption(
        text=" ".join([_ended(one.text) for one in settled.kept]),
        route=TWIN_ROUTE,
        form="concise" if len(settled.kept) == 1 else "detailed",
        model=model,
        prompt=prompt,
        seed=seed,
        derived_from=next((one.caption for one in cited if one.caption is not None), None),
    )
    return with_fields(tile, captions=(*tile.captions, caption, *refused))


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!")) else f"{sentence}."
