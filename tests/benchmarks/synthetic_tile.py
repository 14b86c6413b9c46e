"""Milliseconds a tile of the embedded archive: `python -m tests.benchmarks.synthetic_tile [TILES]`. One process, one core."""

import statistics
import sys
import time

from sartext.sources.synthetic import Synthetic

BAR_MS = 4.0


def measure(tiles: int, **fields: bool) -> tuple[float, float]:
    """The median and the 95th percentile of the time to draw and encode one tile, in ms."""
    source = Synthetic(tiles=tiles + 50, **fields)
    times_ms = []
    for index in range(tiles + 50):
        start = time.perf_counter()
        source.tile(index)
        times_ms.append(1000.0 * (time.perf_counter() - start))
    times_ms = times_ms[50:]  # the first fill the caches
    return statistics.median(times_ms), statistics.quantiles(times_ms, n=20)[-1]


def main() -> int:
    """Print a line for each way to draw a tile; 1 where the whole tile, twin included, misses its bar."""
    tiles = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    ways: dict[str, dict[str, bool]] = {
        "SAR, boxes, masks": {"twin": False},
        "SAR, boxes, masks, twin": {"twin": True},
        "boxes and masks only": {"pixels": False},
    }
    medians = []
    for name, fields in ways.items():
        median, high = measure(tiles, **fields)
        medians.append(median)
        print(f"{name}: median {median:.2f} ms, p95 {high:.2f} ms, {tiles} tiles of 128 px")
    return int(medians[1] > BAR_MS)


if __name__ == "__main__":
    sys.exit(main())
