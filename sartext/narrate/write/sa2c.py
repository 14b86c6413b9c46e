"""SA2C, segmentation annotation to caption: the regions of a tile become sentences."""

from dataclasses import dataclass, field

from sartext.errors import require
from sartext.narrate.write.land_cover_grammar import concise, detailed
from sartext.narrate.write.sampling import with_captions
from sartext.tile import Tile


@dataclass(frozen=True, kw_only=True)
class SA2C:
    """Writes concise and detailed captions of how much of a tile its classes cover, where they lie and what they border."""

    captions_per_form: int = field(
        default=1, metadata={"help": "concise and detailed captions per tile, of each at most so many"}
    )
    seed: int = field(default=0, metadata={"help": "another seed gives other sentences of the same facts"})

    def __post_init__(self) -> None:
        require("captions_per_form", self.captions_per_form, self.captions_per_form >= 1, "at least 1")

    @property
    def name(self) -> str:
        return "sa2c"

    @property
    def revision(self) -> int:
        return 7

    def apply(self, tile: Tile) -> Tile:
        """The tile with its captions added. Raises `TileRejected` where a label is no class of the taxonomy."""
        if not tile.regions:
            return tile
        return with_captions(tile, "sa2c", concise, detailed, seed=self.seed, per_form=self.captions_per_form)
