"""kill -9 of a reader, an actor, a raylet and the driver under a narration by a model: nothing rejected, missing or twice.

python -m tests.chaos.narration [--moments 8] [--seed 0] [--cluster 2] [--large 0] [--save] prints a row a kill and ends with 1
if any left a fault; --save keeps the rows as narration.json beside this file. On one machine a driver ends with its raylet, and
its command is given again; in a cluster of three nodes the job goes on without one of them. Of the kills --large of them are,
further, under a narration by a CoCa of the size of coca_ViT-L-14, whose weights are random and which holds 2.6 GB.
"""

import argparse
import json
import random
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psutil

from sartext.artifact import open_artifact
from sartext.models.coca import CoCa
from sartext.models.towers import Named
from sartext.models.weights import save
from tests.chaos.dataset import build, end_family, family, faults, files, kill, records, start, wait_for
from tests.chaos.kills import named
from tests.cluster.raylets import HOSTS, three_raylets
from tests.support import models
from tests.support.random_coca import random_coca
from tests.support.results import keep

TARGETS = ("reader", "actor", "raylet", "driver")
TILES, SHARD_TILES = 240, 12
LARGE_TILES, LARGE_SHARD_TILES, LARGE_TIMEOUT_S = 24, 4, 900.0
_NAMES = {"reader": "ray::ReadShards", "actor": "ray::AskedActor"}


@dataclass(frozen=True)
class Kill:
    """What is killed, after how many committed shards and seconds more, and how often."""

    target: str
    after: int
    delay_s: float
    times: int = 1


def command(checkpoint: Path, out: Path, tiles: int = TILES, shard_tiles: int = SHARD_TILES) -> list[str]:
    """A build by a model of tiles that nobody has annotated."""
    source = ["--source.of.tiles", str(tiles), "--source.of.size-px", "96", "--source.of.shard-tiles", str(shard_tiles)]
    return ["synthetic_narrator", "--out", str(out), *source, "--narrator.checkpoint", str(checkpoint)]


def large_command(checkpoint: Path, out: Path) -> list[str]:
    """The same of few tiles, about each of which a large model says few words."""
    few = ["--narrator.max-tokens", "8", "--narrator.batch-size", str(LARGE_SHARD_TILES), "--max-reject-share", "1"]
    return here([*command(checkpoint, out, LARGE_TILES, LARGE_SHARD_TILES), *few])


def large_model(folder: Path) -> Path:
    """A CoCa of the size of coca_ViT-L-14."""
    objective = CoCa(towers=Named(name="coca_ViT-L-14"))
    tokenizer = objective.tokenizer([])
    save(objective, random_coca(objective, tokenizer), tokenizer, objective.preprocess(), folder)
    return folder


def here(arguments: list[str]) -> list[str]:
    """The same on this machine alone."""
    return [*arguments, "--engine.cpus", "3"]


def planned(moments: int, seed: int, shards: int = TILES // SHARD_TILES) -> list[Kill]:
    """Every target in turn, each at its own seeded moment; of readers and actors two in a row as well."""
    moment = random.Random(seed)
    return [
        Kill(
            TARGETS[number % len(TARGETS)],
            moment.randrange(0, shards // 2),
            round(moment.uniform(0.0, 0.3), 3),
            2 if number % 8 < 2 else 1,
        )
        for number in range(moments)
    ]


def trial(one: Kill, arguments: list[str], out: Path, reference: dict[str, str], timeout_s: float = 240) -> list[str]:
    """One disturbed build, given again where its driver ended; what is wrong afterwards."""
    process = start(arguments)
    try:
        struck = []
        for time_ in range(one.times):
            wait_for(process, lambda at=one.after + 2 * time_: len(records(out)) >= at)  # type: ignore[misc]
            time.sleep(one.delay_s)
            struck += strike(process, one.target)
        _, err = process.communicate(timeout=timeout_s)
    finally:
        end_family(process)
    wrong = [] if len(struck) == one.times else [f"{one.times - len(struck)} times no victim was found"]
    if process.returncode != 0:
        wrong += [f"ended with {process.returncode}: {err[-300:]}"] if one.target in _NAMES else []
        status, _, err = build(arguments, timeout_s=timeout_s)
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


def undisturbed(arguments: list[str], out: Path, timeout_s: float = 300) -> dict[str, str]:
    """The files of a build that is left alone, which are said."""
    status, _, err = build(arguments, timeout_s=timeout_s)
    if status:
        raise SystemExit(err)
    print(json.dumps({"tiles": open_artifact(str(out)).counts, "shards": len(records(out))}), flush=True)
    return files(out)


def under_a_large_model(base: Path, kills: int, seed: int) -> list[dict[str, object]]:
    """A row a kill: each target in turn."""
    checkpoint = large_model(base / "large")
    reference = undisturbed(large_command(checkpoint, base / "large-reference"), base / "large-reference", LARGE_TIMEOUT_S)
    rows: list[dict[str, object]] = []
    for number, one in enumerate(planned(kills, seed, LARGE_TILES // LARGE_SHARD_TILES)):
        out = base / f"large-{number}"
        wrong = trial(replace(one, times=1), large_command(checkpoint, out), out, reference, LARGE_TIMEOUT_S)
        rows.append({"model": "coca_ViT-L-14", **asdict(one), "times": 1, "wrong": wrong})
        print(json.dumps(rows[-1]), flush=True)
    return rows


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=8, help="kills on one machine")
    parser.add_argument("--cluster", type=int, default=2, help="nodes lost of a cluster of three, one a build")
    parser.add_argument("--large", type=int, default=0, help="kills on one machine under a model of 640 million weights")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args(argv)
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="sartext-narration-") as folder:
        base = Path(folder)
        checkpoint = models.coca(base / "coca")
        reference = undisturbed(here(command(checkpoint, base / "reference")), base / "reference")
        for number, one in enumerate(planned(options.moments, options.seed)):
            out = base / f"{number}"
            rows.append({**asdict(one), "wrong": trial(one, here(command(checkpoint, out)), out, reference)})
            print(json.dumps(rows[-1]), flush=True)
        for number in range(options.cluster):
            moment = random.Random(options.seed + number)
            (base / f"nodes-{number}").mkdir()
            rows.append({"target": "node", "wrong": lost_node(checkpoint, base / f"nodes-{number}", moment, reference)})
            print(json.dumps(rows[-1]), flush=True)
        if options.large:
            rows += under_a_large_model(base, options.large, options.seed)
    wrong = sum(bool(row["wrong"]) for row in rows)
    print(f"{len(rows)} kills: {wrong} with faults")
    if options.save:
        keep(__file__, {"kills": rows})
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
