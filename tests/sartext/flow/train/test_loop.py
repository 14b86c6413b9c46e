"""One worker's training loop, without Ray: resumed to the step, and nothing read twice."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import open_clip
import pytest
import torch
from torch import nn

from sartext.errors import UserError
from sartext.flow.train.checkpoints import CHECKPOINTS, committed_steps, latest
from sartext.flow.train.examples.dataset import CaptionDataset
from sartext.flow.train.loop import Task, ahead, learn
from sartext.flow.train.stage import Stage
from sartext.flow.train.step_log import read_log
from sartext.flow.train.training import Training
from sartext.models import weights
from sartext.models.clip import CLIP
from sartext.models.gather import Alone
from sartext.models.optimizer import AdamW
from sartext.models.towers import Tiny
from sartext.narrate.verify import Verify
from sartext.narrate.write.a2c import A2C
from sartext.sources.optical_archive import OpticalArchive
from sartext.sources.synthetic import Synthetic
from sartext.store import open_store
from tests.support.datasets import dataset

OBJECTIVE = CLIP(towers=Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1))


class Stopped(Exception):
    pass


class One:
    """A worker on its own, which may be ended after some checkpoints."""

    gather = Alone()
    device = torch.device("cpu")

    def __init__(self, ends_after: int | None = None) -> None:
        self._left = ends_after

    def wrap(self, model: nn.Module) -> nn.Module:
        return model

    def committed(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                raise Stopped


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    folder = tmp_path_factory.mktemp("learn")
    optical = dataset(OpticalArchive(tiles=60, size_px=32, shard_tiles=25), (Verify(),), str(folder / "optical"))
    sar = dataset(Synthetic(tiles=50, size_px=32, twin=False, shard_tiles=20), (A2C(), Verify()), str(folder / "sar"))
    stages = (
        Stage(name="optical", datasets=(optical,), epochs=2, optimizer=AdamW(peak=1e-3)),
        Stage(name="sar", datasets=(sar,), epochs=1, optimizer=AdamW(peak=1e-3, warmup_share=0.5)),
    )
    texts = CaptionDataset(sar, split="train", kind="captions", seed=0, kept_groups=2).texts()
    return Task(
        training=Training(objective=OBJECTIVE, stages=stages, batch_size=16, checkpoint_every_steps=2),
        tokenizer=OBJECTIVE.tokenizer(texts),
        preprocess=OBJECTIVE.preprocess(),
        pool_groups=2,
        out="",
    )


def first_stage(task: Task, out: Path) -> Task:
    return replace(task, training=replace(task.training, stages=task.training.stages[:1]), out=str(out))


def losses(out: Path) -> list[tuple[int, str, float]]:
    return [(step["step"], step["stage"], step["loss"]) for step in read_log(open_store(str(out)))]


def test_a_training_that_was_ended_again_and_again_has_the_losses_of_one_that_was_not(task: Task, tmp_path: Path) -> None:
    learn(replace(task, out=str(tmp_path / "whole")), One())
    ends = 0
    for ends_after in (1, 2, 1, 1, None):
        try:
            learn(replace(task, out=str(tmp_path / "broken")), One(ends_after))
        except Stopped:
            ends += 1
    assert ends == 4
    whole = losses(tmp_path / "whole")
    assert [step for step, _, _ in whole] == list(range(1, len(whole) + 1))
    assert {stage for _, stage, _ in whole} == {"optical", "sar"}
    assert losses(tmp_path / "broken") == whole
    for stage in ("baseline", "optical", "sar"):
        name = f"models/{stage}/open_clip_model.safetensors"
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "broken" / name).read_bytes()


def test_a_model_is_what_open_clip_loads(task: Task, tmp_path: Path) -> None:
    learn(first_stage(task, tmp_path), One())
    folder = tmp_path / "models" / "optical"
    plain, _, _ = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    _, ours, _, _ = weights.load(folder)
    images = torch.rand(3, 3, 32, 32)
    with torch.no_grad():
        assert torch.allclose(plain.eval().encode_image(images), ours.eval().encode_image(images), atol=1e-6)


def test_a_damaged_checkpoint_is_passed_over(task: Task, tmp_path: Path) -> None:
    learn(first_stage(task, tmp_path), One())
    store = open_store(str(tmp_path))
    before, last = committed_steps(store)
    whole = losses(tmp_path)
    (tmp_path / CHECKPOINTS / f"{last:09d}.safetensors").write_bytes(b"damaged")
    found = latest(store)
    assert found is not None
    assert found["step"] == before
    learn(first_stage(task, tmp_path), One())
    assert losses(tmp_path) == whole


def test_examples_are_the_tiles_of_the_split_with_kept_captions(task: Task) -> None:
    examples = CaptionDataset(task.training.stages[1].datasets[0], split="train", kind="captions", seed=0, kept_groups=2)
    read = examples.read(range(len(examples)), epoch=0)
    assert all(one.real and one.text and one.image for one in read)
    again = examples.read(range(len(examples)), epoch=1)
    assert [one.image for one in read] == [one.image for one in again]
    assert sum(one.text != other.text for one, other in zip(read, again, strict=True)) > len(read) // 2
    padded = examples.read([3, ~2, 0], epoch=0)
    assert [one.real for one in padded] == [True, False, True]
    assert padded[1].image == read[2].image
    with pytest.raises(UserError, match="no tile of the split 'train' with questions"):
        CaptionDataset(task.training.stages[1].datasets[0], split="train", kind="questions", seed=0, kept_groups=2)


def test_what_is_made_ahead_comes_in_order_with_its_error() -> None:
    made = []

    def items() -> Iterator[int]:
        for number in range(3):
            made.append(number)
            yield number
        raise UserError("the fourth cannot be made")

    taken = ahead(items())
    for number in range(3):
        assert next(taken) == number
        time.sleep(0.05)
        assert made == list(range(min(3, number + 2)))  # one more than is used, and no more
    with pytest.raises(UserError, match="the fourth"):
        next(taken)
