"""How much of the nodes each of several trainings is given."""

import pytest

from sartext.flow.workers import even_share


@pytest.mark.parametrize(
    ("nodes", "count", "most", "share"),
    [
        ([2.0], 3, 1.0, 0.6666),  # rounded up, three would not fit
        ([8.0], 3, 2.0, 2.0),  # nobody is given more than the threads that there are
        ([2.0, 1.0, 1.0], 3, 4.0, 1.0),  # a third of them all, 1.3333, would fit one node only
        ([1.0, 1.0], 3, 1.0, 0.5),
        ([0.0, 4.0], 2, 8.0, 2.0),  # a head that takes no work
        ([0.0], 3, 1.0, 1.0),  # is refused, or waited for, elsewhere
    ],
)
def test_workers_have_as_much_as_all_can_have_alike(nodes: list[float], count: int, most: float, share: float) -> None:
    assert even_share(nodes, count, most) == share
