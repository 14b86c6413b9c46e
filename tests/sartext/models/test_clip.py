from sartext.models.clip import CLIP
from sartext.models.gather import Alone
from sartext.models.optimizer import AdamW, take_step
from tests.support.tiny_models import examples_of

EXAMPLES = examples_of(12)


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
