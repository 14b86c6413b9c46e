"""How a rule writes captions: concise and detailed texts drawn for a tile, none of them twice."""

from collections.abc import Callable

from sartext.narrate.facts.tile_facts import Facts, facts_of
from sartext.narrate.seeded import Pick
from sartext.narrate.write.templates import OF_LIGHT
from sartext.tile import Caption, Tile, with_fields

Write = Callable[[Facts, Pick], str | None]
_CAPTION = Caption(text="", route="a2c")
_TRIES = 8  # how often another text is drawn where a form would repeat one


def with_captions(tile: Tile, route: str, concise: Write, detailed: Write, *, seed: int, per_form: int) -> Tile:
    """The tile with at most `per_form` captions of each form added.

    The texts depend on the facts, the seed and the key without its first segment, so that the same tile of the same scene
    reads alike from every annotation format. A tile of which nothing may be said gets no caption. Raises `TileRejected`
    where a label is no class of the taxonomy.
    """
    facts = facts_of(tile)
    place = tile.key.partition("/")[2]
    captions: list[Caption] = []
    texts: set[str] = set()
    for form, write in (("concise", concise), ("detailed", detailed)):
        # A2C had these names before there was another route.
        pick = Pick(f"{seed}/{form}/{place}" if route == "a2c" else f"{seed}/{route}/{form}/{place}")
        for _ in range(per_form):
            text = written(write, facts, pick)
            for _ in range(_TRIES):
                if text not in texts:
                    break
                text = written(write, facts, pick)
            if text is None:
                break
            if text not in texts:
                texts.add(text)
                captions.append(with_fields(_CAPTION, text=text, route=route, form=form))
    return with_fields(tile, captions=(*tile.captions, *captions)) if captions else tile


def written(write: Write, facts: Facts, pick: Pick) -> str | None:
    """A text that names the kind of image that it is of: the frames speak of radar."""
    text = write(facts, pick)
    if text is not None and facts.optical:
        for radar, light in OF_LIGHT:
            text = text.replace(radar, light)
    return text
