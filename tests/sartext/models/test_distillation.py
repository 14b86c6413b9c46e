"""Features of a teacher are learned: of images by every model, of texts by those that embed."""

from pathlib import Path

import pytest
import torch

from sartext.errors import UserError
from sartext.models import weights
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.distillation import Distillation, Teacher, distillation_loss
from sartext.models.gather import Alone
from sartext.models.gpt import GPT
from sartext.models.objective import Batch, Objective
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Convolutional, Tiny
from tests.support.tiny_models import examples_of

TEACHER = CLIP(towers=Convolutional(image_size_px=32, image_width=4, head_width=32, width=64, vocabulary_size=300))
SMALL = Tiny(image_layers=1, text_layers=1, width=64, heads=2, vocabulary_size=300)
QWEN = TinyQwen(image_layers=1, text_layers=1, heads=1, vocabulary_size=300)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved teacher."""
    place = tmp_path_factory.mktemp("teacher")
    tokenizer = TEACHER.tokenizer([one.text for one in examples_of(20)])
    weights.save(TEACHER, TEACHER.build(tokenizer), tokenizer, TEACHER.preprocess(), place)
    return place


@pytest.fixture(scope="module")
def teacher(folder: Path) -> Teacher:
    return Teacher(folder, torch.device("cpu"))


@pytest.mark.parametrize(
    ("objective", "parts", "same_width"),
    [
        (CLIP(towers=SMALL), ["image", "text"], True),
        (CoCa(towers=SMALL), ["image"], True),
    ],
    ids=["clip", "coca"],
)
def test_the_features_come_near_those_of_the_teacher(
    teacher: Teacher, objective: Objective, parts: list[str], same_width: bool
) -> None:
    examples = examples_of(8)
    tokenizer = objective.tokenizer([one.text for one in examples])
    model = objective.build(tokenizer)
    batch = objective.collate(examples, tokenizer, objective.preprocess())
    there = teacher.features(examples, parts)
    assert {name: value.shape for name, value in there.items()} == {f"teacher_{part}": (8, 64) for part in parts}
    module = Distillation(objective, model, parts, teacher.width, seed=0)
    assert isinstance(module.between, torch.nn.Identity) is same_width
    optimizer = torch.optim.Adam(module.parameters(), lr=3e-3)
    losses = []
    for _ in range(25):
        optimizer.zero_grad()
        found = distillation_loss(module, {**batch, **there}, Alone())
        assert set(found) == {"loss", *[f"{part}_loss" for part in parts]}
        found["loss"].backward()
        optimizer.step()
        losses.append(found["loss"].item())
    assert losses[-1] < 0.5 * losses[0]


def test_rows_that_are_not_real_count_nowhere(teacher: Teacher) -> None:
    objective = CLIP(towers=SMALL)
    examples = examples_of(6)
    tokenizer = objective.tokenizer([one.text for one in examples])
    module = Distillation(objective, objective.build(tokenizer), ["image"], teacher.width, seed=0)

    def loss(count: int, real: int) -> torch.Tensor:
        batch = objective.collate(examples[:count], tokenizer, objective.preprocess()) | teacher.features(
            examples[:count], ["image"]
        )
        return distillation_loss(module, {**batch, "real": torch.arange(count) < real}, Alone())["loss"]

    torch.testing.assert_close(loss(6, 4), loss(4, 4), atol=1e-6, rtol=0)


@pytest.mark.parametrize("lora_rank", [None, 2], ids=["gpt", "adapters"])
def test_a_gpt_learns_what_the_teacher_sees_at_each_place(folder: Path, lora_rank: int | None) -> None:
    objective, examples = GPT(language=QWEN, lora_rank=lora_rank), examples_of(8)
    processor = objective.tokenizer([one.text for one in examples])
    model = objective.build(processor)
    side = objective.feature_side(model)
    teacher = Teacher(folder, torch.device("cpu"), side)
    batch = objective.collate(examples, processor, objective.preprocess())
    there = teacher.features(examples, ["image"])
    assert {name: value.shape for name, value in there.items()} == {"teacher_image": (8, side**2, teacher.width)}
    module = Distillation(objective, model, ["image"], teacher.width, seed=0)
    optimizer, losses = torch.optim.Adam(module.parameters(), lr=3e-3), []
    for _ in range(25):
        optimizer.zero_grad()
        losses.append(distillation_loss(module, {**batch, **there}, Alone())["loss"])
        losses[-1].backward()
        optimizer.step()
    assert losses[-1] < 0.8 * losses[0]


def test_a_teacher_that_tells_fewer_places_apart_is_refused(folder: Path) -> None:
    with pytest.raises(UserError, match="tells 8 places a side apart, and 9 are to be learned"):
        _ = Teacher(folder, torch.device("cpu"), 9).width


def test_channels_are_standardised_over_the_real_rows() -> None:
    class Same(torch.nn.Module):
        def forward(self, batch: Batch) -> Batch:
            return {"image": batch["teacher_image"]}

    there = torch.randn(6, 4, 3) * torch.tensor([1.0, 5.0, 0.0]) + torch.tensor([0.0, 9.0, 2.0])
    real = torch.arange(6) < 4
    rows = there[real].flatten(0, 1)
    wanted = (there - rows.mean(0)) / (rows.std(0, unbiased=False) + 1e-4)
    expected = (there - wanted)[real].square().mean(dim=(1, 2)).mean()
    found = distillation_loss(Same(), {"teacher_image": there, "real": real}, Alone())["loss"]
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)
