"""Which tiles stay, and which of their captions: decided from facts alone, in one order, the same for any number of workers."""

import tempfile
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sartext.dedup.near_vectors import near_pairs
from sartext.errors import UserError
from sartext.flow.curate.facts_table import FactsTable, features_in_file
from sartext.flow.curate.selection import CAPTION_REASONS, TILE_REASONS, Selection
from sartext.store import Store
from sartext.tile import ROUTES

_MOST_PAIRS = 100  # near-duplicates a tile, on average: more are no duplicates but a threshold that all tiles pass
_TILE = {name: number for number, name in enumerate(TILE_REASONS)}
_CAPTION = {name: number for number, name in enumerate(CAPTION_REASONS)}


@dataclass
class Decisions:
    """What becomes of every tile and every kept caption."""

    tile: NDArray[np.int8]  # of TILE_REASONS
    caption: NDArray[np.int8]  # of CAPTION_REASONS
    like: NDArray[np.int64]  # the tile that stays in place of one that is the same, or -1
    cosine: NDArray[np.float32]  # of the two, where it is near by its features
    linked: list[NDArray[np.int64]]  # (P, 2) pairs of tiles that show the same, whether they stay or not

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Of each tile whether it stays."""
        return np.equal(self.tile, 0)


def decide(facts: FactsTable, selection: Selection, store: Store) -> Decisions:
    """The decisions. Raises `UserError` where `near` finds pairs without end, or nothing is left."""
    made = Decisions(
        facts.reason.copy(),
        np.zeros(len(facts.text), np.int8),
        np.full(facts.count, -1, np.int64),
        np.full(facts.count, np.nan, np.float32),
        [],
    )
    made.caption[~made.kept[facts.tile_of_caption]] = -1  # they go with their tile
    rank = _ranks(facts)
    _leave_out_same(facts, made, rank, "same_key", facts.key[:, None])
    _leave_out_same(facts, made, rank, "same_pixels", facts.digest)
    if selection.near:
        _leave_out_near(facts, made, rank, selection.near, store)
    _choose_captions(facts, made, selection)
    _without_captions(facts, made)
    _balance_classes(facts, made, selection.most_of_class)
    _bound_narrator(facts, made, selection.most_narrator)
    _without_captions(facts, made)
    if not made.kept.any():
        counts = [f"{TILE_REASONS[n]} {int((made.tile == n).sum()):,}" for n in np.unique(made.tile).tolist()]
        captions = [n for n in np.unique(made.caption).tolist() if n > 0]
        counts += [f"captions: {CAPTION_REASONS[n]} {int((made.caption == n).sum()):,}" for n in captions]
        narrated = CAPTION_REASONS.index("narrator_share") in captions
        remedy = "give --most-narrator 1, or datasets with other captions" if narrated else "ask for less"
        raise UserError(f"no tile is selected of {facts.count:,} ({', '.join(counts)}); {remedy}")
    return made


def _ranks(facts: FactsTable) -> NDArray[np.int64]:
    """Of each tile its place in the order of who survives: earlier datasets, then more kept captions, then the key's hash."""
    order = np.lexsort((facts.key, -np.diff(facts.caption_starts), facts.dataset))
    rank = np.empty(facts.count, np.int64)
    rank[order] = np.arange(facts.count)
    return rank


def _leave_out_same(
    facts: FactsTable, made: Decisions, rank: NDArray[np.int64], reason: str, values: NDArray[np.uint64]
) -> None:
    """Of tiles with the same values the first in rank stays."""
    there = np.flatnonzero(made.kept)
    order = there[np.lexsort((rank[there], *values[there].T))]
    new = np.ones(len(order), np.bool_)
    new[1:] = (values[order[1:]] != values[order[:-1]]).any(axis=1)
    first = order[np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))]
    later = order[~new]
    _leave_out(facts, made, later, reason)
    made.like[later] = first[~new]
    made.linked.append(np.stack([first[~new], later], axis=1))


