"""Questions and typed answers about a tile, from its facts alone, for visual question answering.

What is asked, and when, is in `boxes`, `appearance` and `land_cover`; the phrasings are in `templates`.

Answers are "yes", "no", figures, a quarter ("upper left"), or a class's singular. Their types are "yes_no", "count", "position"
and "class". Datasets of before have cells as in `facts.CELLS`, and multiples of ten with "%", of the type "percent".
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from sartext.errors import require
from sartext.formats.llava import Turn, llava_entry
from sartext.narrate.ask.appearance import arrangements, orientations, sizes
from sartext.narrate.ask.boxes import class_of_all, count, position, presence, relation, type_of_all
from sartext.narrate.ask.drafts import Draft
from sartext.narrate.ask.known_classes import KnownClass, known_classes
from sartext.narrate.ask.land_cover import area, border, largest_cover
from sartext.narrate.ask.parts import BOTH_AXES
from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.tile_facts import Facts, facts_of
from sartext.narrate.seeded import Pick
from sartext.tile import Question, Tile, with_fields

_CLASS_PERCENT = 15  # of the tiles that may be asked for their class
_BOTH_AXES_PERCENT = 40  # of the tiles in which a quarter may be asked for before halves


@dataclass(frozen=True, kw_only=True)
class Questions:
    """Asks of presence, count, position, class, area, relation, size, orientation and arrangement, as the annotations decide.

    The questions depend on the facts, the seed and the key without its first segment. Kinds take turns, in an order that the
    tile draws, so that no kind is left out where few are asked. A tile of which nothing may be asked gets none.

    No question of a tile tells the answer to another: only one says where something is along x, and one along y, so that in
    the mirror image of the tile its answer is another and those of all others are the same; the number of a class is asked for
    only where no words like "the ship" say it; and where the class is asked for, no other question names it.
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
        return 5

    def apply(self, tile: Tile) -> Tile:
        """The tile with its questions added. Raises `TileRejected` where a label is no class of the taxonomy."""
        facts = facts_of(tile)
        pick = Pick(f"{self.seed}/questions/{tile.key.partition('/')[2]}")
        asked = [draft.question(pick) for draft in _drafts(facts, pick, self.per_tile)]
        return with_fields(tile, questions=(*tile.questions, *asked)) if asked else tile


def _drafts(facts: Facts, pick: Pick, most: int) -> list[Draft]:
    """So many questions at most, of which none tells the answer to another."""
    chosen: list[Draft] = []
    known = known_classes(facts)
    if pick.chance(_CLASS_PERCENT):
        if named := largest_cover(facts) if facts.covers.regions else class_of_all(facts):
            return [named]
        if typed := type_of_all(facts):
            chosen.append(typed)
            known = [subject for subject in known if subject.name in facts.exhaustive]  # the others name the type
    turns = [pick.shuffled(ask(facts, known, pick)) for ask in pick.shuffled(_KINDS)]
    if not pick.chance(_BOTH_AXES_PERCENT):
        # What takes both axes leaves them to no other question, so it comes after all others.
        halves = [[draft for draft in turn if draft.axes != BOTH_AXES] for turn in turns]
        turns = halves + [[draft for draft in turn if draft.axes == BOTH_AXES] for turn in turns]
    while any(turns) and len(chosen) < most:
        for turn in turns:
            while turn and len(chosen) < most:
                draft = turn.pop()
                if not any(draft.betrays(other) for other in chosen):
                    chosen.append(draft)
                    break
    return pick.shuffled(chosen)


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

    `image` is the path of the image file as the entries name it: the key with the image's ending unless said. In datasets of
    before, and of others, questions of a kind that are answered by yes or no may be pairs, of which one answer tells the other:
    an entry has one of a kind.
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


def _area(facts: Facts, known: list[KnownClass], pick: Pick) -> list[Draft]:  # noqa: ARG001 - all kinds are asked alike
    return area(facts, pick)


def _relation(facts: Facts, known: list[KnownClass], pick: Pick) -> list[Draft]:
    return relation(facts, known, pick) + border(facts, pick)


_Ask = Callable[[Facts, list[KnownClass], Pick], list[Draft]]
_KINDS: tuple[_Ask, ...] = (presence, count, position, _area, _relation, sizes, orientations, arrangements)
