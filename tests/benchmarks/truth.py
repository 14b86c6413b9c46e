"""Reads every kept caption of many tiles with the independent reader, and says what is wrong with them.

    python -m tests.benchmarks.truth [--tiles 20000] [--seed 0] [--save]

So many tiles are of the embedded archive, and as many are random boxes; the real boxes are read in all their formats, with and
without classes that are labelled exhaustively, and must give the same captions in each. Exit status 1 where a fault was
found, a word was not understood, or formats differ.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sartext.narrate.rule import Rule
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.narrate.write.coarse import Coarse
from sartext.tile import Tile
from tests.reading.archives import FORMATS, REAL, embedded_tiles, real_tiles
from tests.reading.reader import read_tile
from tests.reading.tiles import tiles
from tests.support.results import keep, parser_with_save

RULES: tuple[Rule, ...] = (A2C(), Coarse(), Verify())
SHOWN = 3  # examples of each kind of fault


@dataclass
class Tally:
    """What was read and what was found."""

    tiles: int = 0
    captions: int = 0
    refused: int = 0
    unread: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def read(self, tile: Tile) -> None:
        """Reads the kept captions of a narrated tile."""
        self.tiles += 1
        self.refused += sum(not caption.kept for caption in tile.captions)
        for text, reading in read_tile(tile):
            self.captions += 1
            self.unread += len(reading.unread)
            if reading.unread:
                self._example("unread", f"{tile.key}: {' '.join(reading.unread)}")
            for fault in reading.faults:
                self.faults[fault.kind] += 1
                self._example(fault.kind, f"{tile.key}: {fault.text}: {text}")

    def _example(self, kind: str, text: str) -> None:
        examples = self.examples.setdefault(kind, [])
        if len(examples) < SHOWN:
            examples.append(text)


def narrated(tile: Tile, rules: Iterable[Rule] = RULES) -> Tile:
    """The tile after all rules."""
    for rule in rules:
        tile = rule.apply(tile)
    return tile


def read_real(tally: Tally) -> list[str]:
    """Reads the real tiles of all formats; returns the names of tiles whose captions differ among the formats."""
    differing: list[str] = []
    for exhaustive in ((), ("ship",)):
        for gsd_m in (None, 3.0):
            texts: dict[str, dict[str, tuple[str, ...]]] = {}
            for form in FORMATS:
                for tile in map(narrated, real_tiles(form, exhaustive, gsd_m)):
                    tally.read(tile)
                    name = tile.key.partition("/")[2]
                    texts.setdefault(name, {})[form] = tuple(caption.text for caption in tile.captions)
            differing += [name for name, found in texts.items() if len(found) < len(FORMATS) or len(set(found.values())) > 1]
    return differing


def main() -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--tiles", type=int, default=20000, help="tiles of the embedded archive, and of random boxes")
    parser.add_argument("--seed", type=int, default=0, help="the seed of both")
    arguments = parser.parse_args()
    started, tally = time.perf_counter(), Tally()
    for tile in embedded_tiles(arguments.tiles, arguments.seed):
        tally.read(narrated(tile))
    for tile in tiles(arguments.tiles, arguments.seed):
        tally.read(narrated(tile))
    differing, real = [], 0
    if REAL.is_dir():
        before = tally.tiles
        differing = read_real(tally)
        real = tally.tiles - before
        print(f"real tiles read, all formats       {real}")
        print(f"real tiles that differ by format   {len(differing)}  {' '.join(differing[:SHOWN])}")
    else:
        print(f"real tiles: none, {REAL} is not there")
    print(f"tiles read                         {tally.tiles}")
    print(f"captions read                      {tally.captions}  (refused by the rules and not read: {tally.refused})")
    print(f"words not understood               {tally.unread}")
    print(f"faults                             {tally.faults.total()}")
    for kind, count in tally.faults.most_common():
        print(f"  {kind:<32} {count}")
    for kind, examples in tally.examples.items():
        for example in examples:
            print(f"  {kind}: {example}")
    print(f"seconds                            {time.perf_counter() - started:.1f}")
    if arguments.save:
        figures = {"tiles": tally.tiles, "real_tiles": real, "real_tiles_that_differ_by_format": len(differing)}
        words = {"captions": tally.captions, "refused": tally.refused, "words_not_understood": tally.unread}
        keep(__file__, {**figures, **words, "faults": dict(tally.faults), "seconds": time.perf_counter() - started})
    return 1 if tally.faults or tally.unread or differing or not tally.captions else 0


if __name__ == "__main__":
    sys.exit(main())
