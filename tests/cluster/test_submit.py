"""Submitting: what is wrong said in one line; and three nodes that build and train as one does."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sartext.artifact import open_artifact
from sartext.flow.build.pages.describe import describe
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from tests.chaos.dataset import files
from tests.cluster.raylets import SUBMIT, Cluster, three_raylets
from tests.support.datasets import dataset

NOBODY = {"RAY_API_SERVER_ADDRESS": "http://127.0.0.1:9", "PATH": "/usr/bin:/bin", "HOME": "/nowhere"}
SOURCE = ("--source.tiles", "90", "--source.size-px", "32", "--source.shard-tiles", "15")
TINY = (
    *("--objective.towers.image-size-px", "32", "--objective.towers.width", "32", "--objective.towers.heads", "2"),
    *("--objective.towers.image-layers", "1", "--objective.towers.text-layers", "1"),
    *("--optical.epochs", "1", "--sar.epochs", "1", "--batch-size", "32"),
)


def said(*arguments: str, environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run([SUBMIT, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("arguments", "changes", "fact"),
    [
        ((), {}, "no job given"),
        (("jobs.bild",), {}, "there is no job 'jobs.bild'; choose from jobs.audit jobs.build"),
        (("jobs.recipes",), {}, "there is no job 'jobs.recipes'"),
        (("--out", "/x", "jobs.build"), {}, "there is no option --out"),
        (("jobs.build", "synthetic", "--out", "out/x"), {}, "--out is 'out/x', a place in the job's copy"),
        (("jobs.build", "synthetic", "--out=x"), {}, "--out is 'x'"),
        (("jobs.build",), {"RAY_API_SERVER_ADDRESS": ""}, "no cluster given"),
        (("jobs.build",), {"RAY_API_SERVER_ADDRESS": "127.0.0.1:6379"}, "address is '127.0.0.1:6379'"),
        (("jobs.build",), {}, "nothing answers at http://127.0.0.1:9 ([Errno 111] Connection refused)"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(arguments: tuple[str, ...], changes: dict[str, str], fact: str) -> None:
    status, err = said(*arguments, environment={**NOBODY, **changes})
    assert (status, len(err.splitlines())) == (2, 1)
    assert err.startswith("submit.sh: ")
    assert fact in err


def test_help_is_there_without_a_cluster() -> None:
    done = subprocess.run([SUBMIT, "--help"], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: cluster/submit.sh")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with three_raylets() as three:
        yield three


@pytest.mark.slow
def test_three_nodes_build_and_train_as_one_does(cluster: Cluster, tmp_path: Path) -> None:
    for token, fact in (("", "wants a token"), ("other", "takes another token")):
        status, err = said("jobs.build", environment=cluster.environment(RAY_AUTH_TOKEN=token, HOME="/nowhere"))
        assert (status, len(err.splitlines())) == (2, 1)
        assert fact in err

    status, out = cluster.submit("jobs.build", "synthetic", "--out", str(tmp_path / "built"), *SOURCE)
    assert status == 0, out
    source = Synthetic(tiles=90, size_px=32, shard_tiles=15)
    here = dataset(source, (A2C(), Verify(), Questions()), str(tmp_path / "here"))
    describe(open_artifact(here), {source.card.name: source.card.title}, lambda: None)
    assert files(tmp_path / "built") == files(Path(here))
    assert len(cluster.nodes_that_worked()) > 1

    places = ["--optical", here, "--sar", here, "--out", str(tmp_path / "clip")]
    status, out = cluster.submit("jobs.train", "clip", *places, *TINY, "--workers.workers", "2")
    assert status == 0, out
    manifest = json.loads((tmp_path / "clip" / "manifest.json").read_text())
    assert manifest["models"] == ["baseline", "optical", "sar"]
