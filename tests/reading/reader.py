"""An independent reader of captions: what a caption states, held against the boxes of its tile.

It shares no code with what writes or verifies captions, only the published definitions. What it cannot read it says, word by
word, so that nothing is passed over in silence.
"""

import re
from dataclasses import dataclass

from sartext.tile import Caption, Tile
from tests.reading.coarse import read_coarse
from tests.reading.frames import statements
from tests.reading.scene import Scene
from tests.reading.stated import Statement
from tests.reading.truth import Fault, faults


@dataclass(frozen=True)
class Reading:
    """What is wrong with a caption, and the words of it that were not understood."""

    faults: tuple[Fault, ...]
    unread: tuple[str, ...]


def sentences(text: str) -> list[str]:
    """The sentences of a caption without their full stops."""
    return [part.removesuffix(".") for part in re.split(r"(?<=\.)\s+", text.strip())]


def read(text: str, scene: Scene) -> Reading:
    """The caption, read against what is true of its tile."""
    found: list[Fault] = []
    unread: list[str] = []
    if not re.fullmatch(r"[A-Z0-9].*\.", text):
        found.append(Fault("grammar", "it does not start with a capital and end with a full stop"))
    before: list[Statement] = []
    for sentence in sentences(text):
        stated = statements(sentence, before)
        if stated is None:
            unread.extend(sentence.split())
            before = []
            continue
        for statement in stated:
            found.extend(faults(statement, scene))
        before = stated
    return Reading(tuple(found), tuple(unread))


def read_tile(tile: Tile) -> list[tuple[str, Reading]]:
    """Every kept caption of a tile with its reading."""
    scene = Scene(tile)
    return [(caption.text, _read(caption, scene)) for caption in tile.captions if caption.kept]


def _read(caption: Caption, scene: Scene) -> Reading:
    if caption.form != "coarse":
        return read(caption.text, scene)
    found = read_coarse(caption.text, scene)
    return Reading((), tuple(caption.text.split())) if found is None else Reading(tuple(found), ())
