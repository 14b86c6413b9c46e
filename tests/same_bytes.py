"""Whether another commit of this project makes the same of the same inputs: `python -m tests.same_bytes COMMIT`.

Seven recipes are built, a model is trained and evaluated, and a dataset is audited, indexed and exported, by the checkout of
that commit and by this one, with the same command lines at the same paths; it is exported in the forms that both know. What is
compared: the bytes of tiles, rejects, tables and exported files; records, manifests, plans and figures as JSON without the
commit; the losses of the training; the numbers that pages and cards show.
Prints what differs, a line each, and ends with 1 if anything does.
"""

import argparse
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.chaos.bad_input import write_dataset
from tests.support.products import UTM, speckle, tiff

ROOT = Path(__file__).resolve().parents[1]
CPUS = ("--engine.cpus", "2")
SMALL = (
    *("--objective.towers.image-size-px", "32", "--objective.towers.width", "32", "--objective.towers.heads", "2"),
    *("--objective.towers.image-layers", "1", "--objective.towers.text-layers", "1"),
    *("--optical.epochs", "1", "--sar.epochs", "2", "--batch-size", "16", "--checkpoint-every-steps", "5"),
)
# Of no interest, or of the machine: models differ in their last bits, and what lies beside them is drawn from them.
LEFT_OUT = re.compile(r"(^|/)(checkpoints|models|tensorboard)/|(^|/)(\.lock|live\.json)$|\.png$")
FORMS = ("llava", "open_clip", "grounding")  # not preference: no caption of these recipes is contradicted
# `checkpoint` is the last state of the training, of which models are made; `report.html` the digest of a page.
OF_COMMIT = {"commit", "checkpoint", "report.html"}


def inputs(folder: Path) -> None:
    """Small datasets in the formats of the recipes, some of their tiles bad."""
    write_dataset(
        folder / "boxes", tiles=60, bad={3: "truncated_jpeg", 17: "zero_bytes", 31: "missing", 44: "negative_box"}, seed=1
    )
    random = np.random.default_rng(7)
    for number in range(12):
        _save(folder / f"masks/images/{number:02d}.png", random.integers(0, 255, (64, 96)))
        drawn = np.zeros((64, 96), np.uint8)
        drawn[: 8 * (number % 5), :] = 1
        drawn[20:40, 10 + number : 60] = 2
        _save(folder / f"masks/masks/{number:02d}.png", drawn)
    (folder / "masks/classes.json").write_text(json.dumps({"background": 0, "water": 1, "building": 2}))
    for number in range(10):
        shape = random.integers(0, 255, (64, 64))
        _save(folder / f"pairs/sar/{number:02d}.png", shape)
        _save(folder / f"pairs/optical/{number:02d}.png", np.repeat(shape[:, :, None], 3, axis=2))
    for name, seed in (("first", 1), ("second", 2)):
        tiff(folder / f"scenes/{name}.tif", speckle((600, 700), seed=seed), tags={"POLARISATION": "VV"}, names=("VV",), **UTM)


def _save(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.astype(np.uint8)).save(path)


def commands(data: Path, out: Path, forms: Sequence[str]) -> list[list[str]]:
    """What is run, in order."""
    boxes, masks, pairs = data / "boxes", data / "masks", data / "pairs"
    few = ("--max-reject-share", "1", *CPUS)
    builds: dict[str, list[Any]] = {
        "synthetic": ["--source.tiles", 120, "--source.shard-tiles", 30, *CPUS],
        "synthetic_optical": ["--source.tiles", 80, *CPUS],
        "coco": [
            "--source.images",
            boxes / "images",
            "--source.annotations",
            boxes / "instances.json",
            "--source.shard-tiles",
            20,
            *few,
        ],
        "voc": ["--source.images", boxes / "images", "--source.annotations", boxes / "Annotations", *few],
        "masks": [
            *("--source.images", masks / "images", "--source.masks", masks / "masks"),
            *("--source.classes", masks / "classes.json", *few),
        ],
        "pairs": ["--source.sar", pairs / "sar", "--source.optical", pairs / "optical", *few],
        "scenes": ["--source.scenes", data / "scenes", "--source.quantity", "sigma0", *few],
    }
    made = [["build", recipe, "--out", out / recipe, *options] for recipe, options in builds.items()]
    asked = ["--dataset", out / "synthetic"]
    learned = ["--optical", out / "synthetic_optical", "--sar", out / "synthetic"]
    made += [
        ["train", "clip", *learned, *SMALL, "--out", out / "clip"],
        [
            "evaluate",
            "--checkpoints",
            out / "clip",
            "--dataset",
            out / "synthetic",
            "--split",
            "all",
            "--out",
            out / "evaluation",
        ],
        ["audit", *asked, "--against", out / "coco", "--out", out / "audit"],
        ["index", "--checkpoint", out / "clip", *asked, "--out", out / "index"],
        *(["export", *asked, "--form", form, "--out", out / form] for form in forms),
    ]
    return [[str(word) for word in command] for command in made]


