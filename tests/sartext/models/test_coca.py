import json

import pytest
import torch

from sartext.errors import UserError
from sartext.models.coca import CoCa
from sartext.models.gather import Alone
from sartext.models.objective import Batch, CaptionSearch
from sartext.models.optimizer import AdamW, take_step
from sartext.models.text import TextTokens
from sartext.models.towers import Tiny
from tests.open_clip_captions import SEARCHES, STORED
from tests.support.random_coca import small
from tests.support.tiny_models import examples_of

TEXTS = ["one ship in the upper left.", "two ships in the center.", "no ship; fields and a bridge in the lower right."]


@pytest.fixture(scope="module")
def learnt() -> tuple[torch.nn.Module, TextTokens, Batch]:
    """A CoCa that knows three kinds of images by heart."""
    torch.set_num_threads(1)
    objective = CoCa(towers=Tiny(image_layers=2, text_layers=2, context_length=32))
    examples = [type(one)(image=one.image, text=TEXTS[at % 3]) for at, one in enumerate(examples_of(9))]
    tokenizer = objective.tokenizer(TEXTS)
    model = objective.build(tokenizer)
    batch = objective.collate(examples, tokenizer, objective.preprocess("squash"))
    optimizer = AdamW(peak=2e-3).build(model)
    for _ in range(60):
        optimizer.zero_grad()
        objective.loss(model, batch, Alone())["loss"].backward()
        take_step(model, optimizer, 2e-3)
    return model, tokenizer, batch


def written(model: torch.nn.Module, images: torch.Tensor, tokenizer: TextTokens, **options: int) -> list[str]:
    return [text for text, _ in CoCa().caption(model, images, tokenizer, CaptionSearch(**options))]


@pytest.mark.parametrize("beams", [1, 4])
def test_captions_are_those_it_has_learnt(learnt: tuple[torch.nn.Module, TextTokens, Batch], beams: int) -> None:
    model, tokenizer, batch = learnt
    assert written(model, batch["images"], tokenizer, beams=beams) == TEXTS * 3


def test_greedy_decoding_is_the_argmax_of_the_models_own_forward(learnt: tuple[torch.nn.Module, TextTokens, Batch]) -> None:
    model, tokenizer, batch = learnt
    model.eval()
    ids = torch.tensor([[tokenizer.start_id]] * 9)
    with torch.no_grad():
        for _ in range(24):
            padded = torch.nn.functional.pad(ids, (0, 32 - ids.shape[1]))  # as in training, a whole row
            logits = model(batch["images"], padded, output_labels=False)["logits"][:, ids.shape[1] - 1]
            ids = torch.cat([ids, logits.argmax(dim=1, keepdim=True)], dim=1)
    said = [tokenizer.text(row[1:]) for row in ids.tolist()]
    assert written(model, batch["images"], tokenizer, max_tokens=26) == said


@pytest.mark.parametrize("beams", [1, 3])
def test_a_caption_says_whether_it_ended_by_itself(learnt: tuple[torch.nn.Module, TextTokens, Batch], beams: int) -> None:
    model, tokenizer, batch = learnt
    images = batch["images"]
    assert CoCa().caption(model, images, tokenizer, CaptionSearch(beams=beams)) == [(text, True) for text in TEXTS * 3]
    lengths = [(tokenizer.tokens([text], 32) != tokenizer.pad_id).sum().item() for text in TEXTS]
    for room in range(2, 31):
        said = CoCa().caption(model, images, tokenizer, CaptionSearch(beams=beams, max_tokens=room))
        assert [ended for _, ended in said] == [length <= room for length in lengths] * 3


def test_captions_are_bounded_and_repeatable() -> None:
    objective = CoCa()
    tokenizer = objective.tokenizer(TEXTS)
    model = objective.build(tokenizer)  # has learnt nothing, and would not end
    images = objective.collate(examples_of(4), tokenizer, objective.preprocess())["images"]
    for beams in (1, 3):
        said = written(model, images, tokenizer, beams=beams, max_tokens=8)
        assert said == written(model, images, tokenizer, beams=beams, max_tokens=8)
    assert written(model, images, tokenizer, max_tokens=2) == [""] * 4


def test_a_caption_that_may_outgrow_the_context_is_refused() -> None:
    objective = CoCa()
    tokenizer = objective.tokenizer(TEXTS)
    with pytest.raises(UserError, match="max_tokens 49 must be from 2 to 48"):
        written(objective.build(tokenizer), torch.zeros(1, 3, 64, 64), tokenizer, max_tokens=49)


@pytest.mark.parametrize("name", SEARCHES)
def test_captions_are_those_of_open_clips_own_generate(name: str) -> None:
    """Greedy, and by the paper's search; `tests.open_clip_captions` keeps them, and compares other models and tiles."""
    objective, model, tokenizer, images = small()
    rows = json.loads(STORED.read_text())[name]
    assert [one.text for one in objective.caption(model, images, tokenizer, SEARCHES[name])] == [
        tokenizer.text(row[1:]) for row in rows
    ]
    assert len(rows) == len({tuple(row) for row in rows}) == 20
    assert any(row[-1] == tokenizer.end_id and len(row) < 30 for row in rows)


def test_masked_rows_teach_no_caption() -> None:
    objective = CoCa(contrastive_weight=0.5, caption_weight=3.0)
    tokenizer = objective.tokenizer(TEXTS)
    model = objective.build(tokenizer)
    whole = objective.collate(examples_of(6), tokenizer, objective.preprocess())
    whole["real"][4:] = False
    masked = objective.loss(model, whole, Alone())
    short = objective.loss(model, objective.collate(examples_of(4), tokenizer, objective.preprocess()), Alone())
    for name, value in short.items():
        torch.testing.assert_close(masked[name], value, atol=1e-5, rtol=0)
    assert masked["loss"] == masked["contrastive_loss"] + masked["caption_loss"]
