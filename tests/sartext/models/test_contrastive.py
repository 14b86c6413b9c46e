import pytest
import torch
from open_clip.loss import ClipLoss, CoCaLoss
from torch.nn.functional import normalize

from sartext.models.contrastive import contrastive_loss, token_loss
from sartext.models.gather import Alone


def features(count: int, seed: int) -> torch.Tensor:
    return normalize(torch.randn(count, 16, generator=torch.Generator().manual_seed(seed)), dim=-1).requires_grad_()


SCALE = torch.tensor(14.3)


@pytest.mark.parametrize("count", [1, 2, 7, 64])
def test_without_masked_rows_it_is_open_clips_loss_to_the_bit(count: int) -> None:
    images, texts = features(count, 1), features(count, 2)
    ours = contrastive_loss(images, texts, SCALE, torch.ones(count, dtype=torch.bool), Alone())
    theirs = ClipLoss()(images, texts, SCALE)
    assert torch.equal(ours, theirs)
    for one, other in zip(
        torch.autograd.grad(ours, (images, texts)), torch.autograd.grad(theirs, (images, texts)), strict=True
    ):
        torch.testing.assert_close(one, other, atol=1e-7, rtol=0)


def test_the_caption_loss_is_cocas_to_the_bit() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(5, 9, 50, generator=generator)
    labels = torch.randint(0, 50, (5, 9), generator=generator)
    labels[:, 6:] = 0
    images, texts = features(5, 1), features(5, 2)
    contrastive, caption = CoCaLoss(caption_loss_weight=2.0, clip_loss_weight=1.0)(images, texts, logits, labels, SCALE)
    assert torch.equal(token_loss(logits, labels, 0, Alone()) * 2.0, caption)
    assert torch.equal(contrastive_loss(images, texts, SCALE, torch.ones(5, dtype=torch.bool), Alone()), contrastive)


def test_masked_rows_are_neither_rows_nor_columns() -> None:
    images, texts = features(8, 1), features(8, 2)
    real = torch.tensor([True, False, True, True, False, True, False, True])
    masked = contrastive_loss(images, texts, SCALE, real, Alone())
    torch.testing.assert_close(masked, ClipLoss()(images[real], texts[real], SCALE), atol=1e-6, rtol=0)
    for gradient in torch.autograd.grad(masked, (images, texts)):
        assert gradient.isfinite().all()
        assert not gradient[~real].any()
        assert gradient[real].any()


def test_half_precision_features_are_compared_in_full() -> None:
    images, texts = features(8, 1).detach().bfloat16(), features(8, 2).detach().bfloat16()
    real = torch.ones(8, dtype=torch.bool)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = contrastive_loss(images, texts, torch.tensor(100.0), real, Alone())
    assert torch.equal(mixed, contrastive_loss(images.float(), texts.float(), torch.tensor(100.0), real, Alone()))


def test_no_token_at_all_is_no_loss() -> None:
    logits = torch.randn(2, 3, 5, requires_grad=True)
    loss = token_loss(logits, torch.zeros(2, 3, dtype=torch.long), 0, Alone())
    loss.backward()
    assert loss == 0
    assert not logits.grad.any()


def test_equal_texts_are_right_for_one_another_in_equal_shares() -> None:
    images, texts = features(6, 1), features(6, 2)
    keys = torch.tensor([[1, 5], [2, 5], [1, 5], [3, 5], [1, 5], [2, 5]])
    real = torch.tensor([True, True, True, True, False, True])
    found = contrastive_loss(images, texts, SCALE, real, Alone(), keys)
    alike = [[0, 2], [1, 5], [0, 2], [3], [1, 5]]
    kept = [0, 1, 2, 3, 5]
    sums = []
    for rows, columns in ((images, texts), (texts, images)):
        log = (SCALE * rows[kept] @ columns[kept].T).log_softmax(dim=1)
        sums.append(-sum(log[at, [kept.index(one) for one in right]].mean() for at, right in enumerate(alike)) / 5)
    torch.testing.assert_close(found, (sums[0] + sums[1]) / 2, atol=1e-6, rtol=0)
    for gradient in torch.autograd.grad(found, (images, texts)):
        assert gradient.isfinite().all()
        assert not gradient[4].any()


def test_where_no_texts_are_equal_it_is_the_loss_without() -> None:
    images, texts = features(7, 1), features(7, 2)
    real = torch.ones(7, dtype=torch.bool)
    alike = contrastive_loss(images, texts, SCALE, real, Alone(), torch.arange(7)[:, None])
    torch.testing.assert_close(alike, ClipLoss()(images, texts, SCALE), atol=1e-6, rtol=0)
