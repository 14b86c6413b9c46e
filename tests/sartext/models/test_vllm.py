"""vLLM answers as transformers does, from the same folder."""

from pathlib import Path

import pytest

from sartext.models.gather import Alone
from sartext.models.gpt import GPT, answers, prompt
from sartext.models.optimizer import AdamW, take_step
from sartext.models.weights import load, save
from tests.sartext.models.made import examples_of


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_twenty_greedy_answers_are_those_of_transformers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1", "VLLM_ENABLE_V1_MULTIPROCESSING": "0"}.items():
        monkeypatch.setenv(name, value)
    vllm = pytest.importorskip("vllm")
    examples = examples_of(20)
    objective = GPT()
    processor = objective.tokenizer([example.text + " " + example.question for example in examples])
    preprocess = objective.preprocess()
    model = objective.build(processor)
    batch = objective.collate(examples, processor, preprocess)
    optimizer = AdamW(peak=1e-3).build(model)
    for _ in range(30):  # until the answers depend on the image
        optimizer.zero_grad()
        objective.loss(model, batch, Alone())["loss"].backward()
        take_step(model, optimizer, 1e-3)
    save(objective, model, processor, preprocess, tmp_path)
    _, again, processor, preprocess = load(tmp_path)
    images, questions = [example.image for example in examples], [example.question for example in examples]
    expected = answers(again, images, questions, processor, preprocess, max_tokens=16)
    engine = vllm.LLM(
        model=str(tmp_path),
        dtype="float32",
        enforce_eager=True,
        max_model_len=256,
        limit_mm_per_prompt={"image": 1, "video": 0},
    )
    requests = [
        {"prompt": prompt(question, processor), "multi_modal_data": {"image": preprocess.picture(image)}}
        for image, question in zip(images, questions, strict=True)
    ]
    outputs = engine.generate(requests, vllm.SamplingParams(temperature=0.0, max_tokens=16))
    assert len(set(expected)) > 1
    assert [output.outputs[0].text.strip() for output in outputs] == expected
