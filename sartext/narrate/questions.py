"""Questions and typed answers about a tile, from its facts alone, for visual question answering.

What is asked, so that each answer is the only right one:
- Presence, in pairs: one class that the tile has and one that it provably lacks, so as many answers are yes as no, whatever
  the dataset. Where one place is left, one of the two is drawn. Both are asked of exhaustive classes only, or a word that is
  never absent would give its answer away. A tile that lacks none or has none of them is not asked.
- Count: classes whose number is exact (see `facts`), without crowds and without objects that the border cuts off. Mostly 1 to
  10; 0 is asked of tiles without any box, and a number above 10 in one case of ten, up to 20.
- Position: the only object of a class, where no other cell's words are true of it, so its centre is well off the edges of
  its cell, and three quarters of its extent lie in that cell on either axis.
- Class: where all boxes have one label, of an exhaustive class.

An object that is unresolvable at a model's size is not asked for: no class with one is counted, placed or named, and a
class is present where one of its objects is resolvable.

Answers are "yes", "no", figures, a cell as in `facts.CELLS`, or a class's singular. Their types are "yes_no", "count",
"position" and "class".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from sartext.narrate import taxonomy
from sartext.narrate.facts import CELLS, Facts, Object, facts_of
from sartext.narrate.nouns import article
from sartext.narrate.phrases import IMAGES
from sartext.narrate.pick import Pick
from sartext.tile import Question, Tile

MOST = 20  # more cannot be counted one by one in an image of a model's size
_FEW, _MORE_PERCENT = 10, 10
_INSIDE = 0.75

# {img} is the image, {a} a singular with its article, {one} a singular, {many} a plural.
PRESENCE = (
    "Is there {a} in this {img}?",
    "Are there any {many} in this {img}?",
    "Does this {img} show {a}?",
    "Does the {img} contain any {many}?",
    "Can {a} be seen in this {img}?",
    "Are any {many} visible in the {img}?",
    "Is {a} present in this {img}?",
    "Is at least one {one} visible in this {img}?",
    "Do you see any {many} in this {img}?",
    "Would you say that there is {a} in this {img}?",
    "Looking at this {img}, can you find {a}?",
    "Is any {one} to be found in the {img}?",
)
COUNT = (
    "How many {many} are there in this {img}?",
    "How many {many} can be seen in the {img}?",
    "How many {many} does this {img} show?",
    "What is the number of {many} in this {img}?",
    "How many {many} are visible in this {img}?",
    "How many {many} does the {img} contain?",
    "Can you count the {many} in this {img}?",
    "In this {img}, how many {many} are present?",
    "What is the total number of {many} in the {img}?",
    "Looking at this {img}, how many {many} do you count?",
)
POSITION = (
    "Where is the {one} in this {img}?",
    "In which part of the {img} is the {one}?",
    "Where in this {img} does the {one} lie?",
    "In which part of this {img} can the {one} be seen?",
    "What is the position of the {one} in this {img}?",
    "Which part of the {img} holds the {one}?",
    "Of a grid of three by three cells over this {img}, which one has the {one} in it?",
    "Whereabouts in the {img} is the {one} located?",
    "Looking at this {img}, where do you find the {one}?",
    "If the {img} is cut into thirds both ways, in which of the nine parts is the {one}?",
)
CLASS = (
    "What kind of object does this {img} show?",
    "Which kind of object can be seen in the {img}?",
    "What class of object is visible in this {img}?",
    "What type of object does the {img} contain?",
    "Which class of object is there in this {img}?",
    "What kind of object is shown in this {img}?",
    "What kind of man-made object does this {img} show?",
    "What sort of object can be found in the {img}?",
    "Looking at this {img}, what kind of object do you see?",
    "Which type of object does this {img} hold?",
    "What kind of man-made object is visible in the {img}?",
    "In this {img}, what kind of object is there to see?",
)
SHORT = "Answer the question using a single word or phrase."

Ask = Callable[[Facts, Pick], list[tuple[Question, ...]]]


@dataclass(frozen=True, kw_only=True)
class Questions:
    """Asks questions of presence, count, position and class, as far as the boxes of a tile decide the answers.

    The questions depend on the facts, the seed and the key without its first segment. Kinds take turns, in an order that the
    tile draws, so that no kind is left out where few are asked. A tile of which nothing may be asked gets none.
    """

    per_tile: int = field(default=5, metadata={"help": "questions per tile, at most so many"})
    seed: int = field(default=0, metadata={"help": "another seed gives other questions of the same facts"})

    def __post_init__(self) -> None:
        if self.per_tile < 1:
            raise ValueError(f"per_tile is {self.per_tile}; it must be at least 1")

    @property
    def name(self) -> str:
        return "questions"

    @property
    def revision(self) -> int:
        return 1

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


def conversation(tile: Tile, image: str | None = None) -> dict[str, Any] | None:
    """The tile's kept questions as one entry of LLaVA's conversation JSON, or None where it has none.

    `image` is the path of the image file as the entry names it: the key with the image's ending unless said. The first turn
    has the image token and, as LLaVA-1.5 does for short answers (Liu et al., CVPR 2024), the request for one.
    """
    turns: list[dict[str, str]] = []
    for question in tile.questions:
        if question.kept:
            text = question.question if turns else f"<image>\n{question.question}\n{SHORT}"
            turns += [{"from": "human", "value": text}, {"from": "gpt", "value": question.answer}]
    if not turns:
        return None
    path = image if image is not None else tile.key + PurePosixPath(tile.image.path or "").suffix
    return {"id": tile.key, "image": path, "conversations": turns}


def _presence(facts: Facts, pick: Pick) -> list[tuple[Question, ...]]:
    """Pairs of a question answered yes and one answered no."""
    names = [name for name in facts.exhaustive if name not in taxonomy.REGIONS]
    there = [name for name in names if any(thing.resolvable for thing in facts.of(name))]
    absent = [name for name in names if facts.absent(name)]
    pairs = zip(pick.shuffled(there), pick.shuffled(absent), strict=False)  # as many as the shorter has
    return [(_question("presence", one, "yes", pick), _question("presence", other, "no", pick)) for one, other in pairs]


def _count(facts: Facts, pick: Pick) -> list[tuple[Question, ...]]:
    asked: list[tuple[Question, ...]] = []
    for name, things in _exact(facts):
        if len(things) <= _FEW or (len(things) <= MOST and pick.chance(_MORE_PERCENT)):
            asked.append((_question("count", name, str(len(things)), pick),))
    if not (facts.objects or facts.crowds or facts.cuts):
        absent = [name for name in facts.exhaustive if name not in taxonomy.REGIONS]
        asked += [(_question("count", name, "0", pick),) for name in absent and [pick.one(absent)]]
    return asked


def _position(facts: Facts, pick: Pick) -> list[tuple[Question, ...]]:
    return [
        (_question("position", name, CELLS[things[0].home], pick),)
        for name, things in _exact(facts)
        if len(things) == 1 and _in_one_cell(things[0], facts)
    ]


def _class(facts: Facts, pick: Pick) -> list[tuple[Question, ...]]:
    labels = {*facts.labels, *facts.crowds, *facts.cuts}
    if len(labels) != 1 or not facts.objects or not all(thing.resolvable for thing in facts.objects):
        return []
    (name,) = labels
    return [(_question("class", name, taxonomy.KINDS[name].singular, pick),)] if facts.complete(name) else []


def _exact(facts: Facts) -> list[tuple[str, tuple[Object, ...]]]:
    """The classes whose objects in the tile are these, no more and no fewer, all of them resolvable."""
    names = {name for name in facts.exhaustive if name not in taxonomy.REGIONS} | set(facts.labels)
    found = []
    for name in sorted(names):
        things, number = facts.of(name), facts.count(name)
        if things and number.exact and not number.more and all(thing.resolvable for thing in things):
            found.append((name, things))
    return found


def _in_one_cell(thing: Object, facts: Facts) -> bool:
    """Whether the name of one cell is true of the object, and most of the object lies in it."""
    if thing.home < 0 or thing.rows not in (1, 2, 4) or thing.columns not in (1, 2, 4):
        return False
    row, column = divmod(thing.home, 3)
    across = _inside(thing.left / facts.width_px, thing.right / facts.width_px, column)
    return across and _inside(thing.top / facts.height_px, thing.bottom / facts.height_px, row)


def _inside(low: float, high: float, third: int) -> bool:
    """Whether enough of an extent, in shares of the side, lies in a third of the side."""
    return min(high, (third + 1) / 3) - max(low, third / 3) >= _INSIDE * (high - low)


def _question(kind: str, name: str, answer: str, pick: Pick) -> Question:
    known = taxonomy.KINDS[name]
    frames, answer_type = _ASKED[kind]
    text = pick.one(frames).format(img=pick.one(IMAGES), a=article(known.singular), one=known.singular, many=known.plural)
    return Question(question=text, answer=answer, answer_type=answer_type, kind=kind)


_KINDS: tuple[Ask, ...] = (_presence, _count, _position, _class)
_ASKED: dict[str, tuple[Sequence[str], str]] = {
    "presence": (PRESENCE, "yes_no"),
    "count": (COUNT, "count"),
    "position": (POSITION, "position"),
    "class": (CLASS, "class"),
}
