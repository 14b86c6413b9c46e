"""How many tiles a second one core narrates and verifies: from Tile to kept captions.

    python -m tests.benchmarks.narrate_rate [--tiles 10000] [--boxes 8] [--save]

Prints the rate of A2C alone, and of A2C and Verify one after the other, as a worker of a build runs them, in CPU time of this
process, over tiles that each come once (the caches of the reader fill while it runs). What a tile takes grows with the classes
that it shows, so there are three kinds: one class, as in HRSID and most detection sets of SAR; the embedded archive, with one
class to four; and random boxes, whose classes, sizes and exhaustive labels change from tile to tile as in no one dataset.
"""

import random
import time
from collections.abc import Iterable, Iterator
from itertools import count, islice

from sartext.flow.build.worker.rows import collect_seldom
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from sartext.tile import Box, EncodedImage, Rendering, Sensor, Tile
from tests.benchmarks.narrate_tiles import random_tile
from tests.support.results import keep, parser_with_save

BATCH = 1000
BAR = 4000


def ships(number: int, boxes: int) -> Tile:
    """An 800 px tile at 3 m with so many upright boxes of ships (0: 1 to 20), as HRSID has them."""
    draw = random.Random(number)
    corners = [
        (draw.uniform(0, 760), draw.uniform(0, 760), draw.uniform(8, 40), draw.uniform(8, 40))
        for _ in range(boxes or 1 + number % 20)
    ]
    return Tile(
        key=f"ships/P{number // 100}/{number % 100}_0",
        source="ships",
        scene=f"P{number // 100}",
        split="train",
        image=EncodedImage(bytes=None),
        height_px=800,
        width_px=800,
        rendering=Rendering(quantity="display"),
        sensor=Sensor(gsd_m=(3.0, 3.0)),
        boxes=tuple(Box(label="ship", polygon_px=(x, y, x + w, y, x + w, y + h, x, y + h)) for x, y, w, h in corners),
        exhaustive=("ship",),
    )


def archive(boxes: int) -> Iterator[Tile]:
    """Tiles of the embedded archive with so many boxes (0: any number), without their pixels."""
    source = Synthetic(tiles=10**9, pixels=False, twin=False)
    tiles = (source.tile(index) for index in count())
    return (tile for tile in tiles if not boxes or len(tile.boxes) == boxes)


def measure(name: str, tiles: Iterable[Tile]) -> dict[str, float]:
    """The rates over the tiles and the share of captions that are kept, printed too."""
    a2c, verify = A2C(), Verify()
    write_s = both_s = 0.0
    number = captions = kept = 0
    source = iter(tiles)
    while batch := list(islice(source, BATCH)):
        begun = time.process_time()
        for tile in batch:
            a2c.apply(tile)
        written = time.process_time()
        judged = [verify.apply(a2c.apply(tile)) for tile in batch]
        both_s += time.process_time() - written
        write_s += written - begun
        number += len(batch)
        captions += sum(len(tile.captions) for tile in judged)
        kept += sum(caption.kept for tile in judged for caption in tile.captions)
    print(f"{name}: {number:,} tiles, {captions:,} captions, {kept / captions:.2%} kept")
    for what, seconds in (("a2c", write_s), ("a2c and verify", both_s)):
        print(f"{what:>14}: {number / seconds:8,.0f} tiles/s  {1e6 * seconds / number:7.1f} us a tile")
    return {"a2c_per_s": number / write_s, "a2c_and_verify_per_s": number / both_s, "kept_share": kept / captions}


def main() -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--tiles", type=int, default=10000, help="tiles of each kind")
    parser.add_argument("--boxes", type=int, default=8, help="boxes a tile; 0 for a mixture")
    args = parser.parse_args()
    collect_seldom()
    kinds = {
        "ships": (ships(number, args.boxes) for number in range(args.tiles)),
        "archive": islice(archive(args.boxes), args.tiles),
        "random": (random_tile(number, args.boxes or None) for number in range(args.tiles)),
    }
    rates = {name: measure(name, tiles) for name, tiles in kinds.items()}
    if args.save:
        keep(__file__, {"tiles": args.tiles, "boxes": args.boxes, **rates, "ships_at_least_per_s": BAR})
    return int(rates["ships"]["a2c_and_verify_per_s"] < BAR)


if __name__ == "__main__":
    raise SystemExit(main())
