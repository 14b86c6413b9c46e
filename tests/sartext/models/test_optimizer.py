import math

import pytest
import torch
from open_clip_train.scheduler import cosine_lr
from torch import nn

from sartext.errors import UserError
from sartext.models.optimizer import AdamW, take_step


def test_the_rate_is_open_clips_at_every_step() -> None:
    settings = AdamW(peak=3e-4, warmup_share=0.14)
    theirs = cosine_lr(torch.optim.SGD([nn.Parameter(torch.zeros(1))]), 3e-4, 7, 50)
    assert [settings.rate(step, 50) for step in range(50)] == [theirs(step) for step in range(50)]


def test_the_rate_ends_at_nothing_and_stays_there() -> None:
    settings = AdamW(peak=1.0)
    assert settings.rate(0, 10) == 1.0
    assert settings.rate(10, 10) == settings.rate(99, 10) == pytest.approx(0)


@pytest.mark.parametrize(
    ("share", "steps", "warmup"),
    [(0.1, 1, 0), (0.999, 1, 0), (0.999, 2, 1), (0.1, 30, 3), (0.1, 94, 9), (0.29, 100, 29), (0.0, 9, 0)],
)
def test_a_warm_up_is_a_share_of_the_steps_and_leaves_some(share: float, steps: int, warmup: int) -> None:
    settings = AdamW(peak=1.0, warmup_share=share)
    assert settings.warmup_steps(steps) == warmup
    rates = [settings.rate(step, steps) for step in range(steps)]
    assert max(rates) == rates[warmup] == 1.0
    assert all(rate > 0 for rate in rates)


@pytest.mark.parametrize(
    "values",
    [
        {"warmup_share": -0.1},
        {"warmup_share": 1.0},
        {"warmup_share": math.nan},
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
