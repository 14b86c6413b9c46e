"""How many tiles a second one core narrates and verifies: from Tile to kept captions.

    python -m tests.benchmarks.narrate_rate --tiles 10000 --boxes 8

Prints the rate of A2C alone, and of A2C and Verify one after the other, as a build runs them, over tiles that each come once
(the caches of the reader fill while it runs), in CPU time of this process; and the share of captions that are kept.
"""

import argparse
import time

from sartext.narrate.a2c import A2C
from sartext.narrate.verify import Verify
from tests.benchmarks.narrate_tiles import random_tile

BATCH = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, default=10000)
    parser.add_argument("--boxes", type=int, default=8, help="boxes a tile; 0 for a mixture")
    args = parser.parse_args()
    a2c, verify = A2C(), Verify()
    write_s = both_s = boxes = captions = kept = 0.0
    for start in range(0, args.tiles, BATCH):
        items = [random_tile(number, args.boxes or None) for number in range(start, min(start + BATCH, args.tiles))]
        begun = time.process_time()
        for item in items:
            a2c.apply(item)
        written = time.process_time()
        judged = [verify.apply(a2c.apply(item)) for item in items]
        both_s += time.process_time() - written
        write_s += written - begun
        boxes += sum(len(item.boxes) for item in items)
        captions += sum(len(item.captions) for item in judged)
        kept += sum(caption.kept for item in judged for caption in item.captions)
    print(
        f"{args.tiles:,} tiles, {boxes / args.tiles:.1f} boxes on average; {captions:,.0f} captions, {kept / captions:.2%} kept"
    )
    for name, seconds in (("a2c", write_s), ("a2c and verify", both_s)):
        print(f"{name:>14}: {args.tiles / seconds:8,.0f} tiles/s  {1e6 * seconds / args.tiles:7.1f} us a tile")


if __name__ == "__main__":
    main()
