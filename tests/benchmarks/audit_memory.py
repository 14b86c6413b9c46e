"""What an audit holds of a tile: the most memory of a process that looks for candidates and writes findings, at two sizes.

    python -m tests.benchmarks.audit_memory [--tiles 40960 163840] [--save]

The tiles are described, not drawn: 128 random keypoints each, one in a hundred a copy of another, one in fifty located. The
first 3,000 are held out, more than are asked together, and all others are of the train split. Each size is looked at in a
process of its own. Prints the bytes that one tile more takes, from each size to the next.
"""

import argparse
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from sartext.flow.audit.compare import best, propose, put_candidates
from sartext.flow.audit.descriptors import TileDescriptors, described_path
from sartext.flow.audit.findings import findings
from sartext.flow.audit.tiles import Tiles
from sartext.store import open_store
from tests.support.results import keep, parser_with_save

_SHARD, _KEYPOINTS, _HELD_OUT = 512, 128, 1500


def describe(out: str, tiles: int) -> None:
    """The files that an audit of so many tiles has described."""
    random, store = np.random.default_rng(11), open_store(out)
    store.prepare()
    kinds = {"digest": pa.binary(), "bits": pa.list_(pa.uint64()), "sigma_px": pa.list_(pa.float32())}
    offsets = pa.array(np.arange(0, _SHARD * _KEYPOINTS + 1, _KEYPOINTS, dtype=np.int32))
    for shard in range(tiles // _SHARD):
        numbers = range(shard * _SHARD, (shard + 1) * _SHARD)
        bits = random.integers(0, 2**64, _SHARD * _KEYPOINTS, dtype=np.uint64)
        sigma_px = random.uniform(1, 8, len(bits)).astype(np.float32)
        digests = [random.bytes(32) if number % 100 else b"the same pixels as another tile." for number in numbers]
        places = [shapely.box(number % 300, 0, number % 300 + 1.1, 1).wkt if number % 50 == 0 else None for number in numbers]
        columns = {
            "key": [f"given/s{number}/0_0" for number in numbers],
            "source": ["given"] * _SHARD,
            "scene": [f"s{number // 2}" for number in numbers],
            "split": [("val", "test", "train")[min(number // _HELD_OUT, 2)] for number in numbers],
            "footprint": places,
            "reject": pa.nulls(_SHARD, pa.string()),
            "digest": pa.array(digests, kinds["digest"]),
            "bits": pa.ListArray.from_arrays(offsets, pa.array(bits)),
            "sigma_px": pa.ListArray.from_arrays(offsets, pa.array(sigma_px)),
        }
        written = io.BytesIO()
        pq.write_table(pa.table(columns), written, row_group_size=64, compression="NONE", use_dictionary=False)
        store.put(described_path(shard), written.getvalue())


def one(out: str, shards: int) -> dict[str, float]:
    """The audit of what is described at a place, without comparing its candidates."""
    before_mb, began = _most_mb(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sartext-audit-") as folder:
        store = open_store(out)
        tiles = Tiles(TileDescriptors(store, shards), [shards], folder)
        put_candidates(store, propose(tiles, _in_silence))
        looked_up_mb = _most_mb()
        with tempfile.TemporaryDirectory(prefix="sartext-audit-") as another:
            found = findings(Tiles(TileDescriptors(store, shards), [shards], another), best([]))
    return {
        "seconds": time.monotonic() - began,
        "before_mb": before_mb,
        "most_mb": _most_mb(),
        "most_until_candidates_mb": looked_up_mb,
        "leaking": found.report["leaking"],
    }


def _in_silence(done: int, of: int) -> None:
    del done, of


def _most_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(argv: list[str] | None = None) -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--tiles", type=int, nargs="+", default=[40_960, 163_840])
    parser.add_argument("--out", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.out:
        print(json.dumps(one(options.out, options.tiles[0] // _SHARD)))
        return 0
    sizes = []
    for tiles in options.tiles:
        with tempfile.TemporaryDirectory(prefix="sartext-described-") as out:
            describe(out, tiles)
            command = [sys.executable, "-m", "tests.benchmarks.audit_memory", "--tiles", str(tiles), "--out", out]
            said = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])
        sizes.append({"tiles": tiles // _SHARD * _SHARD, **said})
        print(json.dumps(sizes[-1]), flush=True)
    growth = [(many["most_mb"] - few["most_mb"]) * 2**20 / (many["tiles"] - few["tiles"]) for few, many in pairwise(sizes)]
    print(f"bytes that one tile more takes: {', '.join(f'{one:.0f}' for one in growth)}")
    if options.save:
        keep(__file__, {"sizes": sizes, "bytes_a_tile": growth}, packages=("numpy", "pyarrow"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
