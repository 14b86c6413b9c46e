"""A2C, annotation to caption: the boxes of a tile become sentences."""

from dataclasses import dataclass, field

from sartext.narrate.facts import facts_of
from sartext.narrate.grammar import concise, detailed
from sartext.narrate.pick import Pick
from sartext.tile import Caption, Tile

_TRIES = 8  # how often another text is drawn where a form would repeat one


@dataclass(frozen=True, kw_only=True)
class A2C:
    """Writes concise and detailed captions of what the boxes of a tile say, and nothing else.

    The text depends on the facts, the seed and the key without its first segment, so that the same tile of the same
    scene reads alike from every annotation format. A tile of which nothing may be said gets no caption.
    """

    captions_per_form: int = field(
        default=1, metadata={"help": "concise and detailed captions per tile, of each at most so many"}
    )
    seed: int = field(default=0, metadata={"help": "another seed gives other sentences of the same facts"})

    def __post_init__(self) -> None:
        if self.captions_per_form < 1:
            raise ValueError(f"captions_per_form is {self.captions_per_form}; it must be at least 1")

    @property
    def name(self) -> str:
        return "a2c"

    @property
    def revision(self) -> int:
        return 1

    def apply(self, tile: Tile) -> Tile:
        """The tile with its captions added. Raises `TileRejected` where a label is no class of the taxonomy."""
        facts = facts_of(tile)
        place = tile.key.partition("/")[2]
        captions: list[Caption] = []
        texts: set[str] = set()
        for form, write in (("concise", concise), ("detailed", detailed)):
            pick = Pick(f"{self.seed}/{form}/{place}")
            for _ in range(self.captions_per_form):
                text = write(facts, pick)
                for _ in range(_TRIES):
                    if text not in texts:
                        break
                    text = write(facts, pick)
                if text is None:
                    break
                if text not in texts:
                    texts.add(text)
                    captions.append(Caption(text=text, route="a2c", form=form))
        # As dataclasses.replace does it, which looks every field up and takes half as long again.
        return Tile(**{**vars(tile), "captions": (*tile.captions, *captions)}) if captions else tile
