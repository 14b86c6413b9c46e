"""The contrastive loss of CLIP over all ranks (Radford et al. 2021, arXiv 2103.00020, figure 3), and CoCa's caption loss."""

import torch
import torch.nn.functional as F  # noqa: N812

from sartext.models.gather import Gather

_IGNORED = -100


def contrastive_loss(
    image_features: torch.Tensor,
    text_features: torch.Tensor,
    logit_scale: torch.Tensor,
    real: torch.Tensor,
    gather: Gather,
    equal: torch.Tensor | None = None,
) -> torch.Tensor:
    """This rank's share of the symmetric cross-entropy with global negatives, times world_size; a scalar.

    Features are (N, D), normalised; `real` is bool (N,). This rank's rows are compared with the columns of all ranks; rows
    that are not real are neither rows nor columns. At least one row of all ranks is real. Where `equal` is given, int64 (N, L),
    all rows that are equal in it are right for one another, in equal shares (as labels in Yang et al. 2022, arXiv 2204.03610).
    """
    with torch.autocast(image_features.device.type, enabled=False):  # at a scale of 100, half precision is off by 0.5
        images, texts = image_features.float(), text_features.float()
        all_images, all_texts, all_real = gather.rows(images), gather.rows(texts), gather.rows(real)
        own = torch.arange(len(real), device=real.device) + gather.rank * len(real)
        labels = own.masked_fill(~real, _IGNORED)
        count = all_real.sum()
        shares = None if equal is None else _shares(gather.rows(equal), own, all_real)
        sums = []
        for rows, columns in ((images, all_texts), (texts, all_images)):
            logits = (logit_scale * rows @ columns.T).masked_fill(~all_real, float("-inf"))
            if shares is None:
                sums.append(F.cross_entropy(logits, labels, ignore_index=_IGNORED, reduction="sum") / count)
            else:  # a column that is not real has the share 0, and 0 times minus infinity is no number
                missed = (-shares * logits.log_softmax(dim=1).masked_fill(~all_real, 0.0)).sum(dim=1)
                sums.append((missed * real).sum() / count)
        return (sums[0] + sums[1]) / 2 * gather.world_size


def _shares(keys: torch.Tensor, own: torch.Tensor, all_real: torch.Tensor) -> torch.Tensor:
    """How much of each own row (N, columns) is the share of each column: those with the same key share it."""
    _, numbers = torch.unique(keys, dim=0, return_inverse=True)
    equal = ((numbers[own][:, None] == numbers[None, :]) & all_real).float()
    shares: torch.Tensor = equal / equal.sum(dim=1, keepdim=True).clamp(min=1)
    return shares


def token_loss(logits: torch.Tensor, labels: torch.Tensor, ignored: int, gather: Gather) -> torch.Tensor:
    """This rank's share of the mean cross-entropy over all ranks' tokens, times world_size; a scalar.

    `logits` is (N, L, V), `labels` int64 (N, L) with `ignored` where a token does not count.
    """
    count = gather.total((labels != ignored).sum()).clamp(min=1)
    summed = F.cross_entropy(logits.float().permute(0, 2, 1), labels, ignore_index=ignored, reduction="sum")
    return summed / count * gather.world_size
