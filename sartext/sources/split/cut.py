"""Places that a split cuts, as only those of a set's authors do: those that have tiles on several sides."""

import hashlib
from collections import Counter
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sartext.sources.split.groups import places
from sartext.tile import SPLITS

COLUMNS_OF_PLACES = ("source", "scene", "split", "geo.footprint")


def cut_places(tables: Iterable[pa.Table]) -> dict[str, int]:
    """How many places lie in which splits, "train and test", of those that lie in several; of tables with COLUMNS_OF_PLACES.

    A place is a scene, or scenes that overlap. Memory is about 80 bytes a scene, and 1.6 kB where footprints are known; only
    sets with splits of authors are asked.
    """
    scenes, sides = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint8)]
    located: list[str] = []
    outlines: list[str] = []
    for table in tables:
        hashes = _hashes(pc.binary_join_element_wise(table["source"], table["scene"], "/").to_pylist())
        bits = np.array([1 << SPLITS.index(one) if one in SPLITS else 0 for one in table["split"].to_pylist()], np.uint8)
        for at, outline in enumerate(pc.struct_field(table["geo"].combine_chunks(), "footprint").to_pylist()):
            if outline is not None:
                located.append(f"{hashes[at]:020d}")
                outlines.append(outline)
        own, first = np.unique(hashes, return_inverse=True)
        of_scene = np.zeros(len(own), np.uint8)
        np.bitwise_or.at(of_scene, first.reshape(-1), bits)
        scenes.append(own)
        sides.append(of_scene)
    every, of_place = np.concatenate(scenes), np.concatenate(sides)
    if place_of := {int(scene): int(place) for scene, place in zip(located, places(located, outlines), strict=True)}:
        known = np.array(sorted(place_of), np.uint64)
        nearest = np.minimum(np.searchsorted(known, every), len(known) - 1)
        named = np.array([place_of[one] for one in known.tolist()], np.uint64)
        every = np.where(known[nearest] == every, named[nearest], every)
    own, first = np.unique(every, return_inverse=True)
    found = np.zeros(len(own), np.uint8)
    np.bitwise_or.at(found, first.reshape(-1), of_place)
    numbers = Counter(" and ".join(split for at, split in enumerate(SPLITS) if bits >> at & 1) for bits in found.tolist())
    return {name: number for name, number in sorted(numbers.items()) if " and " in name}


def _hashes(texts: Iterable[str]) -> npt.NDArray[np.uint64]:
    return np.frombuffer(b"".join([hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts]), dtype="<u8")
