"""What a plan of files takes: seconds, bytes a tile that stay, and the driver's most memory, also with its first windows run.

    python -m tests.benchmarks.planning [--tiles 10000 1000000] [--sources images masks yolo voc coco] [--save]

The tiles are links to a few small images in folders of 10,000, with a label file each (a link too) where the source wants one;
`coco` is one JSON with a box an image. Each plan is made in a process of its own. Bytes a tile are those of all objects that
can be reached from the plan's shards. Ends with 1 where a source of files keeps more than 40 bytes a tile, or the driver's most
memory, plan and three windows, grows by more than 50 MB from the fewest tiles to the most.
"""

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from PIL import Image

from sartext.flow.build.plan import BuildPlan, plan_build
from sartext.sources.coco import Coco
from sartext.sources.images import Images
from sartext.sources.masks import Masks
from sartext.sources.source import Source
from sartext.sources.voc import Voc
from sartext.sources.yolo import Yolo
from tests.support.results import keep, parser_with_save

MOST_BYTES, MOST_GROWTH_MB = 40.0, 50.0
OF_FILES = ("images", "masks", "yolo", "voc")
SOURCES = (*OF_FILES, "coco")
_FOLDER, _FEW = 10_000, 8
_WINDOWS, _WINDOW_SHARDS = 3, 20
_LABELS = {"masks": "masks/0.png", "yolo": "labels/0.txt", "voc": "labels/0.xml"}
_XML = "<annotation><object><name>ship</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object>"


def few(folder: Path) -> None:
    """The files that the links lead to."""
    for name in ("images", "masks", "labels"):
        (folder / "few" / name).mkdir(parents=True)
    random = np.random.default_rng(3)
    for number in range(_FEW):
        Image.fromarray(random.integers(0, 255, (32, 32), dtype=np.uint8)).save(folder / f"few/images/{number}.png")
    Image.fromarray(np.tile(np.array([[0, 1]], np.uint8), (32, 16))).save(folder / "few/masks/0.png")
    (folder / "few/labels/0.txt").write_text("0 0.5 0.5 0.25 0.25\n")
    (folder / "few/labels/0.xml").write_text(f"{_XML}</annotation>")
    (folder / "classes.txt").write_text("ship\n")


def source_of(name: str, folder: Path) -> Source:
    """A source of what `links` made."""
    images, labels = str(folder / "images"), str(folder / name)
    if name == "masks":
        return Masks(images=images, masks=labels, classes='{"water": 1, "background": 0}')
    if name == "yolo":
        return Yolo(images=images, labels=labels, classes=str(folder / "classes.txt"))
    if name == "voc":
        return Voc(images=images, annotations=labels)
    return Coco(images=images, annotations=str(folder / "coco.json")) if name == "coco" else Images(images=images)


def links(folder: Path, name: str, tiles: int) -> None:
    """Images, and the labels of a source, unless they are there."""
    for kind in ("images", name):
        if (folder / kind).exists() or kind == "coco":
            continue
        for number in range(tiles):
            to = folder / "few" / _LABELS.get(kind, f"images/{number % _FEW}.png")
            if number % _FOLDER == 0:
                (folder / kind / f"part{number // _FOLDER:03d}").mkdir(parents=True)
            os.symlink(to, folder / kind / f"{_stem(number)}{to.suffix}")
    if name == "coco":
        images = [{"id": number, "file_name": f"{_stem(number)}.png", "width": 32, "height": 32} for number in range(tiles)]
        boxes = [{"id": n, "image_id": n, "category_id": 1, "bbox": [2, 2, 8, 8], "iscrowd": 0} for n in range(tiles)]
        listed = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "ship"}]}
        (folder / "coco.json").write_text(json.dumps(listed))


def _stem(number: int) -> str:
    return f"part{number // _FOLDER:03d}/tile_{number:07d}"


