"""Scenes cut and rendered, beside a bare loop of rasterio reads and numpy in one process.

    python -m tests.benchmarks.scene_rate [--save]

Both sides turn the same windows of a float32 sigma nought raster into 8-bit PNG, in turn, each in a process of its own. Exit
status 1 where ours does less than 0.9 of the windows a second that the bare loop does.
"""

import multiprocessing
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import Affine
from rasterio.windows import Window

from sartext.imaging import encode
from sartext.sar.tiling import windows
from sartext.sources.scenes import Scenes
from sartext.tile import Tile
from tests.support.results import keep, parser_with_save

SIDE, TILE, LEAST, ROUNDS = 8192, 512, 0.9, 5


def make(path: Path) -> None:
    random = np.random.default_rng(0)
    profile = {"driver": "GTiff", "count": 1, "dtype": "float32", "tiled": True, "blockxsize": 512, "blockysize": 512}
    grid = {"crs": "EPSG:32631", "transform": Affine(10.0, 0.0, 500000.0, 0.0, -10.0, 4800000.0)}
    with rasterio.open(path, "w", height=SIDE, width=SIDE, **profile, **grid) as dataset:
        for row in range(0, SIDE, 512):
            power = 0.06 * random.gamma(4.0, 0.25, (512, SIDE))
            dataset.write(power.astype(np.float32), 1, window=Window(0, row, SIDE, 512))


def ours(path: str) -> tuple[float, int]:
    source = Scenes(scenes=path, quantity="sigma0", tile_px=TILE)
    shards = source.shards()
    start = time.perf_counter()
    count = sum(isinstance(one, Tile) for shard in shards for one in source.read(shard))
    return time.perf_counter() - start, count


def bare(path: str) -> tuple[float, int]:
    start, size = time.perf_counter(), 0
    with rasterio.open(path) as dataset:
        for one in windows(SIDE, SIDE, size_px=TILE):
            power = dataset.read(1, window=Window(one.column, one.row, one.width, one.height))
            level = 10 * np.log10(np.maximum(power, np.float32(1e-6)))
            gray = np.clip((level + 25) * np.float32(255 / 25), 0, 255) + np.float32(0.5)
            size += len(encode.png(gray.astype(np.uint8)))
    return time.perf_counter() - start, size


def main() -> int:
    parser = parser_with_save(__doc__)
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # that the raster has no georeference
    planned = len(windows(SIDE, SIDE, size_px=TILE))
    ratios, rounds = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scene_VV.tif"
        make(path)
        for number in range(ROUNDS):
            with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
                plain, _ = pool.apply(bare, (str(path),))
            with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
                told, count = pool.apply(ours, (str(path),))
            if count != planned:
                print(f"{count} tiles of {planned}")
                return 1
            ratios.append(plain / told)
            rounds.append({"bare_windows_per_s": planned / plain, "ours_windows_per_s": planned / told})
            print(f"round {number + 1}: bare {planned / plain:.0f} windows/s, ours {planned / told:.0f}: {ratios[-1]:.2f}")
    ratio = sorted(ratios)[len(ratios) // 2]
    print(f"ratio {ratio:.2f} (median of {ROUNDS}; at least {LEAST})")
    if options.save:
        keep(__file__, {"windows": planned, "rounds": rounds, "ratio": ratio, "at_least": LEAST})
    return 0 if ratio >= LEAST else 1


if __name__ == "__main__":
    raise SystemExit(main())
