"""Questions and typed answers about a tile, from its facts alone, for visual question answering.

What is asked, and when, is in `asking` for boxes and in `asking_areas` for regions; the phrasings are in `question_phrases`.

Answers are "yes", "no", figures, a cell as in `facts.CELLS`, a class's singular, or a multiple of ten with "%". Their types are
"yes_no", "count", "position", "class" and "percent".
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from sartext.errors import require
from sartext.formats.llava import Turn, llava_entry
from sartext.narrate.ask.boxes import Asked, class_of_all, count, position, presence, relation
from sartext.narrate.ask.land_cover import area, borders
from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.tile_facts import Facts, facts_of
from sartext.narrate.seeded import Pick
from sartext.tile import Question, Tile

Ask = Callable[[Facts, Pick], Asked]


@dataclass(frozen=True, kw_only=True)
class Questions:
    """Asks questions of presence, count, position, class, area and relation, as far as the annotations decide the answers.

    The questions depend on the facts, the seed and the key without its first segment. Kinds take turns, in an order that the
    tile draws, so that no kind is left out where few are asked. A tile of which nothing may be asked gets none.
    """

    per_tile: int = field(default=5, metadata={"help": "questions per tile, at most so many"})
    seed: int = field(default=0, metadata={"help": "another seed gives other questions of the same facts"})

    def __post_init__(self) -> None:
        require("per_tile", self.per_tile, self.per_tile >= 1, "at least 1")

    @property
    def name(self) -> str:
        return "questions"

    @property
    def revision(self) -> int:
        return 4

    def apply(self, tile: Tile) -> Tile:
        """The tile with its questions added. Raises `TileRejected` where a label is no class of the taxonomy."""
        facts = facts_of(tile)
        pick = Pick(f"{self.seed}/questions/{tile.key.partition('/')[2]}")
        turns = [pick.shuffled(ask(facts, pick)) for ask in pick.shuffled(_KINDS)]
        asked: list[Question] = []
        while any(turns) and len(asked) < self.per_tile:
            for turn in turns:
                left = self.per_tile - len(asked)
                if turn and left:
                    some = turn.pop()
                    asked += pick.shuffled(some) if len(some) <= left else [pick.one(some)]
        return Tile(**{**vars(tile), "questions": (*tile.questions, *asked)}) if asked else tile


def class_words() -> dict[str, tuple[str, ...]]:
    """Each class's singular with what else people call it: the table that answers of type "class" are read with.

    A word that the taxonomy gives to two classes stays with the first.
    """
    table: dict[str, tuple[str, ...]] = {}
    taken = {kind.singular.lower() for kind in taxonomy.KINDS.values()}
    for kind in taxonomy.KINDS.values():
        words = [kind.plural, kind.name, *[word for pair in kind.synonyms for word in pair]]
        free = [word for word in dict.fromkeys(words) if word.lower() not in taken]
        taken.update(word.lower() for word in free)
        table[kind.singular] = tuple(free)
    return table


def conversations(tile: Tile, image: str | None = None) -> list[dict[str, Any]]:
    """The tile's kept questions as entries of LLaVA's conversation JSON; none where it has none.

    `image` is the path of the image file as the entries name it: the key with the image's ending unless said. Questions that
    are answered by yes or no come in pairs, of which one answer tells the other: an entry has one of a kind.
    """
    entries: list[list[Question]] = []
    for question in tile.questions:
        if question.kept and question.answer:
            entry = next((one for one in entries if not _told(question, one)), None)
            if entry is None:
                entries.append([question])
            else:
                entry.append(question)
    path = image if image is not None else tile.key + PurePosixPath(tile.image.path or "").suffix
    return [
        llava_entry(tile.key if not number else f"{tile.key}:{number}", path, [_turn(question) for question in entry])
        for number, entry in enumerate(entries)
    ]


def _told(question: Question, entry: list[Question]) -> bool:
    """Whether an answer in the entry tells that of the question."""
    return question.answer_type == "yes_no" and any((one.answer_type, one.kind) == ("yes_no", question.kind) for one in entry)


def _turn(question: Question) -> Turn:
    return Turn(question.question, question.answer, short=question.answer_type != "text")


def _relations(facts: Facts, pick: Pick) -> Asked:
    return relation(facts, pick) + borders(facts, pick)


_KINDS: tuple[Ask, ...] = (presence, count, position, class_of_all, area, _relations)
