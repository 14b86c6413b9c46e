"""Questions before their words are drawn, and what the words and the answer of one tell of the answers to others."""

from typing import NamedTuple

from sartext.narrate.ask import templates
from sartext.narrate.ask.parts import MirrorPair
from sartext.narrate.facts import taxonomy
from sartext.narrate.seeded import Pick
from sartext.tile import Question


class Draft(NamedTuple):
    """A question that may be asked, before its words are drawn, and what it tells of the answers to others.

    `axes` are those of which its answer is another in the mirror image, and those of which its words say where something is. It
    `asks` for the number of a class in the tile, or its answer or its words, like "the ship", `tells` that of some classes.
    """

    kind: str
    frames: tuple[str, ...]
    words: dict[str, str]
    answer: str = ""
    answer_type: str = "yes_no"
    axes: str = ""
    asks: str = ""
    tells: tuple[str, ...] = ()

    def betrays(self, other: "Draft") -> bool:
        """Whether one of the two may tell the answer to the other."""
        if any(axis in other.axes for axis in self.axes) or self.kind == other.kind == "class":
            return True
        for asked, told in ((self.asks, (other.asks, *other.tells)), (other.asks, self.tells)):
            if asked and any(name and taxonomy.akin(asked, name) for name in told):
                return True
        return False

    def question(self, pick: Pick) -> Question:
        """The question in one of its phrasings."""
        text = pick.one(self.frames).format(img=pick.one(templates.IMAGES), **self.words)
        return Question(question=text[0].upper() + text[1:], answer=self.answer, answer_type=self.answer_type, kind=self.kind)


def agreeing(several: bool) -> dict[str, str]:
    """The verbs of a subject of which there are several, or one."""
    return {"is_": "are", "do": "do"} if several else {"is_": "is", "do": "does"}


def contrast(draft: Draft, pair: MirrorPair, holds: int, pick: Pick) -> Draft:
    """Whether something is so in one part and not in its mirror image, asked of either: it holds in the part of this number."""
    asked = pick.below(2)
    words = draft.words | {"part": pair.parts[asked].words, "other": pair.parts[1 - asked].words}
    return draft._replace(words=words, answer="yes" if asked == holds else "no", axes=pair.axes)
