"""Work that waits for files, in several threads, with what comes out in the order of what went in."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

_Value = TypeVar("_Value")
_Result = TypeVar("_Result")
_THREADS = 8
_CHUNK = 64  # values that one thread takes at once: taking one alone would cost more than asking a local disk


def in_order(function: Callable[[_Value], _Result], values: Iterable[_Value]) -> Iterator[_Result]:
    """What the function makes of each value, in their order; at most some 1,000 are under way. Raises what it raises."""
    rest = iter(values)
    first = list(islice(rest, _CHUNK))
    if len(first) < _CHUNK:
        yield from map(function, first)
        return
    waiting: deque[Future[list[_Result]]] = deque()
    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            for some in chain([first], iter(lambda: list(islice(rest, _CHUNK)), [])):
                waiting.append(pool.submit(_each, function, some))
                if len(waiting) > 2 * _THREADS:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _each(function: Callable[[_Value], _Result], values: list[_Value]) -> list[_Result]:
    return [function(value) for value in values]