def job_of(root: Path, job: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A job by the code at `root`."""
    command = [sys.executable, "-m", f"jobs.{job}", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"} | {"PYTHONPATH": str(root)}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=600, check=False)


def forms_of(root: Path) -> list[str]:
    """The forms of `FORMS` that the help of its export names."""
    told = job_of(root, "export", "--help").stdout
    return [form for form in FORMS if f"{form}:" in told]


def run(root: Path, data: Path, out: Path, forms: Sequence[str]) -> None:
    """All commands by the code at `root`."""
    for job, *arguments in commands(data, out, forms):
        done = job_of(root, job, *arguments)
        print(f"{root.name:<12}{job:<10}{arguments[0]:<20} exit {done.returncode}", flush=True)
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])


def content(path: Path) -> object:
    """What of a file must be the same."""
    if path.suffix == ".jsonl":
        return [json.loads(line)["loss"] for line in path.read_text().splitlines()]
    if path.suffix == ".json":
        # An export is claimed for the bytes of the dataset's manifest, the commit among them.
        return _without(
            json.loads(path.read_text()), OF_COMMIT | ({"dataset", "fingerprint"} if path.parent.name in FORMS else set())
        )
    if path.suffix in (".html", ".md"):
        text = re.sub(
            r"<style.*?</style>|<script.*?</script>|<[^>]*>|\b[0-9a-f]{12,40}\b", " ", path.read_text(), flags=re.DOTALL
        )
        return re.findall(r"\d[\d,.]*", html.unescape(text))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(one, names) for name, one in value.items() if name not in names}
    return [_without(one, names) for one in value] if isinstance(value, list) else value


def differences(before: Path, after: Path) -> list[str]:
    """A line a file that is not the same on both sides."""
    files = {
        name: {path.relative_to(side).as_posix() for path in side.rglob("*") if path.is_file()}
        for name, side in (("before", before), ("after", after))
    }
    names = {side: {name for name in found if not LEFT_OUT.search(name)} for side, found in files.items()}
    wrong = [f"only before: {name}" for name in sorted(names["before"] - names["after"])]
    wrong += [f"only after: {name}" for name in sorted(names["after"] - names["before"])]
    both = sorted(names["before"] & names["after"])
    wrong += [f"not the same: {name}" for name in both if content(before / name) != content(after / name)]
    print(f"{len(both)} files compared")
    return wrong


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", help="the commit that is compared with this checkout")
    parser.add_argument("--keep", type=Path, help="where both outputs stay, to be looked at")
    options = parser.parse_args(argv)
    if options.keep and options.keep.exists() and (not options.keep.is_dir() or any(options.keep.iterdir())):
        parser.exit(2, f"--keep {options.keep} is no empty folder; name one that is empty or not there\n")
    with tempfile.TemporaryDirectory(prefix="sartext-same-") as name:
        base = options.keep or Path(name)
        inputs(base / "data")
        subprocess.run(["git", "worktree", "add", "--detach", "-q", f"{name}/before", options.commit], cwd=ROOT, check=True)
        try:
            roots = {"before": Path(name) / "before", "after": ROOT}
            known = [set(forms_of(root)) for root in roots.values()]
            forms = [form for form in FORMS if all(form in one for one in known)]
            print(f"exports compared: {', '.join(forms)}")
            for side, root in roots.items():
                run(root, base / "data", base / "out", forms)
                shutil.move(base / "out", base / f"out-{side}")
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", f"{name}/before"], cwd=ROOT, check=True)
        wrong = differences(base / "out-before", base / "out-after")
    for line in wrong:
        print(line)
    print(f"{len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
