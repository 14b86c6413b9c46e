"""A Ray of three nodes on this machine: raylets on three addresses of loopback, each with a folder of its own, and a token."""

import ctypes
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.dataset import end_family

ROOT = Path(__file__).resolve().parents[2]
SUBMIT = ROOT / "cluster" / "submit.sh"
BIN = Path(sys.executable).parent
# Ray puts the address that others see, off loopback, in the place of 127.0.0.1.
HOSTS = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
_START_S = 120.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Cluster:
    """Where jobs are submitted, and as whom."""

    address: str
    token: str

    def environment(self, **changes: str) -> dict[str, str]:
        """The environment of someone who submits jobs here."""
        return {**_plain(), "RAY_API_SERVER_ADDRESS": self.address, "RAY_AUTH_TOKEN": self.token, **changes}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """`cluster/submit.sh` with these arguments, started from another folder than the checkout."""
        return subprocess.Popen(
            [str(SUBMIT), *arguments],
            cwd="/",
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def submit(self, *arguments: str, timeout_s: float = 300) -> tuple[int, str]:
        """Exit status and output of a job that is waited for."""
        process = self.start(*arguments)
        try:
            out, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            end_family(process)
            raise
        return process.returncode, out

    def ask(self, path: str) -> Any:
        """What the dashboard answers at a path."""
        request = urllib.request.Request(self.address + path, headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def nodes_that_worked(self) -> set[str]:
        """The ids of the nodes on which tasks of Ray Data or workers of Ray Train have run."""
        tasks = self.ask("/api/v0/tasks?limit=10000&detail=1")["data"]["result"]["result"]
        return {task["node_id"] for task in tasks if task["node_id"] and "Supervisor" not in task["name"]}


@contextmanager
def three_raylets(cpus: int = 1) -> Iterator[Cluster]:
    """The cluster, started by `ray start` and ended by process id."""
    token, dashboard, port = secrets.token_hex(16), _free_port(), _free_port()
    cluster = Cluster(f"http://127.0.0.1:{dashboard}", token)
    head = [
        *("--head", "--port", str(port), "--include-dashboard", "true"),
        *("--dashboard-host", "127.0.0.1", "--dashboard-port", str(dashboard), "--ray-client-server-port", str(_free_port())),
    ]
    with ExitStack() as ends:
        for number, host in enumerate(HOSTS):
            process, log = _raylet(ends, head if number == 0 else ["--address", f"{HOSTS[0]}:{port}"], host, cpus, token)
            _wait_for(process, log, cluster, number + 1)
        yield cluster


def _raylet(ends: ExitStack, role: list[str], host: str, cpus: int, token: str) -> tuple[subprocess.Popen[str], Path]:
    # The paths of Ray's sockets may have 107 bytes: the folder's is short.
    folder = Path(tempfile.mkdtemp(prefix="r-", dir="/tmp"))
    ends.callback(shutil.rmtree, folder, ignore_errors=True)
    log = folder / "start.log"
    command = [
        *(str(BIN / "ray"), "start", "--block", *role, "--node-ip-address", host, "--temp-dir", str(folder)),
        *("--num-cpus", str(cpus), "--object-store-memory", str(100 * 2**20), "--disable-usage-stats"),
        *("--include-log-monitor", "false"),
        *("--min-worker-port", "0", "--max-worker-port", "0", "--metrics-export-port", str(_free_port())),
        *("--dashboard-agent-listen-port", str(_free_port()), "--dashboard-agent-grpc-port", str(_free_port())),
        *("--runtime-env-agent-port", str(_free_port())),
    ]
    environment = {**_plain(), "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token}
    with log.open("w") as file:
        process = subprocess.Popen(
            command,
            cwd="/",
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=_ended_with_us,
        )
    ends.callback(end_family, process)
    return process, log


def _ended_with_us() -> None:
    """Tests that are killed leave no raylets behind: each gets SIGTERM when the process that started it is gone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_for(process: subprocess.Popen[str], log: Path, cluster: Cluster, nodes: int) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            alive = [one for one in cluster.ask("/api/v0/nodes")["data"]["result"]["result"] if one["state"] == "ALIVE"]
        except OSError:
            alive = []
        if len(alive) == nodes:
            return
        time.sleep(0.5)
    raise TimeoutError(f"node {nodes} did not come:\n{log.read_text()[-2000:]}")


def _plain() -> dict[str, str]:
    """This environment, with the Python of the tests first and without a word about another Ray or another checkout."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("RAY_") and name != "PYTHONPATH"}
    return {**own, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0"}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
