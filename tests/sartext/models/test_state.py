import pytest
import torch
from torch import nn

from sartext.errors import UserError
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.gather import Alone
from sartext.models.gpt import GPT
from sartext.models.objective import Objective
from sartext.models.optimizer import AdamW, take_step
from sartext.models.qwen import TinyQwen
from sartext.models.state import restore, state_bytes
from sartext.models.towers import Tiny
from tests.support.tiny_models import examples_of

SMALL = Tiny(image_layers=2, text_layers=2, width=64, heads=2, context_length=24, vocabulary_size=320)
OBJECTIVES = {
    "clip": CLIP(towers=SMALL),
    "coca": CoCa(towers=SMALL),
    "gpt": GPT(language=TinyQwen(image_layers=1, text_layers=1, heads=2, vocabulary_size=320)),
    "adapters": GPT(language=TinyQwen(image_layers=1, text_layers=1, heads=2, vocabulary_size=320), lora_rank=2),
}
SETTINGS = AdamW(peak=1e-3, warmup_share=0.25)


class Run:
    """A model that is trained, its steps counted; the images get noise, so that the random state matters."""

    def __init__(self, objective: Objective) -> None:
        self.objective = objective
        self.tokenizer = objective.tokenizer([example.text for example in examples_of(20)])
        self.model = objective.build(self.tokenizer)
        self.optimizer = SETTINGS.build(self.model)

    def steps(self, first: int, last: int) -> list[float]:
        losses = []
        for step in range(first, last):
            batch = self.objective.collate(examples_of(4, 4 * step), self.tokenizer, self.objective.preprocess())
            name = "images" if "images" in batch else "pixel_values"
            batch[name] = batch[name] + 0.1 * torch.randn(batch[name].shape)
            self.optimizer.zero_grad()
            loss = self.objective.loss(self.model, batch, Alone())["loss"]
            loss.backward()
            take_step(self.model, self.optimizer, SETTINGS.rate(step, 8))
            losses.append(loss.item())
        return losses


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_resumed_run_is_the_undisturbed_one_to_the_bit(name: str) -> None:
    torch.manual_seed(7)
    undisturbed = Run(OBJECTIVES[name])
    expected = undisturbed.steps(0, 6)
    torch.manual_seed(7)
    first = Run(OBJECTIVES[name])
    assert first.steps(0, 3) == expected[:3]
    data = state_bytes(first.model, first.optimizer, {"step": 3, "rate": 0.1})
    torch.manual_seed(1)
    second = Run(OBJECTIVES[name])
    second.steps(0, 1)
    assert restore(data, second.model, second.optimizer) == {"step": 3, "rate": 0.1}
    assert second.steps(3, 6) == expected[3:]
    for one, two in zip(undisturbed.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(one, two)


def test_the_same_state_is_the_same_bytes_and_comes_back_as_them() -> None:
    run = Run(OBJECTIVES["clip"])
    run.steps(0, 2)
    data = state_bytes(run.model, run.optimizer, {"step": 2})
    assert state_bytes(run.model, run.optimizer, {"step": 2}) == data
    other = Run(OBJECTIVES["clip"])
    restore(data, other.model, other.optimizer)
    assert state_bytes(other.model, other.optimizer, {"step": 2}) == data


def test_a_run_that_has_not_begun_can_be_kept_too() -> None:
    run = Run(OBJECTIVES["clip"])
    assert restore(state_bytes(run.model, run.optimizer, {}), run.model, run.optimizer) == {}


def test_buffers_and_shared_weights_come_back() -> None:
    def made() -> nn.Module:
        model = nn.Sequential(nn.Linear(4, 4, bias=False), nn.BatchNorm1d(4), nn.Linear(4, 4, bias=False))
        model[2].weight = model[0].weight
        return model

    one, two = made(), made()
    one(torch.randn(8, 4))
    restore(state_bytes(one, AdamW().build(one), {}), two, AdamW().build(two))
    assert torch.equal(one[1].running_mean, two[1].running_mean)
    assert torch.equal(one[0].weight, two[0].weight)
    assert two[2].weight is two[0].weight


def test_frozen_weights_are_left_out() -> None:
    adapters, whole = Run(OBJECTIVES["adapters"]), Run(OBJECTIVES["gpt"])
    sizes = [len(state_bytes(run.model, run.optimizer, {})) for run in (adapters, whole)]
    assert sizes[0] < 0.3 * sizes[1]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:100], lambda _: b"", lambda data: data[:-1], lambda _: b"\x80\x04K\x01."]
)
def test_a_damaged_state_is_refused(damage: object) -> None:
    run = Run(OBJECTIVES["clip"])
    with pytest.raises(UserError, match="damaged"):
        restore(damage(state_bytes(run.model, run.optimizer, {})), run.model, run.optimizer)


def test_the_state_of_another_model_is_refused_and_changes_nothing() -> None:
    run, other = Run(OBJECTIVES["clip"]), Run(OBJECTIVES["coca"])
    before = [parameter.clone() for parameter in other.model.parameters()]
    with pytest.raises(UserError, match="another model"):
        restore(state_bytes(run.model, run.optimizer, {}), other.model, other.optimizer)
    assert all(torch.equal(one, two) for one, two in zip(before, other.model.parameters(), strict=True))
