import pytest
import torch
from peft import PeftModel

from sartext.errors import UserError
from sartext.models.gather import Alone
from sartext.models.gpt import GPT, merged, prompt
from sartext.models.objective import Example
from sartext.models.optimizer import AdamW, take_step
from tests.support.tiny_models import examples_of

ANSWERS = ("one", "two ships", "none at all")
EXAMPLES = [Example(image=one.image, question=one.question, text=ANSWERS[at % 3]) for at, one in enumerate(examples_of(9))]
TEXTS = [f"{one.question} {one.text}" for one in EXAMPLES]


def learnt(objective: GPT, steps: int, rate: float) -> tuple[torch.nn.Module, object, list[float]]:
    processor = objective.tokenizer(TEXTS)
    model = objective.build(processor)
    batch = objective.collate(EXAMPLES, processor, objective.preprocess("squash"))
    optimizer = AdamW(peak=rate).build(model)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = objective.loss(model, batch, Alone())["loss"]
        loss.backward()
        take_step(model, optimizer, rate)
        losses.append(loss.item())
    return model, processor, losses


def said(model: torch.nn.Module, processor: object, examples: list[Example] = EXAMPLES) -> list[str]:
    images, questions = [one.image for one in examples], [one.question for one in examples]
    answers = GPT().answer(model, images, questions, processor, GPT().preprocess("squash"), max_tokens=8)
    return [text for text, _ in answers]


def test_it_answers_what_it_has_learnt_alone_or_beside_longer_questions() -> None:
    model, processor, _ = learnt(GPT(), 60, 2e-3)
    assert said(model, processor) == [one.text for one in EXAMPLES]
    assert [said(model, processor, [one])[0] for one in EXAMPLES[:3]] == [one.text for one in EXAMPLES[:3]]


def test_labels_are_the_answers_tokens_of_real_rows_and_nothing_else() -> None:
    objective = GPT()
    processor = objective.tokenizer(TEXTS)
    words = processor.tokenizer
    examples = [*EXAMPLES[:2], Example(image=EXAMPLES[2].image, question="?", text="two", real=False)]
    batch = objective.collate(examples, processor, objective.preprocess())
    for at, example in enumerate(examples[:2]):
        taught = batch["labels"][at] != -100
        assert words.decode(batch["input_ids"][at][taught]) == example.text + words.eos_token
        assert torch.equal(batch["labels"][at][taught], batch["input_ids"][at][taught])
        seen = batch["input_ids"][at][batch["attention_mask"][at] == 1]
        image = "<|image_pad|>" * 16  # what the template's one stands for
        expected = prompt(example.question, processor).replace("<|image_pad|>", image) + example.text + words.eos_token
        assert words.decode(seen) == expected
    assert (batch["labels"][2] == -100).all()
    assert batch["real"].tolist() == [True, True, False]


def test_the_loss_is_transformers_own_where_all_rows_are_real() -> None:
    objective = GPT()
    processor = objective.tokenizer(TEXTS)
    model = objective.build(processor)
    batch = objective.collate(EXAMPLES, processor, objective.preprocess())
    inputs = {name: value for name, value in batch.items() if name != "real"}
    torch.testing.assert_close(objective.loss(model, batch, Alone())["loss"], model(**inputs).loss)


def test_masked_rows_teach_nothing() -> None:
    objective = GPT()
    processor = objective.tokenizer(TEXTS)
    model = objective.build(processor)
    filled = [*EXAMPLES[:4], Example(image=EXAMPLES[5].image, question="What?", text="something else", real=False)]
    losses = [
        objective.loss(model, objective.collate(examples, processor, objective.preprocess()), Alone())["loss"]
        for examples in (EXAMPLES[:4], filled)
    ]
    torch.testing.assert_close(losses[0], losses[1], atol=1e-5, rtol=0)


def test_the_same_seed_builds_the_same_model() -> None:
    processor = GPT().tokenizer(TEXTS)
    state = torch.get_rng_state()
    for objective in (GPT(seed=3), GPT(seed=3, lora_rank=2)):
        first, second = objective.build(processor), objective.build(processor)
        assert all(torch.equal(one, two) for one, two in zip(first.parameters(), second.parameters(), strict=True))
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.equal(next(GPT(seed=4).build(processor).parameters()), next(GPT(seed=3).build(processor).parameters()))


def test_adapters_alone_are_trained_and_are_part_of_the_merged_model() -> None:
    objective = GPT(lora_rank=4)
    model, processor, losses = learnt(objective, 12, 2e-2)
    trained = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    assert trained
    assert all("lora_" in name for name in trained)
    assert losses[-1] < 0.9 * losses[0]
    plain = merged(model)
    assert isinstance(model, PeftModel)
    assert not isinstance(plain, PeftModel)
    batch = objective.collate(EXAMPLES, processor, objective.preprocess())
    ours, theirs = (objective.loss(one.eval(), batch, Alone())["loss"] for one in (model, plain))
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=0)
    again = objective.adapted(model)
    torch.testing.assert_close(objective.loss(again.eval(), batch, Alone())["loss"], theirs, atol=1e-4, rtol=0)


def test_questions_and_images_go_together() -> None:
    processor = GPT().tokenizer(TEXTS)
    with pytest.raises(UserError, match="1 images and 2 questions"):
        GPT().answer(GPT().build(processor), [EXAMPLES[0].image], ["a", "b"], processor, GPT().preprocess())
