"""A2C, annotation to caption: the boxes of a tile become sentences."""

from dataclasses import dataclass, field

from sartext.errors import require
from sartext.narrate.write.grammar import concise, detailed
from sartext.narrate.write.sampling import with_captions
from sartext.tile import Tile


@dataclass(frozen=True, kw_only=True)
class A2C:
    """Writes concise and detailed captions of the objects of a tile, and of the land or water that regions say they are on.

    The text depends on the facts, the seed and the key without its first segment, so that the same tile of the same
    scene reads alike from every annotation format. A tile of which nothing may be said gets no caption.
    """

    captions_per_form: int = field(
        default=1, metadata={"help": "concise and detailed captions per tile, of each at most so many"}
    )
    seed: int = field(default=0, metadata={"help": "another seed gives other sentences of the same facts"})

    def __post_init__(self) -> None:
        require("captions_per_form", self.captions_per_form, self.captions_per_form >= 1, "at least 1")

    @property
    def name(self) -> str:
        return "a2c"

    @property
    def revision(self) -> int:
        return 7

    def apply(self, tile: Tile) -> Tile:
        """The tile with its captions added. Raises `TileRejected` where a label is no class of the taxonomy."""
        return with_captions(tile, "a2c", concise, detailed, seed=self.seed, per_form=self.captions_per_form)
