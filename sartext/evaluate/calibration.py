"""From how sure a writer was to thresholds: from which score on its statements of a kind are right as often as is asked.

Learn then Test (Angelopoulos, Bates, Candes, Jordan, Lei 2021, arXiv 2110.01052): each threshold of a grid that is fixed
beforehand is a hypothesis, "of the statements from here on fewer are right than asked", with an exact p-value, the tail of a
binomial. Those of a kind are tested from the strictest to the laxest by the fallback procedure (Wiens 2003): some have a part
of the kind's delta, and one that is rejected passes on what it had to the next. So with probability 1 - delta, over all kinds
at once, no threshold is too lax. Kinds share delta alike (Bonferroni): they are of the same captions, so that one test may
depend on another. What is shown is of a kind's statements from its threshold on; where a sentence states two kinds and one
of them keeps it from being said, what is left of the other may differ.

The binomial needs statements that are independent, and those of one scene are not: who counts gives one a scene and kind.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sartext.errors import require

LEVELS = 101  # thresholds 0.00, 0.01, ... 1.00
_STARTS = (95, 90, 80, 70, 60, 40, 20, 0)  # thresholds, in hundredths, that have a part of delta of their own
_HALVINGS = 50


def cell_of(score: float) -> int:
    """The largest threshold, in hundredths, that a score from 0 to 1 reaches. A score counts to four digits."""
    return round(score * 10_000) // 100


@dataclass
class KindCounts:
    """Statements of a kind by the cell of their score: how many there are, and how many of them are right."""

    claims: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(LEVELS, np.int64))
    right: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(LEVELS, np.int64))

    def add(self, cell: int, *, right: bool) -> None:
        """Takes in one statement."""
        self.claims[cell] += 1
        self.right[cell] += right


@dataclass(frozen=True, kw_only=True)
class KindThreshold:
    """From which score on statements of a kind are said; None: never, as the precision is not shown for any threshold."""

    kind: str
    threshold: float | None
    claims: int  # statements from the threshold on; without one, all of the kind
    right: int
    bound: float  # so large is the share of right ones at least, at the confidence of this kind

    def said(self) -> str:
        """What becomes of the kind, in words."""
        seen = f"{self.right:,} of {self.claims:,} right, at least {self.bound:.1%}"
        return (
            f"{self.kind} is never said ({seen})"
            if self.threshold is None
            else f"{self.kind} from {self.threshold:.2f} ({seen})"
        )


def learned_thresholds(seen: Mapping[str, KindCounts], *, precision: float, delta: float) -> tuple[KindThreshold, ...]:
    """The thresholds of the kinds, by their names: of each the laxest that is shown to reach the precision.

    Kinds with so few statements that nothing could be shown of them are not tested, and take no part of delta. Raises
    `OptionError` where `precision` or `delta` is not between 0 and 1.
    """
    require("precision", precision, 0 < precision < 1, "above 0 and below 1")
    require("delta", delta, 0 < delta < 1, "above 0 and below 1")
    least = math.log(delta) / math.log(precision)  # with fewer not even all of them right would do
    tested = [kind for kind in sorted(seen) if seen[kind].claims.sum() >= least]
    share = delta / max(1, len(tested))
    return tuple(_threshold(kind, seen[kind], precision, share, tests=kind in tested) for kind in sorted(seen))


def _threshold(kind: str, counts: KindCounts, precision: float, delta: float, *, tests: bool) -> KindThreshold:
    claims, right = (np.cumsum(of[::-1])[::-1].tolist() for of in (counts.claims, counts.right))
    found: int | None = None
    passed = 0.0
    for cell in reversed(range(LEVELS)) if tests else ():
        level = passed + (delta / len(_STARTS) if cell in _STARTS else 0.0)
        rejected = level > 0 and binomial_tail(right[cell], claims[cell], precision) <= level
        passed = level if rejected else 0.0
        found = cell if rejected else found
    at = found or 0
    bound = share_at_least(right[at], claims[at], delta)
    threshold = None if found is None else found / 100
    return KindThreshold(kind=kind, threshold=threshold, claims=claims[at], right=right[at], bound=bound)


def binomial_tail(right: int, of: int, share: float) -> float:
    """The probability that of so many independent trials, each right with probability `share`, at least `right` are; exact."""
    if right <= 0:
        return 1.0
    if share in (0.0, 1.0):
        return share
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, of + 1)))])
    k = np.arange(right, of + 1)
    terms = logs[of] - logs[k] - logs[of - k] + k * math.log(share) + (of - k) * math.log1p(-share)
    return min(1.0, float(np.exp(terms).sum()))


def share_at_least(right: int, of: int, delta: float) -> float:
    """The lower bound of Clopper and Pearson on a share, at confidence 1 - delta; 0 where nothing was seen."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS if right else 0):
        middle = (low + high) / 2
        low, high = (low, middle) if binomial_tail(right, of, middle) > delta else (middle, high)
    return low
