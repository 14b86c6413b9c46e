"""Lasting facts of masks that were made on an optical image: which classes cover a part of it, and where most of each lies."""

from sartext.narrate.facts.land_cover import Covers, covers_of
from sartext.narrate.facts.place import CELL, Place
from sartext.narrate.write.twin.lasting import LASTING
from sartext.narrate.write.twin.understand import LastingFact
from sartext.tile import Tile

LEAST_SHARE = 0.01  # of the labelled area, for a class to be said
_PLACED_SHARE, _MOST_OF = 0.05, 0.75
_SIDES = tuple(Place(*sides, "side") for sides in ((7, 1), (7, 4), (1, 7), (4, 7)))


def lasting_regions(tile: Tile) -> tuple[LastingFact, ...]:
    """The facts of a tile's regions, the largest first; none where nothing lasting has a hundredth of what is labelled."""
    covers = covers_of(tile)
    shares = {name: covers.area(name) for name in dict.fromkeys(covers.labels) if name in LASTING}
    names = sorted((name for name, share in shares.items() if share >= LEAST_SHARE), key=lambda name: (-shares[name], name))
    return tuple([LastingFact(name, _place(name, covers) if shares[name] >= _PLACED_SHARE else None) for name in names])


def _place(name: str, covers: Covers) -> Place | None:
    """The narrowest place that holds most of the class, whatever the pixels are that have no label."""
    for place in (*CELL, *_SIDES):
        inside = covers.inside(name, place, annotated=False)
        if inside is not None and inside.low >= _MOST_OF:
            return place
    return None
