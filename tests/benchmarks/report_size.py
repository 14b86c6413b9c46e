"""What the report and the card of a dataset cost: seconds, bytes, and memory that does not grow with the dataset.

    python -m tests.benchmarks.report_size [--tiles 10000 100000] [--keep DIR] [--save]

The tiles are drawn ones of 64 px, written without Ray: a few thousand, again and again under other keys, at other places, each
time with captions that nobody else has. Memory is the most that a process of its own had resident while it described them.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sartext.artifact import DATASET, open_artifact
from sartext.flow.build.build import finish
from sartext.flow.build.commit import commit_shard
from sartext.flow.build.records import BuildRecords
from sartext.flow.build.worker.rows import STAGED, narrated
from sartext.flow.run import Run
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.source import Shard, split_of
from sartext.sources.synthetic import Synthetic
from sartext.tile import TILE, Tile, to_table
from tests.support.results import keep, parser_with_save

MOST_BYTES, MOST_GROWTH_MB = 15 * 10**6, 50.0
DRAWN, SHARD_TILES, SIZE_PX = 2048, 512, 64
RULES = (A2C(), Verify(), Questions())


def drawn() -> pa.Table:
    """The tiles of which all others are made."""
    archive = Synthetic(tiles=DRAWN, size_px=SIZE_PX)
    made = [narrated(archive.tile(number), RULES) for number in range(DRAWN)]
    return to_table(tile for tile in made if isinstance(tile, Tile))


def make(out: Path, tiles: int) -> None:
    """A finished dataset without its report."""
    pool, random = drawn(), np.random.default_rng(0)
    sizes = [min(SHARD_TILES, tiles - first) for first in range(0, tiles, SHARD_TILES)]
    with Run(str(out), kind="dataset", writes=DATASET) as run:
        run.plan({}, fingerprint="f", shard_tiles=sizes)
        run.reserve()
        for number, size in enumerate(sizes):
            block = again(pool.take(random.integers(0, len(pool), size)), number, random)
            commit_shard(run.store, block, planned=size, fingerprint="f")
        finish(
            run, BuildRecords(run.store, [Shard(number=number, items=range(size)) for number, size in enumerate(sizes)], 1.0)
        )


def again(tiles: pa.Table, number: int, random: np.random.Generator) -> pa.Table:
    """The tiles as a block in flight, elsewhere and with other words."""
    size = len(tiles)
    scenes = [f"s{number:05d}-{at // 8}" for at in range(size)]
    columns = {name: tiles[name].combine_chunks() for name in TILE.names}
    columns["key"] = pa.array([f"synthetic/{scene}/{at}_0" for at, scene in enumerate(scenes)])
    columns["scene"] = pa.array(scenes)
    columns["split"] = pa.array([split_of(scene) for scene in scenes])
    columns["geo"] = pa.array([{"grid": "map", "footprint": square(random)} for _ in range(size)], TILE.field("geo").type)
    columns["captions"] = reworded(columns["captions"], f" Frame {number}.")
    about = {"shard": number, "generation": 0}
    columns |= {name: pa.array([value] * size, STAGED.field(name).type) for name, value in about.items()}
    columns["position"] = pa.array(range(size), pa.int32())
    columns["reject"] = pa.nulls(size, STAGED.field("reject").type)
    return pa.table({name: columns[name] for name in STAGED.names}, schema=STAGED)


def square(random: np.random.Generator) -> str:
    """A footprint of a few kilometres somewhere on the globe."""
    x, y = random.uniform(-180, 180), random.uniform(-70, 70)
    corners = ((0, 0), (0.05, 0), (0.05, 0.05), (0, 0.05), (0, 0))
    return f"POLYGON (({', '.join(f'{x + dx:.6f} {y + dy:.6f}' for dx, dy in corners)}))"


def reworded(captions: pa.ListArray, more: str) -> pa.ListArray:
    """The captions with more words at their ends."""
    each = captions.flatten()
    fields = {field.name: each.field(field.name) for field in each.type}
    fields["text"] = pc.binary_join_element_wise(fields["text"], more, "")
    structs = pa.StructArray.from_arrays(list(fields.values()), fields=list(each.type))
    lengths = pc.fill_null(pc.list_value_length(captions), 0).to_numpy()
    return pa.ListArray.from_arrays(pa.array(np.concatenate(([0], np.cumsum(lengths))), pa.int32()), structs)


def one(out: Path) -> None:
    """Describes the dataset in this process; prints seconds, bytes and the most memory in MB."""
    from sartext.flow.build.pages.describe import CARD, REPORT, describe

    for path in (REPORT, CARD):
        (out / path).unlink(missing_ok=True)
    began = time.monotonic()
    describe(open_artifact(str(out)), {}, lambda: None)
    took = time.monotonic() - began
    sizes = {path: (out / path).stat().st_size for path in (REPORT, CARD)}
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": took, "report": sizes[REPORT], "card": sizes[CARD], "memory_mb": memory_mb}))


def main(argv: list[str] | None = None) -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--tiles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--keep", type=Path, help="folder of the datasets, made where they are not there (default: temporary)")
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.out:
        one(options.out)
        return 0
    found = []
    with tempfile.TemporaryDirectory(prefix="sartext-report-") as folder:
        for tiles in options.tiles:
            out = (options.keep or Path(folder)) / str(tiles)
            if not (out / "manifest.json").exists():
                make(out, tiles)
            command = [sys.executable, "-m", "tests.benchmarks.report_size", "--out", str(out)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
            said = json.loads(done.stdout.splitlines()[-1])
            found.append({"tiles": tiles, **said})
            took = f"{said['seconds']:.1f} s ({1e6 * said['seconds'] / tiles:.0f} µs a tile)"
            sizes = f"report {said['report'] / 1e6:.2f} MB, card {said['card'] / 1e3:.0f} kB"
            print(f"{tiles:>9,} tiles: {took}, {sizes}, {said['memory_mb']:.0f} MB of memory", flush=True)
    growth_mb = max(one["memory_mb"] for one in found) - min(one["memory_mb"] for one in found)
    largest = max(one["report"] for one in found)
    print(f"the largest report has {largest / 1e6:.2f} MB; memory grows by {growth_mb:.0f} MB")
    if options.save:
        bounds = {"report_at_most": MOST_BYTES, "growth_at_most_mb": MOST_GROWTH_MB}
        keep(__file__, {"sizes": found, "largest_report": largest, "growth_mb": growth_mb, **bounds})
    return int(largest > MOST_BYTES or growth_mb > MOST_GROWTH_MB)


if __name__ == "__main__":
    raise SystemExit(main())
