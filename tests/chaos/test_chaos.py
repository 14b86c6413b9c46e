"""A seeded subset of the chaos commands; the whole matrices are the commands themselves."""

import signal
from pathlib import Path

import pytest

from tests.chaos import bad_tiles, endings, kills, narration
from tests.chaos.dataset import build, files
from tests.support import models

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    base = tmp_path_factory.mktemp("moments")
    status, _, err = build([*kills.synthetic(base / "reference"), "--engine.cpus", "1"])
    assert status == 0, err
    return base, files(base / "reference")


@pytest.mark.parametrize("number", [0, *(pytest.param(number, marks=pytest.mark.slow) for number in (3, 4, 7))])
def test_a_kill_at_a_seeded_moment(moments: tuple[Path, dict[str, str]], number: int) -> None:
    base, reference = moments
    one = kills.planned_kills(24, seed=7)[number]
    assert kills.trial(one, kills.synthetic, base / f"moment-{number}", reference) == kills.Outcome(disturbed=True)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    base = tmp_path_factory.mktemp("steps")
    status, _, err = build([*kills.with_rejects(base / "coco", base / "reference"), "--engine.cpus", "1"])
    assert status == 0, err
    return base, files(base / "reference")


@pytest.mark.parametrize(
    ("step", "target"),
    [
        pytest.param("put_temporary", "write task", marks=pytest.mark.slow),
        ("after_tiles", "driver"),
        ("before_record", "write task"),
        pytest.param("after_manifest", "driver", marks=pytest.mark.slow),
    ],
)
def test_a_kill_at_a_step_of_a_commit(steps: tuple[Path, dict[str, str]], step: str, target: str) -> None:
    base, reference = steps
    out = base / f"{step}-{target.split()[0]}"
    made = kills.trial(kills.Kill(target, step), lambda o: kills.with_rejects(base / "coco", o), out, reference)
    assert made == kills.Outcome(disturbed=True)


@pytest.mark.parametrize("target", ["actor", pytest.param("reader", marks=pytest.mark.slow)])
def test_a_narration_by_a_model_loses_nothing_to_a_kill(tmp_path: Path, target: str) -> None:
    checkpoint = models.coca(tmp_path / "coca")
    status, _, err = build(narration.here(narration.command(checkpoint, tmp_path / "reference", tiles=120)))
    assert status == 0, err
    arguments, one = narration.command(checkpoint, tmp_path / "out", tiles=120), narration.Kill(target, 1, 0.1)
    assert narration.trial(one, narration.here(arguments), tmp_path / "out", files(tmp_path / "reference")) == []


def test_bad_tiles_are_rejected_and_nobody_else(tmp_path: Path) -> None:
    assert bad_tiles.trial(tmp_path, tiles=700, seed=3, share=0.02) == []


@pytest.mark.slow
def test_a_full_disk_is_said_and_a_rerun_completes(tmp_path: Path) -> None:
    try:
        assert endings.full_disk(tmp_path) == []
    except PermissionError as error:
        pytest.skip(str(error))


def test_an_output_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    assert endings.unwritable(tmp_path) == []


def test_a_stop_while_ray_starts(tmp_path: Path) -> None:
    assert endings.stopped(tmp_path, "early", signal.SIGTERM, 4.0) == []
