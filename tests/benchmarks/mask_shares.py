"""Shares in captions of masks, beside the masks.

    python -m tests.benchmarks.mask_shares [--masks 5000] [--seed 0] [--save]

So many masks are of the embedded archive, and as many are random ones with unlabelled and nodata pixels. Every share that a
caption states is read by patterns and counted by pycocotools. Exit status 1 where one is not the mask's within its
rounding, or where a caption is refused.
"""

import time

from sartext.narrate.verify import Verify
from sartext.narrate.write.sa2c import SA2C
from sartext.sources.synthetic import Synthetic
from tests.reading.mosaics import mosaic
from tests.reading.shares import faults, shares_said
from tests.support.results import keep, parser_with_save

_SHOWN = 10


def main() -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--masks", type=int, default=5000, help="masks of the embedded archive, and as many random ones")
    parser.add_argument("--seed", type=int, default=0, help="of the archive")
    args = parser.parse_args()
    archive = Synthetic(tiles=args.masks, seed=args.seed, pixels=False, twin=False)
    bad, figures = 0, dict[str, object]()
    for name, tile_of in (("archive", archive.tile), ("random", lambda number: mosaic(args.seed, number))):
        start, captions, shares, wrong, silent, refused = time.perf_counter(), 0, 0, [], 0, 0
        for number in range(args.masks):
            tile = Verify().apply(SA2C().apply(tile_of(number)))
            silent += not tile.captions
            captions += len(tile.captions)
            shares += sum(len(shares_said(caption.text) or ()) for caption in tile.captions)
            wrong += faults(tile)
            lost = [caption for caption in tile.captions if not caption.kept]
            refused += len(lost)
            wrong += [f"refused, {caption.reason}: {caption.text}" for caption in lost]
        print(
            f"{name}: {args.masks} masks, {captions} captions, {shares} shares, {len(wrong)} faults, {refused} refused, "
            f"{silent} masks without a caption, {time.perf_counter() - start:.0f} s"
        )
        counts = {"captions": captions, "shares": shares, "faults": len(wrong), "refused": refused, "without_caption": silent}
        figures[name] = {"masks": args.masks, **counts, "seconds": time.perf_counter() - start}
        for text in wrong[:_SHOWN]:
            print(f"  {text}")
        bad += len(wrong)
    if args.save:
        keep(__file__, figures)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
