import itertools
import math

import pytest
import torch

from sartext.models.decoding import Draw, DrawnIds, Ids, TokenRules, beam_search, drawn_search, greedy_search

START, END, PAD, WORDS = 0, 1, 2, 6
CPU = torch.device("cpu")
Table = dict[tuple[int, ...], torch.Tensor]


def table(seed: int, length: int) -> Table:
    """Of every beginning the logits of what follows; neither the start nor padding does."""
    generator = torch.Generator().manual_seed(seed)
    beginnings = [(START, *words) for count in range(length) for words in itertools.product(range(3, WORDS), repeat=count)]
    found = {beginning: 3 * torch.randn(WORDS, generator=generator) for beginning in beginnings}
    for logits in found.values():
        logits[[START, PAD]] = float("-inf")
    return found


def searched(tables: list[Table], beams: int, max_tokens: int, min_tokens: int = 0) -> list[Ids]:
    """By beam search; greedily for 0 beams."""

    def logits(ids: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
        return torch.stack([tables[image][tuple(row)] for row, image in zip(ids.tolist(), images.tolist(), strict=True)])

    rules = TokenRules(start_id=START, end_id=END, pad_id=PAD, min_tokens=min_tokens, max_tokens=max_tokens)
    if not beams:
        return greedy_search(logits, rules, count=len(tables), device=CPU)
    return beam_search(logits, rules, count=len(tables), beams=beams, device=CPU)


def mean(logits: Table, ids: list[int]) -> float:
    """Of the logits of a text's tokens, by how many it has with the start."""
    return sum(float(logits[tuple(ids[: at + 1])][token]) for at, token in enumerate(ids[1:])) / len(ids)


@pytest.mark.parametrize("seed", range(20))
def test_greedy_search_takes_the_likeliest_token_each_time(seed: int) -> None:
    logits, room, ids = table(seed, 6), 6, [START]
    while ids[-1] != END and len(ids) < room - 1:
        ids.append(int(logits[tuple(ids)].argmax()))
    ended = ids[-1] == END or int(logits[tuple(ids)].argmax()) == END
    assert searched([logits], 0, room) == [Ids(ids if ids[-1] == END else [*ids, END], ended)]


@pytest.mark.parametrize("seed", range(10))
def test_more_beams_than_texts_find_the_text_with_the_best_mean_logit(seed: int) -> None:
    logits, room = table(seed, 4), 5
    words = [[START, *some] for count in range(room) for some in itertools.product(range(3, WORDS), repeat=count)]
    texts = [[*one, END] for one in words if len(one) < room] + [one for one in words if len(one) == room]
    best = max(texts, key=lambda ids: mean(logits, ids))
    assert searched([logits], 200, room) == [Ids(best, best[-1] == END)]


def test_several_beams_are_no_worse_than_greedy_search_where_that_ends_by_itself() -> None:
    for seed in range(40):
        logits = table(seed, 7)
        ((ids, ended),) = searched([logits], 0, 8)
        ((found, _),) = searched([logits], 3, 8)
        assert not ended or mean(logits, found) >= mean(logits, ids) - 1e-6


@pytest.mark.parametrize("beams", [0, 1, 3])
def test_images_do_not_disturb_one_another(beams: int) -> None:
    tables = [table(seed, 7) for seed in range(6)]
    assert searched(tables, beams, 7) == [searched([one], beams, 7)[0] for one in tables]


@pytest.mark.parametrize("beams", [0, 1, 4])
def test_a_text_never_outgrows_its_room_and_ends_not_before_its_least(beams: int) -> None:
    tables = [table(seed, 7) for seed in range(10)]
    for room in (2, 3, 5):
        for ids, ended in searched(tables, beams, room):
            assert 2 <= len(ids) <= room
            assert ids[-1] == END or not (beams == 0 or ended)
    for least in (2, 4):
        for ids, _ in searched(tables, beams, 7, least):
            assert END not in ids[:least]


def test_padding_ends_a_text_of_greedy_search() -> None:
    logits = {(START,): torch.tensor([-math.inf, 0.0, 5.0, 1.0, 1.0, 1.0])}
    assert searched([logits], 0, 8) == [Ids([START, END], True)]


def test_ends_that_come_early_do_not_keep_a_better_beginning_from_its_own() -> None:
    def row(of: dict[int, float]) -> torch.Tensor:
        return torch.tensor([-math.inf, *[of.get(token, -20.0) for token in range(1, WORDS)]])

    # Two texts end at once, and both are poor beside the one that goes on.
    logits = {
        (START,): row({3: -0.7, END: -1.2, 4: -1.9}),
        (START, 3): row({3: -0.1, END: -2.8}),
        (START, 4): row({END: -0.1}),
        (START, 3, 3): row({4: -0.04}),
        (START, 3, 3, 4): row({END: -0.04}),
    }
    beginnings = [(START, *some) for count in range(9) for some in itertools.product(range(3, WORDS), repeat=count)]
    whole = {one: logits.get(one, row({})) for one in beginnings}
    assert searched([whole], 2, 9) == [Ids([START, 3, 3, 4, END], True)]


def drawn(tables: list[Table], draws: list[Draw], max_tokens: int, temperature: float = 1.0) -> list[DrawnIds]:
    def logits(ids: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
        return torch.stack([tables[image][tuple(row)] for row, image in zip(ids.tolist(), images.tolist(), strict=True)])

    rules = TokenRules(start_id=START, end_id=END, pad_id=PAD, min_tokens=0, max_tokens=max_tokens)
    return drawn_search(logits, rules, draws, temperature=temperature, device=CPU)


def test_a_draw_without_a_seed_is_greedy_and_its_score_the_mean_of_its_log_probabilities() -> None:
    for seed in range(20):
        logits = table(seed, 6)
        (greedy,) = searched([logits], 0, 6)
        (found,) = drawn([logits], [Draw(0, None)], 6)
        assert found.ids == greedy.ids
        if greedy.ended:
            steps = [logits[tuple(greedy.ids[: at + 1])].log_softmax(0)[token] for at, token in enumerate(greedy.ids[1:])]
            assert found.log_probability == pytest.approx(float(torch.stack(steps).mean()), rel=1e-5)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_drawn_tokens_are_as_frequent_as_they_are_likely(temperature: float) -> None:
    logits, many = table(3, 3), 4000
    found = drawn([logits], [Draw(0, seed) for seed in range(many)], 3, temperature)
    likely = (logits[START,] / temperature).softmax(0).tolist()
    for token in range(WORDS):
        seen = sum(one.ids[1] == token for one in found) / many
        assert abs(seen - likely[token]) <= 4 * math.sqrt(likely[token] * (1 - likely[token]) / many) + 1e-6


def test_a_draw_is_the_same_whatever_is_drawn_beside_it() -> None:
    tables = [table(seed, 5) for seed in range(3)]
    draws = [Draw(image, seed) for image in range(3) for seed in (None, 5, 2**63 - 1)]
    together = drawn(tables, draws, 5)
    assert [drawn(tables, [draw], 5)[0].ids for draw in draws] == [one.ids for one in together]
