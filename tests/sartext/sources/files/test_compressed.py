import pickle
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.sources.files import compressed
from sartext.sources.files.compressed import Compressed, sorted_values


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "_BLOCK", 3)
    monkeypatch.setattr(compressed, "_RUN", 4)
    monkeypatch.setattr(compressed, "_MERGED", 2)


@given(st.lists(st.text()), st.integers(-20, 20), st.integers(-20, 20))
def test_what_a_list_has(values: list[str], low: int, high: int) -> None:
    packed = Compressed.of(iter(values))
    assert list(packed) == values
    assert packed == values
    assert [packed[at] for at in range(-len(values), len(values))] == [values[at] for at in range(-len(values), len(values))]
    part = packed[low:high]
    assert (list(part), len(part)) == (values[low:high], len(values[low:high]))
    assert list(part[1:-1]) == values[low:high][1:-1]
    assert pickle.loads(pickle.dumps(part)) == values[low:high]


@given(st.lists(st.text()))
def test_sorted_as_a_list_is(values: list[str]) -> None:
    assert list(sorted_values(iter(values))) == sorted(values)
    assert list(sorted_values(iter(values), key=len)) == sorted(values, key=len)


def test_names_that_are_no_text_other_values_and_none() -> None:
    values = ["a\udcff", None, ("b", 1)]
    assert list(Compressed.of(values)) == values
    assert Compressed.of(()) == []
    assert Compressed.of(["a"]) != ["b"]
    assert Compressed.of(["a"]) != "a"
    with pytest.raises(IndexError):
        Compressed.of(values)[3]
    with pytest.raises(ValueError, match="consecutive"):
        Compressed.of(values)[::2]


def test_a_slice_is_sent_alone_and_names_in_a_row_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "_BLOCK", 512)
    packed = Compressed.of(f"images/tile_{number:07d}.png" for number in range(10_000))
    assert len(pickle.dumps(packed[600:610])) < 400
    assert sum(map(sys.getsizeof, packed._blocks._packed)) < 6 * 10_000


def test_threads_that_ask_at_once_get_their_own_values() -> None:
    packed = Compressed.of(range(300))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(packed.__getitem__, [at * 7 % 300 for at in range(3000)])) == [at * 7 % 300 for at in range(3000)]
