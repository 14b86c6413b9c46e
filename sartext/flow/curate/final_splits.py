"""The final split of every tile: no group of places or of tiles that show the same is cut, but by a source's own splits."""

from itertools import chain

import numpy as np
from numpy.typing import NDArray

from sartext.flow.curate.decide import Decisions
from sartext.flow.curate.facts_table import FactsTable
from sartext.sources.source import split_of
from sartext.sources.split.groups import places
from sartext.tile import SPLITS

FinalSplits = tuple[NDArray[np.int8], NDArray[np.int8]]


def final_splits(facts: FactsTable, made: Decisions) -> FinalSplits:
    """Of each tile its split (of SPLITS), and what decided it: 0 as before, 1 the scene's name, 2 overlapping footprints,
    3 the split of a source for others of its group.

    A group is of scenes that overlap or share tiles that show the same, in whatever dataset. What a source names stays; others
    of its group go there, and where it names several, to the one that is furthest from training: test before val. A group of
    one split stays as it is; any other is put by the hash of its name.
    """
    group = _groups(facts, made)
    names, of_tile = np.unique(group, return_inverse=True)
    kept = np.flatnonzero(made.kept)
    splits = np.zeros((len(names), len(SPLITS) + 1), np.bool_)  # the last column: there is none
    published = np.zeros((len(names), len(SPLITS)), np.bool_)
    splits[of_tile[kept], facts.split[kept]] = True
    named = kept[facts.published[kept]]
    published[of_tile[named], facts.split[named]] = True
    located = np.zeros(len(names), np.bool_)
    located[of_tile[[tile for tile in facts.outlines if made.kept[tile]]]] = True
    split, rule = facts.split.copy(), np.zeros(facts.count, np.int8)
    new = np.array([SPLITS.index(split_of(facts.scenes[name])) for name in names.tolist()], np.int8)
    furthest = len(SPLITS) - 1 - published[:, ::-1].argmax(axis=1)
    stays = (splits.sum(axis=1) == 1) & ~splits[:, -1]
    own = of_tile[kept]
    moved = kept[~stays[own] & ~facts.published[kept]]
    at = of_tile[moved]
    by_source = published[at].any(axis=1)
    split[moved] = np.where(by_source, furthest[at], new[at])
    rule[moved] = np.where(by_source, 3, np.where(located[at], 2, 1))
    rule[moved[by_source & (facts.split[moved] == split[moved])]] = 0
    return split, rule


def _groups(facts: FactsTable, made: Decisions) -> NDArray[np.int64]:
    """Of each tile the number of the scene after which its group is named."""
    located = list(facts.outlines)
    scenes = [*facts.scenes, *(facts.scenes[facts.scene[tile]] for tile in located)]
    outlines = [*([None] * len(facts.scenes)), *facts.outlines.values()]
    pairs = np.unique(np.concatenate([facts.scene[some] for some in made.linked] or [np.zeros((0, 2), np.int32)]), axis=0)
    named = places(scenes, outlines, chain(map(tuple, pairs.tolist())))
    number = {name: at for at, name in enumerate(facts.scenes)}
    of_scene = np.array([number[name] for name in named[: len(facts.scenes)]], np.int64)
    return of_scene[facts.scene]
