"""Facts of generated captions: how much of what they claim is supported, and how much of what is known they say.

Precision is the share of supported claims among all claims, as FActScore has it (Min et al., EMNLP 2023): what cannot be
verified counts against a caption. `decided_precision` leaves the unverifiable claims out. Recall is the share of the
reference facts that supported claims state. All are micro-averaged: claims and facts are summed over the captions before the
division, so a long caption weighs more than a short one. Class sets are macro-averaged: of how many captions the classes that
they name are those that are there, of the captions where that is known.

Intervals are the 2.5th and 97.5th percentiles of a bootstrap over captions (Efron and Tibshirani, 1993), because the claims
of one caption are not independent.
"""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sartext.errors import require

RESAMPLES = 1000
_INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, kw_only=True)
class AssertedFacts:
    """What one caption claims: numbers of claims by verdict, the facts its supported claims state, and those it could."""

    supported: int
    contradicted: int
    unverifiable: int
    facts: Collection[Hashable] = frozenset()
    reference: Collection[Hashable] = frozenset()
    classes_right: bool | None = None  # whether it names the classes of objects that are there and no others; None: not known

    def __post_init__(self) -> None:
        counts = (self.supported, self.contradicted, self.unverifiable)
        if min(counts) < 0:
            raise ValueError(f"numbers of claims are {counts}; none may be negative")


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A share from 0 to 1 with its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class FactScores:
    """Scores over all captions; None where there is nothing to divide by."""

    precision: Estimate | None  # supported / all claims
    decided_precision: Estimate | None  # supported / (supported + contradicted)
    recall: Estimate | None  # reference facts stated / reference facts
    captions: int
    supported: int
    contradicted: int
    unverifiable: int
    covered: int  # reference facts that supported claims state
    reference: int
    class_sets: Estimate | None = None  # captions that name the annotated classes and no others / those where these are known


def fact_scores(captions: Sequence[AssertedFacts], *, seed: int = 0, resamples: int = RESAMPLES) -> FactScores:
    """Precision and recall of the facts of all captions. The same seed gives the same intervals.

    A fact counts once a caption, however often it is stated. A resample without any claim (or fact) says nothing of the
    share and is left out of its interval. Raises `ValueError` for fewer than 1 resample.
    """
    require("resamples", resamples, resamples >= 1, "at least 1")
    counts = np.array([_counts(one) for one in captions], dtype=np.int64).reshape(-1, 7)
    supported, contradicted, unverifiable, covered, reference, same, known = (int(value) for value in counts.sum(axis=0))
    draws = np.random.default_rng(seed)
    sums = [counts[draws.integers(0, len(counts), len(counts))].sum(axis=0) for _ in range(resamples if len(counts) else 0)]
    drawn = np.array(sums, dtype=np.int64).reshape(-1, 7)
    claims, decided = drawn[:, :3].sum(axis=1), drawn[:, :2].sum(axis=1)
    return FactScores(
        precision=_estimate(supported, supported + contradicted + unverifiable, drawn[:, 0], claims),
        decided_precision=_estimate(supported, supported + contradicted, drawn[:, 0], decided),
        recall=_estimate(covered, reference, drawn[:, 3], drawn[:, 4]),
        captions=len(captions),
        supported=supported,
        contradicted=contradicted,
        unverifiable=unverifiable,
        covered=covered,
        reference=reference,
        class_sets=_estimate(same, known, drawn[:, 5], drawn[:, 6]),
    )


def _counts(one: AssertedFacts) -> tuple[int, ...]:
    reference, right = frozenset(one.reference), one.classes_right
    covered = len(reference & frozenset(one.facts))
    claims = one.supported, one.contradicted, one.unverifiable
    return (*claims, covered, len(reference), int(right is True), int(right is not None))


def _estimate(part: int, whole: int, parts: NDArray[np.int64], wholes: NDArray[np.int64]) -> Estimate | None:
    if not whole:
        return None
    some = wholes > 0
    # Among few resamples none may have a claim at all; then the value stands for itself.
    shares = parts[some] / wholes[some] if some.any() else np.array([part / whole])
    low, high = np.percentile(shares, _INTERVAL)
    return Estimate(value=part / whole, low=float(low), high=float(high))
