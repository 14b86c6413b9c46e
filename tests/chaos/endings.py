"""How a build ends when it cannot go on: a full disk, an output that cannot be written, SIGTERM, Ctrl-C.

python -m tests.chaos.endings [--moments 6] [--seed 0] prints a row an ending. The full disk is a small tmpfs: that takes root.
"""

import argparse
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.dataset import build, end_family, family, faults, files, report, start, survivors

WRITE_BOUND_S, STOP_BOUND_S = 30, 10
SYNTHETIC = ("--source.tiles", "600", "--source.shard-tiles", "25", "--engine.cpus", "2")


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of that size. Raises `PermissionError` where this user may not mount one."""
    folder.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False).returncode
    ):
        raise PermissionError("a small file system cannot be mounted here: that takes root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def one_line(status: int, err: str) -> list[str]:
    """What is wrong with the end of a build that the user must mend."""
    said = [line for line in err.splitlines() if line.startswith("jobs.build:")]
    rest = [line for line in err.splitlines() if not line.startswith("jobs.build:") and "tiles/s" not in line]
    wrong = [] if status == 2 else [f"exit status {status}"]
    wrong += [] if len(said) == 1 else [f"{len(said)} lines of explanation"]
    return wrong + [f"also said: {line[:200]}" for line in rest]


def full_disk(base: Path) -> list[str]:
    """The disk fills in the middle of a build; after space is freed the same command completes."""
    reference = base / "reference"
    build(["synthetic", "--out", str(reference), *SYNTHETIC])
    with small_disk(base / "disk", "8m") as disk:
        out = disk / "out"
        began = time.monotonic()
        status, _, err = build(["synthetic", "--out", str(out), *SYNTHETIC])
        took_s = time.monotonic() - began
        wrong = one_line(status, err)
        wrong += [f"took {took_s:.0f} s"] if took_s > WRITE_BOUND_S else []
        wrong += ["a manifest is there"] if (out / "manifest.json").exists() else []
        wrong += [] if "No space left" in err else ["the fact is not named"]
        print(f"full disk: exit {status} after {took_s:.1f} s: {err.strip().splitlines()[-1]}")
        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
        status, _, err = build(["synthetic", "--out", str(out), *SYNTHETIC])
        wrong += [f"the rerun ended with {status}: {err[-300:]}"] if status else []
        wrong += faults(out, files(reference))
    return wrong


def unwritable(base: Path) -> list[str]:
    """Below a regular file; root may write into folders without the right to."""
    (base / "file").write_text("")
    wrong = []
    for out in (base / "file" / "out", Path("/proc/sartext")):
        began = time.monotonic()
        status, _, err = build(["synthetic", "--out", str(out), *SYNTHETIC])
        took_s = time.monotonic() - began
        wrong += one_line(status, err) + ([f"took {took_s:.0f} s"] if took_s > WRITE_BOUND_S else [])
        print(f"unwritable: exit {status} after {took_s:.1f} s: {err.strip()}")
    return wrong


def stopped(base: Path, name: str, number: signal.Signals, after_s: float) -> list[str]:
    """A signal at some moment: ended within the bound, nothing left running, the rerun completes."""
    out = base / name
    arguments = ["synthetic", "--out", str(out), *SYNTHETIC]
    process = start(arguments)
    try:
        time.sleep(after_s)
        members = family(process)
        if number is signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does: to the whole group
        else:
            os.kill(process.pid, number)
        began = time.monotonic()
        members = list({one.pid: one for one in [*members, *family(process)]}.values())
        _, err = process.communicate(timeout=60)
        took_s = time.monotonic() - began
        left = survivors(members, 3)
    finally:
        end_family(process)
    said = err.strip()[-160:]
    print(f"{number.name} after {after_s:.1f} s: exit {process.returncode} in {took_s:.1f} s: {said!r}")
    wrong = [] if took_s <= STOP_BOUND_S else [f"took {took_s:.1f} s to stop"]
    wrong += [f"left running: {[one.pid for one in left]}"] if left else []
    wrong += [] if process.returncode in (0, 128 + number, -number) else [f"exit status {process.returncode}"]
    wrong += ["a traceback"] if "Traceback" in err else []
    return wrong


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=6, help="stops by signal")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    moment = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="sartext-endings-") as folder:
        base = Path(folder)
        wrong = unwritable(base)
        wrong += full_disk(base)
        for number in range(options.moments):
            which = (signal.SIGTERM, signal.SIGINT)[number % 2]
            wrong += stopped(base, f"stop-{number}", which, moment.uniform(1.0, 16.0))
        if options.moments:
            status, _, err = build(["synthetic", "--out", str(base / "stop-0"), *SYNTHETIC])
            wrong += [f"the rerun ended with {status}: {err[-300:]}"] if status else []
            wrong += faults(base / "stop-0", files(base / "reference"))
    return report(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
