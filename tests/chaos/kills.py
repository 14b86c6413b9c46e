"""kill -9 of driver, raylet, and a task as it reads and as it writes, at seeded moments and at every step of a commit.

python -m tests.chaos.kills [--moments 24] [--seed 0] [--steps] [--s3] prints a row a kill and ends with 1 if any left a fault.
With --s3 what is built lies on S3, by a real server of its protocol, and so do images of builds that are killed at steps.
A kill that found no victim, since the build was over before, has disturbed nothing: such are counted apart, and end it with 1
only where they are more than a tenth.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil

from sartext.sources.filesystem import is_remote
from tests.chaos.bad_input import write_dataset
from tests.chaos.dataset import (
    build,
    end_family,
    family,
    faults,
    files,
    forget,
    kill,
    names,
    records,
    start,
    survivors,
    wait_for,
)
from tests.support.remote import uploaded
from tests.support.results import keep
from tests.support.s3_server import s3_bucket

TARGETS = ("driver", "raylet", "read task", "write task")
# In the order in which a commit passes them.
STEPS = (
    "before_tiles",
    "put_temporary",
    "after_tiles",
    "before_rejects",
    "after_rejects",
    "before_record",
    "after_record",
    "before_manifest",
    "after_manifest",
    "before_report",
)
AGENTS = ("ray::DashboardAgent", "ray::RuntimeEnvAgent")
OF_DRIVER = ("before_manifest", "after_manifest", "before_report")
TILES, SHARD_TILES = 800, 20
LAST_MOMENT = 12  # shards that are committed before the last kill: far from the end, however fast the machine is
CPUS = 2


@dataclass(frozen=True)
class Kill:
    """One disturbed build."""

    target: str
    when: str  # "record K" or the name of a step
    delay_s: float = 0.0


def synthetic(out: Path | str, tiles: int = TILES) -> list[str]:
    options = ["--source.tiles", str(tiles), "--source.shard-tiles", str(SHARD_TILES), "--engine.cpus", str(CPUS)]
    return ["synthetic", "--out", str(out), *options]


def with_rejects(folder: Path | str, out: Path | str) -> list[str]:
    """A small COCO dataset in which some tiles are bad, so that commits write rejects too."""
    if isinstance(folder, Path) and not folder.exists():
        write_dataset(folder, tiles=60, bad={3: "truncated_jpeg", 17: "zero_bytes", 31: "missing", 44: "negative_box"}, seed=1)
    places = ["--source.images", f"{folder}/images", "--source.annotations", f"{folder}/instances.json"]
    options = ["--source.shard-tiles", "15", "--max-reject-share", "1", "--engine.cpus", str(CPUS)]
    return ["coco", "--out", str(out), *places, *options]


def planned_kills(moments: int, seed: int) -> list[Kill]:
    """Every target in turn, each at its own seeded moment."""
    random_moment = random.Random(seed)
    kills = []
    for number in range(moments):
        target = TARGETS[number % len(TARGETS)]
        after = random_moment.randrange(0, LAST_MOMENT)
        kills.append(Kill(target, f"record {after}", round(random_moment.uniform(0.0, 0.4), 3)))
    return kills


def victims(process: subprocess.Popen[str], target: str) -> list[psutil.Process]:
    """The processes that a kill may choose from."""
    members = family(process)
    if target == "driver":
        return members[:1]
    if target == "raylet":
        return [one for one in members if named(one) == "raylet"]
    # One task does both; which of the two it is about, the moment tells.
    return [one for one in members if "ray::ReadShards" in named(one)]


def named(process: psutil.Process) -> str:
    """What the process calls itself."""
    try:
        return " ".join(process.cmdline())[:200] if process.name() != "raylet" else "raylet"
    except psutil.Error:
        return ""


def disturb(kill_: Kill, arguments: list[str], out: Path | str, marker: Path) -> tuple[str, dict[int, object]]:
    """Starts the build, kills as planned, waits for its end; what happened and the records at that moment."""
    environment = {}
    step = kill_.when if not kill_.when.startswith("record") else ""
    if step:
        environment["SARTEXT_FAILPOINT"] = (
            f"{step}:{marker}:{'kill' if kill_.target != 'driver' or step in OF_DRIVER else 'hold'}"
        )
    elif kill_.target == "write task":
        # A write lasts milliseconds: one is held at a step of its commit so that it can be found and killed there. The
        # marker that is there already lets all pass until the moment has come.
        environment["SARTEXT_FAILPOINT"] = f"after_tiles:{marker}:hold"
        marker.touch()
    process = start(arguments, environment)
    try:
        struck = strike(kill_, process, out, marker, step)
        there = records(out)
        members = family(process)
        if kill_.target in ("driver", "raylet"):
            try:
                process.wait(timeout=90)
            except subprocess.TimeoutExpired:
                return "the driver did not end within 90 s", there
            # Ray's two agents need over a minute to notice that their raylet is gone (they first try to tell the GCS, which
            # is gone too): they are ended here. Anything else must end by itself.
            agents = [one for one in members if named(one).startswith(AGENTS)]
            left = survivors([one for one in members if one not in agents], 30)
            struck += "".join(f"; left running: {named(one)[:120]}" for one in left)
            for one in [*agents, *left]:
                kill(one)
        else:
            process.wait(timeout=240)
        return struck, there
    finally:
        end_family(process)


def strike(kill_: Kill, process: subprocess.Popen[str], out: Path | str, marker: Path, step: str) -> str:
    """Kills the target at its moment; says what was killed."""
    if step:
        wait_for(process, marker.exists)
        if kill_.target == "driver" and step not in OF_DRIVER:
            kill(psutil.Process(process.pid))
        return f"at {step}"
    pause_s = 0.2 if is_remote(str(out)) else 0.01  # so that the server has time for others
    if not wait_for(process, lambda: len(records(out)) >= int(kill_.when.split()[1]), pause_s=pause_s):
        return "ended before its moment"
    time.sleep(kill_.delay_s)
    if kill_.target == "write task":
        marker.unlink()
        wait_for(process, marker.exists)
    chosen: list[psutil.Process] = []
    wait_for(process, lambda: bool(chosen.extend(victims(process, kill_.target)) or chosen))
    if not chosen:
        return "no victim was found"
    victim = min(chosen, key=busy) if kill_.target == "write task" else chosen[0]
    struck = f"pid {victim.pid} {named(victim)[:60]}"
    kill(victim)
    return struck


def busy(process: psutil.Process) -> float:
    """How much of a core it uses; the one that waits at a failpoint uses none."""
    try:
        return process.cpu_percent(0.1)
    except psutil.Error:
        return 1e9


@dataclass(frozen=True)
class Outcome:
    """Whether a build was disturbed at all, and everything that is wrong after its rerun."""

    disturbed: bool
    wrong: tuple[str, ...] = ()


def trial(kill_: Kill, make: object, out: Path | str, reference: dict[str, str], marker: Path | None = None) -> Outcome:
    """One disturbed build and its rerun; the marker, unless it is given, lies beside what is built."""
    arguments = make(out)  # type: ignore[operator]
    struck, there = disturb(kill_, arguments, out, marker or Path(out).with_suffix(".marker"))
    unrecorded = len({name.split("-")[0] for name in names(out, "tiles")}) - len(records(out))
    status, _, err = build(arguments)
    wrong = [] if status == 0 else [f"the rerun ended with {status}: {err[-300:]}"]
    wrong += faults(out, reference)
    after = records(out)
    wrong += [f"record {number} was written again" for number, written in there.items() if after.get(number) != written]
    if unrecorded > CPUS + 1:
        wrong.append(f"{unrecorded} shards had data without a record")
    if "left running" in struck or "did not" in struck:
        wrong.append(struck)
    row = {**vars(kill_), "struck": struck, "records_then": len(there), "wrong": wrong}
    print(json.dumps(row), flush=True)
    return Outcome("no victim" not in struck and "ended before" not in struck, tuple(wrong))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=24, help="kills at seeded moments")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=len(STEPS), help="how many steps of a commit")
    parser.add_argument("--s3", action="store_true", help="build on S3, by a real server of its protocol")
    parser.add_argument("--save", action="store_true", help="keep the outcomes as JSON beside this file")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="sartext-kills-") as folder, ExitStack() as stack:
        base = Path(folder)
        root = stack.enter_context(s3_bucket()) if options.s3 else str(base)
        coco: Path | str = base / "coco"
        if options.s3:
            with_rejects(base / "coco", "")
            coco = uploaded(base / "coco", root)
        steps = [Kill(target, step) for step in STEPS[: options.steps] for target in ("driver", "write task")]
        steps = [one for one in steps if one.when not in OF_DRIVER or one.target == "driver"]
        planned = [("synthetic", one) for one in planned_kills(options.moments, options.seed)]
        planned += [("rejects", one) for one in steps]
        references = {}
        for name, make in (("synthetic", synthetic), ("rejects", lambda out: with_rejects(coco, out))):
            if name not in {one for one, _ in planned}:
                continue
            out = f"{root}/reference-{name}"
            status, _, err = build([*make(out)[:-2], "--engine.cpus", "1"])
            if status:
                print(err, file=sys.stderr)
                return 1
            references[name] = (make, files(out))
        outcomes = []
        for number, (name, one) in enumerate(planned):
            make, reference = references[name]
            out = f"{root}/kill-{number}"
            outcomes.append((one, trial(one, make, out, reference, base / f"{number}.marker")))
            if options.s3:
                forget(out)
    wrong, missed = sum(bool(one.wrong) for _, one in outcomes), sum(not one.disturbed for _, one in outcomes)
    print(f"{options.moments} moments and {len(steps)} steps: {wrong} with faults, {missed} without a victim")
    if options.save:
        keep(__file__, {"kills": [{**vars(one), **vars(made)} for one, made in outcomes]}, "s3" if options.s3 else "local")
    return 1 if wrong or missed > len(outcomes) / 10 else 0


if __name__ == "__main__":
    raise SystemExit(main())
