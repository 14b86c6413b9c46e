import itertools
import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from transformers import GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

from sartext.models.decoding import beam_search

START, END, WORDS = 0, 1, 5


def table(seed: int, length: int) -> dict[tuple[int, ...], torch.Tensor]:
    """Of every beginning the log-probabilities of what follows."""
    generator = torch.Generator().manual_seed(seed)
    beginnings = [(START, *words) for count in range(length) for words in itertools.product(range(2, WORDS), repeat=count)]
    chances = {beginning: (3 * torch.randn(WORDS, generator=generator)) for beginning in beginnings}
    for logits in chances.values():
        logits[START] = float("-inf")
    return {beginning: logits.log_softmax(0) for beginning, logits in chances.items()}


def searched(tables: list[dict[tuple[int, ...], torch.Tensor]], beams: int, max_tokens: int) -> list[list[int]]:
    def log_probabilities(ids: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
        return torch.stack([tables[image][tuple(row)] for row, image in zip(ids.tolist(), images.tolist(), strict=True)])

    return beam_search(
        log_probabilities,
        count=len(tables),
        beams=beams,
        start_id=START,
        end_id=END,
        max_tokens=max_tokens,
        device=torch.device("cpu"),
    )


def greedy(chances: dict[tuple[int, ...], torch.Tensor], max_tokens: int) -> list[int]:
    ids = [START]
    while ids[-1] != END:
        ids.append(END if len(ids) == max_tokens - 1 else int(chances[tuple(ids)].argmax()))
    return ids


def mean(chances: dict[tuple[int, ...], torch.Tensor], ids: list[int], max_tokens: int) -> float:
    chosen = ids[1:-1] if len(ids) == max_tokens else ids[1:]  # where the room ends, the end is not chosen
    return sum(float(chances[tuple(ids[: at + 1])][token]) for at, token in enumerate(chosen)) / len(chosen)


@pytest.mark.parametrize("seed", range(20))
def test_one_beam_takes_the_likeliest_token_each_time(seed: int) -> None:
    chances = table(seed, 5)
    assert searched([chances], 1, 6) == [greedy(chances, 6)]


@pytest.mark.parametrize("seed", range(10))
def test_more_beams_than_texts_find_the_best_text_of_all(seed: int) -> None:
    chances, room = table(seed, 3), 5
    texts = [[START, *words, END] for count in range(room - 1) for words in itertools.product(range(2, WORDS), repeat=count)]
    best = max(texts, key=lambda ids: mean(chances, ids, room))
    assert searched([chances], 100, room) == [best]


def test_images_do_not_disturb_one_another() -> None:
    tables = [table(seed, 6) for seed in range(6)]
    assert searched(tables, 3, 7) == [searched([one], 3, 7)[0] for one in tables]


@pytest.mark.parametrize("beams", [1, 4])
def test_a_text_never_outgrows_its_room(beams: int) -> None:
    for room in (2, 3, 5):
        for ids in searched([table(seed, 6) for seed in range(10)], beams, room):
            assert 2 <= len(ids) <= room
            assert ids[-1] == END


def written(chances: dict[tuple[int, ...], dict[int, float]]) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """Log-probabilities by beginning; what is left over is shared by the tokens that are not named."""

    def log_probabilities(ids: torch.Tensor, _: torch.Tensor) -> torch.Tensor:
        rows = []
        for beginning in ids.tolist():
            named = chances.get(tuple(beginning), {})
            others = [token for token in range(1, WORDS) if token not in named]
            left = (1 - sum(named.values())) / max(1, len(others))
            rows.append([-math.inf, *[math.log(named.get(token, left)) for token in range(1, WORDS)]])
        return torch.tensor(rows)

    return log_probabilities


@pytest.mark.parametrize("beams", [1, 2, 3])
def test_ends_that_come_early_do_not_keep_a_better_beginning_from_its_own(beams: int) -> None:
    # Two texts end at once, and both are poor beside the one that goes on with near certainty.
    chances = {
        (START,): {2: 0.5, END: 0.3, 3: 0.15},
        (START, 2): {2: 0.9, END: 0.06},
        (START, 3): {END: 0.9},
        (START, 2, 2): {3: 0.96},
        (START, 2, 2, 3): {END: 0.96},
    }
    found = beam_search(
        written(chances), count=1, beams=beams, start_id=START, end_id=END, max_tokens=9, device=torch.device("cpu")
    )
    assert found == [[START, 2, 2, 3, END]]


class _Model(PreTrainedModel, GenerationMixin):
    """A model of transformers whose logits are those of a table."""

    config_class = PretrainedConfig

    def __init__(self, chances: dict[tuple[int, ...], torch.Tensor]) -> None:
        super().__init__(PretrainedConfig(vocab_size=WORDS))
        self.anything = torch.nn.Linear(1, 1)  # a model without a weight has no device
        self.chances = chances

    def prepare_inputs_for_generation(self, input_ids: torch.Tensor, **_: Any) -> dict[str, torch.Tensor]:  # type: ignore[override]
        return {"input_ids": input_ids}

    def forward(self, input_ids: torch.Tensor, **_: Any) -> CausalLMOutput:
        rows = torch.stack([self.chances.get(tuple(row), torch.zeros(WORDS)) for row in input_ids.tolist()])
        return CausalLMOutput(logits=rows.nan_to_num(neginf=-1e4)[:, None])  # type: ignore[arg-type]


@pytest.mark.parametrize("beams", [1, 2, 3, 5])
def test_texts_are_those_of_the_beam_search_of_transformers(beams: int) -> None:
    room = 8
    for seed in range(25):
        chances = table(seed, room - 2)
        ids = _Model(chances).generate(  # type: ignore[attr-defined]
            torch.tensor([[START]]),
            num_beams=beams,
            max_length=room - 1,  # its texts need no end where the room ends
            eos_token_id=END,
            pad_token_id=START,
            do_sample=False,
            early_stopping=False,
            length_penalty=1.0,
            use_cache=False,
        )
        expected = ids[0].tolist()
        assert searched([chances], beams, room) == [expected if expected[-1] == END else [*expected, END]]


@pytest.mark.parametrize("beams", [2, 3])
def test_several_beams_are_no_worse_than_greedy_decoding(beams: int) -> None:
    room = 8
    for seed in range(25):
        chances = table(seed, room - 2)
        (found,) = searched([chances], beams, room)
        assert mean(chances, found, room) >= mean(chances, greedy(chances, room), room) - 1e-6
