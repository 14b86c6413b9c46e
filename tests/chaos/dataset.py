"""What chaos commands look at: a build as a child process, and what it left on the disk or on S3."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil

from sartext.sources.filesystem import is_remote
from sartext.store import open_store

ROOT = Path(__file__).resolve().parents[2]


def start(arguments: list[str], environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """A build in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "jobs.build", *arguments],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def build(arguments: list[str], environment: dict[str, str] | None = None, timeout_s: float = 300) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a build that is left alone."""
    process = start(arguments, environment)
    try:
        out, err = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        end_family(process)
        raise
    return process.returncode, out, err


def family(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The process and all that it started, as far as they are alive."""
    try:
        parent = psutil.Process(process.pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def end_family(process: subprocess.Popen[str]) -> None:
    """Ends a build and everything it started, by process id."""
    for one in family(process):
        kill(one)
    process.wait(timeout=30)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def kill(process: psutil.Process) -> None:
    """SIGKILL, where the process is still there."""
    try:
        process.send_signal(signal.SIGKILL)
    except psutil.NoSuchProcess:
        return


def survivors(members: list[psutil.Process], within_s: float) -> list[psutil.Process]:
    """Those of the processes that are still running after so many seconds.

    One that has ended and that its parent has not asked about runs no more: how soon it is, is the machine's.
    """

    def runs(one: psutil.Process) -> bool:
        try:
            return one.is_running() and one.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return [one for one in psutil.wait_procs(members, timeout=within_s)[1] if runs(one)]


def files(out: Path | str) -> dict[str, str]:
    """SHA-256 of every file below a dataset but for the lock."""
    if is_remote(str(out)):
        store = open_store(str(out))
        return {path: hashlib.sha256(store.read(path)).hexdigest() for path in store.paths("") if path != ".lock"}
    paths = sorted(path for path in Path(out).rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def records(out: Path | str) -> dict[int, object]:
    """Shard number -> when each record that is there was written: the time in ns; on S3 in seconds, as a store tells it."""
    if is_remote(str(out)):
        from sartext.store import s3

        bucket, _, prefix = str(out).removeprefix("s3://").partition("/")
        asked = {"Bucket": bucket, "Prefix": f"{prefix}/records/"}
        pages = s3._client(os.getpid()).get_paginator("list_objects_v2").paginate(**asked)
        return {int(Path(one["Key"]).stem): one["LastModified"] for page in pages for one in page.get("Contents", ())}
    return {int(path.stem): path.stat().st_mtime_ns for path in (Path(out) / "records").glob("*.json")}


def forget(out: str) -> None:
    """Removes a dataset from S3, whose server holds what it has in memory."""
    store = open_store(out)
    for path in store.paths(""):
        store.delete(path)


def names(out: Path | str, folder: str) -> list[str]:
    """The bare names of the files in a folder of a dataset."""
    return [Path(path).name for path in open_store(str(out)).paths(folder)]


def wait_for(process: subprocess.Popen[str], come: Callable[[], bool], timeout_s: float = 300, pause_s: float = 0.01) -> bool:
    """True once it has come; False where the build ends before."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if come():
            return True
        if process.poll() is not None:
            return False
        time.sleep(pause_s)
    raise TimeoutError(f"it did not come within {timeout_s} s")


def faults(out: Path | str, reference: dict[str, str]) -> list[str]:
    """What is wrong with a finished dataset: missing, twice, orphans, other bytes than the reference's."""
    import pyarrow.parquet as pq

    wrong = []
    here = files(out)
    wrong += [f"missing {path}" for path in sorted(reference.keys() - here.keys())]
    wrong += [f"orphan {path}" for path in sorted(here.keys() - reference.keys())]
    wrong += [f"other bytes {path}" for path in sorted(here.keys() & reference.keys()) if here[path] != reference[path]]
    if "manifest.json" not in here:
        return [*wrong, "no manifest"]
    store = open_store(str(out))
    manifest = json.loads(store.read("manifest.json"))
    keys: Counter[str] = Counter()
    for shard in manifest["shards"]:
        for kind in ("tiles", "rejects"):
            if shard[kind]:
                with store.open(shard[kind]["path"]) as file:
                    keys.update(pq.read_table(file, columns=["key"])["key"].to_pylist())
    wrong += [f"twice {key}" for key, number in keys.items() if number > 1]
    if sum(keys.values()) != manifest["counts"]["planned"]:
        wrong.append(f"{sum(keys.values())} tiles of {manifest['counts']['planned']} planned")
    return wrong


def report(wrong: list[str]) -> int:
    """Prints what is wrong; the exit status of a command."""
    for line in wrong:
        print(line)
    print(f"{len(wrong)} faults")
    return 1 if wrong else 0
