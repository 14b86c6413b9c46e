"""Beam search over a function from beginnings to the log-probabilities of the next token; one beam is greedy decoding.

open_clip's own generation asks transformers for a beam scorer that transformers 5 no longer has.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch

# (ids int64 (R, L), the image of each row int64 (R,)) -> (R, V)
LogProbabilities = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass
class _Beams:
    """The beginnings of one image that are still open and its best finished texts, each best first."""

    open: list[tuple[float, list[int]]]  # (log-probability, ids)
    done: list[tuple[float, list[int]]] = field(default_factory=list)  # (mean log-probability a token, ids)
    settled: bool = False  # no open beginning is going to be looked at any more


def beam_search(
    log_probabilities: LogProbabilities,
    *,
    count: int,
    beams: int,
    start_id: int,
    end_id: int,
    max_tokens: int,
    device: torch.device,
) -> list[list[int]]:
    """For each of `count` images the ids of its best text: from `start_id` to `end_id`, at most `max_tokens` of them.

    The best has the highest mean log-probability a token that was chosen (Wu et al. 2016, arXiv 1609.08144, section 7, with
    length penalty 1 and no coverage penalty). The best `beams` finished texts of an image are kept, and the image is done when
    the worst of them is at least as good as its best open beginning, by the mean of the tokens so far: as transformers ends
    its beam search (`early_stopping=False`), and open_clip with it. Where the room ends, a text ends as it is, so the last
    token is always `end_id`.
    """
    states = [_Beams(open=[(0.0, [start_id])]) for _ in range(count)]
    for length in range(1, max_tokens - 1):
        live = [number for number, state in enumerate(states) if not state.settled]
        if not live:
            break
        rows = [(number, score, ids) for number in live for score, ids in states[number].open]
        images = torch.tensor([number for number, _, _ in rows], device=device)
        scores = log_probabilities(torch.tensor([ids for _, _, ids in rows], device=device), images)
        # Twice as many as there are beams: at most `beams` of them can be ends, one of each beginning.
        values, tokens = (found.tolist() for found in scores.topk(min(2 * beams, scores.shape[1]), dim=1))
        for number in live:
            mine = [at for at, row in enumerate(rows) if row[0] == number]
            nexts = [
                (rows[at][1] + value, token, rows[at][2])
                for at in mine
                for value, token in zip(values[at], tokens[at], strict=True)
            ]
            _advance(states[number], sorted(nexts, key=lambda one: -one[0]), beams, end_id, length)
    for state in states:
        if not state.settled:
            state.done += [(score / max(1, len(ids) - 1), [*ids, end_id]) for score, ids in state.open]
    return [max(state.done, key=lambda end: end[0])[1] for state in states]


def _advance(state: _Beams, nexts: list[tuple[float, int, list[int]]], beams: int, end_id: int, length: int) -> None:
    """The beams one token further; `nexts` are (score, token, beginning), best first."""
    state.open = []
    for rank, (score, token, ids) in enumerate(nexts):
        if score == float("-inf") or len(state.open) == beams:
            break
        if token != end_id:
            state.open.append((score, [*ids, token]))
        elif rank < beams:  # an end that is worse than `beams` others would not have been kept
            state.done.append((score / length, [*ids, end_id]))
    state.done = sorted(state.done, key=lambda end: -end[0])[:beams]
    full = len(state.done) == beams
    state.settled = not state.open or (full and not state.open[0][0] / length > state.done[-1][0])
