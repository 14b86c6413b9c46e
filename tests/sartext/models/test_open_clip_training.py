"""Twenty steps are those of open_clip's own training loop."""

from types import SimpleNamespace

import pytest
import torch
from open_clip.loss import ClipLoss, CoCaLoss
from open_clip_train.scheduler import cosine_lr
from open_clip_train.train import train_one_epoch

from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.gather import Alone
from sartext.models.optimizer import AdamW, take_step
from sartext.models.towers import Tiny
from tests.support.tiny_models import examples_of

STEPS, BATCH, WARMUP, RATE, DECAY = 20, 8, 4, 1e-3, 0.2
SMALL = Tiny(image_layers=2, text_layers=2, width=64, heads=2, context_length=24, vocabulary_size=320)


class Batches(list):
    num_batches, num_samples = STEPS, STEPS * BATCH


def theirs(model: torch.nn.Module, batches: list[dict[str, torch.Tensor]], loss: ClipLoss) -> list[tuple[str, float]]:
    """What open_clip's loop logs. The groups of its optimizer are made in its `main`, as here."""

    def exclude(name: str, parameter: torch.nn.Parameter) -> bool:
        return parameter.ndim < 2 or "bn" in name or "ln" in name or "bias" in name or "logit_scale" in name

    named = list(model.named_parameters())
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for n, p in named if exclude(n, p)], "weight_decay": 0.0},
            {"params": [p for n, p in named if not exclude(n, p)], "weight_decay": DECAY},
        ],
        lr=RATE,
        betas=(0.9, 0.98),
        eps=1e-6,
    )
    logged: list[tuple[str, float]] = []
    writer = SimpleNamespace(add_scalar=lambda name, value, _: logged.append((name, value)))
    args = SimpleNamespace(
        device="cpu",
        precision="fp32",
        distill=False,
        accum_freq=1,
        skip_scheduler=False,
        horovod=False,
        grad_clip_norm=None,
        rank=0,
        local_rank=0,
        log_every_n_steps=1,
        world_size=1,
        batch_size=BATCH,
        wandb=False,
    )
    loader = Batches((batch["images"], batch["texts"]) for batch in batches)
    data = {"train": SimpleNamespace(set_epoch=lambda _: None, dataloader=loader)}
    train_one_epoch(model, data, loss, 0, optimizer, None, cosine_lr(optimizer, RATE, WARMUP, STEPS), None, args, writer)
    return logged


@pytest.mark.parametrize(
    ("objective", "loss"),
    [(CLIP(towers=SMALL), ClipLoss()), (CoCa(towers=SMALL), CoCaLoss(caption_loss_weight=2.0, clip_loss_weight=1.0))],
    ids=["clip", "coca"],
)
def test_the_losses_are_the_same(objective: CLIP | CoCa, loss: ClipLoss) -> None:
    tokenizer = objective.tokenizer([example.text for example in examples_of(40)])
    preprocess = objective.preprocess()
    batches = [objective.collate(examples_of(BATCH, BATCH * step), tokenizer, preprocess) for step in range(STEPS)]
    settings = AdamW(peak=RATE, warmup_share=WARMUP / STEPS, weight_decay=DECAY)
    model = objective.build(tokenizer)
    with torch.no_grad():
        model.logit_scale.fill_(4.604)  # near its bound, so that it is held there
    optimizer = settings.build(model)
    ours = []
    for step, batch in enumerate(batches):
        optimizer.zero_grad()
        losses = objective.loss(model, batch, Alone())
        losses["loss"].backward()
        take_step(model, optimizer, settings.rate(step, STEPS))
        ours.append({name: value.item() for name, value in losses.items()})
    other = objective.build(tokenizer)
    with torch.no_grad():
        other.logit_scale.fill_(4.604)
    logged = theirs(other, batches, loss)
    for name in sorted(ours[0].keys() - {"logit_scale"}):
        values = [value for logged_name, value in logged if logged_name == f"train/{name}"]
        assert values == pytest.approx([losses[name] for losses in ours], abs=1e-5)
    scales = [value for name, value in logged if name == "train/scale"]
    assert scales == pytest.approx([losses["logit_scale"] for losses in ours], abs=1e-3)
    assert max(scales) <= 100.001
    for one, two in zip(model.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(one, two, atol=1e-5, rtol=0)
