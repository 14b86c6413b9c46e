"""kill -9 of a training's workers at seeded steps, and of its driver once: the losses are those of a run that was left alone.

python -m tests.chaos.training [--kills 3] [--workers 2] [--seed 0] prints a row a kill and ends with 1 if any left a fault.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from sartext.flow.train.checkpoints import committed_steps
from sartext.flow.train.step_log import read_log
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.optical_archive import OpticalArchive
from sartext.sources.synthetic import Synthetic
from sartext.store import open_store
from tests.chaos.dataset import ROOT, end_family, family, kill, report, wait_for
from tests.support.datasets import dataset

EVERY_STEPS, BATCH = 4, 24
LOSS_BOUND = 1e-6
OPTIONS = (
    *("--objective.towers.image-size-px", "32", "--objective.towers.image-layers", "2", "--objective.towers.text-layers", "2"),
    *("--optical.epochs", "10", "--sar.epochs", "10", "--batch-size", str(BATCH), "--checkpoint-every-steps", str(EVERY_STEPS)),
    *("--optical.optimizer.warmup-share", "0.2", "--sar.optimizer.warmup-share", "0.2"),
)


@dataclass(frozen=True)
class Kill:
    """One kill: as soon as a checkpoint of this step is there, and so much later."""

    target: str  # worker or driver
    step: int
    delay_s: float


def data(folder: Path) -> list[str]:
    """Two small datasets, as options of a training."""
    optical = dataset(OpticalArchive(tiles=120, size_px=32), (Verify(),), str(folder / "optical"))
    sar = dataset(Synthetic(tiles=100, size_px=32, twin=False), (A2C(), Verify()), str(folder / "sar"))
    return ["--optical", optical, "--sar", sar]


def planned(kills: int, steps: int, seed: int) -> list[list[Kill]]:
    """Run by run: workers killed one after another in one run, then the driver in another."""
    moment = random.Random(seed)
    at = sorted(moment.sample(range(EVERY_STEPS, steps - 2 * EVERY_STEPS, EVERY_STEPS), kills))
    workers = [Kill("worker", step, round(moment.uniform(0.0, 0.3), 3)) for step in at]
    last = moment.randrange(EVERY_STEPS, steps - 2 * EVERY_STEPS, EVERY_STEPS)
    return [workers, [Kill("driver", last, round(moment.uniform(0.0, 0.3), 3))]]


def start(options: list[str], out: Path, workers: int) -> subprocess.Popen[str]:
    """A training in a process group of its own; its log goes beside `out`."""
    command = [sys.executable, "-m", "jobs.train", "clip", *options, *OPTIONS, "--out", str(out)]
    with out.with_suffix(".log").open("a") as log:
        return subprocess.Popen(
            [*command, "--workers.workers", str(workers)],
            cwd=ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


def finished(process: subprocess.Popen[str], out: Path) -> list[str]:
    """What is wrong with the end of a training."""
    try:
        status = process.wait(timeout=400)
    finally:
        end_family(process)
    return [] if status == 0 else [f"{out.name} ended with {status}: {out.with_suffix('.log').read_text()[-600:]}"]


def strike(process: subprocess.Popen[str], out: Path, planned_kill: Kill) -> str:
    """Kills at the planned moment; says what was wrong with that, or nothing."""
    if not wait_for(process, lambda: (steps(out) or [0])[-1] >= planned_kill.step, timeout_s=300):
        return f"{out.name} ended before its kill at step {planned_kill.step}"
    time.sleep(planned_kill.delay_s)
    chosen: list[psutil.Process] = [psutil.Process(process.pid)]
    if planned_kill.target == "worker":
        chosen.clear()
        wait_for(process, lambda: bool(chosen.extend(one for one in family(process) if is_worker(one)) or chosen))
    if not chosen or (out / "manifest.json").exists():
        return f"{out.name} was over before its kill at step {planned_kill.step}"
    there = steps(out)[-1]
    kill(chosen[-1])
    print(json.dumps({**vars(planned_kill), "pid": chosen[-1].pid, "last_checkpoint": there}), flush=True)
    return ""


def steps(out: Path) -> list[int]:
    return committed_steps(open_store(str(out))) if (out / "checkpoints").exists() else []


def is_worker(process: psutil.Process) -> bool:
    try:
        return "RayTrainWorker" in " ".join(process.cmdline())
    except psutil.Error:
        return False


def losses(out: Path) -> list[tuple[int, str, float]]:
    return [(step["step"], step["stage"], step["loss"]) for step in read_log(open_store(str(out)))]


def differences(out: Path, reference: Path) -> list[str]:
    """What a disturbed training learned otherwise."""
    found, wanted = losses(out), losses(reference)
    if [step[:2] for step in found] != [step[:2] for step in wanted]:
        return [f"{out.name} has {len(found)} steps, the undisturbed run {len(wanted)}"]
    worst = max(abs(one[2] - other[2]) for one, other in zip(found, wanted, strict=True))
    print(f"{out.name}: {len(found)} steps, the largest difference of a loss is {worst:.1e}")
    wrong = [] if worst <= LOSS_BOUND else [f"{out.name}: a loss differs by {worst}"]
    wrong += [] if (out / "manifest.json").exists() else [f"{out.name} has no manifest"]
    for path in sorted(reference.glob("models/*/*")):
        twin = out / path.relative_to(reference)
        if not twin.exists() or twin.stat().st_size != path.stat().st_size:
            wrong.append(f"{twin} is missing or of another size")
    return wrong


def trial(kills: list[Kill], options: list[str], out: Path, reference: Path, workers: int) -> list[str]:
    """One disturbed training, its rerun where the driver was killed, and everything that is wrong afterwards."""
    process = start(options, out, workers)
    try:
        wrong = [said for one in kills if (said := strike(process, out, one))]
        if kills[-1].target == "driver":
            members = family(process)
            process.wait(timeout=30)
            # The rerun begins at once, while Ray's processes of the run before may still be ending.
            process, before = start(options, out, workers), process
            wrong += finished(process, out)
            for one in members:
                if one.pid != before.pid:
                    kill(one)
        else:
            wrong += finished(process, out)
    finally:
        end_family(process)
    return wrong or differences(out, reference)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=3, help="workers killed in one run")
    parser.add_argument("--workers", type=int, default=2, help="workers of each training")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    os.environ.pop("RAY_ADDRESS", None)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the training is ended
    with tempfile.TemporaryDirectory(prefix="sartext-training-") as folder:
        base = Path(folder)
        datasets = data(base)
        reference = base / "undisturbed"
        wrong = finished(start(datasets, reference, options.workers), reference)
        if not wrong:
            runs = planned(options.kills, len(losses(reference)), options.seed)
            for number, kills in enumerate(runs):
                wrong += trial(kills, datasets, base / f"run-{number}-{kills[0].target}", reference, options.workers)
    return report(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
