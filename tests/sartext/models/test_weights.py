import io
import json
from dataclasses import dataclass
from pathlib import Path

import open_clip
import pytest
import torch
from PIL import Image
from transformers import AutoModelForImageTextToText, AutoProcessor

from sartext.errors import UserError
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.dual_encoder import CONFIG
from sartext.models.folder import OBJECTIVE
from sartext.models.gather import Alone
from sartext.models.gpt import GPT, prompt
from sartext.models.image import Preprocess
from sartext.models.objective import CaptionSearch
from sartext.models.qwen import TinyQwen
from sartext.models.towers import Named, Tiny
from sartext.models.weights import load, save
from tests.support.tiny_models import examples_of

TINY = Tiny(image_size_px=32, width=32, heads=2, image_layers=1, text_layers=1)
TINY_LANGUAGE = TinyQwen(image_size_px=32, heads=1, image_layers=1, text_layers=1)
EXAMPLES = examples_of(6)
TEXTS = [example.text for example in EXAMPLES]


@pytest.mark.parametrize(
    "objective",
    [CLIP(seed=5), CoCa(seed=5, caption_weight=1.5), CLIP(towers=Named(name="ViT-S-32-alt"))],
    ids=["clip", "coca", "named"],
)
def test_plain_open_clip_loads_the_folder(objective: CLIP | CoCa, tmp_path: Path) -> None:
    tokenizer = objective.tokenizer(TEXTS)
    model, preprocess = objective.build(tokenizer).eval(), objective.preprocess("squash")
    with torch.no_grad():  # as if it had been trained
        for parameter in model.parameters():
            parameter.add_(0.01 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)))
    save(objective, model, tokenizer, preprocess, tmp_path / "model")
    batch = objective.collate(EXAMPLES, tokenizer, preprocess)
    images, texts = objective.embed_images(model, batch["images"]), objective.embed_texts(model, TEXTS, tokenizer)

    theirs, _, transform = open_clip.create_model_and_transforms(f"local-dir:{tmp_path / 'model'}")
    theirs.eval()
    prepared = torch.stack([transform(Image.open(io.BytesIO(example.image))) for example in EXAMPLES])
    with torch.no_grad():
        torch.testing.assert_close(theirs.encode_image(prepared, normalize=True), images, atol=1e-5, rtol=0)
        ids = open_clip.get_tokenizer(f"local-dir:{tmp_path / 'model'}")(TEXTS)
        torch.testing.assert_close(theirs.encode_text(ids, normalize=True), texts, atol=1e-5, rtol=0)

    again, loaded, its_tokenizer, its_preprocess = load(tmp_path / "model")
    assert (again, its_preprocess) == (objective, preprocess)
    assert torch.equal(its_tokenizer.tokens(TEXTS, 20), tokenizer.tokens(TEXTS, 20))
    losses = [one.loss(two, batch, Alone()) for one, two in ((objective, model.train()), (again, loaded.train()))]
    assert losses[0] == losses[1]
    if isinstance(objective, CoCa):
        both = ((model, tokenizer), (loaded, its_tokenizer))
        said = [objective.caption(one, batch["images"], two, CaptionSearch(max_tokens=6)) for one, two in both]
        assert said[0] == said[1]


