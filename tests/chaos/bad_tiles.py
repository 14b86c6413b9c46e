"""1% of tiles made bad in 14 ways: the build ends with 0, exactly those are rejected for the right reason, memory stays low.

python -m tests.chaos.bad_tiles [--tiles 2800] [--seed 0] prints the rejects by reason and the largest worker.
"""

import argparse
import random
import tempfile
import threading
from collections import Counter
from pathlib import Path

import psutil

from sartext.artifact import open_artifact
from tests.chaos.bad_input import KINDS, write_dataset
from tests.chaos.dataset import end_family, family, report, start

BOUND_BYTES = 10**9


class Watcher(threading.Thread):
    """Samples the resident memory of a build's processes until it is stopped."""

    def __init__(self, process: object) -> None:
        super().__init__(daemon=True)
        self._process, self._stop_it = process, threading.Event()
        self.largest: dict[str, int] = {}

    def run(self) -> None:
        while not self._stop_it.wait(0.05):
            for member in family(self._process):  # type: ignore[arg-type]
                try:
                    name, memory = member.name(), member.memory_info().rss
                except psutil.Error:
                    continue
                self.largest[name] = max(self.largest.get(name, 0), memory)

    def stop(self) -> None:
        self._stop_it.set()
        self.join()


def trial(folder: Path, tiles: int, seed: int, annotations: str = "coco", share: float = 0.01) -> list[str]:
    """One build with that share of bad tiles, every kind at least once; what is wrong with it."""
    kinds = [list(KINDS)[number % len(KINDS)] for number in range(max(len(KINDS), round(tiles * share)))]
    where = random.Random(seed).sample(range(tiles), len(kinds))
    made = write_dataset(folder / "set", tiles=tiles, bad=dict(zip(where, kinds, strict=True)), seed=seed)
    places = {
        "coco": ["--source.annotations", str(made.coco)],
        "voc": ["--source.annotations", str(made.voc)],
        "yolo": ["--source.labels", str(made.yolo), "--source.classes", str(made.yolo_classes)],
        "dota": ["--source.labels", str(made.dota)],
    }[annotations]
    out = folder / f"out-{annotations}"
    arguments = [annotations, "--out", str(out), "--source.images", str(made.images), *places, "--engine.cpus", "2"]
    process = start(arguments)
    watcher = Watcher(process)
    watcher.start()
    try:
        _, err = process.communicate(timeout=600)
    finally:
        watcher.stop()
        end_family(process)
    if process.returncode != 0:
        return [f"exit status {process.returncode}: {err[-400:]}"]
    expected = {made.stems[index]: KINDS[kind] for index, kind in zip(where, kinds, strict=True)}
    artifact = open_artifact(str(out))
    found = {row["key"].split("/")[1]: row["reason"] for table in artifact.rejects() for row in table.to_pylist()}
    wrong = [
        f"{stem} is {found.get(stem)}, expected {reason}" for stem, reason in expected.items() if found.get(stem) != reason
    ]
    wrong += [f"{stem} is {reason}, expected to be kept" for stem, reason in found.items() if stem not in expected]
    kept = sum(table.num_rows for table in artifact.tables())
    if kept + len(found) != tiles:
        wrong.append(f"{kept} kept and {len(found)} rejected of {tiles}")
    workers = {name: size for name, size in watcher.largest.items() if "ray::" in name or "python" in name}
    largest = max(workers, key=lambda name: workers[name])
    if workers[largest] > BOUND_BYTES:
        wrong.append(f"{largest} held {workers[largest] / 1e6:.0f} MB")
    print(f"{annotations}: {tiles} tiles, {len(found)} rejected {dict(sorted(Counter(found.values()).items()))}")
    print(f"largest process: {largest} {workers[largest] / 1e6:.0f} MB (bound {BOUND_BYTES / 1e6:.0f} MB)")
    return wrong


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiles", type=int, default=2800)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--annotations", default="coco", choices=("coco", "voc", "yolo", "dota"))
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="sartext-bad-") as folder:
        wrong = trial(Path(folder), options.tiles, options.seed, options.annotations)
    return report(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
