import numpy as np
import pytest

from sartext.evaluate.facts import AssertedFacts, fact_scores


def test_shares_are_micro_averaged() -> None:
    found = fact_scores(
        [
            AssertedFacts(supported=3, contradicted=1, unverifiable=0, facts=["a", "b", "b"], reference=["a", "b", "c"]),
            AssertedFacts(supported=0, contradicted=0, unverifiable=4, facts=["z"], reference=[("count", 2)]),
            AssertedFacts(supported=0, contradicted=0, unverifiable=0),
        ]
    )
    assert found.precision is not None
    assert found.decided_precision is not None
    assert found.recall is not None
    assert found.precision.value == 3 / 8
    assert found.decided_precision.value == 3 / 4
    assert found.recall.value == 2 / 4
    assert (found.captions, found.supported, found.contradicted, found.unverifiable) == (3, 3, 1, 4)
    assert (found.covered, found.reference) == (2, 4)


def test_intervals_are_those_of_a_bootstrap_over_captions() -> None:
    draw = np.random.default_rng(7)
    rates = draw.beta(4, 2, size=400)
    captions = [AssertedFacts(supported=int(n), contradicted=5 - int(n), unverifiable=0) for n in draw.binomial(5, rates)]
    found = fact_scores(captions, seed=1)
    assert found == fact_scores(captions, seed=1)
    assert found != fact_scores(captions, seed=2)
    assert found.precision is not None
    spread = np.std([one.supported / 5 for one in captions]) / np.sqrt(400)
    assert found.precision.low == pytest.approx(found.precision.value - 1.96 * spread, abs=0.006)
    assert found.precision.high == pytest.approx(found.precision.value + 1.96 * spread, abs=0.006)
    pooled = np.sqrt(found.precision.value * (1 - found.precision.value) / 2000)
    assert found.precision.high - found.precision.low > 2 * 1.96 * pooled * 1.2  # claims of a caption go together


def test_nothing_to_divide_by_is_none() -> None:
    found = fact_scores([AssertedFacts(supported=0, contradicted=0, unverifiable=2, reference=["a"])])
    assert found.decided_precision is None
    assert found.precision is not None
    assert found.recall is not None
    assert (found.precision.value, found.precision.low, found.precision.high) == (0, 0, 0)
    empty = fact_scores([])
    assert (empty.precision, empty.decided_precision, empty.recall, empty.captions) == (None, None, None, 0)


def test_resamples_without_a_claim_are_left_out() -> None:
    captions = [
        AssertedFacts(supported=1, contradicted=1, unverifiable=0),
        *[AssertedFacts(supported=0, contradicted=0, unverifiable=0)] * 9,
    ]
    found = fact_scores(captions)
    assert found.precision is not None
    assert (found.precision.low, found.precision.high) == (0.5, 0.5)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="none may be negative"):
        AssertedFacts(supported=1, contradicted=-1, unverifiable=0)
    with pytest.raises(ValueError, match="resamples is 0"):
        fact_scores([], resamples=0)


def test_class_sets_are_counted_by_the_caption() -> None:
    captions = [
        AssertedFacts(supported=9, contradicted=0, unverifiable=0, classes_right=True),
        *[AssertedFacts(supported=0, contradicted=1, unverifiable=0, classes_right=False)] * 3,
        *[AssertedFacts(supported=0, contradicted=1, unverifiable=0)] * 5,  # of which nothing is known
    ]
    found = fact_scores(captions).class_sets
    assert found is not None
    assert found.value == 0.25
    assert fact_scores([]).class_sets is None
