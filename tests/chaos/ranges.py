"""An array of ranges of one build, at once and without a common Ray, of which one is killed and run again: one build's bytes.

python -m tests.chaos.ranges [--ranges 4] [--seed 0] [--s3] ends with 1 if anything is wrong. While the ranges run, a build of
all and an overlapping range are refused; --finish refuses before the killed range has been run again, and then writes the
manifest.
"""

import argparse
import json
import random
import tempfile
import time
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import psutil

from tests.chaos.dataset import build, end_family, faults, files, kill, records, report, start, wait_for
from tests.support.s3_server import s3_bucket

SHARDS, SHARD_TILES = 40, 20


def command(out: str, *more: str) -> list[str]:
    """A build of the archive, or of a range of it."""
    source = ["--source.tiles", str(SHARDS * SHARD_TILES), "--source.shard-tiles", str(SHARD_TILES)]
    return ["synthetic", "--out", out, *source, "--engine.cpus", "1", *more]


def refused(arguments: list[str], words: str) -> list[str]:
    """What is wrong, where a build is not refused in one line that says so."""
    status, _, err = build(arguments)
    right = status == 2 and words in err and len(err.strip().splitlines()) == 1
    return [] if right else [f"not refused with {words!r}: {status} {err[-300:]}"]


def trial(out: str, ranges: int, moment: random.Random) -> list[str]:
    """All ranges at once; one is killed and run again; then the manifest."""
    bounds = [round(SHARDS * number / ranges) for number in range(ranges + 1)]
    parts = [f"{start_}:{stop}" for start_, stop in pairwise(bounds)]
    victim = moment.randrange(ranges)
    running = [start(command(out, "--shards", part)) for part in parts]
    wrong: list[str] = []
    try:
        mine = range(bounds[victim], bounds[victim + 1])
        if not wait_for(running[victim], lambda: any(number in mine for number in records(out))):
            wrong.append("the victim ended before it was killed")
        time.sleep(moment.uniform(0.0, 0.3))
        kill(psutil.Process(running[victim].pid))
        other = (victim + 1) % ranges
        if running[other].poll() is None:
            wrong += refused(command(out), "is being written by")
        if running[other].poll() is None:
            wrong += refused(command(out, "--shards", f"{bounds[other]}:{bounds[other] + 1}"), "is being written by")
        for number, one in enumerate(running):
            _, err = one.communicate(timeout=600)
            if number != victim and one.returncode:
                wrong.append(f"range {parts[number]} ended with {one.returncode}: {err[-300:]}")
    finally:
        for one in running:
            end_family(one)
    wrong += refused(command(out, "--finish"), "do them by --shards")
    for arguments in (command(out, "--shards", parts[victim]), command(out, "--finish")):
        status, _, err = build(arguments)
        wrong += [f"{arguments[-2:]} ended with {status}: {err[-300:]}"] if status else []
    print(json.dumps({"ranges": parts, "killed": parts[victim], "wrong": wrong}), flush=True)
    return wrong


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ranges", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--s3", action="store_true", help="build on S3, by a real server of its protocol")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="sartext-ranges-") as folder, ExitStack() as stack:
        root = stack.enter_context(s3_bucket()) if options.s3 else str(Path(folder))
        status, _, err = build(command(f"{root}/reference"))
        wrong = [err[-300:]] if status else trial(f"{root}/out", options.ranges, random.Random(options.seed))
        wrong += faults(f"{root}/out", files(f"{root}/reference"))
    return report(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
