"""How time and the driver's memory grow with the number of tiles: annotations and captions only, no pixels.

    python -m tests.benchmarks.growth [--tiles 1000 10000 100000 1000000] [--save]

Each size is a build of the embedded archive in a process of its own. Time is without Ray's start; memory is the most that the
driver had resident. Prints the exponents from each size to the next, and over all.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from sartext.flow.build.build import build
from sartext.flow.engine.options import Engine
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from tests.support.results import keep, parser_with_save

MOST_EXPONENT, MOST_MB = 1.05, 50.0


def one(tiles: int, out: str) -> None:
    """One build; prints its seconds and the driver's most memory in MB."""
    from sartext.flow.engine.session import session

    with session(Engine()):
        began = time.monotonic()
        build(Synthetic(tiles=tiles, pixels=False, twin=False), (A2C(), Verify()), out=out)
        took = time.monotonic() - began
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": took, "memory_mb": memory_mb}))


def main(argv: list[str] | None = None) -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--tiles", type=int, nargs="+", default=[10**3, 10**4, 10**5, 10**6])
    parser.add_argument("--out", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.out:
        one(options.tiles[0], options.out)
        return 0
    found: list[tuple[int, float, float]] = []
    for tiles in options.tiles:
        with tempfile.TemporaryDirectory(prefix="sartext-growth-") as folder:
            command = ["-m", "tests.benchmarks.growth", "--tiles", str(tiles), "--out", str(Path(folder) / "out")]
            done = subprocess.run([sys.executable, *command], check=True, stdout=subprocess.PIPE)
        said = json.loads(done.stdout.splitlines()[-1])
        found.append((tiles, said["seconds"], said["memory_mb"]))
        rate = tiles / said["seconds"]
        print(
            f"{tiles:>9,} tiles: {said['seconds']:7.1f} s, {rate:5.0f} tiles/s, driver {said['memory_mb']:.0f} MB", flush=True
        )
    worst = 0.0
    for few, many in pairwise(found):
        exponent = math.log(many[1] / few[1]) / math.log(many[0] / few[0])
        worst = max(worst, exponent)
        print(f"{few[0]:,} to {many[0]:,}: time grows with an exponent of {exponent:.3f}, memory by {many[2] - few[2]:.0f} MB")
    growth_mb = max([memory for tiles, _, memory in found if tiles >= 10**4], default=0.0)
    growth_mb -= min([memory for tiles, _, memory in found if tiles >= 10**4], default=0.0)
    print(f"the largest exponent is {worst:.3f}; from 10,000 tiles on the driver's memory grows by {growth_mb:.0f} MB")
    if options.save:
        sizes = [{"tiles": tiles, "seconds": seconds, "driver_mb": memory_mb} for tiles, seconds, memory_mb in found]
        bounds = {"exponent_at_most": MOST_EXPONENT, "growth_at_most_mb": MOST_MB}
        keep(__file__, {"sizes": sizes, "largest_exponent": worst, "growth_mb": growth_mb, **bounds})
    return int(worst > MOST_EXPONENT or growth_mb > MOST_MB)


if __name__ == "__main__":
    raise SystemExit(main())
