"""Counters with bounds: exact below them, right about what they promise above them, the same in any order where they say so."""

import random
from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from sartext.report.dataset.counting import Distinct, Frequent, Lowest, hashes_of, pair_counts, value_counts

SHARDS = st.lists(st.lists(st.sampled_from("abcdefghijklmnop"), max_size=12), max_size=20)


@given(SHARDS, st.integers(1, 20))
@settings(max_examples=60, deadline=None)
def test_frequent_texts_are_never_missed_and_never_counted_too_often(shards: list[list[str]], capacity: int) -> None:
    frequent: Frequent[str] = Frequent(capacity)
    for shard in shards:
        frequent.update(Counter(shard))
    truth = Counter(text for shard in shards for text in shard)
    said = dict(frequent.most())
    assert frequent.total == sum(truth.values())
    assert len(said) <= 2 * capacity
    for text, number in truth.items():
        assert number - frequent.lost <= said.get(text, 0) <= number
    if len(truth) <= capacity:
        assert frequent.exact
        assert said == truth
    for text, number in frequent.certain(5):
        assert number > 1
        assert all(truth[other] <= frequent.lost < number for other in truth.keys() - said.keys()), text
    assert frequent.most() == sorted(said.items(), key=lambda pair: (-pair[1], pair[0]))


def test_distinct_texts_are_exact_up_to_the_capacity_and_close_beyond() -> None:
    texts = [f"text {number}" for number in range(20_000)]
    few, many = Distinct(30_000), Distinct(2_000)
    for start in range(0, len(texts), 700):
        some = texts[start : start + 700]
        for one in (few, many):
            one.add(hashes_of(some), [1] * len(some))
    repeated = texts[:5_000]
    for one in (few, many):
        one.add(hashes_of(repeated))
    assert (few.exact, few.number, few.repeated_share) == (True, 20_000, 0.25)
    assert not many.exact
    assert abs(many.number / 20_000 - 1) < 4 / 2_000**0.5
    assert abs(many.repeated_share - 0.25) < 4 * (0.25 * 0.75 / 2_000) ** 0.5
    assert len(many._hashes) == 2_000


def test_what_two_have_in_common_is_found() -> None:
    one, two, small = Distinct(1_000), Distinct(1_000), Distinct(50)
    one.add(hashes_of(f"a{number}" for number in range(500)))
    for each in (two, small):
        each.add(hashes_of(f"a{number}" for number in range(400, 900)))
    assert one.shared_with(two) == two.shared_with(one) == 100
    expected = sum(hash_ < small._bound for hash_ in hashes_of(f"a{number}" for number in range(400, 500)).tolist())  # type: ignore[operator]
    assert one.shared_with(small) == expected
    assert Distinct(10).shared_with(one) == 0
    assert (Distinct(10).number, Distinct(10).repeated_share) == (0, 0.0)


def test_the_lowest_do_not_depend_on_the_order() -> None:
    items = [(int(hash_), f"key {number}") for number, hash_ in enumerate(hashes_of(f"key {number}" for number in range(300)))]
    expected = [name for _, name in sorted(items)[:17]]
    for seed in range(5):
        random.Random(seed).shuffle(items)
        lowest: Lowest[str] = Lowest(17)
        for hash_, name in items:
            lowest.add(hash_, name)
        assert lowest.items() == expected


def test_counts_of_values_and_of_pairs() -> None:
    names, flags = pa.array(["a", "b", None, "a", "a\x1fb"]), pa.array([True, None, False, True, True])
    assert value_counts(names) == {"a": 2, "b": 1, "a\x1fb": 1}
    assert pair_counts(flags, names) == {
        ("true", "a"): 2,
        ("", "b"): 1,
        ("false", ""): 1,
        ("true", "a\x1fb"): 1,
    }
    assert value_counts(pa.array([], pa.string())) == {}
    assert hashes_of([]).dtype == np.uint64
