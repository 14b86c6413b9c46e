"""kill -9 of vLLM's engine under a narration, three times: complete, nothing twice, and what was committed is left as it was.

python -m tests.chaos.vllm_kills [--builds 1] [--seed 0] [--save] prints a row a build and ends with 1 if any left a fault;
--save keeps the rows as vllm_kills.json beside this file. Twice the engine's core dies at a seeded moment of its work, once
while it starts; --victim worker kills the process that computes, and actor the one that holds the engine, instead of the core.
"""

import argparse
import json
import random
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from tests.chaos.dataset import end_family, family, faults, files, kill, records, start, survivors, wait_for
from tests.chaos.kills import named
from tests.support import models
from tests.support.results import keep

TILES, SHARD_TILES = 240, 12
VICTIMS = {"core": "VLLM::EngineCore", "worker": "VLLM::Worker", "actor": "ray::AskedActor"}
_OF_ENGINE = ("VLLM::EngineCore", "VLLM::Worker")
_START_S = 600.0  # within which an engine starts, however busy the machine is


@dataclass
class Trial:
    """What was killed when, and what is wrong afterwards."""

    victim: str
    moments: list[str] = field(default_factory=list)
    took_s: float = 0.0
    wrong: list[str] = field(default_factory=list)


def command(checkpoint: Path, out: Path, tiles: int = TILES) -> list[str]:
    """A build by vLLM of tiles that nobody has annotated."""
    source = ["--source.of.tiles", str(tiles), "--source.of.size-px", "96", "--source.of.shard-tiles", str(SHARD_TILES)]
    narrator = ["--narrator.checkpoint", str(checkpoint), "--narrator.max-tokens", "40", "--narrator.max-positions", "512"]
    limits = ["--engine.cpus", "3", "--max-reject-share", "1"]
    return ["synthetic_narrator_vllm", "--out", str(out), *source, *narrator, *limits]


def trial(checkpoint: Path, out: Path, victim: str, delays_s: list[float], *, starting: bool, tiles: int = TILES) -> Trial:
    """A build whose victim is killed as often as there are delays, each after more commits, and once more in its start."""
    done, process, began = Trial(victim), start(command(checkpoint, out, tiles)), time.monotonic()
    committed: dict[str, str] = {}
    engines: set[psutil.Process] = set()
    try:
        for delay_s in delays_s:
            target = len(records(out)) + 1
            if not wait_for(process, lambda least=target: len(records(out)) >= least, _START_S):  # type: ignore[misc]
                break
            time.sleep(delay_s)
            committed |= whole(out)
            strike(done, process, victim, f"{len(records(out))} shards", engines)
        if starting:
            # The next core that comes has not loaded its model when it is a moment old.
            strike(done, process, "core", "start", engines)
        _, err = process.communicate(timeout=2 * _START_S)
    finally:
        end_family(process)
    done.took_s = time.monotonic() - began
    planned = len(delays_s) + starting
    done.wrong += [] if len(done.moments) == planned else [f"{planned - len(done.moments)} times no victim was found"]
    done.wrong += (
        [f"ended with {process.returncode}: {err.strip()[:200]} ... {err.strip()[-400:]}"] if process.returncode else []
    )
    done.wrong += faults(out, files(out))  # what a model says may differ: compared is what was committed, below
    now = files(out)
    done.wrong += [f"changed {path}" for path, digest in sorted(committed.items()) if now.get(path) != digest]
    done.wrong += [f"rejected {reason}" for reason in rejected(out)]
    done.wrong += [f"left running: {named(one)[:60]}" for one in survivors(list(engines), 30)]
    return done


def whole(out: Path) -> dict[str, str]:
    """The files of the shards that are committed, and their records."""
    there = {f"{number:05d}" for number in records(out)}
    return {
        path: digest
        for path, digest in files(out).items()
        if path.split("/")[0] in ("tiles", "records") and Path(path).name[:5] in there
    }


def rejected(out: Path) -> list[str]:
    """Reasons for which tiles were refused that no death of an engine may be."""
    import pyarrow.parquet as pq

    reasons = [reason for path in (out / "rejects").glob("*") for reason in pq.read_table(path)["reason"].to_pylist()]
    return sorted({reason for reason in reasons if reason != "no_caption"})


def strike(done: Trial, process: object, victim: str, moment: str, engines: set[psutil.Process]) -> None:
    """Kills the victim that is there, or the next that comes."""
    before = set(engines) if moment == "start" else set()
    chosen: list[psutil.Process] = []

    def come() -> bool:
        members = family(process)  # type: ignore[arg-type]
        engines.update(one for one in members if named(one).startswith(_OF_ENGINE))
        chosen.extend(one for one in members if named(one).startswith(VICTIMS[victim]) and one not in before)
        return bool(chosen)

    if wait_for(process, come, _START_S):  # type: ignore[arg-type]
        kill(chosen[0])
        done.moments.append(f"{named(chosen[0])[:40] or VICTIMS[victim]} at {moment}")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--builds", type=int, default=1, help="builds whose engine is killed three times")
    parser.add_argument("--victim", choices=sorted(VICTIMS), default="core")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args(argv)
    moment, trials = random.Random(options.seed), []
    with tempfile.TemporaryDirectory(prefix="sartext-vllm-") as folder:
        checkpoint = models.gpt(Path(folder) / "gpt", steps=0)
        for number in range(options.builds):
            delays_s = [round(moment.uniform(0.0, 0.5), 3) for _ in range(2)]
            trials.append(trial(checkpoint, Path(folder) / str(number), options.victim, delays_s, starting=True))
            print(json.dumps(asdict(trials[-1])), flush=True)
    wrong = sum(bool(one.wrong) for one in trials)
    print(f"{sum(len(one.moments) for one in trials)} kills in {len(trials)} builds: {wrong} with faults")
    if options.save:
        keep(__file__, {"builds": [asdict(one) for one in trials]})
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
