from dataclasses import replace

import pytest
import torch

from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.dual_encoder import pairs
from sartext.models.image import Preprocess
from sartext.models.text import OpenClipTokenizer, TextTokens, train_caption_tokenizer
from tests.support.tiny_models import examples_of

EXAMPLES = examples_of(12)


@pytest.mark.parametrize("objective", [CLIP(), CoCa()], ids=["clip", "coca"])
def test_features_have_length_one_and_are_those_of_the_loss(objective: CLIP | CoCa) -> None:
    tokenizer = objective.tokenizer([example.text for example in EXAMPLES])
    model = objective.build(tokenizer).train()
    batch = objective.collate(EXAMPLES, tokenizer, objective.preprocess())
    images = objective.embed_images(model, batch["images"])
    texts = objective.embed_texts(model, [example.text for example in EXAMPLES], tokenizer)
    assert model.training
    assert not images.requires_grad
    assert images.shape == texts.shape == (12, 128)
    torch.testing.assert_close(images.norm(dim=1), torch.ones(12))
    out = model(batch["images"], batch["texts"])
    torch.testing.assert_close(out["image_features"], images)
    torch.testing.assert_close(out["text_features"], texts)


def test_a_batch_says_which_rows_are_real() -> None:
    objective = CLIP()
    tokenizer = objective.tokenizer(["a ship"])
    batch = objective.collate(EXAMPLES[:2], tokenizer, Preprocess(size_px=64))
    assert batch["images"].shape == (2, 3, 64, 64)
    assert batch["texts"].shape == (2, 48)
    assert batch["real"].tolist() == [True, True]


SENTENCES = ["Two ships lie in the center of the image.", "A bridge crosses the river.", "Cropland covers the rest of it."]


@pytest.mark.parametrize(
    "tokenizer", [train_caption_tokenizer([*SENTENCES, *[one.text for one in EXAMPLES]], 400), OpenClipTokenizer()]
)
def test_a_text_that_is_longer_than_the_context_keeps_whole_sentences(tokenizer: TextTokens) -> None:
    preprocess = Preprocess(size_px=64)
    two = tokenizer.lengths([" ".join(SENTENCES[:2])])[0]
    for context in (two, two + 3):  # a third sentence would begin, and not end
        example = replace(EXAMPLES[0], text=" ".join(SENTENCES))
        batch = pairs([example, replace(example, text=SENTENCES[0])], tokenizer, preprocess, context)
        assert batch["shortened"].tolist() == [True, False]
        whole = tokenizer.tokens([" ".join(SENTENCES[:2]), SENTENCES[0]], context)
        assert torch.equal(batch["texts"], whole)
    first = pairs([replace(EXAMPLES[0], text=SENTENCES[0])], tokenizer, preprocess, 6)
    said = tokenizer.text(first["texts"][0, 1:].tolist())
    assert first["shortened"].tolist() == [True]
    assert said
    assert SENTENCES[0].lower().split()[: len(said.split())] == said.split()  # whole words
