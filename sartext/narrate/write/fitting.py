"""What of several sentences fits the context of CLIP: the most important ones, in their order."""

from enum import IntEnum
from typing import NamedTuple

from sartext.narrate.write.clip_tokens import tokens_in

CONTEXT_TOKENS = 77  # of CLIP's text encoder, start and end included


class Importance(IntEnum):
    """What sentences are for, the most important first."""

    NUMBERS = 0
    PLACES = 1
    FINER = 2
    RELATIONS = 3
    EXTRAS = 4
    RECORD = 5


class Wanted(NamedTuple):
    """A sentence with its importance, and a shorter one for where there is no room for it."""

    importance: Importance
    text: str
    shorter: str | None = None


def fitted(sentences: list[Wanted]) -> str:
    """The sentences that fit, in their order; always the first of the most important ones.

    What is of the record is said only where nothing else had to go or to be shorter.
    """
    if sum([tokens_in(one.text) for one in sentences]) <= CONTEXT_TOKENS - 2:  # no token reaches from one into the next
        return " ".join([one.text for one in sentences])  # most do
    room, whole = CONTEXT_TOKENS - 2, True
    taken: dict[int, str] = {}
    for at in sorted(range(len(sentences)), key=lambda at: sentences[at].importance):
        one = sentences[at]
        if one.importance is Importance.RECORD and not whole:
            continue
        for text in (one.text, one.shorter):
            if text is not None and (size := tokens_in(text)) <= room:
                taken[at] = text
                room -= size
                whole = whole and text is one.text
                break
        else:
            whole = False
            if not taken:
                taken[at], room = one.shorter or one.text, 0
    return " ".join([taken[at] for at in sorted(taken)])
