"""Coarse: boxes and regions together become one short text, as people search: "a few ships near a port"."""

from dataclasses import dataclass, field, replace

from sartext.narrate.facts.tile_facts import facts_of
from sartext.narrate.seeded import Pick
from sartext.narrate.write.coarse_grammar import coarse
from sartext.narrate.write.sampling import written
from sartext.tile import COARSE, Caption, Tile


@dataclass(frozen=True, kw_only=True)
class Coarse:
    """Writes one coarse caption: which classes a tile shows, roughly how many objects, and where they are.

    Its route is that of `A2C` where it names objects, else that of `SA2C`. The text depends on the facts, the seed and the key
    without its first segment. A tile of which nothing may be said gets none.
    """

    seed: int = field(default=0, metadata={"help": "another seed gives other words for the same facts"})

    @property
    def name(self) -> str:
        return "coarse"

    @property
    def revision(self) -> int:
        return 2

    def apply(self, tile: Tile) -> Tile:
        """The tile with its caption added. Raises `TileRejected` where a label is no class of the taxonomy."""
        facts = facts_of(tile)
        text = written(coarse, facts, Pick(f"{self.seed}/coarse/{tile.key.partition('/')[2]}"))
        if text is None:
            return tile
        caption = Caption(text=text, route="a2c" if facts.objects else "sa2c", form=COARSE)
        return replace(tile, captions=(*tile.captions, caption))
