"""Thresholds that are learned, then tested: the tail is exact, and a threshold that is too lax is seldom taken."""

import math

import numpy as np
import pytest

from sartext.errors import OptionError
from sartext.evaluate.calibration import KindCounts, binomial_tail, cell_of, learned_thresholds, share_at_least


def counts(cells: list[tuple[int, int, int]]) -> KindCounts:
    made = KindCounts()
    for cell, claims, right in cells:
        made.claims[cell] += claims
        made.right[cell] += right
    return made


@pytest.mark.parametrize(("right", "of", "share"), [(0, 5, 0.3), (5, 5, 0.3), (3, 10, 0.5), (96, 100, 0.95), (1, 1, 0.2)])
def test_the_tail_is_the_sum_of_the_binomial(right: int, of: int, share: float) -> None:
    exact = sum(math.comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(right, of + 1))
    assert binomial_tail(right, of, share) == pytest.approx(exact, rel=1e-10)


def test_a_bound_is_where_the_tail_is_delta() -> None:
    assert binomial_tail(95, 100, share_at_least(95, 100, 0.05)) == pytest.approx(0.05)
    assert share_at_least(0, 100, 0.05) == 0.0
    assert share_at_least(59, 59, 0.05) == pytest.approx(0.05 ** (1 / 59))


def test_a_score_counts_to_four_digits() -> None:
    assert [cell_of(score) for score in (0.0, 0.29, 0.28999, 0.2899, 0.57, 1.0)] == [0, 29, 29, 28, 57, 100]


def test_the_laxest_threshold_that_is_shown_is_taken() -> None:
    seen = {"count": counts([(90, 2000, 2000), (50, 2000, 1960), (10, 2000, 800)])}
    (found,) = learned_thresholds(seen, precision=0.95, delta=0.05)
    assert (found.threshold, found.claims, found.right) == (0.11, 4000, 3960)
    assert 0.95 < found.bound < 3960 / 4000


def test_a_kind_that_cannot_reach_the_precision_has_no_threshold() -> None:
    never, few = learned_thresholds(
        {"position": counts([(95, 1000, 600)]), "size": counts([(95, 20, 20)])}, precision=0.95, delta=0.05
    )
    assert (never.threshold, never.claims, never.right) == (None, 1000, 600)
    assert few.threshold is None  # twenty right ones show nothing


def test_a_kind_of_which_little_is_known_takes_nothing_from_the_others() -> None:
    alone = learned_thresholds({"class": counts([(99, 180, 179)])}, precision=0.95, delta=0.05)
    beside = learned_thresholds({"class": counts([(99, 180, 179)]), "size": counts([(5, 58, 58)])}, precision=0.95, delta=0.05)
    assert beside[0] == alone[0]
    assert alone[0].threshold is not None


def test_a_precision_that_is_just_missed_is_seldom_said_to_be_reached() -> None:
    random, wrong, rounds = np.random.default_rng(0), 0, 400
    for _ in range(rounds):
        made = KindCounts()
        made.claims += random.multinomial(1500, np.full(101, 1 / 101))
        made.right += random.binomial(made.claims, 0.949)
        wrong += learned_thresholds({"class": made}, precision=0.95, delta=0.1)[0].threshold is not None
    assert 0 < wrong <= rounds * 0.1 + 3 * math.sqrt(rounds * 0.1 * 0.9)


@pytest.mark.parametrize(("precision", "delta"), [(1.0, 0.05), (0.0, 0.05), (0.95, 0.0), (0.95, 1.0)])
def test_what_is_no_probability_is_refused(precision: float, delta: float) -> None:
    with pytest.raises(OptionError, match="above 0 and below 1"):
        learned_thresholds({}, precision=precision, delta=delta)