def _leave_out_near(facts: FactsTable, made: Decisions, rank: NDArray[np.int64], near: float, store: Store) -> None:
    """In the order of rank each tile stays that resembles none of another source that stays."""
    with tempfile.TemporaryDirectory(prefix="sartext-curate-") as folder:
        numbers, features = features_in_file(store, facts, folder)
        alive = made.kept[numbers]
        if not alive.all():  # what is the same already would only make pairs
            numbers, features = numbers[alive], features[alive]
        kinds = facts.dataset[numbers].astype(np.int64) * (int(facts.source.max(initial=0)) + 1) + facts.source[numbers]
        pairs, found = [], 0
        for some in near_pairs(features, near, kinds):
            pairs.append(some)
            found += len(some)
            if found > _MOST_PAIRS * max(len(numbers), 1):
                raise UserError(
                    f"near is {near:g}, and {found:,} pairs of {len(numbers):,} tiles are that similar, which is more than "
                    f"{_MOST_PAIRS} a tile; raise it"
                )
    if not found:
        return
    every = np.concatenate(pairs)
    one, other, cosine = numbers[every["one"]], numbers[every["other"]], every["cosine"]
    made.linked.append(np.stack([one, other], axis=1))
    ahead, behind = np.where(rank[one] < rank[other], one, other), np.where(rank[one] < rank[other], other, one)
    for at in np.lexsort((rank[ahead], rank[behind])).tolist():  # all of a tile's pairs before those of any behind it
        if made.kept[ahead[at]] and made.like[behind[at]] < 0:
            made.like[behind[at]], made.cosine[behind[at]] = ahead[at], cosine[at]
            _leave_out(facts, made, behind[at : at + 1], "near_duplicate")


def _leave_out(facts: FactsTable, made: Decisions, tiles: NDArray[np.int64], reason: str) -> None:
    made.tile[tiles] = _TILE[reason]
    if len(tiles) == 1:
        made.caption[facts.caption_starts[tiles[0]] : facts.caption_starts[tiles[0] + 1]] = -1
    else:
        made.caption[~made.kept[facts.tile_of_caption]] = -1


def _choose_captions(facts: FactsTable, made: Decisions, selection: Selection) -> None:
    """Captions by route, by the verdicts on their claims, by score, and by how many tiles have the same text."""

    def refuse(which: NDArray[np.bool_], reason: str) -> None:
        made.caption[which & (made.caption == 0)] = _CAPTION[reason]

    if selection.routes:
        refuse(~np.isin(facts.route, [ROUTES.index(route) for route in selection.routes]), "route_not_selected")
    if selection.supported_only:
        refuse(~facts.supported, "claim_not_supported")
    if selection.score_quantile:
        scores = facts.score[made.caption == 0]
        if len(scores):
            refuse(facts.score < np.quantile(scores.astype(np.float64), selection.score_quantile), "low_score")
    if selection.most_same_text:
        there = np.flatnonzero(made.caption == 0)
        tile = facts.tile_of_caption[there]
        there = there[np.lexsort((tile, facts.key[tile], facts.text[there]))]
        tile, text = facts.tile_of_caption[there], facts.text[there]
        new_text = np.r_[True, text[1:] != text[:-1]] if len(there) else np.zeros(0, np.bool_)
        new_tile = new_text | (np.r_[True, tile[1:] != tile[:-1]] if len(there) else new_text)
        tiles_so_far = np.cumsum(new_tile)
        before = np.maximum.accumulate(np.where(new_text, tiles_so_far - 1, 0)) if len(there) else tiles_so_far
        made.caption[there[tiles_so_far - before > selection.most_same_text]] = _CAPTION["text_of_enough_tiles"]


def _without_captions(facts: FactsTable, made: Decisions) -> None:
    """Leaves out the tiles that had captions and have neither one nor a question left."""
    left = np.bincount(facts.tile_of_caption[made.caption == 0], minlength=facts.count)
    had = np.diff(facts.caption_starts) > 0
    gone = made.kept & had & (left == 0) & (facts.questions == 0)
    made.tile[gone] = _TILE["no_caption_left"]


def _balance_classes(facts: FactsTable, made: Decisions, most: float) -> None:
    """In the order of the keys' hashes each tile stays all of whose classes have room."""
    if not most:
        return
    there = np.flatnonzero(made.kept)
    room = int(most) if most >= 1 else int(most * len(there))
    shown = np.zeros(len(facts.class_names), np.int64)
    out = []
    for tile in there[np.argsort(facts.key[there], kind="stable")].tolist():
        own = facts.classes[facts.class_starts[tile] : facts.class_starts[tile + 1]]
        if (shown[own] >= room).any():
            out.append(tile)
        else:
            shown[own] += 1
    made.tile[out] = _TILE["class_is_full"]
    made.caption[~made.kept[facts.tile_of_caption] & (made.caption == 0)] = -1


def _bound_narrator(facts: FactsTable, made: Decisions, most: float) -> None:
    """Leaves captions of a trained model out, in the order of the keys' hashes, until they are no more than this share."""
    if most >= 1:
        return
    narrated = facts.route == ROUTES.index("narrator")
    there = np.flatnonzero(narrated & (made.caption == 0))
    others = int((~narrated & (made.caption == 0)).sum())
    allowed = int(others * most / (1 - most) + 1e-9)
    tile = facts.tile_of_caption[there]
    made.caption[there[np.lexsort((there, facts.key[tile]))][allowed:]] = _CAPTION["narrator_share"]
