"""Search by meaning on the tiles of a dataset: queries made of the taxonomy, and which tiles they and captions are true of.

A query is a few words, as people type them: "many ships", "a ship near a bridge". Each is made of classes that the tiles have,
is true of three of them at least by the verifier, and of no more than half: what is true of most finds itself.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sartext.evaluate.search import DEPTH, SearchScores, chance_and_oracle, first_hit, precision_at, spread
from sartext.narrate.facts import taxonomy
from sartext.narrate.facts.tile_facts import Facts
from sartext.narrate.verify import claims_of, verdict_of
from sartext.narrate.verify.counting import SUPPORTED
from sartext.narrate.write.nouns import article
from sartext.tile import COARSE, Tile

MOST_CLASSES = 12  # the most frequent ones, of which queries are made
MOST_IMAGES = MOST_TEXTS = 400  # with which it is worked out what guessing gives
LEAST_RIGHT, _MOST_SHARE = 3, 0.5


def holds(text: str, facts: Facts) -> bool:
    """Whether the annotations bear out all that the text says."""
    return verdict_of(claims_of(text, facts)) == SUPPORTED


def concise_texts(tiles: Sequence[Tile]) -> list[set[str]]:
    """Of each tile the kept captions that first hits are counted with: the concise ones, or where none has that form all but
    coarse ones."""
    kept = [[caption for caption in tile.captions if caption.kept and caption.form != COARSE] for tile in tiles]
    short = any(one.form == "concise" for of in kept for one in of)
    return [{one.text for one in of if one.form == "concise" or not short} for of in kept]


def wordings(names: Sequence[str]) -> list[str]:
    """Queries about classes of the taxonomy, alone and in pairs."""
    things = [taxonomy.KINDS[name] for name in names if name not in taxonomy.REGIONS]
    covers = [taxonomy.KINDS[name].mass for name in names if name in taxonomy.REGIONS]
    alone = [
        text.format(one=article(one.singular), single=one.singular, many=one.plural)
        for one in things
        for text in ("{one}", "a single {single}", "a few {many}", "many {many}", "{many} in the center")
    ]
    pairs = [
        text.format(one=article(one.singular), other=article(other.singular), many=one.plural, others=other.plural)
        for at, one in enumerate(things)
        for other in things[at + 1 :]
        for text in ("{many} and {others}", "{one} near {other}")
    ]
    where = [f"{one.plural} {relation} {cover}" for one in things for cover in covers for relation in ("on", "near")]
    return list(dict.fromkeys([*alone, *covers, *pairs, *where]))


def queries_of(facts: Sequence[Facts]) -> list[str]:
    """The queries that tell the tiles apart; of many tiles, evenly spaced ones: some 200 texts are judged of each."""
    facts = spread(facts, MOST_IMAGES)
    classes: Counter[str] = Counter()
    below: dict[str, set[str]] = {}
    for one in facts:
        labels = {*one.labels, *one.covers.labels}
        for label in labels:
            for above in taxonomy.lineage(label):
                below.setdefault(above, set()).add(label)
        classes.update({above for label in labels for above in taxonomy.lineage(label)})
    # A class above a single one that tiles have is another word for the same.
    names = [name for name in classes if name in below[name] or len(below[name]) > 1]
    texts = wordings(sorted(names, key=lambda name: (-classes[name], name))[:MOST_CLASSES])
    found: dict[tuple[bool, ...], str] = {}
    for text in texts:
        right = tuple(holds(text, one) for one in facts)
        if LEAST_RIGHT <= sum(right) <= _MOST_SHARE * len(facts):
            found.setdefault(right, text)  # another text that is true of the same tiles asks for the same
    return list(found.values())


@dataclass(frozen=True)
class SearchTruth:
    """What is true of the tiles: `facts` of each, the `captions` that first hits are counted with, and the `queries`."""

    facts: Sequence[Facts]
    captions: Sequence[str]
    queries: Sequence[str]

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """The tiles (Q, N) that each query is true of."""
        found = [holds(query, one) for query in self.queries for one in self.facts]
        return np.array(found, dtype=np.bool_).reshape(len(self.queries), len(self.facts))

    def scores(self, images: ArrayLike, captions: ArrayLike, queries: ArrayLike) -> SearchScores:
        """The scores of features of the tiles' images (N, D), of the captions (M, D) and of the queries (Q, D)."""
        _, best = self.bounds
        return SearchScores(
            first_hit=best.first_hit
            and first_hit(captions, images, lambda text, image: holds(self.captions[text], self.facts[image])),
            precision=best.precision and precision_at(queries, images, self.right),
            texts=len(self.captions),
            queries=len(self.queries),
        )

    @cached_property
    def bounds(self) -> tuple[SearchScores, SearchScores]:
        """The scores of guessing and of knowing everything; those of first hits are of evenly spaced texts and tiles.

        Where the annotations bear out no text, or tell no tiles apart, there are none.
        """
        texts = spread(range(len(self.captions)), MOST_TEXTS)
        tiles = spread(range(len(self.facts)), MOST_IMAGES)
        true = np.array([[holds(self.captions[text], self.facts[tile]) for tile in tiles] for text in texts], dtype=np.bool_)
        first = chance_and_oracle(true.reshape(len(texts), len(tiles)), 1) if true.any() else (None, None)
        ten = chance_and_oracle(self.right, DEPTH) if self.right.any() else (None, None)
        guess, best = (
            SearchScores(first_hit=one, precision=other, texts=len(self.captions), queries=len(self.queries))
            for one, other in zip(first, ten, strict=True)
        )
        return guess, best
