"""Which files are fetched before they are asked for."""

import threading

import pytest

from sartext.store.read_ahead import _FILES, reading_ahead, taken

PATHS = [f"{number}" for number in range(3 * _FILES)]


def test_each_file_is_fetched_once_and_what_is_passed_over_holds_nobody_up() -> None:
    fetched: list[str] = []

    def fetch(path: str) -> bytes:
        fetched.append(path)
        return path.encode()

    with reading_ahead(PATHS, fetch):
        assert taken("elsewhere") is None
        assert taken("5") == b"5"
        assert taken("4") is None  # it was passed over
        assert [taken(path) for path in PATHS[6:]] == [path.encode() for path in PATHS[6:]]
        assert taken("5") is None  # each is handed out once
    assert len(fetched) == len(set(fetched))
    assert taken("6") is None


def test_no_more_than_a_few_are_held() -> None:
    fetched: list[str] = []
    with reading_ahead(PATHS, lambda path: fetched.append(path) or b"x"):  # type: ignore[func-returns-value]
        assert taken("0") == b"x"
    assert len(fetched) <= _FILES + 1


def test_what_fetching_raises_is_raised_where_the_file_is_asked_for() -> None:
    def fetch(path: str) -> bytes:
        if path == "1":
            raise FileNotFoundError(path)
        return b""

    with reading_ahead(PATHS, fetch):
        assert taken("0") == b""
        with pytest.raises(FileNotFoundError):
            taken("1")
        assert taken("2") == b""


def test_another_thread_has_files_of_its_own() -> None:
    seen: list[bytes | None] = []
    with reading_ahead(PATHS, str.encode):
        thread = threading.Thread(target=lambda: seen.append(taken("0")))
        thread.start()
        thread.join()
        assert taken("0") == b"0"
    assert seen == [None]
