"""CoCas with random weights that say different things of different images, which from nothing they do not."""

import torch

from sartext.models.coca import CoCa
from sartext.models.text import TextTokens
from sartext.models.towers import Tiny

_LOUDER, _END_LOUDER = 40.0, 5.0
WORDS = (
    "two ships lie in the upper left",
    "a bridge crosses the river",
    "water and cropland",
    "an urban area with storage tanks",
)
IMAGES = 20


def random_coca(objective: CoCa, tokenizer: TextTokens) -> torch.nn.Module:
    """The model as its seed initialises it, but that its decoder hears the image, and ends its texts now and then."""
    model = objective.build(tokenizer)
    with torch.no_grad():
        for block in model.text_decoder.cross_attn:  # type: ignore[union-attr]
            block.attn.out_proj.weight.mul_(_LOUDER)
        for weights in (model.text.positional_embedding, model.text.token_embedding.weight, model.text_decoder.text_projection):  # type: ignore[union-attr]
            weights.mul_(_LOUDER)  # type: ignore[operator]
        model.text_decoder.text_projection[:, tokenizer.end_id] *= _END_LOUDER  # type: ignore[union-attr, operator, index]
        # No model that is trained writes padding; open_clip's attention would lose the token after it.
        model.text_decoder.text_projection[:, tokenizer.pad_id] = 0.0  # type: ignore[union-attr, operator, index]
    return model.eval()


def small() -> tuple[CoCa, torch.nn.Module, TextTokens, torch.Tensor]:
    """A small one, the same wherever it is made, with images (20, 3, 32, 32) that are noise of different grain."""
    objective = CoCa(towers=Tiny(image_size_px=32, width=64, heads=2, image_layers=1, text_layers=1, vocabulary_size=300))
    tokenizer = objective.tokenizer(WORDS)
    draw = torch.Generator().manual_seed(0)
    coarse = [torch.randn(1, 3, 2 + at % 7, 2 + at % 5, generator=draw) * 3 for at in range(IMAGES)]
    images = torch.cat([torch.nn.functional.interpolate(one, size=(32, 32), mode="nearest") for one in coarse])
    return objective, random_coca(objective, tokenizer), tokenizer, images
