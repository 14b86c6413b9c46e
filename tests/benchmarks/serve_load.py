"""Answers a second of the application at 16 and 64 clients, and when it is asked twice what it can, beside bare FastAPI.

    python -m tests.benchmarks.serve_load [--seconds 10] [--overload-seconds 30] [--rounds 3] [--save]

Only answers count, no refusal. The application is what `jobs.serve` runs, with a CLIP that was only initialised; it embeds a
text. Bare FastAPI has the same model in its own process, and asks it about one text at a time. Rounds of 16 and of 64 clients
take turns, and medians are printed; then requests come at twice the larger of the rates, whatever becomes of those before. Ends
with 1 where a ratio is below its bound. --save keeps the figures as serve_load.json.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.serve_latency import ROOT, up
from tests.chaos.dataset import end_family
from tests.support import models
from tests.support.client import free_port
from tests.support.results import keep, parser_with_save

FEW, MANY, OVER = 16, 64, 2.0
LEAST_MANY, LEAST_OVERLOADED = 0.8, 0.8  # of the answers of few clients, and of what it can
BODY = json.dumps({"input": "a ship at a quay"}).encode()
EMBED = (
    b"POST /v1/embeddings HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: " + str(len(BODY)).encode() + b"\r\n\r\n" + BODY
)
BARE = """
import asyncio, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import torch, uvicorn
from fastapi import Body, FastAPI
from sartext.models.weights import load
torch.set_num_threads(1)
objective, model, tokenizer, _ = load(Path(sys.argv[2]))
model.eval()
worker, app = ThreadPoolExecutor(1), FastAPI()
def embedded(text):
    return objective.embed_texts(model, [text], tokenizer)[0].tolist()
@app.get("/healthz")
async def health():
    return {}
@app.post("/v1/embeddings")
async def embeddings(body: dict = Body()):
    row = await asyncio.get_running_loop().run_in_executor(worker, embedded, body["input"])
    return {"object": "list", "model": "bare", "data": [{"object": "embedding", "index": 0, "embedding": row}]}
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
"""


@dataclass
class Tally:
    """What came of the requests: seconds by status; 0 where the connection broke."""

    took_s: dict[int, list[float]] = field(default_factory=dict)

    def add(self, status: int, took_s: float) -> None:
        self.took_s.setdefault(status, []).append(took_s)

    def counts(self) -> dict[str, int]:
        return {str(status): len(took) for status, took in sorted(self.took_s.items())}

    def p95_s(self, status: int) -> float | None:
        took = self.took_s.get(status, [])
        return round(statistics.quantiles(took, n=20)[18], 3) if len(took) > 20 else None


class Connection:
    """A connection that stays open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes, tally: Tally) -> None:
        began = time.perf_counter()
        try:
            self._streams = self._streams or await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
            tally.add(int(head.split()[1]), time.perf_counter() - began)
        except (OSError, asyncio.IncompleteReadError, IndexError):
            tally.add(0, time.perf_counter() - began)
            self.close()

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None


async def closed_loop(port: int, request: bytes, clients: int, seconds: float) -> float:
    """Answers a second where each client asks again once it was answered; a refused one waits for as long as it is told."""
    tally, over = Tally(), time.monotonic() + seconds

    async def client() -> None:
        connection = Connection(port)
        while time.monotonic() < over:
            before = len(tally.took_s.get(200, ()))
            await connection.ask(request, tally)
            if len(tally.took_s.get(200, ())) == before and 503 in tally.took_s:
                await asyncio.sleep(0.1)
        connection.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return len(tally.took_s.get(200, [])) / seconds


async def open_loop(port: int, request: bytes, rate: float, seconds: float) -> Tally:
    """What came of requests at a steady rate, each on a connection that no other waits on."""
    tally, idle, running = Tally(), list[Connection](), set[asyncio.Task[None]]()

    async def one() -> None:
        connection = idle.pop() if idle else Connection(port)
        await connection.ask(request, tally)
        idle.append(connection)

    began, count = time.monotonic(), 0
    while (now := time.monotonic() - began) < seconds:
        while count < now * rate:
            task = asyncio.create_task(one())
            running.add(task)
            task.add_done_callback(running.discard)
            count += 1
        await asyncio.sleep(0.005)
    over = {status: list(took) for status, took in tally.took_s.items()}  # what comes later counts for nothing
    await asyncio.wait(running, timeout=60) if running else None
    for connection in idle:
        connection.close()
    return Tally(over)


def measured(port: int, bare: int, options: argparse.Namespace) -> dict[str, object]:
    """Medians over the rounds, and the overload."""
    rates: dict[str, list[float]] = {name: [] for name in ("bare 16", "bare 64", "served 16", "served 64")}
    asyncio.run(closed_loop(port, EMBED, FEW, 3))  # warms up
    for _ in range(options.rounds):
        for clients in (FEW, MANY):
            rates[f"served {clients}"].append(asyncio.run(closed_loop(port, EMBED, clients, options.seconds)))
            rates[f"bare {clients}"].append(asyncio.run(closed_loop(bare, EMBED, clients, options.seconds)))
    medians = {name: round(statistics.median(values), 1) for name, values in rates.items()}
    capacity = max(medians["served 16"], medians["served 64"])
    tally = asyncio.run(open_loop(port, EMBED, OVER * capacity, options.overload_seconds))
    overloaded = len(tally.took_s.get(200, [])) / options.overload_seconds
    return {
        "answers_per_s": medians,
        "rounds": {name: [round(value, 1) for value in values] for name, values in rates.items()},
        "many_over_few": round(medians["served 64"] / medians["served 16"], 3),
        "served_over_bare": round(medians["served 16"] / medians["bare 16"], 3),
        "overload": {
            "asked_per_s": round(OVER * capacity, 1),
            "answers_per_s": round(overloaded, 1),
            "of_capacity": round(overloaded / capacity, 3),
            "by_status": tally.counts(),
            "answer_p95_s": tally.p95_s(200),
            "refusal_p95_s": tally.p95_s(503),
        },
    }


def main(argv: list[str] | None = None) -> int:
    parser = parser_with_save(__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each measurement of a rate")
    parser.add_argument("--overload-seconds", type=float, default=30.0, help="of more requests than are answered")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each rate, of which the median counts")
    options = parser.parse_args(argv)
    os.environ.pop("RAY_ADDRESS", None)
    with tempfile.TemporaryDirectory() as folder:
        clip, port, bare_port = models.clip(Path(folder) / "clip"), free_port(), free_port()
        bare = subprocess.Popen([sys.executable, "-c", BARE, str(bare_port), str(clip)], cwd=ROOT)
        command = [sys.executable, "-m", "jobs.serve", "--clip", str(clip), "--port", str(port)]
        served = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        try:
            up(bare_port, bare)
            up(port, served)
            figures = measured(port, bare_port, options)
        finally:
            end_family(served)  # type: ignore[arg-type]
            bare.kill()
            bare.wait()
    print(json.dumps(figures, indent=1))
    if options.save:
        keep(__file__, figures)
    good = figures["many_over_few"] >= LEAST_MANY and figures["overload"]["of_capacity"] >= LEAST_OVERLOADED  # type: ignore[operator,index]
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
