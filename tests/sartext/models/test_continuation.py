"""One token at a time is the same as all of them at once."""

import torch

from sartext.models.coca import CoCa
from sartext.models.continuation import Continuation
from sartext.models.towers import Tiny
from tests.support.tiny_models import examples_of


def test_logits_are_those_of_open_clips_own_forward_whichever_beginning_goes_on() -> None:
    objective = CoCa(towers=Tiny(image_size_px=32, width=64, heads=2, image_layers=1, text_layers=2))
    tokenizer = objective.tokenizer(["one ship in the upper left.", "two ships"])
    model = objective.build(tokenizer).eval()
    images = objective.collate(examples_of(3), tokenizer, objective.preprocess())["images"]
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        _, looks = model._encode_image(images)
        going_on = Continuation(model, looks)
        image = torch.tensor([0, 1, 2])
        ids = torch.full((3, 1), tokenizer.start_id)
        for parents in ([0, 1, 2], [0, 0, 1, 2, 2], [4, 0, 3], [1, 1], [0, 1], [1]):
            _, embedded = model._encode_text(ids)
            own = model.text_decoder(looks[image], embedded)[:, -1]
            torch.testing.assert_close(going_on(ids, image), own, atol=1e-4, rtol=1e-4)
            tokens = torch.randint(3, 200, (len(parents), 1), generator=generator)
            ids, image = torch.cat([ids[parents], tokens], dim=1), image[parents]
