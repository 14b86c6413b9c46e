"""A loaded model does what its objective can, and says in one line what it cannot."""

from pathlib import Path

import numpy as np
import pytest

from sartext.errors import TileRejected, UserError
from sartext.flow.predict.model import Model
from sartext.models.coca import CoCa
from sartext.models.gpt import GPT
from sartext.models.objective import CaptionSearch
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Tiny
from sartext.models.weights import save
from tests.support.tiny_models import encoded

TEXTS = ("one ship in the center.", "two ships.")
IMAGES = [encoded(40, 40, seed=seed) for seed in range(3)]


@pytest.fixture(scope="module")
def coca(tmp_path_factory: pytest.TempPathFactory) -> Model:
    objective = CoCa(towers=Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1))
    return saved(objective, tmp_path_factory.mktemp("coca"))


@pytest.fixture(scope="module")
def gpt(tmp_path_factory: pytest.TempPathFactory) -> Model:
    objective = GPT(language=TinyQwen(image_size_px=32, heads=1, image_layers=1, text_layers=1))
    return saved(objective, tmp_path_factory.mktemp("gpt"))


def saved(objective: CoCa | GPT, folder: Path) -> Model:
    tokenizer = objective.tokenizer(TEXTS)
    save(objective, objective.build(tokenizer), tokenizer, objective.preprocess(), folder)
    return Model(folder)


def test_embeddings_have_length_one_and_captions_fit(coca: Model) -> None:
    tensors = [coca.tensor(image) for image in IMAGES]
    images, texts = coca.embed_images(tensors), coca.embed_texts(TEXTS)
    assert (images.shape, texts.shape) == ((3, 32), (2, 32))
    np.testing.assert_allclose(np.linalg.norm(np.concatenate([images, texts]), axis=1), 1, atol=1e-6)
    assert coca.longest_caption == 48
    assert len(coca.caption(tensors, CaptionSearch(beams=2, max_tokens=6))) == 3
    with pytest.raises(UserError, match="max_tokens 49 must be from 2 to 48"):
        coca.caption(tensors, CaptionSearch(max_tokens=49))
    with pytest.raises(UserError, match="holds a CoCa, which cannot answer"):
        coca.answer(IMAGES[:1], ["What is there?"], max_tokens=4)


def test_answers_are_of_their_images(gpt: Model) -> None:
    answers = gpt.answer(IMAGES[:2], ["What is there?", "How many ships?"], max_tokens=4)
    assert len(answers) == 2
    with pytest.raises(TileRejected, match="not_an_image"):
        gpt.check_image(b"no image")
    for ask in (lambda: gpt.embed_texts(TEXTS), lambda: gpt.embed_images([]), lambda: gpt.longest_caption):
        with pytest.raises(UserError, match="holds a GPT, which cannot"):
            ask()
