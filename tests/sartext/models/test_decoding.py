import itertools

import pytest
import torch

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
