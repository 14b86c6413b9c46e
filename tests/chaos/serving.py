"""kill -9 of each replica of the application, and of what vLLM runs, while eight clients ask: the others answer, it comes back.

python -m tests.chaos.serving [--victims NAME ...] [--times 2] [--busy] [--gpt-engine vllm] [--seed 0] [--save] prints a row a
kill and ends with 1 if any left a fault; --save keeps the rows as serving.json beside this file. Victims are found by process
id among the processes that the application started.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import torch

from tests.chaos.dataset import ROOT, end_family, family, kill, report, wait_for
from tests.support import models
from tests.support.client import Client, free_port
from tests.support.images import data_uri
from tests.support.indexed import indexed
from tests.support.results import keep

CLIENTS = 8
OTHERS_S, BACK_S, MORE_S, HANG_S, START_S = 2.0, 60.0, 15.0, 20.0, 900.0
SETTLE_S = 5.0  # of undisturbed answers before each kill
LEFT_ALONE_S = 45.0  # of answers before the first: how slow they are on this machine though nothing is killed
# Part of a process's name -> the model that is gone with it; those of the routes stand in for one another.
VICTIMS = {
    "Embedding": "sar-clip",
    "Searching": "index",
    "Captioning": "sar-coca",
    "Answering": "sar-gpt",
    "AnsweringByVLLM": "sar-gpt",
    "Engine:sar-gpt": "sar-gpt",
    "VLLM::EngineCore": "sar-gpt",
    "VLLM::Worker": "sar-gpt",
    "Ingress": "",
}
OF_VLLM = ("AnsweringByVLLM", "Engine:sar-gpt", "VLLM::EngineCore", "VLLM::Worker")
LOADING = ("Engine:sar-gpt", "VLLM::EngineCore", "VLLM::Worker")  # after these vLLM loads its model again
NEEDS = {
    "/v1/embeddings": ["sar-clip"],
    "/v1/search": ["sar-clip", "index"],
    "/v1/caption": ["sar-coca"],
    "/v1/vqa": ["sar-gpt"],
}


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    at: float
    took_s: float
    status: int
    retry_after: bool


@dataclass(frozen=True)
class Row:
    """What came of one kill."""

    victim: str
    busy: bool
    back_s: float
    bound_s: float
    begun_s: float  # after which the process that replaces it began to load
    load: float  # of the machine, over the last minute
    others: int  # answers of the other routes meanwhile
    others_slow: int  # of which took more than they should
    others_slowest_s: float
    others_refused: int
    own: dict[str, int]  # answers of the victim's own routes meanwhile, by status
    own_slowest_s: float
    wrong: tuple[str, ...]


class Clients:
    """Ask all routes in turn until they are told to stop."""

    def __init__(self, client: Client) -> None:
        self._client, self._over, self.asked = client, threading.Event(), list[Asked]()
        image = data_uri(models.EXAMPLES[0].image)
        self._bodies = {
            "/v1/embeddings": {"input": "a ship"},
            "/v1/search": {"text": "a ship", "top": 3},
            "/v1/caption": {"image": image},
            "/v1/vqa": {"image": image, "question": models.EXAMPLES[0].question},
        }
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(CLIENTS)]

    def __enter__(self) -> "Clients":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def ask(self, path: str) -> Asked:
        """One request, noted when it is over."""
        at, clock = time.time(), time.monotonic()
        try:
            status, _, headers = self._client.ask(path, self._bodies[path])
        except OSError:
            status, headers = 0, {}
        return Asked(path, at, time.monotonic() - clock, status, "retry-after" in headers)

    def _ask(self, number: int) -> None:
        paths = list(self._bodies)
        # Two clients a route: what is slow on one must not hide the others.
        path = paths[number % len(paths)]
        while not self._over.is_set():
            self.asked.append(self.ask(path))
            if self.asked[-1].status != 200:
                time.sleep(0.1)


@contextmanager
def application(folder: Path, engine: str) -> Iterator[tuple[subprocess.Popen[str], Client]]:
    """The application as a child process, ready."""
    places = [part for name in ("clip", "coca", "gpt", "index") for part in (f"--{name}", str(folder / name))]
    port, log = free_port(), folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs.serve", *places, "--port", str(port), "--gpt-engine", engine],
            cwd=ROOT,
            stdout=file,
            stderr=file,
            text=True,
            start_new_session=True,
        )
    try:
        if not wait_for(process, lambda: "is ready" in log.read_text(), timeout_s=START_S):
            raise SystemExit(log.read_text())
        yield process, Client(port)
    finally:
        end_family(process)


@contextmanager
def burning(processes: int) -> Iterator[None]:
    """As many processes that use a core each."""
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for one in burners:
            one.kill()
            one.wait()


def made(folder: Path) -> None:
    """Tiny models and an index."""
    torch.set_num_threads(1)  # on a busy machine two wait for one another
    models.clip(folder / "clip")
    models.coca(folder / "coca")
    models.gpt(folder / "gpt")
    indexed(folder / "clip", folder / "tiles", folder / "index", count=20)


def found(process: subprocess.Popen[str], victim: str) -> list[psutil.Process]:
    """The processes of this name among those that the application started, oldest first."""

    name = re.compile(rf"{re.escape(victim)}\b")

    def named(one: psutil.Process) -> bool:
        try:
            return name.search(" ".join(one.cmdline())) is not None
        except psutil.Error:
            return False

    return sorted((one for one in family(process) if named(one)), key=lambda one: one.create_time())


def ready(client: Client, model: str) -> bool:
    """Whether a model is said to be up."""
    try:
        said = client.ask("/healthz")[1]
    except OSError:
        return False
    return said["status"] == "ok" if not model else said["models"][model] == "ready"


def trial(process: subprocess.Popen[str], client: Client, victim: str, busy: bool) -> Row:
    """One kill, and what came of it."""
    model = VICTIMS[victim]
    own = [path for path, needs in NEEDS.items() if model in needs]
    await_(lambda: ready(client, ""), START_S)
    with Clients(client) as clients:
        time.sleep(SETTLE_S)
        chosen = found(process, victim)
        if not chosen:
            raise SystemExit(f"no process of the name {victim}")
        struck_at, clock = time.time(), time.monotonic()
        kill(chosen[0])

        def is_back() -> bool:
            if process.poll() is not None or not ready(client, ""):
                return False
            new = [one for one in found(process, victim) if one.create_time() >= struck_at - 1]
            return bool(new) and all(clients.ask(path).status == 200 for path in own)

        came = await_(is_back, 3 * BACK_S + (START_S if victim in LOADING else 0.0))
        back_s = time.monotonic() - clock
        renewed = "Engine:sar-gpt" if victim in LOADING else victim
        begun_s = max((one.create_time() - struck_at for one in found(process, renewed)), default=back_s)
        # vLLM loads for as long as the machine lets it; what Serve adds to that is bounded.
        bound_s = back_s - max(0.0, begun_s) + MORE_S if victim in LOADING else BACK_S
        time.sleep(1.0)
    meanwhile = [one for one in clients.asked if struck_at - one.took_s <= one.at <= struck_at + back_s]
    others = [one for one in meanwhile if one.path not in own]
    mine = [one for one in meanwhile if one.path in own]
    wrong = [] if came and back_s <= bound_s else [f"back after {back_s:.0f} s of {bound_s:.0f}"]
    wrong += ["the application has ended"] if process.poll() is not None else []
    # Of the routes' two replicas one dies with what it was answering.
    lost = [one for one in others if one.status != 200 and not (victim == "Ingress" and one.status == 503 and one.retry_after)]
    wrong += [f"another route: {status} x {count}" for status, count in Counter(one.status for one in lost).items()]
    slow = [one for one in others if one.took_s > OTHERS_S]
    wrong += [f"{len(slow)} answers of other routes took more than {OTHERS_S} s"] if slow else []
    broken = [one for one in mine if one.status != 200 and not (one.status == 503 and one.retry_after)]
    wrong += [f"its own route: {status} x {count}" for status, count in Counter(one.status for one in broken).items()]
    wrong += ["a request hung"] if any(one.took_s > HANG_S for one in mine) else []
    return Row(
        victim=victim,
        busy=busy,
        back_s=round(back_s, 1),
        bound_s=round(bound_s, 1),
        begun_s=round(begun_s, 1),
        load=round(os.getloadavg()[0], 1),
        others=len(others),
        others_slow=len(slow),
        others_slowest_s=round(max((one.took_s for one in others), default=0.0), 2),
        others_refused=sum(one.status == 503 for one in others),
        own={str(status): count for status, count in sorted(Counter(one.status for one in mine).items())},
        own_slowest_s=round(max((one.took_s for one in mine), default=0.0), 2),
        wrong=tuple(wrong),
    )


def await_(come: Callable[[], bool], timeout_s: float) -> bool:
    """True once it has come, False where it does not in time."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if come():
            return True
        time.sleep(0.2)
    return False


