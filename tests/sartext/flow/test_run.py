"""The life of a job at its output."""

import json
import signal
from pathlib import Path

import pytest

from sartext.errors import OutputError, SartextError
from sartext.flow.engine.signals import Stopped
from sartext.flow.run import Run, all_there

CONFIG = {"kind": "sum", "of": [1, 2]}


def run_of(out: Path) -> Run:
    return Run(str(out), kind="sum", writes=("parts", "sum.json"))


def test_a_run_goes_on_where_it_was_and_its_manifest_comes_last(tmp_path: Path) -> None:
    with run_of(tmp_path) as run:
        run.plan(CONFIG, parts=2)
        assert run.finished() is None
        assert run.reserve()["parts"] == 2
        assert run.missing("parts", "parts/{}".format, 2) == [0, 1]
        run.store.put("parts/1", b"2")
    with run_of(tmp_path) as run:
        run.plan(CONFIG, parts=2)
        run.reserve()
        assert run.missing("parts", "parts/{}".format, 2) == [0]
        assert not (tmp_path / "manifest.json").exists()
        manifest = run.finish({"sum.json": b"3"}, parents=["of another"])
    assert json.loads((tmp_path / "manifest.json").read_text()) == manifest
    assert (manifest["kind"], manifest["config"], manifest["parents"]) == ("sum", CONFIG, ["of another"])
    assert manifest["files"] == {"sum.json": "4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce"}
    with run_of(tmp_path) as run:
        run.plan(CONFIG, parts=2)
        assert run.finished(("parents",)) == manifest


def test_the_output_of_another_config_is_refused_with_what_differs(tmp_path: Path) -> None:
    with run_of(tmp_path) as run:
        run.plan(CONFIG)
        run.reserve()
    with run_of(tmp_path) as run, pytest.raises(OutputError, match=r"of\[1\] was 2, is 3"):
        run.plan({**CONFIG, "of": [1, 3]})


def test_what_somebody_else_made_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "sum.json").write_text("mine")
    with run_of(tmp_path) as run, pytest.raises(OutputError, match="which no run of this program made there"):
        run.plan(CONFIG)
    assert not (tmp_path / "plan.json").exists()


def test_two_runs_at_a_time_are_one_too_many(tmp_path: Path) -> None:
    with run_of(tmp_path), pytest.raises(OutputError, match="is being written by"), run_of(tmp_path):
        pass
    with run_of(tmp_path):
        """Free again."""


def test_a_signal_ends_it_and_frees_the_output(tmp_path: Path) -> None:
    with pytest.raises(Stopped), run_of(tmp_path):
        signal.raise_signal(signal.SIGTERM)
    imported = tmp_path / "imported"
    with pytest.raises(Stopped), run_of(tmp_path) as run, run.importing():
        signal.raise_signal(signal.SIGINT) or imported.touch()  # held until the import is over
    assert imported.exists()
    with run_of(tmp_path):
        """Free again."""


def test_what_is_not_there_at_the_end_is_named() -> None:
    all_there([], "shards")
    with pytest.raises(SartextError, match="2 shards, the first 7, ended without a result"):
        all_there([7, 9], "shards")
