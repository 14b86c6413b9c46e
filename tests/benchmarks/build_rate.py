"""A build through Ray beside the obvious alternative: as many plain processes that do the same work in a loop.

    python -m tests.benchmarks.build_rate [--tiles 100000] [--rounds 3] [--keep DIR] [--save]

Both read JPEG tiles of 256 px with their boxes from a COCO file, prove each by decoding, narrate and verify it, and write the
same Parquet; the loop keeps no records, tries nothing twice and puts nothing in place safely. They run in turn. Ray's start
is reported apart: its processes, its workers and the actors of Ray Data, which come with the first build, here one of a few
thousand tiles. The ratio that counts it stands beside the other.
"""

import argparse
import io
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from sartext.flow.build.build import build
from sartext.flow.build.commit import encode
from sartext.flow.build.worker.rows import narrated, results
from sartext.flow.engine.options import Engine
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.coco import Coco
from sartext.sources.synthetic import Synthetic
from sartext.tile import Tile, to_table
from tests.support.results import keep, parser_with_save

SIZE_PX = 256
PICTURES = 500  # different ones; the tiles are links to them, each with boxes of its own
RULES = (A2C(), Verify())
LEAST_RATIO = 0.8


def source(data: Path) -> Coco:
    return Coco(images=str(data / "images"), annotations=str(data / "boxes.json"), exhaustive=("ship",), gsd_m=3.0)


def make(data: Path, tiles: int) -> None:
    """The images and the COCO file."""
    (data / "pictures").mkdir(parents=True)
    (data / "images").mkdir()
    archive = Synthetic(tiles=PICTURES, size_px=SIZE_PX, twin=False)
    for number in range(PICTURES):
        drawn = Image.open(io.BytesIO(archive.tile(number).image.bytes or b""))
        drawn.save(data / "pictures" / f"{number}.jpg", quality=90)
    random = np.random.default_rng(0)
    images, boxes = [], []
    for number in range(tiles):
        os.link(data / "pictures" / f"{number % PICTURES}.jpg", data / "images" / f"{number:06d}.jpg")
        images.append({"id": number, "file_name": f"{number:06d}.jpg", "width": SIZE_PX, "height": SIZE_PX})
        for left, top, width, height in random.integers((0, 0, 8, 8), (200, 200, 56, 56), (8, 4)).tolist():
            area = width * height
            box = {"bbox": [left, top, width, height], "area": area, "iscrowd": 0, "image_id": number, "category_id": 1}
            boxes.append({"id": len(boxes), **box})
    (data / "boxes.json").write_text(
        json.dumps({"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "ship"}]})
    )


def part(data: Path, out: Path, first: int, processes: int) -> None:
    """Every `processes`-th shard, in a plain loop."""
    here = source(data)
    for shard in here.shards()[first::processes]:
        made = [narrated(tile, RULES) for tile in results(here, shard) if isinstance(tile, Tile)]
        table = to_table([tile for tile in made if isinstance(tile, Tile)])
        (out / f"{shard.number:05d}.parquet").write_bytes(encode(table))


def loop(data: Path, out: Path, processes: int) -> None:
    """The bare loop in as many processes as the build has."""
    out.mkdir()
    began = time.monotonic()
    workers = [multiprocessing.Process(target=part, args=(data, out, first, processes)) for first in range(processes)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(json.dumps({"seconds": time.monotonic() - began}))


def through_ray(data: Path, out: Path, processes: int) -> None:
    """The build in a Ray that has been started before, by a build long enough to need every worker."""
    from sartext.flow.engine.session import session

    engine = Engine(cpus=processes)
    first = Synthetic(tiles=4 * 512 * processes, twin=False)
    began = time.monotonic()
    with session(engine), tempfile.TemporaryDirectory() as folder:
        build(first, RULES, out=folder, engine=engine)
        started = time.monotonic()
        build(source(data), RULES, out=str(out), engine=engine)
        took = time.monotonic() - started
    print(json.dumps({"seconds": took, "start": started - began}))


def measured(way: str, data: Path, out: Path, processes: int) -> dict[str, float]:
    """What one run in a process of its own took; its output is removed."""
    command = ["-m", "tests.benchmarks.build_rate", "--way", way, "--keep", str(data), "--out", str(out)]
    done = subprocess.run([sys.executable, *command, "--processes", str(processes)], check=True, stdout=subprocess.PIPE)
    shutil.rmtree(out)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main(argv: list[str] | None = None) -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--tiles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="folder of the images, made where it is not there (default: a temporary one)")
    parser.add_argument("--way", choices=("loop", "ray"), help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.way:
        {"loop": loop, "ray": through_ray}[options.way](options.keep, options.out, options.processes)
        return 0
    with tempfile.TemporaryDirectory(prefix="sartext-rate-") as folder:
        data = options.keep or Path(folder) / "data"
        if not data.exists():
            make(data, options.tiles)
        rounds = []
        for _ in range(options.rounds):
            bare = measured("loop", data, Path(folder) / "loop", options.processes)
            ours = measured("ray", data, Path(folder) / "ray", options.processes)
            rounds.append((bare["seconds"], ours["seconds"], ours["start"]))
            print(
                f"bare loop {rounds[-1][0]:.1f} s, build {rounds[-1][1]:.1f} s, Ray's start {rounds[-1][2]:.1f} s", flush=True
            )
    ratio = statistics.median(bare / ours for bare, ours, _ in rounds)
    whole = statistics.median(bare / (ours + start) for bare, ours, start in rounds)
    rate = options.tiles / statistics.median(ours for _, ours, _ in rounds)
    print(
        f"{options.tiles:,} tiles, {options.processes} processes: {rate:.0f} tiles/s, {ratio:.2f} of the bare loop's rate; "
        f"{whole:.2f} with Ray's start"
    )
    if options.save:
        names = ("bare_s", "ours_s", "start_of_ray_s")
        figures = {
            "tiles": options.tiles,
            "processes": options.processes,
            "rounds": [dict(zip(names, one, strict=True)) for one in rounds],
            "tiles_per_s": rate,
            "ratio": ratio,
            "ratio_with_start_of_ray": whole,
            "at_least": LEAST_RATIO,
        }
        keep(__file__, figures)
    return int(ratio < LEAST_RATIO)


if __name__ == "__main__":
    raise SystemExit(main())
