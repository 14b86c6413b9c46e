"""Milliseconds a tile of the embedded archive takes in one process, on one core.

    python -m tests.benchmarks.synthetic_tile [TILES] [--save]

Exit status 1 where the whole tile, twin included, misses its bar.
"""

import statistics
import time

from sartext.sources.synthetic import Synthetic
from tests.support.results import keep, parser_with_save

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
    parser = parser_with_save(__doc__)
    parser.add_argument("tiles", type=int, nargs="?", default=1000)
    options = parser.parse_args()
    ways: dict[str, dict[str, bool]] = {
        "SAR, boxes, masks": {"twin": False},
        "SAR, boxes, masks, twin": {"twin": True},
        "boxes and masks only": {"pixels": False},
    }
    found = {}
    for name, fields in ways.items():
        median, high = measure(options.tiles, **fields)
        found[name] = {"median_ms": median, "p95_ms": high}
        print(f"{name}: median {median:.2f} ms, p95 {high:.2f} ms, {options.tiles} tiles of 128 px")
    if options.save:
        keep(__file__, {"tiles": options.tiles, **found, "with_twin_at_most_ms": BAR_MS})
    return int(found["SAR, boxes, masks, twin"]["median_ms"] > BAR_MS)


if __name__ == "__main__":
    raise SystemExit(main())
