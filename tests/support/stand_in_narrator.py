"""A stand-in for a captioner: it knows the labels and errs as is declared, which no trained model does on demand."""

import random
from dataclasses import dataclass, replace

from sartext.errors import TileRejected
from sartext.tile import Caption, Tile


@dataclass(frozen=True, kw_only=True)
class StandInNarrator:
    """One caption a tile that has boxes: how many there are of a class, at least, and where a bridge lies, which it makes up.

    `wrong_share` of the tiles have a class instead that they have not. Its samples all agree with the first sentence, and none
    with the second.
    """

    wrong_share: float = 0.01
    samples: int = 3

    @property
    def name(self) -> str:
        return "narrator"

    @property
    def revision(self) -> int:
        return 1

    def apply(self, tile: Tile) -> Tile:
        """The tile with its caption and the samples. Raises `TileRejected` for a tile without boxes."""
        there = {box.label for box in tile.boxes}
        if not there:
            raise TileRejected("no_caption", "no boxes")
        wrong = random.Random(tile.key).random() < self.wrong_share
        label = min(set(tile.exhaustive) - there if wrong else there)
        text = f"At least one {label} is visible. A bridge lies in the lower right of the image."
        caption = Caption(text=text, route="narrator", model="stand-in", confidence=0.9)
        sample = Caption(
            text=f"There is at least one {label}.",
            route="narrator",
            model="stand-in",
            seed=1,
            kept=False,
            reason="a sample: drawn by nobody",
            confidence=0.5,
        )
        return replace(tile, captions=(caption, *[sample] * self.samples))
