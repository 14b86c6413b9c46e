"""Jobs on a Ray of three nodes with a token: built, trained, stopped, gone on with and evaluated by `cluster/submit.sh`.

python -m tests.chaos.cluster prints a row a job and ends with 1 if a build's bytes are not one node's, or anything failed.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import psutil

from sartext.artifact import commit_of_code
from tests.chaos.dataset import build, end_family, faults, files, report, survivors, wait_for
from tests.chaos.training import steps
from tests.cluster.raylets import Cluster, three_raylets

TILES = 240
STOP_BOUND_S = 10
SOURCE = ("--source.tiles", str(TILES), "--source.shard-tiles", "20", "--source.size-px", "64")
MODEL = (
    *("--objective.towers.image-size-px", "64", "--objective.towers.image-layers", "2", "--objective.towers.text-layers", "2"),
    *("--optical.epochs", "20", "--sar.epochs", "20", "--batch-size", "32", "--checkpoint-every-steps", "5"),
)


def submitted(cluster: Cluster, *arguments: str) -> list[str]:
    """What is wrong with the end of a job."""
    began = time.monotonic()
    status, said = cluster.submit(*arguments, timeout_s=600)
    print(json.dumps({"job": arguments[:2], "status": status, "seconds": round(time.monotonic() - began, 1)}), flush=True)
    return [] if status == 0 else [f"{arguments[0]} ended with {status}: {said[-800:]}"]


def built(cluster: Cluster, base: Path, recipe: str) -> list[str]:
    """A build of three nodes beside that of one."""
    wrong = submitted(cluster, "jobs.build", recipe, "--out", str(base / recipe), *SOURCE)
    status, _, err = build([recipe, "--out", str(base / f"{recipe}-here"), *SOURCE])
    wrong += [f"the build of one node ended with {status}: {err[-300:]}"] if status else []
    return wrong or faults(base / recipe, files(base / f"{recipe}-here"))


def stopped(cluster: Cluster, arguments: list[str], out: Path) -> list[str]:
    """Ctrl-C at a training after its first checkpoint: it ends within the bound, and the checkpoint stays."""
    process = cluster.start(*arguments)
    try:
        if not wait_for(process, lambda: bool(steps(out)), timeout_s=300):
            return [f"the training ended before it was stopped: {process.communicate()[0][-800:]}"]
        drivers = [one for one in psutil.process_iter() if is_driver(one, out)]
        before = steps(out)
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
        left = survivors(drivers, 60)
        took_s = time.monotonic() - began
        said, _ = process.communicate(timeout=60)
    finally:
        end_family(process)
    print(json.dumps({"job": "Ctrl-C", "status": process.returncode, "seconds": round(took_s, 1), "checkpoints": before}))
    wrong = [] if len(drivers) == 1 and not left else [f"{len(drivers)} drivers, of which {len(left)} go on: {said[-300:]}"]
    wrong += [] if took_s <= STOP_BOUND_S else [f"took {took_s:.1f} s to stop"]
    wrong += [] if process.returncode == 128 + signal.SIGINT else [f"submit.sh ended with {process.returncode}: {said[-300:]}"]
    return wrong + ([] if steps(out)[-1:] >= before[-1:] else ["a checkpoint is gone"])


def is_driver(process: psutil.Process, out: Path) -> bool:
    """Whether it is the job itself, neither the shell around it nor the client that submitted it."""
    try:
        command = process.cmdline()
    except psutil.Error:
        return False
    return command[1:3] == ["-m", "jobs.train"] and str(out) in command


def main(argv: list[str] | None = None) -> int:
    argparse.ArgumentParser(description=__doc__).parse_args(argv)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the raylets are ended
    os.environ["SARTEXT_COMMIT"] = commit_of_code() or ""  # one for all builds, whatever is committed here meanwhile
    with tempfile.TemporaryDirectory(prefix="sartext-cluster-") as folder, three_raylets() as cluster:
        base = Path(folder)
        wrong = built(cluster, base, "synthetic") + built(cluster, base, "synthetic_optical")
        worked = len(cluster.nodes_that_worked())
        print(f"{worked} nodes have worked")
        wrong += [] if worked == 3 else [f"only {worked} nodes have worked"]
        places = ["--optical", str(base / "synthetic_optical"), "--sar", str(base / "synthetic"), "--out", str(base / "clip")]
        training = ["jobs.train", "clip", *places, *MODEL, "--workers.workers", "2"]
        wrong += stopped(cluster, training, base / "clip")
        wrong += submitted(cluster, *training)
        evaluated = ["--checkpoints", str(base / "clip"), "--dataset", str(base / "synthetic"), "--out", str(base / "report")]
        wrong += submitted(cluster, "jobs.evaluate", *evaluated)
        wrong += [] if (base / "report" / "manifest.json").exists() else ["the evaluation has no manifest"]
        status, said = cluster.submit("jobs.build", "coco", "--out", str(base / "none"), "--source.images", "$HOME 'a'")
        print(json.dumps({"job": "a wrong option", "status": status}))
        fact = "jobs.build: the following arguments are required: --source.annotations"
        wrong += [] if status == 1 and fact in said else [f"a wrong option ended with {status}: {said[-300:]}"]
    return report(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
