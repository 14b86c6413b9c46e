"""The route `twin` without a model: what texts or masks of the optical twin say of what lasts, in our own sentences."""

from dataclasses import dataclass, field

from sartext.narrate.seeded import Pick
from sartext.narrate.write.twin.compose import caption_of
from sartext.narrate.write.twin.regions import lasting_regions
from sartext.narrate.write.twin.understand import LastingFact, lasting_in
from sartext.tile import OF_OPTICAL_TWIN, Caption, Tile, with_fields

TWIN_ROUTE = "twin"


@dataclass(frozen=True, kw_only=True)
class TwinText:
    """Writes a caption of each text that tells of the optical twin, and one of the masks that were made on it.

    A text is read, never repeated: only classes that last are said, with what the text says of their place in the image. What
    may have moved or changed since, numbers, colours, light, weather and absences are not. A pair of which nothing lasting is
    known gets no caption: how an image was made is no caption of it.
    """

    seed: int = field(default=0, metadata={"help": "another seed gives other sentences of the same facts"})

    @property
    def name(self) -> str:
        return TWIN_ROUTE

    @property
    def revision(self) -> int:
        return 1

    def apply(self, tile: Tile) -> Tile:
        """The tile with its captions added; those of texts name the text by its position in `derived_from`."""
        written: dict[str, Caption] = {}
        for at, caption in twin_texts(tile):
            facts = tuple(fact for _, found in lasting_in(caption.text) for fact in found)
            self._add(written, facts, tile, at)
        if tile.optical is not None and tile.regions:
            self._add(written, lasting_regions(tile), tile, None)
        return with_fields(tile, captions=(*tile.captions, *written.values())) if written else tile

    def _add(self, written: dict[str, Caption], facts: tuple[LastingFact, ...], tile: Tile, at: int | None) -> None:
        """Adds the caption of the facts, unless another text has led to the same facts."""
        key = repr(sorted(map(repr, set(facts))))
        text = caption_of(facts, Pick(f"{self.seed}/{TWIN_ROUTE}/{at}/{tile.key.partition('/')[2]}"))
        if text is not None and key not in written:
            form = "concise" if text.count(".") == 1 else "detailed"
            written[key] = Caption(text=text, route=TWIN_ROUTE, form=form, derived_from=at)


def twin_texts(tile: Tile) -> list[tuple[int, Caption]]:
    """The texts of the tile that tell of its optical twin, with their positions among its captions."""
    return [(at, one) for at, one in enumerate(tile.captions) if not one.kept and one.reason == OF_OPTICAL_TWIN]