@pytest.mark.parametrize("objective", [GPT(seed=5), GPT(seed=5, lora_rank=2)], ids=["whole", "adapters"])
def test_plain_transformers_loads_the_folder(objective: GPT, tmp_path: Path) -> None:
    processor = objective.tokenizer(TEXTS)
    model, preprocess = objective.build(processor).eval(), objective.preprocess()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)))
    save(objective, model, processor, preprocess, tmp_path)
    batch = objective.collate(EXAMPLES, processor, preprocess)
    expected = objective.loss(model, batch, Alone())["loss"]
    images, questions = [example.image for example in EXAMPLES], [example.question for example in EXAMPLES]
    (said, _), *_ = objective.answer(model, images, questions, processor, preprocess, max_tokens=8)

    theirs = AutoModelForImageTextToText.from_pretrained(tmp_path)
    their_processor = AutoProcessor.from_pretrained(tmp_path)
    inputs = their_processor(
        text=[prompt(questions[0], their_processor)], images=[preprocess.picture(images[0])], return_tensors="pt"
    )
    ids = theirs.generate(**inputs, do_sample=False, max_new_tokens=8)
    assert their_processor.tokenizer.decode(ids[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True).strip() == said

    again, loaded, its_processor, its_preprocess = load(tmp_path)
    assert (again, its_preprocess) == (objective, preprocess)
    its_batch = again.collate(EXAMPLES, its_processor, its_preprocess)
    assert its_batch.keys() == batch.keys()
    assert all(torch.equal(its_batch[name], value) for name, value in batch.items())
    torch.testing.assert_close(again.loss(loaded, its_batch, Alone())["loss"], expected, atol=1e-4, rtol=0)
    assert loaded.training


def test_nothing_is_pickled(tmp_path: Path) -> None:
    for objective in (CLIP(), CoCa(), GPT()):
        tokenizer = objective.tokenizer(TEXTS)
        save(objective, objective.build(tokenizer), tokenizer, objective.preprocess(), tmp_path / type(objective).__name__)
    endings = {path.suffix for path in tmp_path.rglob("*") if path.is_file()}
    assert endings <= {".json", ".safetensors", ".jinja", ".txt"}


def test_the_same_model_gives_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        tokenizer = CLIP().tokenizer(TEXTS)
        save(CLIP(), CLIP().build(tokenizer), tokenizer, CLIP().preprocess(), tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_another_size_of_image_is_refused(tmp_path: Path) -> None:
    tokenizer = CLIP().tokenizer(TEXTS)
    with pytest.raises(UserError, match="64 px, preprocess gives 224"):
        save(CLIP(), CLIP().build(tokenizer), tokenizer, Preprocess(size_px=224), tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no finished model"),
        ("{", "damaged"),
        (json.dumps({"version": 2}), "version 2"),
        (json.dumps({"version": 1, "objective": {"type": "Diffusion"}, "preprocess": {}}), "no model that is known"),
        (json.dumps({"version": 1, "objective": {"type": "Tiny"}, "preprocess": {}}), "Tiny is no objective"),
        (
            json.dumps({"version": 1, "objective": {"type": "nowhere:Its"}, "preprocess": {}}),
            "there is no module 'nowhere'",
        ),
        (json.dumps({"version": 1, "objective": {"type": "os:abort"}, "preprocess": {}}), "os:abort is no dataclass"),
    ],
)
def test_a_folder_that_is_no_model_is_refused(text: str | None, said: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / OBJECTIVE).write_text(text)
    with pytest.raises(UserError, match=said):
        load(tmp_path)


def test_a_class_that_others_cannot_import_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Hidden(CLIP):
        pass

    tokenizer = Hidden().tokenizer(TEXTS)
    with pytest.raises(UserError, match="cannot be imported by others; define it at the top of a module"):
        save(Hidden(), Hidden().build(tokenizer), tokenizer, Hidden().preprocess(), tmp_path / "model")
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("objective", [CLIP(towers=TINY), GPT(language=TINY_LANGUAGE)], ids=["clip", "gpt"])
@pytest.mark.parametrize("damage", ["cut", "gone", "config"])
def test_a_damaged_model_is_refused_in_one_line(objective: CLIP | GPT, damage: str, tmp_path: Path) -> None:
    tokenizer = objective.tokenizer(TEXTS)
    save(objective, objective.build(tokenizer), tokenizer, objective.preprocess(), tmp_path)
    load(tmp_path)
    weights = next(tmp_path.glob("*.safetensors"))
    if damage == "gone":
        weights.unlink()
    elif damage == "cut":
        weights.write_bytes(weights.read_bytes()[:-1000])
    else:
        config = tmp_path / ("config.json" if isinstance(objective, GPT) else CONFIG)
        config.write_text('{"model_cfg": {"embed_dim": 3}, "vision_config": 5}')
    with pytest.raises(UserError, match="holds no whole model") as refused:
        load(tmp_path)
    assert "\n" not in str(refused.value)
