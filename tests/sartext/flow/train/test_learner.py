"""What a stage locks stays as it is, is kept in its checkpoints all the same, and is learned again after it."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from sartext.errors import UserError
from sartext.flow.predict.trained import model_folder
from sartext.flow.train.checkpoints import latest
from sartext.flow.train.learner import Learner, learns_statistics, lock, unlock
from sartext.flow.train.loop import Task, learn, task_of
from sartext.flow.train.stage import Stage
from sartext.flow.train.step_log import read_log
from sartext.flow.train.training import Training
from sartext.models.clip import CLIP
from sartext.models.gpt import GPT
from sartext.models.optimizer import AdamW
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Convolutional, Tiny
from sartext.narrate.ask.questions import Questions
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.synthetic import Synthetic
from sartext.store import open_store
from tests.support.datasets import dataset
from tests.support.trainings import One, trained

CONVOLUTIONAL = CLIP(towers=Convolutional(image_size_px=32, image_width=4, head_width=32), equal_texts=True)
TINY = CLIP(towers=Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1))
FAST = AdamW(peak=1e-3)


class Stopped(Exception):
    pass


class Ends(One):
    """A worker that ends after some checkpoints."""

    def __init__(self, after: int) -> None:
        self._left = after

    def committed(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise Stopped


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("tiles")
    return dataset(Synthetic(tiles=60, size_px=32, twin=False), (A2C(), Verify(), Questions()), str(folder / "tiles"))


@pytest.fixture(scope="module")
def teacher(tiles: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    return trained(CONVOLUTIONAL, tiles, tiles, str(tmp_path_factory.mktemp("teacher") / "out"))


def stage(name: str, tiles: str, **changes: object) -> Stage:
    return replace(Stage(name=name, datasets=(tiles,), steps=3, optimizer=FAST), **changes)


def task(out: Path, *stages: Stage, objective: object = CONVOLUTIONAL, **changes: object) -> Task:
    training = Training(objective=objective, stages=stages, batch_size=16, checkpoint_every_steps=2, **changes)
    return task_of(training, str(out), 1)


def losses(out: Path) -> list[tuple[str, float]]:
    return [(step["stage"], step["loss"]) for step in read_log(open_store(str(out)))]


def tensors(out: Path, name: str) -> dict[str, torch.Tensor]:
    return load_file(out / "models" / name / "open_clip_model.safetensors")


def changed(out: Path, before: str, after: str) -> set[str]:
    """The parts of which anything is another after a stage."""
    one, other = tensors(out, before), tensors(out, after)
    return {CONVOLUTIONAL.part_of(name) for name in one if not torch.equal(one[name], other[name])}


def test_what_is_locked_stays_and_its_batch_statistics_too(tiles: str, tmp_path: Path) -> None:
    learn(
        task(
            tmp_path,
            stage("all", tiles),
            stage("texts", tiles, locked=("image", "logit_scale")),
            stage("images", tiles, locked=("text",)),
        ),
        One(),
    )
    assert changed(tmp_path, "baseline", "all") == {"image", "text", "logit_scale"}
    assert changed(tmp_path, "all", "texts") == {"text"}
    assert changed(tmp_path, "texts", "images") == {"image", "logit_scale"}


@pytest.mark.parametrize("objective", ["convolutional", "tiny", "gpt"])
def test_any_stages_that_are_ended_again_and_again_have_the_losses_of_those_that_were_not(
    objective: str, tiles: str, teacher: str, tmp_path: Path
) -> None:
    gpt = GPT(language=TinyQwen(image_size_px=32, image_layers=1, text_layers=1, heads=1))
    of = {"convolutional": CONVOLUTIONAL, "tiny": TINY, "gpt": gpt}[objective]
    augmentation = replace(stage("x", tiles).augmentation, flips=0.5, tone=0.5, speckle=0.5)
    stages = (
        stage("distilled", tiles, teacher=teacher, steps=5),
        stage("all", tiles, augmentation=augmentation, datasets=(tiles, tiles), weights=(1.0, 0.5)),
        stage("some", tiles, locked=("image",)),
    )
    learn(task(tmp_path / "whole", *stages, objective=of), One())
    for after in (1, 1, 2, 1, 0):
        worker = Ends(after) if after else One()
        try:
            learn(task(tmp_path / "broken", *stages, objective=of), worker)
        except Stopped:
            assert after
    whole = losses(tmp_path / "whole")
    assert [name for name, _ in whole] == ["distilled"] * 5 + ["all"] * 3 + ["some"] * 3
    assert losses(tmp_path / "broken") == whole
    weights = "model.safetensors" if objective == "gpt" else "open_clip_model.safetensors"
    for name in ("distilled", "all", "some"):
        files = [tmp_path / place / "models" / name / weights for place in ("whole", "broken")]
        assert files[0].read_bytes() == files[1].read_bytes()


def test_a_training_goes_on_from_another_with_its_weights_and_words(tiles: str, teacher: str, tmp_path: Path) -> None:
    for start in (teacher, str(model_folder(teacher))):
        out = tmp_path / Path(start).name
        learn(task(out, stage("more", tiles), start=start), One())
        before = load_file(model_folder(teacher) / "open_clip_model.safetensors")
        assert all(torch.equal(value, before[name]) for name, value in tensors(out, "baseline").items())
        assert (out / "models/more/tokenizer.json").read_bytes() == (model_folder(teacher) / "tokenizer.json").read_bytes()
    earlier = model_folder(teacher, "baseline")
    one, other = (task(tmp_path, stage("more", tiles), start=str(of)).training.config([["x"]]) for of in (teacher, earlier))
    assert one["start"] != other["start"]


def test_a_start_of_another_shape_is_said(tiles: str, teacher: str, tmp_path: Path) -> None:
    wider = replace(CONVOLUTIONAL, towers=replace(CONVOLUTIONAL.towers, text_width=32))
    with pytest.raises(
        UserError, match=r"is of another shape than the one to be trained: .* give the same --objective options"
    ):
        learn(task(tmp_path, stage("more", tiles), objective=wider, start=teacher), One())
    with pytest.raises(UserError, match="is no finished training"):
        task(tmp_path, stage("more", tiles), start=str(tmp_path))


def test_batch_norm_goes_on_with_as_many_workers_as_it_began(tiles: str, tmp_path: Path) -> None:
    class Two(One):
        """Sees a batch as one of two workers that have the same examples would."""

        class gather(type(One.gather)):  # noqa: N801
            world_size = 2

    for objective, refused in ((CONVOLUTIONAL, True), (TINY, False)):
        out = tmp_path / str(refused)
        with pytest.raises(Stopped):
            learn(task(out, stage("all", tiles), objective=objective), Ends(1))
        assert latest(open_store(str(out)))["workers"] == 1
        two = Two()
        two.gather = Two.gather()
        if refused:
            with pytest.raises(UserError, match=r"was begun by 1 workers, .* go on with --workers\.workers 1, not 2"):
                learn(task(out, stage("all", tiles), objective=objective), two)
        else:
            learn(task(out, stage("all", tiles), objective=objective), two)


def test_parts_are_locked_and_unlocked() -> None:
    model = CONVOLUTIONAL.build(CONVOLUTIONAL.tokenizer(["two ships"]))
    assert learns_statistics(model)
    locked = lock(model, CONVOLUTIONAL.part_of, ("image",))
    assert {CONVOLUTIONAL.part_of(name) for name in locked} == {"image"}
    assert not learns_statistics(model)
    assert {CONVOLUTIONAL.part_of(n) for n, value in model.named_parameters() if value.requires_grad} == {"text", "logit_scale"}
    unlock(model, locked)
    assert learns_statistics(model)
    assert all(value.requires_grad for value in model.parameters())


def test_a_teacher_teaches_what_is_not_locked(tiles: str, teacher: str) -> None:
    given = task(Path("out"), stage("distilled", tiles, teacher=teacher, locked=("text",)))
    model = CONVOLUTIONAL.build(given.tokenizer)
    learner = Learner(given.training, given.training.stages[0], model, torch.device("cpu"))
    assert {CONVOLUTIONAL.part_of(n) for n, value in model.named_parameters() if value.requires_grad} == {"image"}
    learner.release()
    assert all(value.requires_grad for value in model.parameters())
