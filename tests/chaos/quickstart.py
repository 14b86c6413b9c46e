"""kill -9 of the quickstart's driver at eight places, in every kind of job: it must end in the tables of one left alone.

python -m tests.chaos.quickstart [--whole] runs the tiny chain twice (the whole one with --whole): once undisturbed, once
killed in its datasets, its trainings, its narration, its selection, its evaluation and its index, and started again each
time. Ends with 1 where a table differs.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.chaos.dataset import ROOT, end_family, kill, wait_for

# Where the driver is killed: the job, and what there is of it by then.
PLACES: dict[str, Callable[[Path], bool]] = {
    "SAR images": lambda out: (out / "sar" / "plan.json").exists(),
    "CLIP": lambda out: (out / "clip" / "live.json").exists(),
    "CoCa and GPT": lambda out: (out / "coca" / "live.json").exists(),
    "narration": lambda out: (out / "narrated" / "plan.json").exists(),
    "optical twins": lambda out: (out / "twins" / "plan.json").exists(),
    "selection": lambda out: (out / "selected" / "plan.json").exists(),
    "evaluation": lambda out: any((out / "evaluation" / "predictions").rglob("*.parquet")),
    "index": lambda out: (out / "index" / "plan.json").exists(),
}
START_S = 600
TABLES = (
    "evaluation/report.json",
    "evaluation/REPORT.md",
    "sar/manifest.json",
    "narrated/manifest.json",
    "twins/manifest.json",
    "selected/manifest.json",
)


def command(out: Path, whole: bool) -> list[str]:
    return [sys.executable, "-m", "jobs.quickstart", "--out", str(out), *([] if whole else ["--tiny"])]


def run(out: Path, whole: bool, until: Callable[[Path], bool] | None = None) -> tuple[int, str]:
    """Exit status and stderr of a quickstart; with `until` it is killed once that is so, with all that it started."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            command(out, whole), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said, text=True, start_new_session=True
        )
        try:
            if until is None:
                process.wait(timeout=3600)
            elif wait_for(process, lambda: until(out), timeout_s=START_S if not whole else 3600):
                from psutil import Process

                kill(Process(process.pid))
        finally:
            end_family(process)
        said.seek(0)
        return process.returncode, said.read()


def tables(out: Path) -> dict[str, str]:
    """The tables of a finished chain; of a manifest what does not name the code's revision."""
    found = {}
    for name in TABLES:
        text = (out / name).read_text()
        found[name] = json.dumps({**json.loads(text), "commit": None}) if name.endswith("manifest.json") else text
    return found


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--whole", action="store_true", help="the whole chain, which takes six times as long")
    options = parser.parse_args(argv)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="sartext-quickstart-") as folder:
        alone, disturbed = Path(folder) / "alone", Path(folder) / "disturbed"
        status, said = run(alone, options.whole)
        if status:
            print(said, file=sys.stderr)
            return 1
        for name, until in PLACES.items():
            status, _ = run(disturbed, options.whole, until)
            print(f"killed in {name}: status {status}", flush=True)
            wrong += status != -9
        status, said = run(disturbed, options.whole)
        if status:
            print(said, file=sys.stderr)
            return 1
        expected, found = tables(alone), tables(disturbed)
        different = [name for name in TABLES if expected[name] != found[name]]
        for name in different:
            print(f"{name} differs")
        wrong += len(different)
    print(f"{len(PLACES)} kills, {len(TABLES)} tables compared, {wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
