"""What Ray Serve adds to a request, with and without HAProxy: bare FastAPI beside the application's route without a model.

    python -m tests.benchmarks.serve_latency [REQUESTS] [--save]

Each arm is the application as `jobs.serve` runs it (a CLIP that was only initialised), in a process of its own, one after
another; within an arm requests to bare FastAPI and to the application take turns. Printed are median and 99th percentile in
milliseconds of both, and which addresses an arm listens at.
"""

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.chaos.dataset import end_family, family
from tests.support import models
from tests.support.client import free_port
from tests.support.results import keep, parser_with_save

ROOT = Path(__file__).resolve().parents[2]
ARMS = {
    "defaults": {},
    "throughput": {"RAY_SERVE_THROUGHPUT_OPTIMIZED": "1"},
    "throughput, HAProxy": {"RAY_SERVE_THROUGHPUT_OPTIMIZED": "1", "RAY_SERVE_ENABLE_HA_PROXY": "1"},
}
START_S = 300
BARE = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/healthz")
async def health():
    return {"status": "ok"}
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
"""


def up(port: int, process: subprocess.Popen[bytes]) -> None:
    """Returns when the port answers."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"port {port} does not answer")


def asked_ms(connection: http.client.HTTPConnection) -> float:
    began = time.perf_counter()
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    return 1000 * (time.perf_counter() - began)


def measured(ports: dict[str, int], requests: int) -> dict[str, list[float]]:
    """Milliseconds of each side, over connections that stay open, in turns."""
    sides = {name: http.client.HTTPConnection("127.0.0.1", port, timeout=30) for name, port in ports.items()}
    times: dict[str, list[float]] = {name: [] for name in ports}
    for number in range(requests + 50):
        for name, connection in sides.items():
            took = asked_ms(connection)
            if number >= 50:  # the first ones warm up
                times[name].append(took)
    return times


def listening(process: subprocess.Popen[bytes]) -> set[str]:
    """Addresses other than loopback that the family of a process listens at."""
    return {
        f"{one.laddr.ip}:{one.laddr.port} {member.name()}"
        for member in family(process)  # type: ignore[arg-type]
        for one in member.net_connections("inet")
        if one.status == psutil.CONN_LISTEN and one.laddr.ip not in ("127.0.0.1", "::1", "::ffff:127.0.0.1")
    }


def main() -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("requests", type=int, nargs="?", default=500)
    options = parser.parse_args()
    figures: dict[str, object] = {"requests": options.requests}
    with tempfile.TemporaryDirectory() as folder:
        clip = models.clip(Path(folder) / "clip")
        bare_port = free_port()
        bare = subprocess.Popen([sys.executable, "-c", BARE, str(bare_port)])
        try:
            up(bare_port, bare)
            for arm, environment in ARMS.items():
                port = free_port()
                process = subprocess.Popen(
                    [sys.executable, "-m", "jobs.serve", "--clip", str(clip), "--port", str(port)],
                    cwd=ROOT,
                    env={**os.environ, **environment},
                    stderr=subprocess.DEVNULL,
                )
                try:
                    up(port, process)
                    times = measured({"bare": bare_port, "served": port}, options.requests)
                    open_to = sorted(listening(process))
                finally:
                    end_family(process)  # type: ignore[arg-type]
                sides = {}
                for side, took in times.items():
                    median, p99 = statistics.median(took), statistics.quantiles(took, n=100)[98]
                    sides[side] = {"median_ms": median, "p99_ms": p99}
                    print(f"{arm}: {side} median {median:.2f} ms, p99 {p99:.2f} ms")
                figures[arm] = {**sides, "listens_beyond_loopback": len(open_to)}
                print(f"{arm}: listens beyond loopback at {', '.join(open_to) or 'nothing'}", flush=True)
        finally:
            bare.kill()
            bare.wait()
    if options.save:
        keep(__file__, figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
