"""What of a text may be said where no label decides it: sentences whose statements a writer was sure enough of.

How sure it was of a statement is its score, from 0 to 1: of the texts of the same image, those that were drawn beside it and
itself, the share that state the same; it counts itself by its confidence.
"""

from collections.abc import Mapping, Sequence

from sartext.narrate.read.agreement import StatedClaim, StatedSentence, agreements, stated_in
from sartext.narrate.read.meaning import UNREAD
from sartext.narrate.read.record import RECORD

BELOW = "below the asked precision"


def scores_of(stated: Sequence[StatedClaim], confidence: float, others: Sequence[str]) -> list[float]:
    """The score of each statement."""
    return [round((agreeing + confidence) / (len(others) + 1), 4) for agreeing in agreements(stated, others)]


def sure_part(
    text: str, confidence: float, others: Sequence[str], thresholds: Mapping[str, float | None]
) -> tuple[str, str | None]:
    """What may be said of the text, "" where nothing may, and why the first sentence that goes does; None where all may stay.

    A sentence goes where one of its statements is of a kind without a threshold, or has a score below it, and where it speaks
    of what was named before and a sentence before it went. What the record knows (a band, a season) needs no threshold: the
    record decides it. A text that says nothing else says nothing.
    """
    why: str | None = None
    while True:
        sentences, kept, went = stated_in(text), list[StatedSentence](), False
        for sentence in sentences:
            wrong = _wrong(sentence, confidence, others, thresholds)
            if wrong is None and went and sentence.refers:
                wrong = f"{BELOW}: what it speaks of went: {sentence.text}"
            if wrong is None:
                kept.append(sentence)
            why, went = why or wrong, went or wrong is not None
        text = " ".join([one.text for one in kept]) if len(kept) < len(sentences) else text
        if len(kept) == len(sentences) or not kept:
            break
    if all(one.kind == RECORD for sentence in kept for one in sentence.statements):
        return "", why or f"{BELOW}: it claims nothing"
    return text, why


def _wrong(
    sentence: StatedSentence, confidence: float, others: Sequence[str], thresholds: Mapping[str, float | None]
) -> str | None:
    """Why a sentence goes by itself; None where it may stay."""
    for stated, score in zip(sentence.statements, scores_of(sentence.statements, confidence, others), strict=True):
        if stated.kind == RECORD:
            continue
        threshold = thresholds.get(stated.kind)
        if threshold is None:
            kind = "a sentence that is not understood" if stated.kind == UNREAD else stated.kind
            return f"{BELOW}: {kind} is never said: {stated.words}"
        if score < threshold:
            return f"{BELOW}: {stated.kind} at {score:.2f}, said from {threshold:.2f}: {stated.words}"
    return None