def left_alone(client: Client, busy: bool) -> Row:
    """The answers of all routes while nothing is killed: what is too slow here is the machine's, and counts as no fault."""
    with Clients(client) as clients:
        time.sleep(LEFT_ALONE_S)
    took_s = [one.took_s for one in clients.asked]
    row = Row(
        victim="none",
        busy=busy,
        back_s=0.0,
        bound_s=0.0,
        begun_s=0.0,
        load=round(os.getloadavg()[0], 1),
        others=len(took_s),
        others_slow=sum(one > OTHERS_S for one in took_s),
        others_slowest_s=round(max(took_s), 2),
        others_refused=sum(one.status == 503 for one in clients.asked),
        own={},
        own_slowest_s=0.0,
        wrong=(),
    )
    print(shown(row), flush=True)
    return row


def trials(
    folder: Path, victims: list[str], times: int, engine: str, busy: bool, seed: int, *, alone: bool = False
) -> Iterator[Row]:
    """The kills in an order that the seed draws, against one application; where asked, what it answers `alone` before them."""
    order = victims * times
    random.Random(seed).shuffle(order)
    with ExitStack() as stack:
        if busy:
            stack.enter_context(burning(os.cpu_count() or 1))
        began = time.monotonic()
        process, client = stack.enter_context(application(folder, engine))
        print(f"ready after {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}", flush=True)
        if alone:
            yield left_alone(client, busy)
        for victim in order:
            row = trial(process, client, victim, busy)
            print(shown(row), flush=True)
            yield row
            if process.poll() is not None:
                return


