"""The whole chain as a new user runs it, tiny; its page in a real browser."""

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from sartext.flow.quickstart.examples import SHOWN_HITS, SHOWN_QUERIES
from tests.chaos.dataset import ROOT
from tests.support.browser import page_at

pytestmark = pytest.mark.long

MADE = "SARTEXT_QUICKSTART"  # a folder in which a tiny quickstart has just been made


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished tiny quickstart: that of the environment, or a new one."""
    if os.environ.get(MADE):
        return ROOT / os.environ[MADE]
    folder = tmp_path_factory.mktemp("quickstart") / "out"
    done = run(folder)
    assert done.returncode == 0, done.stderr
    return folder


def run(folder: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "jobs.quickstart", "--out", str(folder), "--tiny", *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)


@pytest.mark.timeout(1000)
def test_every_part_is_there_and_a_rerun_does_nothing_again(out: Path) -> None:
    manifest = json.loads((out / "manifest.json").read_text())
    parts = {path.parent.name: json.loads(path.read_text())["fingerprint"] for path in out.glob("*/manifest.json")}
    assert manifest["parents"] == parts
    datasets = {"sar", "unseen", "narrated", "twins", "selected"}
    assert set(parts) == datasets | {"clip", "coca", "gpt", "evaluation", "index"}
    report = json.loads((out / "evaluation" / "report.json").read_text())
    orders = {name: training["order"] for name, training in report["trainings"].items()}
    distilled = ["baseline", "distilled", "sar"]
    assert orders == {"clip": ["baseline", "sar"], "coca": distilled, "gpt": distilled}
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.parquet")}
    again = run(out)
    assert again.returncode == 0, again.stderr
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.parquet")} == before
    assert "index.html tells it" in again.stdout


@pytest.fixture
def served(out: Path) -> Iterator[str]:
    """The address of the folder on loopback."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(out))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.mark.parametrize("width_px", [1400, 420])
def test_its_pages_open_without_an_error_or_an_outside_request(served: str, width_px: int) -> None:
    with page_at(served, width_px=width_px, height_px=900) as (page, wrong):
        links = page.locator(".links a").evaluate_all("all => all.map(one => one.href)")
        for address in (served, f"{served}evaluation/report.html"):
            page.goto(address)
            assert page.locator("h1").inner_text()
            assert page.locator("img").count() > 5
            assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.goto(served)
        assert page.locator(".query").count() == SHOWN_QUERIES
        assert page.locator(".hits .right, .hits .wrong").count() == SHOWN_QUERIES * SHOWN_HITS
        assert links
        assert all(page.request.get(link).ok for link in links)
        assert wrong == []


def test_a_place_of_another_size_is_refused_in_one_line(out: Path) -> None:
    command = [sys.executable, "-m", "jobs.quickstart", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "source.tiles was 100, is 5000" in done.stderr.splitlines()[-1]
