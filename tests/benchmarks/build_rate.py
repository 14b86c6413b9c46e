"""A build through Ray beside the obvious alternative: one process that does the same work in a plain loop.

python -m tests.benchmarks.build_rate [--tiles 2000] [--rounds 3] runs both in turn and prints seconds, tiles/s and the ratios.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from jobs.recipes import synthetic
from sartext.flow.pipeline import narrated, results
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile, to_table


def bare(out: Path, tiles: int) -> None:
    """The same tiles and captions, written by pyarrow alone: no commits, no records, no second try."""
    out.mkdir()
    rules = synthetic().rules
    source = Synthetic(tiles=tiles)
    for shard in source.shards():
        made = [narrated(tile, rules) for tile in results(source, shard) if isinstance(tile, Tile)]
        pq.write_table(to_table(tile for tile in made if isinstance(tile, Tile)), out / f"{shard.number:05d}.parquet")


def seconds(command: list[str]) -> float:
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiles", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bare", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.bare:
        bare(options.bare, options.tiles)
        return 0
    took: dict[str, list[float]] = {"build": [], "bare loop": []}
    with tempfile.TemporaryDirectory(prefix="sartext-rate-") as folder:
        for number in range(options.rounds):
            place = Path(folder)
            build = ["-m", "jobs.build", "synthetic", "--source.tiles", str(options.tiles), "--out", str(place / f"b{number}")]
            loop = ["-m", "tests.benchmarks.build_rate", "--tiles", str(options.tiles), "--bare", str(place / f"l{number}")]
            took["build"].append(seconds([sys.executable, *build]))
            took["bare loop"].append(seconds([sys.executable, *loop]))
    for name, values in took.items():
        middle = statistics.median(values)
        print(f"{name}: median {middle:.1f} s ({min(values):.1f} to {max(values):.1f}), {options.tiles / middle:.0f} tiles/s")
    ratio = statistics.median(loop / build for loop, build in zip(took["bare loop"], took["build"], strict=True))
    print(f"the build, Ray's start included, runs at {ratio:.2f} of the bare loop's rate on {options.tiles} tiles")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
