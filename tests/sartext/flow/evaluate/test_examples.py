"""Which examples a report shows."""

from sartext.evaluate.search import spread


def test_examples_are_spread_evenly() -> None:
    assert spread(list(range(100)), 4) == [12, 37, 62, 87]
    assert spread([3, 4], 6) == [3, 4]
    assert spread([], 6) == []
