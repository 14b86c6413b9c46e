"""How many tiles a second one core narrates and verifies: from Tile to kept captions.

    python tests/benchmarks/narrate_rate.py --tiles 10000 --boxes 8

Prints the rates of A2C alone, of Verify alone and of both, over tiles that are read once (the caches of the reader fill
while it runs, as they do in a build), and the share of captions that are kept.
"""

import argparse
import gc
import time
from collections.abc import Callable

from narrate_tiles import tiles

from sartext.narrate.a2c import A2C
from sartext.narrate.verify import Verify
from sartext.tile import Tile


def timed(work: Callable[[Tile], Tile], items: list[Tile]) -> tuple[list[Tile], float]:
    """The results, and the seconds they took."""
    gc.collect()
    start = time.perf_counter()
    done = [work(item) for item in items]
    return done, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, default=10000)
    parser.add_argument("--boxes", type=int, default=8, help="boxes a tile; 0 for a mixture")
    args = parser.parse_args()
    items = list(tiles(args.tiles, args.boxes or None))
    a2c, verify = A2C(), Verify()
    written, a2c_s = timed(a2c.apply, items)
    judged, verify_s = timed(verify.apply, written)
    captions = [caption for tile in judged for caption in tile.captions]
    kept = sum(caption.kept for caption in captions)
    boxes = sum(len(tile.boxes) for tile in items) / len(items)
    print(f"{len(items):,} tiles, {boxes:.1f} boxes on average; {len(captions):,} captions, {kept / len(captions):.2%} kept")
    for name, seconds in (("a2c", a2c_s), ("verify", verify_s), ("both", a2c_s + verify_s)):
        print(f"{name:>7}: {len(items) / seconds:8,.0f} tiles/s  {1e6 * seconds / len(items):7.1f} us a tile")


if __name__ == "__main__":
    main()
