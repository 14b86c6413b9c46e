"""A constant raster as real archives have them: every tile is refused, in little memory, and hardly later than by bare reads.

    python -m tests.benchmarks.blank_raster [--save]

The raster has 16,685 x 25,788 pixels of 16 bits, in tiles of 256 px, packed. Exit status 1 where a tile is not refused as
blank, where a process takes 500 MB or more, or more than 1.5 times as long as bare reads of the same windows.
"""

import multiprocessing
import resource
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import rasterio
from rasterio.windows import Window

from sartext.sar.tiling import windows
from sartext.sources.scenes import Scenes
from sartext.tile import Reject
from tests.support.results import keep, parser_with_save

HEIGHT, WIDTH, TILE = 25_788, 16_685, 512
MOST_MB, MOST_RATIO, ROUNDS = 500, 1.5, 3


def make(path: Path) -> None:
    """Writes the raster, a row of blocks at a time."""
    profile = {"driver": "GTiff", "count": 1, "dtype": "uint16", "tiled": True, "blockxsize": 256, "blockysize": 256}
    with rasterio.open(path, "w", height=HEIGHT, width=WIDTH, compress="deflate", **profile) as dataset:
        for row in range(0, HEIGHT, 256):
            rows = min(256, HEIGHT - row)
            dataset.write(np.full((rows, WIDTH), 7, np.uint16), 1, window=Window(0, row, WIDTH, rows))


def ours(path: str) -> tuple[float, int, float]:
    """Seconds, tiles refused as blank, and the most memory in MB."""
    start = time.perf_counter()
    source = Scenes(scenes=path, tile_px=TILE)
    blank = sum(isinstance(one, Reject) and one.reason == "blank" for shard in source.shards() for one in source.read(shard))
    return time.perf_counter() - start, blank, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bare(path: str) -> tuple[float, int, float]:
    """The same of a loop that reads every window and no more."""
    start, count = time.perf_counter(), 0
    with rasterio.open(path) as dataset:
        for one in windows(HEIGHT, WIDTH, size_px=TILE):
            dataset.read(1, window=Window(one.column, one.row, one.width, one.height))
            count += 1
    return time.perf_counter() - start, count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = parser_with_save(__doc__)
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # that the raster has no georeference
    planned = len(windows(HEIGHT, WIDTH, size_px=TILE))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "constant.tif"
        make(path)
        print(f"{WIDTH} x {HEIGHT} px, {path.stat().st_size / 2**20:.1f} MB on disk, {planned} windows of {TILE} px")
        ratios, rounds, fine = [], [], True
        for number in range(ROUNDS):
            # A process each, so that neither finds what the other has in its memory; in turn.
            with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
                plain = pool.apply(bare, (str(path),))
            with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
                told = pool.apply(ours, (str(path),))
            ratios.append(told[0] / plain[0])
            fine &= told[1] == planned and told[2] < MOST_MB
            names = ("bare_s", "bare_mb", "ours_s", "ours_mb")
            rounds.append(dict(zip(names, (plain[0], plain[2], told[0], told[2]), strict=True)))
            alone, told_of = (f"{seconds:.2f} s, {mb:.0f} MB" for seconds, _, mb in (plain, told))
            print(f"round {number + 1}: bare {alone}; ours {told_of}, {told[1]} blank")
        ratio = sorted(ratios)[len(ratios) // 2]
        print(f"ratio {ratio:.2f} (median of {ROUNDS}; at most {MOST_RATIO})")
    if options.save:
        keep(__file__, {"windows": planned, "rounds": rounds, "ratio": ratio, "at_most": MOST_RATIO, "all_refused": fine})
    return 0 if fine and ratio <= MOST_RATIO else 1


if __name__ == "__main__":
    raise SystemExit(main())