def held_bytes(root: object) -> int:
    """The bytes of all objects that are reached from this one, but for classes, functions and modules."""
    seen: set[int] = set()
    ahead, total = [root], 0
    while ahead:
        one = ahead.pop()
        if id(one) in seen or isinstance(one, type | FunctionType | ModuleType):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        ahead += gc.get_referents(one)
        if isinstance(one, np.ndarray) and one.base is not None:
            ahead.append(one.base)
    return total


def run_first(plan: BuildPlan, out: str) -> None:
    """The first windows of a build of this plan."""
    from sartext.flow.build.windows import run_window
    from sartext.flow.build.worker.shard import BuildContext, ShardTask
    from sartext.flow.engine.options import Engine
    from sartext.flow.engine.session import session

    engine = Engine()
    task = BuildContext(plan.source, plan.rules, out, plan.fingerprint, engine.worker_memory_mb)
    with session(engine):
        for start in range(0, _WINDOWS * _WINDOW_SHARDS, _WINDOW_SHARDS):
            if some := [ShardTask(shard) for shard in plan.shards[start : start + _WINDOW_SHARDS]]:
                run_window(task, some)


def one(name: str, folder: Path, *, windows: bool) -> dict[str, Any]:
    """One plan; its seconds, the driver's memory in MB before, after and at most, and the bytes that stay of each tile."""
    from sartext.flow.build import blocks  # what a build imports, before memory is looked at

    del blocks
    before_mb, began = _resident_mb(), time.monotonic()
    plan = plan_build(source_of(name, folder), (), None)
    figures = {
        "seconds": time.monotonic() - began,
        "before_mb": before_mb,
        "after_mb": _resident_mb(),
        "most_mb": _most_mb(),
        "fingerprint": plan.fingerprint,
    }
    if windows:
        run_first(plan, str(folder / f"out-{name}"))
        figures["most_with_windows_mb"] = _most_mb()
    return figures | {"bytes_a_tile": held_bytes(plan.shards) / sum(plan.shard_tiles)}


def _resident_mb() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20


def _most_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(argv: list[str] | None = None) -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--tiles", type=int, nargs="+", default=[10**4, 10**6])
    parser.add_argument("--sources", nargs="+", default=list(SOURCES), choices=SOURCES)
    parser.add_argument("--no-windows", action="store_true", help="plan alone, for other commits than this one")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.one:
        windows = options.sources[0] == "images" and not options.no_windows
        print(json.dumps(one(options.sources[0], Path(options.one), windows=windows)))
        return 0
    figures: dict[str, dict[str, Any]] = {name: {} for name in options.sources}
    for tiles in options.tiles:
        with tempfile.TemporaryDirectory(prefix="sartext-planning-") as folder:
            few(Path(folder))
            for name in options.sources:
                links(Path(folder), name, tiles)
                command = [sys.executable, "-m", "tests.benchmarks.planning", "--one", folder, "--sources", name]
                command += ["--no-windows"] * options.no_windows
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
                said = figures[name][str(tiles)] = json.loads(done.stdout.splitlines()[-1])
                print(f"{tiles:>9,} tiles of {name}: {json.dumps(said)}", flush=True)
    least, most = str(min(options.tiles)), str(max(options.tiles))
    kept = {name: figures[name][most]["bytes_a_tile"] for name in figures if name in OF_FILES}
    growth = {name: _peak(of[most]) - _peak(of[least]) for name, of in figures.items()}
    print(f"bytes a tile that stay: {kept}; growth of the most memory in MB: {growth}")
    if options.save:
        bounds = {"bytes_at_most": MOST_BYTES, "growth_at_most_mb": MOST_GROWTH_MB}
        keep(__file__, {"sources": figures, "growth_mb": growth, **bounds}, packages=("ray",))
    return int(max(kept.values(), default=0) > MOST_BYTES or growth.get("images", 0) > MOST_GROWTH_MB)


def _peak(said: dict[str, Any]) -> float:
    return float(said.get("most_with_windows_mb", said["most_mb"]))


if __name__ == "__main__":
    raise SystemExit(main())
