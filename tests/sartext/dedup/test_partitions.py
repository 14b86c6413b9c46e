import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sartext.dedup import partitions
from sartext.dedup.candidates import Candidates, Descriptors, InFiles, candidates
from sartext.dedup.partitions import Partitions, partition_bits

ROW = np.dtype([("a", np.int64), ("b", np.int32)])


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 3), st.integers(-3, 3)), max_size=60), st.integers(1, 9))
def test_rows_come_back_by_partition_in_their_order_and_sorted(
    tmp_path_factory: pytest.TempPathFactory, given_rows: list[tuple[int, int, int]], held: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partitions, "_HELD", held)
        parts = Partitions(str(tmp_path_factory.mktemp("rows") / "rows"), ROW, 5)
        for part, a, b in given_rows:
            parts.add(np.array([(a, b)], ROW), np.array([part]))
        for number in range(5):
            assert parts.read(number).tolist() == [(a, b) for part, a, b in given_rows if part == number]
        parts.sort(["a", "b"])
        for number in range(5):
            assert parts.read(number).tolist() == sorted((a, b) for part, a, b in given_rows if part == number)


def test_a_partition_stays_small() -> None:
    assert [partition_bits(rows) for rows in (0, 2**20 - 1, 2**20, 2**21, 2**30)] == [0, 0, 1, 2, 11]


def rows(found: Candidates) -> list[list[int]]:
    return [column.tolist() for column in (found.asked, found.known, found.turn, found.votes)]


@pytest.mark.parametrize("crowded", [False, True])
def test_candidates_among_files_are_those_in_memory(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, crowded: bool
) -> None:
    random = np.random.default_rng(5)
    bits = random.integers(0, 2**64, 60 * 40, dtype=np.uint64)
    if crowded:  # what everything has: runs of equal first bits, in one partition
        bits[::3] = bits[0] ^ random.integers(0, 8, len(bits[::3])).astype(np.uint64)
    asked_bits = np.where(random.random(len(bits)) < 0.5, bits, random.integers(0, 2**64, len(bits), dtype=np.uint64))
    sigma_px = random.uniform(1, 6, len(bits)).astype(np.float32)
    known = Descriptors(bits, sigma_px, np.repeat(np.arange(60), 40))
    asked = Descriptors(asked_bits, sigma_px[::-1].copy(), np.repeat(np.arange(100, 160), 40))
    expected = rows(candidates(asked, known))
    assert len(expected[0]) > 50
    for size in (2**20, 400, 30):
        monkeypatch.setattr(partitions, "_ROWS", size)
        files = InFiles(str(tmp_path_factory.mktemp("tables")), len(bits))
        for start in range(0, len(bits), 400):
            some = slice(start, start + 400)
            files.add(Descriptors(known.bits[some], known.sigma_px[some], known.image[some]))
        files.sort()
        assert rows(candidates(asked, files)) == expected
