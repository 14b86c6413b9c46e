"""Models of open_clip: what they are made of comes from their configuration and the seed alone."""

from collections.abc import Iterator

import pytest
import torch

from sartext.errors import UserError
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.open_clip_model import build_towers, from_model_cfg
from sartext.models.towers import Named, Tiny

TEXTS = ["two ships near a harbor"] * 3


@pytest.fixture
def _poisoned_memory() -> Iterator[None]:
    """Memory that nobody has written to is not a number."""
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


@pytest.mark.usefixtures("_poisoned_memory")
@pytest.mark.parametrize("kind", [CLIP, CoCa])
def test_every_weight_comes_from_the_seed(kind: type[CLIP] | type[CoCa]) -> None:
    state = torch.get_rng_state()
    first, second, other = (kind(seed=seed).build(kind().tokenizer(TEXTS)) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), state)
    for one, two in zip(first.parameters(), second.parameters(), strict=True):
        assert one.isfinite().all()
        assert torch.equal(one, two)
    assert not torch.equal(first.visual.conv1.weight, other.visual.conv1.weight)


def test_a_named_model_is_built_as_open_clip_builds_it() -> None:
    objective = CLIP(towers=Named(name="ViT-S-32-alt"))
    tokenizer = objective.tokenizer([])
    model = objective.build(tokenizer)
    assert model(torch.zeros(1, 3, 224, 224), tokenizer.tokens(["a ship"], 77))["image_features"].shape == (1, 256)


def test_a_model_of_another_vocabulary_than_the_tokenizer_is_refused() -> None:
    tokenizer, towers = CLIP().tokenizer(TEXTS), Tiny()
    fewer = towers.model_cfg(tokenizer.vocabulary_size - 1)
    with pytest.raises(UserError, match=rf"{tokenizer.vocabulary_size} tokens and the model {tokenizer.vocabulary_size - 1}"):
        build_towers(towers, fewer, tokenizer, seed=0)


def test_the_configuration_is_left_as_it_is() -> None:
    cfg = CoCa().model_cfg(300)
    before = repr(cfg)
    from_model_cfg(cfg, seed=0)
    assert repr(cfg) == before
