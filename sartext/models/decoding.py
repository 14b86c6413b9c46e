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
    """The beginnings of one image that are still open, best first, and its finished texts."""

    open: list[tuple[float, list[int]]]
    done: list[tuple[float, list[int]]] = field(default_factory=list)  # (mean log-probability a token, ids)

    def settled(self, beams: int) -> bool:
        """Whether no open beginning is going to be looked at any more."""
        return not self.open or len(self.done) >= beams

    def best(self) -> list[int]:
        return max(self.done, key=lambda end: end[0])[1]


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

    An image is done when `beams` texts of its have ended; where the room ends, a text ends as it is, so the last token
    is always `end_id`. The best has the highest mean log-probability a token that was chosen (Wu et al. 2016, arXiv 1609.08144,
    section 7, with length penalty 1 and no coverage penalty).
    """
    states = [_Beams(open=[(0.0, [start_id])]) for _ in range(count)]
    for length in range(1, max_tokens - 1):
        live = [number for number, state in enumerate(states) if not state.settled(beams)]
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
        if not state.done or not state.settled(beams):
            state.done += [(score / max(1, len(ids) - 1), [*ids, end_id]) for score, ids in state.open]
    return [state.best() for state in states]


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
