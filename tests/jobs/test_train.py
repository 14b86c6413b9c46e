"""Training through Ray Train: two workers, of which one is killed, beside the plain loop left alone."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from huggingface_hub import constants

from jobs.recipes.train import TRAIN
from jobs.train import main, training
from sartext.errors import UserError
from sartext.flow import commandline
from sartext.flow.engine.options import Workers
from sartext.flow.train.loop import learn, task_of
from sartext.flow.train.train import train_side_by_side
from sartext.models import weights
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.optical_archive import OpticalArchive
from sartext.sources.synthetic import Synthetic
from tests.chaos.training import is_worker
from tests.support.datasets import dataset
from tests.support.trainings import One

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
TINY = [
    *("--objective.towers.image-size-px", "32", "--objective.towers.width", "32", "--objective.towers.heads", "2"),
    *("--objective.towers.image-layers", "1", "--objective.towers.text-layers", "1"),
    *("--optical.epochs", "2", "--sar.epochs", "6", "--batch-size", "16", "--checkpoint-every-steps", "3"),
]

TINY_GPT = [
    *("--objective.language.image-size-px", "32", "--objective.language.heads", "1"),
    *("--objective.language.image-layers", "1", "--objective.language.text-layers", "1"),
    *TINY[TINY.index("--optical.epochs") :],
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("data")
    optical = dataset(OpticalArchive(tiles=60, size_px=32), (Verify(), Questions()), str(folder / "optical"))
    sar = dataset(Synthetic(tiles=50, size_px=32, twin=False), (A2C(), Verify(), Questions()), str(folder / "sar"))
    # Relative, as people give them: the workers run in another folder.
    return ["--optical", os.path.relpath(optical), "--sar", os.path.relpath(sar)]


def start(arguments: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "jobs.train", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished_though_a_worker_is_killed(process: subprocess.Popen[str], out: Path) -> None:
    """Kills one of two workers once there is a checkpoint at `out`, and waits for the end, which must be a good one."""
    try:
        deadline = time.monotonic() + 400
        while not list((out / "checkpoints").glob("*.json")) and time.monotonic() < deadline:
            time.sleep(0.1)
        workers = [one for one in psutil.Process(process.pid).children(recursive=True) if is_worker(one)]
        assert len(workers) == 2
        os.kill(workers[0].pid, signal.SIGKILL)
        _, complaint = process.communicate(timeout=400)
    finally:
        process.kill()
    assert process.returncode == 0, complaint


def losses(out: Path) -> list[float]:
    lines = [line for path in sorted((out / "log").glob("*.jsonl")) for line in path.read_text().splitlines()]
    return [json.loads(line)["loss"] for line in lines]


def test_two_workers_of_which_one_is_killed_learn_what_one_learns(data: list[str], tmp_path: Path) -> None:
    config = commandline.parse(TRAIN, ["clip", *data, *TINY, "--out", "unused"], prog="jobs.train")
    learn(task_of(training(config), str(tmp_path / "alone"), threads=1), One())
    two = start(["clip", *data, *TINY, "--out", str(tmp_path / "two"), "--workers.workers", "2"])
    finished_though_a_worker_is_killed(two, tmp_path / "two")
    assert losses(tmp_path / "two") == pytest.approx(losses(tmp_path / "alone"), abs=1e-5)
    again = subprocess.run(
        [sys.executable, "-m", "jobs.train", "clip", *data, *TINY, "--out", str(tmp_path / "two")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    assert "steps; loss at the end of each stage" in again.stdout
    other = subprocess.run(
        [sys.executable, "-m", "jobs.train", "clip", *data, *TINY, "--seed", "1", "--out", str(tmp_path / "two")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert other.returncode == 2
    assert "seed was 0, is 1" in other.stderr


def test_a_model_with_batch_norm_of_which_a_worker_is_killed_learns_what_as_many_workers_learn(
    data: list[str], tmp_path: Path
) -> None:
    cnn = [
        *("clip_cnn_sar", *data[2:], "--objective.towers.image-size-px", "32", "--objective.towers.image-width", "4"),
        *("--objective.towers.head-width", "32", "--sar.steps", "14", "--batch-size", "16", "--checkpoint-every-steps", "3"),
    ]
    places = {name: tmp_path / name for name in ("killed", "whole")}
    killed, whole = (start([*cnn, "--out", str(out), "--workers.workers", "2"]) for out in places.values())
    finished_though_a_worker_is_killed(killed, places["killed"])
    _, complaint = whole.communicate(timeout=400)
    assert whole.returncode == 0, complaint
    assert losses(places["killed"]) == losses(places["whole"])
    config = commandline.parse(TRAIN, [*cnn, "--out", "unused"], prog="jobs.train")
    learn(task_of(training(config), str(tmp_path / "alone"), threads=1), One())
    assert losses(tmp_path / "alone") != pytest.approx(losses(places["whole"]), abs=1e-3)


SIDE_BY_SIDE = """
import sys
from jobs.recipes.train import TRAIN
from jobs.train import training
from sartext.flow import commandline
from sartext.flow.engine.options import Workers
from sartext.flow.train.train import train_side_by_side

