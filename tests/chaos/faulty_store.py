"""Builds from S3 to S3 through a store that fails now and then: each completes or says why in a line, and a rerun completes.

python -m tests.chaos.faulty_store [--builds 4] [--seed 0] [--share 0.1] prints a row a build and ends with 1 if any has a
fault. A request in ten is answered with 500 or 503, is dropped or hears nothing for 30 s (the client waits for 20); the last
build has a store that answers nothing after a while, and its rerun one that fails now and then as the others.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from sartext.store import open_store
from tests.chaos.dataset import build, end_family, faults, files, forget, records, start, wait_for
from tests.chaos.kills import with_rejects
from tests.support.faulty_s3 import FaultyS3
from tests.support.remote import uploaded
from tests.support.results import keep, parser_with_save
from tests.support.s3_server import s3_bucket

RERUNS = 2


def trial(
    arguments: list[str], out: str, reference: dict[str, str], proxy: FaultyS3, *, goes_down: bool = False
) -> dict[str, object]:
    """One build through the proxy and its reruns; with `goes_down` no request is answered after its second record."""
    said: list[str] = []
    wrong: list[str] = []
    status = -1
    for number in range(1 + RERUNS):
        down = proxy.go_down if goes_down and number == 0 else None
        status, err = _built(arguments, out, {"AWS_ENDPOINT_URL": proxy.url}, down)
        proxy.come_back()
        if status == 0:
            break
        lines = [line for line in err.splitlines() if line.strip()]
        said.append(lines[-1] if lines else "")
        if "Traceback" in err or status not in (1, 2) or "cannot use s3://" not in said[-1]:
            wrong.append(f"ended with {status} and said {err[-600:]!r}")
    if status != 0:
        wrong.append(f"it did not complete in {RERUNS} reruns")
    if goes_down and not said:
        wrong.append("it did not notice that the store was down")
    wrong += faults(out, reference)
    wrong += [] if not open_store(out).paths(".attempts") else ["it left its notes"]
    return {"requests": proxy.requests, "struck": dict(proxy.struck), "said": said, "wrong": wrong}


def _built(arguments: list[str], out: str, environment: dict[str, str], down: Callable[[], None] | None) -> tuple[int, str]:
    """Exit status and stderr of a build, during which the store may go down."""
    if down is None:
        status, _, err = build(arguments, environment, timeout_s=900)
        return status, err
    process = start(arguments, environment)
    try:
        if wait_for(process, lambda: len(records(out)) >= 2, timeout_s=300, pause_s=0.2):
            down()
        _, err = process.communicate(timeout=900)
        return process.returncode, err
    finally:
        end_family(process)


def prepared(base: Path, root: str) -> tuple[list[str], str, dict[str, str]]:
    """The options of a build of a dataset that is uploaded, without its output; where it was built undisturbed; its files."""
    with_rejects(base / "coco", "")
    arguments = with_rejects(uploaded(base / "coco", root), "")
    del arguments[1:3]  # --out
    reference = f"{root}/reference"
    status, _, err = build([*arguments, "--out", reference])
    if status:
        raise SystemExit(err)
    return arguments, reference, files(reference)


def main(argv: list[str] | None = None) -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--builds", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=0.1, help="of the requests")
    options = parser.parse_args(argv)
    rows = []
    with tempfile.TemporaryDirectory(prefix="sartext-faulty-") as folder, s3_bucket() as root:
        arguments, _, reference = prepared(Path(folder), root)
        for number in range(options.builds):
            out, last = f"{root}/{number}", number == options.builds - 1
            with FaultyS3(os.environ["AWS_ENDPOINT_URL"], seed=options.seed + number, share=options.share) as proxy:
                rows.append(trial([*arguments, "--out", out], out, reference, proxy, goes_down=last))
            forget(out)
            print(json.dumps(rows[-1]), flush=True)
    wrong = sum(bool(row["wrong"]) for row in rows)
    print(f"{len(rows)} builds: {wrong} with faults, {sum(not row['said'] for row in rows)} without a rerun")
    if options.save:
        keep(__file__, {"share": options.share, "builds": rows}, packages=("ray", "boto3", "moto"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