def shown(row: Row) -> str:
    """A row of the table."""
    own = ", ".join(f"{count} x {status}" for status, count in row.own.items())
    said = f"{row.victim:<18}{'busy' if row.busy else 'quiet':<7}load {row.load:>4}   "
    said += f"back {row.back_s:>6} of {row.bound_s:>6} s (begun {row.begun_s} s)   "
    said += f"others {row.others:>5}, {row.others_slow} slow, slowest {row.others_slowest_s} s, {row.others_refused} refused   "
    return said + f"its own {own or 'none'}, slowest {row.own_slowest_s} s   {'; '.join(row.wrong) or 'ok'}"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--victims", nargs="*", choices=list(VICTIMS), help="all that the engine has, where not given")
    parser.add_argument("--times", type=int, default=2, help="kills of each")
    parser.add_argument("--busy", action="store_true", help="keep all cores busy with something else")
    parser.add_argument("--gpt-engine", choices=("vllm", "transformers"), default="vllm")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", action="store_true", help="keep the rows beside this file")
    options = parser.parse_args(argv)
    os.environ.pop("RAY_ADDRESS", None)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the application is ended
    absent = ("Answering",) if options.gpt_engine == "vllm" else OF_VLLM
    victims = options.victims or [name for name in VICTIMS if name not in absent]
    with tempfile.TemporaryDirectory(prefix="sartext-serving-") as name:
        folder = Path(name)
        made(folder)
        rows = list(trials(folder, victims, options.times, options.gpt_engine, options.busy, options.seed, alone=True))
    if options.save:
        arm = f"{'busy' if options.busy else 'quiet'}, {options.gpt_engine}"
        keep(__file__, {"rows": [asdict(row) for row in rows]}, arm)
    wrong = [f"{row.victim}: {said}" for row in rows for said in row.wrong]
    wrong += [] if len(rows) == 1 + len(victims) * options.times else ["the application ended before all kills"]
    return report(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
