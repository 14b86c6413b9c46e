"""Many values in little memory: in compressed blocks, of which one is opened when a value of it is asked for."""

import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from itertools import islice
from typing import Any, Generic, TypeVar, overload

_Value = TypeVar("_Value")
_BLOCK = 512  # values; as many as a shard has by default
_LEVEL = 1  # of zlib: the higher ones take three times as long for a tenth less
_RUN = 2**14  # values that are sorted at once
_MERGED = 64  # sorted runs that are merged at once, each with a block open


class Compressed(Sequence[_Value]):
    """Values in an order that stays: paths and keys take 3 to 8 bytes each where they are numbered, 20 to 30 where they are
    random. A slice shares the memory of the whole, and is pickled as a list of its own values alone.
    """

    def __init__(self, blocks: "_Blocks[_Value]", start: int, stop: int) -> None:
        """Those of `blocks` from `start` to before `stop`; `of` makes them of values."""
        self._blocks, self._start, self._stop = blocks, start, stop

    @classmethod
    def of(cls, values: Iterable[_Value]) -> "Compressed[_Value]":
        """The values in the order in which they come."""
        if isinstance(values, Compressed):
            return values
        blocks = _Blocks[_Value]()
        return cls(blocks, 0, blocks.take(values))

    def __len__(self) -> int:
        return self._stop - self._start

    @overload
    def __getitem__(self, index: int) -> _Value: ...
    @overload
    def __getitem__(self, index: slice) -> "Compressed[_Value]": ...
    def __getitem__(self, index: int | slice) -> "_Value | Compressed[_Value]":
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step != 1:
                raise ValueError(f"a step of {step}; only consecutive values can be cut out")
            return Compressed(self._blocks, self._start + start, self._start + max(start, stop))
        number, at = divmod(self._start + range(len(self))[index], _BLOCK)
        return self._blocks.held(number)[at]

    def __iter__(self) -> Iterator[_Value]:
        for number in range(self._start // _BLOCK, -(-self._stop // _BLOCK)):
            first = number * _BLOCK
            yield from self._blocks.opened(number)[max(self._start - first, 0) : self._stop - first]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str | bytes):
            return NotImplemented
        return len(self) == len(other) and all(one == another for one, another in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (list(self),)


class _Blocks(Generic[_Value]):
    """The blocks that slices share, and the last one that was opened."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._last: tuple[int, list[_Value]] = -1, []

    def take(self, values: Iterable[_Value]) -> int:
        """Takes in all values; how many there were."""
        rest, count = iter(values), 0
        while some := list(islice(rest, _BLOCK)):
            self._packed.append(zlib.compress(pickle.dumps(some, pickle.HIGHEST_PROTOCOL), _LEVEL))
            count += len(some)
        return count

    def opened(self, number: int) -> list[_Value]:
        """The values of a block."""
        some: list[_Value] = pickle.loads(zlib.decompress(self._packed[number]))
        return some

    def held(self, number: int) -> list[_Value]:
        """The same, held until another is asked for."""
        last, some = self._last  # in one step: another thread may be here
        if last != number:
            some = self.opened(number)
            self._last = number, some
        return some


def sorted_values(values: Iterable[_Value], key: Callable[[_Value], Any] | None = None) -> Iterator[_Value]:
    """The values as `sorted` has them, in the memory of compressed ones: sorted in parts, which are merged."""
    rest = iter(values)
    runs: list[Compressed[_Value]] = []
    while some := sorted(islice(rest, _RUN), key=key):  # type: ignore[type-var,arg-type]
        if len(some) < _RUN and not runs:
            return iter(some)
        runs.append(Compressed.of(some))
    while len(runs) > _MERGED:
        several = [runs[start : start + _MERGED] for start in range(0, len(runs), _MERGED)]
        runs = [Compressed.of(merge(*some, key=key)) for some in several]  # type: ignore[arg-type]
    return merge(*runs, key=key)  # type: ignore[arg-type]