configs = [commandline.parse(TRAIN, line.split("\t"), prog="test") for line in sys.argv[1:]]
train_side_by_side([(training(one), one.out) for one in configs], workers=Workers(cpus=1))
"""


def test_trainings_side_by_side_learn_what_each_learns_alone_though_a_worker_is_killed(data: list[str], tmp_path: Path) -> None:
    # The GPT's worker is no first rank: what it saves must be whole all the same.
    lines = {"clip": ["clip", *data, *TINY], "gpt": ["gpt", *data, *TINY_GPT]}
    for name, line in lines.items():
        config = commandline.parse(TRAIN, [*line, "--out", "unused"], prog="jobs.train")
        learn(task_of(training(config), str(tmp_path / "alone" / name), threads=1), One())
    beside = tmp_path / "beside"
    given = ["\t".join([*line, "--out", str(beside / name)]) for name, line in lines.items()]
    process = subprocess.Popen([sys.executable, "-c", SIDE_BY_SIDE, *given], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    finished_though_a_worker_is_killed(process, beside / "gpt")
    # A worker that is started again begins a second file for TensorBoard.
    assert [len(list((beside / name / "tensorboard").glob("events*"))) for name in lines] == [2, 2]
    for name in lines:
        assert losses(beside / name) == pytest.approx(losses(tmp_path / "alone" / name), abs=1e-6)
        for stage in ("baseline", "optical", "sar"):
            ours, wanted = (tmp_path / place / name / "models" / stage for place in ("beside", "alone"))
            assert sorted(path.name for path in ours.iterdir()) == sorted(path.name for path in wanted.iterdir())
            weights.load(ours)


def test_trainings_side_by_side_have_one_worker_each(data: list[str], tmp_path: Path) -> None:
    config = commandline.parse(TRAIN, ["clip", *data, *TINY, "--out", "unused"], prog="jobs.train")
    both = [(training(config), str(tmp_path / name)) for name in ("one", "other")]
    with pytest.raises(
        UserError, match=r"workers\.workers is 2; it must be 1 where several trainings are learned side by side"
    ):
        train_side_by_side(both, workers=Workers(workers=2))
    with pytest.raises(UserError, match=r"workers\.gpus is 1; it must be 0 where several trainings"):
        train_side_by_side(both, workers=Workers(gpus=1))


@pytest.mark.slow
def test_what_a_worker_refuses_ends_the_training_at_once(data: list[str], tmp_path: Path) -> None:
    options = [*data, *TINY, "--optical.optimizer.peak", "1e30", "--out", str(tmp_path / "refused")]
    process = start(["clip", *options])
    try:
        _, complaint = process.communicate(timeout=400)
    finally:
        process.kill()
    assert process.returncode == 2, complaint
    assert complaint == "jobs.train: the loss is nan; lower the learning rate in another --out, or look at the data\n"


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--optical.optimizer.warmup-share", "1.0", r"warmup_share is 1\.0; it must be at least 0 and below 1"),
        ("--seed", "-1", r"seed is -1; it must be from 0 to 2\^63 - 1"),
        ("--sar.optimizer.beta1", "1.0", "beta1 is 1.0; it must be at least 0 and below 1"),
        ("--sar.optimizer.peak", "nan", "peak is nan; it must be a number above 0"),
        ("--objective.towers.heads", "3", "width is 32; it must be a multiple of heads, 3"),
        ("--objective.towers.vocabulary-size", "100", "a vocabulary of .*"),
        ("--workers.cpus", "0", "workers.cpus is 0; it must be at least 1, or not given"),
    ],
)
def test_a_value_that_cannot_be_is_refused_before_the_place_is_taken(
    data: list[str], tmp_path: Path, option: str, value: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["clip", *data, *TINY, "--out", str(tmp_path / "out"), option, value]
    assert commandline.run(main, TRAIN, line, prog="jobs.train") == 2
    assert re.fullmatch(f"jobs.train: {said}\n", capsys.readouterr().err)
    assert not (tmp_path / "out" / "plan.json").exists()


def test_datasets_are_given_where_a_stage_reads_them(data: list[str]) -> None:
    both = commandline.parse(TRAIN, ["clip", *data, "--out", "o", "--sar.datasets", "@sar", "more"], prog="jobs.train")
    assert [stage.datasets for stage in training(both).stages] == [(data[1],), (data[3], "more")]
    line = ["clip_cnn_sar", *data, "--out", "o"]
    with pytest.raises(UserError, match="--optical is given and no stage reads @optical; leave it out, or name it in one"):
        training(commandline.parse(TRAIN, line, prog="jobs.train"))
    line = ["clip_cnn_sar", "--sar", data[3], "--out", "o", "--sar.datasets", "@optical", "@sar"]
    with pytest.raises(UserError, match="the stage sar reads @optical; give --optical DIR"):
        training(commandline.parse(TRAIN, line, prog="jobs.train"))
    joint = training(commandline.parse(TRAIN, ["clip_cnn_joint", *data, "--out", "o"], prog="jobs.train"))
    assert [(stage.name, stage.datasets) for stage in joint.stages] == [("joint", (data[1], data[3]))]
    shuffled = training(commandline.parse(TRAIN, ["clip_cnn_shuffled", *data, "--out", "o"], prog="jobs.train"))
    assert [stage.shuffled for stage in shuffled.stages] == [True, False]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["sar_text_clip"], "the weights openai of ViT-L-14-quickgelu cannot be had: "),
        (["sar_text_coca"], "the weights laion2b_s13b_b90k of coca_ViT-L-14 cannot be had: "),
        (["sar_text_gpt"], "Qwen/Qwen2-VL-2B-Instruct is not in the cache "),
        (
            ["sar_text_clip", "--objective.towers.name", "hf-hub:some/clip", "--objective.towers.pretrained", ""],
            "some/clip is not",
        ),
        (["sar_text_clip", "--objective.towers.name", "hf-hub:some/clip"], "hf-hub:some/clip brings its own weights"),
        (["sar_text_clip", "--objective.towers.name", "local-dir:/nowhere", "--objective.towers.pretrained", ""], "/nowhere"),
    ],
)
def test_weights_that_cannot_be_had_are_refused_before_the_place_is_taken(
    data: list[str],
    tmp_path: Path,
    line: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    began = time.monotonic()
    assert commandline.run(main, TRAIN, [*line, *data, "--out", str(tmp_path / "out")], prog="jobs.train") == 2
    assert time.monotonic() - began < 30
    complaint = capsys.readouterr().err
    assert complaint.startswith(f"jobs.train: {said}")
    assert len(complaint.splitlines()) == 1
    assert not (tmp_path / "out" / "plan.json").exists()


def test_more_workers_than_there_is_room_for_are_refused(
    data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["clip", *data, *TINY, "--out", str(tmp_path / "out"), "--workers.workers", "3", "--workers.cpus", "2"]
    assert commandline.run(main, TRAIN, line, prog="jobs.train") == 2
    assert (
        "3 workers need 3 CPUs and Ray has 2; lower --workers.workers, --workers.threads or --workers.memory-mb"
        in capsys.readouterr().err
    )
