import pytest
import torch

from sartext.models.clip import CLIP, image_features, text_features
from sartext.models.coca import CoCa
from sartext.models.gather import Alone
from sartext.models.image import Preprocess
from sartext.models.optimizer import AdamW, take_step
from tests.sartext.models.made import examples_of

EXAMPLES = examples_of(12)


@pytest.mark.parametrize("objective", [CLIP(), CoCa()], ids=["clip", "coca"])
def test_features_have_length_one_and_are_those_of_the_loss(objective: CLIP | CoCa) -> None:
    tokenizer = objective.tokenizer([example.text for example in EXAMPLES])
    model = objective.build(tokenizer).train()
    batch = objective.collate(EXAMPLES, tokenizer, objective.preprocess())
    images, texts = image_features(model, batch["images"]), text_features(model, batch["texts"])
    assert model.training
    assert not images.requires_grad
    assert images.shape == texts.shape == (12, 128)
    torch.testing.assert_close(images.norm(dim=1), torch.ones(12))
    out = model(batch["images"], batch["texts"])
    torch.testing.assert_close(out["image_features"], images)
    torch.testing.assert_close(out["text_features"], texts)


def test_clip_learns_which_text_is_of_which_image() -> None:
    objective = CLIP()
    tokenizer = objective.tokenizer([example.text for example in EXAMPLES])
    model = objective.build(tokenizer)
    batch = objective.collate(EXAMPLES[:3], tokenizer, objective.preprocess("squash"))
    optimizer = AdamW(peak=1e-3).build(model)
    losses = []
    for _ in range(25):
        optimizer.zero_grad()
        losses.append(objective.loss(model, batch, Alone()))
        losses[-1]["loss"].backward()
        take_step(model, optimizer, 1e-3)
    assert losses[-1]["loss"] < 0.5 * losses[0]["loss"]
    assert losses[0].keys() == {"loss", "contrastive_loss", "logit_scale"}


def test_a_batch_says_which_rows_are_real() -> None:
    objective = CLIP()
    tokenizer = objective.tokenizer(["a ship"])
    batch = objective.collate(EXAMPLES[:2], tokenizer, Preprocess(size_px=64))
    assert batch["images"].shape == (2, 3, 64, 64)
    assert batch["texts"].shape == (2, 48)
    assert batch["real"].tolist() == [True, True]
