import math

import pytest
import torch
from open_clip_train.scheduler import cosine_lr
from torch import nn

from sartext.errors import UserError
from sartext.models.optimizer import AdamW, take_step


def test_the_rate_is_open_clips_at_every_step() -> None:
    settings = AdamW(peak=3e-4, warmup_steps=7)
    theirs = cosine_lr(torch.optim.SGD([nn.Parameter(torch.zeros(1))]), 3e-4, 7, 50)
    assert [settings.rate(step, 50) for step in range(50)] == [theirs(step) for step in range(50)]


def test_the_rate_ends_at_nothing_and_stays_there() -> None:
    settings = AdamW(peak=1.0)
    assert settings.rate(0, 10) == 1.0
    assert settings.rate(10, 10) == settings.rate(99, 10) == pytest.approx(0)


@pytest.mark.parametrize(("warmup", "steps"), [(10, 10), (11, 10), (0, 0)])
def test_a_warm_up_without_an_end_is_refused(warmup: int, steps: int) -> None:
    with pytest.raises(UserError, match="warm-up"):
        AdamW(warmup_steps=warmup).rate(0, steps)


@pytest.mark.parametrize(
    "values",
    [
        {"warmup_steps": -1},
        {"peak": 0.0},
        {"peak": math.nan},
        {"peak": math.inf},
        {"epsilon": 0.0},
        {"weight_decay": -0.1},
        {"beta1": 1.0},
        {"beta2": -0.1},
    ],
)
def test_values_that_cannot_be_are_refused(values: dict[str, float]) -> None:
    name, value = next(iter(values.items()))
    with pytest.raises(UserError, match=rf"{name} is {value}; it must be "):
        AdamW(**values)


def test_gains_biases_scales_and_frozen_weights_are_told_from_the_rest() -> None:
    model = nn.Module()
    model.layer = nn.Linear(3, 2)
    model.ln_final = nn.LayerNorm(2)
    model.logit_scale = nn.Parameter(torch.ones([]))
    model.ln_matrix = nn.Parameter(torch.ones(2, 2))  # told by its name, as in open_clip
    model.frozen = nn.Parameter(torch.ones(2, 2), requires_grad=False)
    plain, decayed = AdamW(weight_decay=0.3).build(model).param_groups
    assert [id(parameter) for parameter in decayed["params"]] == [id(model.layer.weight)]
    assert (plain["weight_decay"], decayed["weight_decay"]) == (0.0, 0.3)
    assert len(plain["params"]) == 5


@pytest.mark.parametrize(("start", "slope", "end"), [(4.6, -1.0, math.log(100)), (0.01, 1.0, 0.0)])
def test_the_logit_scale_stays_within_its_bounds(start: float, slope: float, end: float) -> None:
    model = nn.Module()
    model.logit_scale = nn.Parameter(torch.tensor(start))
    optimizer = AdamW().build(model)
    (slope * model.logit_scale).backward()
    take_step(model, optimizer, 0.5)
    assert model.logit_scale.item() == pytest.approx(end)
    assert {group["lr"] for group in optimizer.param_groups} == {0.5}
