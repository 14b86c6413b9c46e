"""Features of a teacher are learned: of images by every model, of texts by those that embed."""

from pathlib import Path

import pytest
import torch

from sartext.models import weights
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.distillation import Distillation, Teacher, distillation_loss
from sartext.models.gather import Alone
from sartext.models.gpt import GPT
from sartext.models.objective import Objective
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Convolutional, Tiny
from tests.support.tiny_models import examples_of

TEACHER = CLIP(towers=Convolutional(image_size_px=32, image_width=4, head_width=32, width=64, vocabulary_size=300))
SMALL = Tiny(image_layers=1, text_layers=1, width=64, heads=2, vocabulary_size=300)
QWEN = TinyQwen(image_layers=1, text_layers=1, heads=1, vocabulary_size=300)


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Teacher:
    folder: Path = tmp_path_factory.mktemp("teacher")
    tokenizer = TEACHER.tokenizer([one.text for one in examples_of(20)])
    weights.save(TEACHER, TEACHER.build(tokenizer), tokenizer, TEACHER.preprocess(), folder)
    return Teacher(folder, torch.device("cpu"))


@pytest.mark.parametrize(
    ("objective", "parts", "same_width"),
    [
        (CLIP(towers=SMALL), ["image", "text"], True),
        (CoCa(towers=SMALL), ["image"], True),
        (GPT(language=QWEN), ["image"], False),
        (GPT(language=QWEN, lora_rank=2), ["image"], False),
    ],
    ids=["clip", "coca", "gpt", "adapters"],
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
