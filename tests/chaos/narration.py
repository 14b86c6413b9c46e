"""kill -9 of a reader, an actor, a raylet and the driver under a narration by a model: nothing rejected, missing or twice.

python -m tests.chaos.narration [--moments 8] [--seed 0] [--cluster 2] [--save] prints a row a kill and ends with 1 if any left
a fault; --save keeps the rows as narration.json beside this file. On one machine a driver ends with its raylet, and its command
is given again; in a cluster of three nodes the job goes on without one of them.
"""

import argparse
import json
import random
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from sartext.artifact import open_artifact
from tests.chaos.dataset import build, end_family, family, faults, files, kill, records, start, wait_for
from tests.chaos.kills import named
from tests.cluster.raylets import HOSTS, three_raylets
from tests.support import models
from tests.support.results import keep

TARGETS = ("reader", "actor", "raylet", "driver")
TILES, SHARD_TILES = 240, 12
_NAMES = {"reader": "ray::ReadShards", "actor": "ray::AskedActor"}


@dataclass(frozen=True)
class Kill:
    """What is killed, after how many committed shards and seconds more, and how often."""

    target: str
    after: int
    delay_s: float
    times: int = 1


def command(checkpoint: Path, out: Path, tiles: int = TILES) -> list[str]:
    """A build by a model of tiles that nobody has annotated."""
    source = ["--source.of.tiles", str(tiles), "--source.of.size-px", "96", "--source.of.shard-tiles", str(SHARD_TILES)]
    return ["synthetic_narrator", "--out", str(out), *source, "--narrator.checkpoint", str(checkpoint)]


def here(arguments: list[str]) -> list[str]:
    """The same on this machine alone."""
    return [*arguments, "--engine.cpus", "3"]


def planned(moments: int, seed: int) -> list[Kill]:
    """Every target in turn, each at its own seeded moment; of readers and actors two in a row as well."""
    moment = random.Random(seed)
    return [
        Kill(
            TARGETS[number % len(TARGETS)],
            moment.randrange(0, TILES // SHARD_TILES // 2),
            round(moment.uniform(0.0, 0.3), 3),
            2 if number % 8 < 2 else 1,
        )
        for number in range(moments)
    ]


def trial(one: Kill, arguments: list[str], out: Path, reference: dict[str, str]) -> list[str]:
    """One disturbed build, given again where its driver ended; what is wrong afterwards."""
    process = start(arguments)
    try:
        struck = []
        for time_ in range(one.times):
            wait_for(process, lambda at=one.after + 2 * time_: len(records(out)) >= at)  # type: ignore[misc]
            time.sleep(one.delay_s)
            struck += strike(process, one.target)
        _, err = process.communicate(timeout=240)
    finally:
        end_family(process)
    wrong = [] if len(struck) == one.times else [f"{one.times - len(struck)} times no victim was found"]
    if process.returncode != 0:
        wrong += [f"ended with {process.returncode}: {err[-300:]}"] if one.target in _NAMES else []
        status, _, err = build(arguments)
        wrong += [f"the rerun ended with {status}: {err[-300:]}"] if status else []
    return wrong + faults(out, reference)


def strike(process: object, target: str) -> list[str]:
    """Kills one process of the kind; what it was called, or nothing where none came."""
    chosen: list[psutil.Process] = []

    def come() -> bool:
        members = family(process)  # type: ignore[arg-type]
        if target == "driver":
            chosen.extend(members[:1])
        else:
            chosen.extend(one for one in members if named(one).startswith(_NAMES.get(target, "raylet")))
        return bool(chosen)

    if not wait_for(process, come):  # type: ignore[arg-type]
        return []
    called = named(chosen[0])[:60]
    kill(chosen[0])
    return [called]


def lost_node(checkpoint: Path, base: Path, moment: random.Random, reference: dict[str, str]) -> list[str]:
    """A narration on three nodes, of which one is lost in the middle."""
    with three_raylets(cpus=2) as cluster:
        out, after = base / "cluster", moment.randrange(1, 6)
        process = cluster.start("jobs.build", *command(checkpoint, out), "--engine.actors", "2")
        try:
            wait_for(process, lambda: len(records(out)) >= after)
            host = moment.choice(HOSTS[1:])
            raylets = [
                one for one in psutil.process_iter() if one.name() == "raylet" and f"--node_ip_address={host}" in one.cmdline()
            ]
            for one in raylets:
                kill(one)
            said, _ = process.communicate(timeout=400)
        finally:
            end_family(process)
    wrong = [] if len(raylets) == 1 else [f"{len(raylets)} raylets at {host}"]
    wrong += [] if process.returncode == 0 else [f"the job ended with {process.returncode}: {said[-400:]}"]
    return wrong + faults(out, reference)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=8, help="kills on one machine")
    parser.add_argument("--cluster", type=int, default=2, help="nodes lost of a cluster of three, one a build")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args(argv)
    rows = []
    with tempfile.TemporaryDirectory(prefix="sartext-narration-") as folder:
        base = Path(folder)
        checkpoint = models.coca(base / "coca")
        status, _, err = build(here(command(checkpoint, base / "reference")))
        if status:
            print(err)
            return 1
        reference = files(base / "reference")
        print(json.dumps({"tiles": open_artifact(str(base / "reference")).counts["kept"], "shards": TILES // SHARD_TILES}))
        for number, one in enumerate(planned(options.moments, options.seed)):
            rows.append(
                {
                    **asdict(one),
                    "wrong": trial(one, here(command(checkpoint, base / f"{number}")), base / f"{number}", reference),
                }
            )
            print(json.dumps(rows[-1]), flush=True)
        for number in range(options.cluster):
            moment = random.Random(options.seed + number)
            (base / f"nodes-{number}").mkdir()
            rows.append({"target": "node", "wrong": lost_node(checkpoint, base / f"nodes-{number}", moment, reference)})
            print(json.dumps(rows[-1]), flush=True)
    wrong = sum(bool(row["wrong"]) for row in rows)
    print(f"{len(rows)} kills: {wrong} with faults")
    if options.save:
        keep(__file__, {"kills": rows})
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
