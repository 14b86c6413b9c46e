"""Texts from a function from beginnings to the logits of the next token, exactly as open_clip's CoCa generates them.

open_clip's own generation asks transformers for a beam scorer that transformers 5 no longer has. What is said of it here was
read in open_clip 3.3 (`CoCa.generate`) and transformers 4.55 (`BeamSearchScorer`), and is compared with them by
`tests.open_clip_captions`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import torch

# (ids int64 (R, L), the image of each row int64 (R,)) -> (R, V)
Logits = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True, kw_only=True)
class TokenRules:
    """The special tokens, and how many tokens a text may have, start and end included."""

    start_id: int
    end_id: int
    pad_id: int
    min_tokens: int  # a text does not end before it has so many tokens without its end
    max_tokens: int


class Ids(NamedTuple):
    """The ids of a text from `start_id` on, and whether it ended by itself."""

    ids: list[int]
    ended: bool


def greedy_search(logits: Logits, rules: TokenRules, *, count: int, device: torch.device) -> list[Ids]:
    """For each of `count` images the text of the likeliest next token each time, to `end_id`.

    Where the room ends the last token is `end_id`; padding ends a text too.
    """
    texts = [[rules.start_id] for _ in range(count)]
    live, cut = list(range(count)), set[int]()
    while live:
        ids = torch.tensor([texts[number] for number in live], device=device)
        found = _lengthened(logits(ids, torch.tensor(live, device=device)), ids, rules).argmax(dim=1).tolist()
        full = ids.shape[1] + 1 == rules.max_tokens
        for number, token in zip(live, found, strict=True):
            ends = token in (rules.end_id, rules.pad_id)
            if full and not ends:
                cut.add(number)
            texts[number].append(rules.end_id if ends or full else token)
        live = [number for number in live if texts[number][-1] != rules.end_id]
    return [Ids(ids, number not in cut) for number, ids in enumerate(texts)]


class Draw(NamedTuple):
    """A text to be found: of which image, and the seed that its tokens are drawn by; None takes the likeliest each time."""

    image: int
    seed: int | None


class DrawnIds(NamedTuple):
    """The ids of a text from `start_id` on, and the mean log-probability of its tokens and its end at temperature 1."""

    ids: list[int]
    log_probability: float


def drawn_search(
    logits: Logits, rules: TokenRules, draws: Sequence[Draw], *, temperature: float, device: torch.device
) -> list[DrawnIds]:
    """The text of each draw, to `end_id`; tokens with a seed are drawn from softmax(logits / temperature).

    The random numbers of a text follow from its seed alone, whatever is drawn beside it.
    """
    texts, scores = [[rules.start_id] for _ in draws], [list[float]() for _ in draws]
    randoms = torch.stack([_randoms(draw.seed, rules.max_tokens) for draw in draws]).to(device)
    images = torch.tensor([draw.image for draw in draws], device=device)
    greedy = torch.tensor([draw.seed is None for draw in draws], device=device)
    live = list(range(len(draws)))
    while live:
        ids, rows = torch.tensor([texts[number] for number in live], device=device), torch.tensor(live, device=device)
        found = _lengthened(logits(ids, images[rows]), ids, rules)
        length = ids.shape[1]
        shares = torch.softmax(found / temperature, dim=1).cumsum(dim=1)
        wanted = randoms[rows, length - 1, None] * shares[:, -1:]
        drawn = torch.searchsorted(shares, wanted, right=True)[:, 0].clamp(max=found.shape[1] - 1)
        chosen = torch.where(greedy[rows], found.argmax(dim=1), drawn)
        likely = torch.log_softmax(found, dim=1).gather(1, chosen[:, None])[:, 0]
        for number, token, score in zip(live, chosen.tolist(), likely.tolist(), strict=True):
            ends = token in (rules.end_id, rules.pad_id)
            texts[number].append(rules.end_id if ends or length + 1 == rules.max_tokens else token)
            scores[number].append(score)
        live = [number for number in live if texts[number][-1] != rules.end_id]
    return [DrawnIds(ids, sum(of) / len(of)) for ids, of in zip(texts, scores, strict=True)]


class DrawnTokens:
    """A processor of logits for `generate` of transformers: of rows with a seed only the token that it draws is left.

    So greedy decoding takes it. Random numbers of a row follow from its seed alone, whatever is drawn beside it; a row
    without a seed stays as it is.
    """

    def __init__(self, seeds: Sequence[int | None], temperature: float, most: int, device: torch.device) -> None:
        self._randoms = torch.stack([_randoms(seed, most) for seed in seeds]).to(device)
        self._greedy = torch.tensor([seed is None for seed in seeds], device=device)
        self._temperature, self._step = temperature, 0

    def __call__(self, ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:  # noqa: ARG002 - as it is called
        shares = torch.softmax(scores.float() / self._temperature, dim=1).cumsum(dim=1)
        wanted = self._randoms[:, self._step, None] * shares[:, -1:]
        self._step += 1
        drawn = torch.searchsorted(shares, wanted, right=True).clamp(max=scores.shape[1] - 1)
        alone = torch.full_like(scores, -torch.inf).scatter(1, drawn, 0.0)
        return torch.where(self._greedy[:, None], scores, alone)


def _randoms(seed: int | None, count: int) -> torch.Tensor:
    """Numbers from 0 to 1, of which the seed decides each."""
    if seed is None:
        return torch.zeros(count)
    return torch.rand(count, generator=torch.Generator().manual_seed(seed))


def beam_search(logits: Logits, rules: TokenRules, *, count: int, beams: int, device: torch.device) -> list[Ids]:
    """For each of `count` images its best text, with `end_id` where it ended by itself.

    A text is worth the mean of the logits of its tokens, all of them counted, and not of their log-probabilities: so open_clip
    has it. The best `beams` finished texts of an image are kept, and the image is done when the worst of them is at least as
    good as the best next token, by the mean of the tokens so far. Where the room ends, open texts stand as they are.
    """
    states = [_Beams(open=[[rules.start_id]], scores=torch.zeros(1, device=device)) for _ in range(count)]
    for length in range(1, rules.max_tokens):
        live = [number for number, state in enumerate(states) if not state.settled]
        if not live:
            break
        ids = torch.tensor([ids for number in live for ids in states[number].open], device=device)
        images = torch.tensor([number for number in live for _ in states[number].open], device=device)
        found = _lengthened(logits(ids, images), ids, rules)
        scores = found + torch.cat([states[number].scores for number in live])[:, None]
        each = scores.view(len(live), -1)
        # Twice as many as there are beams: at most `beams` of them can be ends, one of each beginning.
        values, places = each.topk(min(2 * beams, each.shape[1]), dim=1)
        for number, best, at in zip(live, values, places.tolist(), strict=True):
            _advance(states[number], best, [divmod(place, found.shape[1]) for place in at], beams, rules.end_id, length + 1)
    for state in states:
        if not state.settled:
            for score, beginning in zip(state.scores.tolist(), state.open, strict=True):
                state.keep(score / len(beginning), beginning, beams)
    best = [sorted(state.done, key=lambda end: end[0])[-1][1] for state in states]
    return [Ids(ids, ids[-1] == rules.end_id) for ids in best]


@dataclass
class _Beams:
    """The beginnings of one image that are still open, with the sums of their logits, and its best finished texts."""

    open: list[list[int]]
    scores: torch.Tensor  # float32, as they are added up there
    done: list[tuple[float, list[int]]] = field(default_factory=list)  # (mean logit a token, ids)
    settled: bool = False  # no open beginning is going to be looked at any more

    def keep(self, score: float, ids: list[int], beams: int) -> None:
        """Puts a finished text to the others, of which the best `beams` stay."""
        if len(self.done) < beams or score > min(self.done)[0]:
            self.done.append((score, ids))
        if len(self.done) > beams:
            del self.done[min(range(len(self.done)), key=lambda at: self.done[at][0])]


def _advance(state: _Beams, scores: torch.Tensor, nexts: list[tuple[int, int]], beams: int, end_id: int, length: int) -> None:
    """The beams one token further, which makes them `length` long; `nexts` are (beginning, token), best first."""
    chosen, beginnings = list[int](), list[list[int]]()
    for rank, ((beam, token), score) in enumerate(zip(nexts, scores.tolist(), strict=True)):
        if score == float("-inf") or len(beginnings) == beams:
            break
        if token != end_id:
            chosen.append(rank)
            beginnings.append([*state.open[beam], token])
        elif rank < beams:  # an end that is worse than `beams` others would not have been kept
            state.keep(score / length, [*state.open[beam], token], beams)
    state.settled = not beginnings or (len(state.done) == beams and min(state.done)[0] >= float(scores[0]) / length)
    state.open, state.scores = beginnings, scores[chosen]


def _lengthened(logits: torch.Tensor, ids: torch.Tensor, rules: TokenRules) -> torch.Tensor:
    """The logits, without the end where the beginnings are too short for it."""
    logits = logits.float()
    if ids.shape[1] < rules.min_tokens:
        logits[:, rules.end_id] = float("-inf")
    return logits
