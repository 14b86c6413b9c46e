import threading
import time
from collections.abc import Iterator
from itertools import islice

import pytest

from sartext.sources.files.in_order import in_order


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 5000])
def test_results_come_in_the_order_of_the_values(count: int) -> None:
    def slow_at_first(value: int) -> int:
        time.sleep(0.001 if value % 640 == 0 else 0)
        return value * 2

    assert list(in_order(slow_at_first, range(count))) == [2 * value for value in range(count)]


def test_several_wait_at_once() -> None:
    threads: set[int] = set()
    together = threading.Barrier(2, timeout=20)

    def meet(value: int) -> int:
        if value in (0, 64):
            together.wait()  # breaks where one has to end before the other begins
        threads.add(threading.get_ident())
        return value

    assert list(in_order(meet, range(128))) == list(range(128))
    assert len(threads) > 1


def test_values_are_taken_as_they_are_needed_and_what_is_raised_is_raised_here() -> None:
    taken = []

    def values() -> Iterator[int]:
        for value in range(10**6):
            taken.append(value)
            yield value

    assert list(islice(in_order(str, values()), 3)) == ["0", "1", "2"]
    assert len(taken) < 2000
    with pytest.raises(ZeroDivisionError):
        list(in_order(lambda value: 1 // (500 - value), range(1000)))
