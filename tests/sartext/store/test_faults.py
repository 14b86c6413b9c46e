"""A store that fails now and then, by a proxy before a real server: tried again until it answers, or said in one line."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from sartext.errors import OutputError
from sartext.store import Store, open_store, s3
from tests.support.faulty_s3 import FAULTS, FaultyS3

Proxied = Callable[..., AbstractContextManager[FaultyS3]]


@pytest.fixture
def proxied(bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxied]:
    """What puts a faulty proxy between the client and the bucket's server; silence is short there."""
    assert bucket
    upstream = os.environ["AWS_ENDPOINT_URL"]
    monkeypatch.setattr(s3, "_SILENCE_S", 1.0)

    @contextmanager
    def between(**options: object) -> Iterator[FaultyS3]:
        with FaultyS3(upstream, stall_s=2.0, **options) as proxy, monkeypatch.context() as patch:  # type: ignore[arg-type]
            patch.setenv("AWS_ENDPOINT_URL", proxy.url)
            s3._client.cache_clear()
            yield proxy
        s3._client.cache_clear()

    yield between
    s3._client.cache_clear()


def _use(store: Store, number: int) -> None:
    """Every operation once, each of which must have had its effect, whatever was lost on the way."""
    name, data = f"t/{number}", bytes([number]) * 3000
    assert store.put_if_absent(name, data) or store.read(name) == data  # an answer that was lost finds itself there
    assert not store.put_if_absent(name, b"other")
    assert store.read_range(name, 100, 10) == data[:10]
    _, tag = store.read_tagged(name)
    assert store.swap(name, b"new", tag) or store.read(name) == b"new"
    with store.open(name) as stream:
        assert stream.read() == b"new"
    store.put(f"u/{number}", data)
    assert store.sizes_bytes("u")[f"u/{number}"] == 3000
    store.delete(f"u/{number}")
    assert store.paths("u") == []


def test_what_fails_now_and_then_is_done_all_the_same(bucket: str, proxied: Proxied) -> None:
    store = open_store(f"{bucket}/now-and-then")
    with proxied(seed=6, share=0.2) as proxy:
        store.prepare()
        with store.lock() as still_ours:
            for number in range(6):
                _use(store, number)
                still_ours()
    assert set(proxy.struck) == set(FAULTS), proxy.struck
    assert store.paths("") == [f"t/{number}" for number in range(6)]


@pytest.mark.parametrize("seed", range(3))
def test_answers_that_are_lost_do_not_lose_the_lock_or_the_place(bucket: str, proxied: Proxied, seed: int) -> None:
    with proxied(seed=seed, share=0.5, faults=("drop after",)) as proxy:
        store = open_store(f"{bucket}/lost-{seed}")
        store.prepare()
        for _ in range(2):
            with store.lock() as still_ours:
                still_ours()
    assert proxy.struck["drop after"] > 3
    assert store.paths("") == []


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        ("500", "see that the store answers, and run the same command again"),
        ("drop before", "see that the store answers, and run the same command again"),
        ("403", "check the bucket, the credentials and the rights"),
    ],
)
def test_what_never_works_is_said_in_one_line(
    bucket: str, proxied: Proxied, monkeypatch: pytest.MonkeyPatch, fault: str, remedy: str
) -> None:
    monkeypatch.setattr(s3, "_REQUEST_TRIES", 2)
    store = open_store(f"{bucket}/never")
    with proxied(share=1.0, faults=(fault,)) as proxy:
        for ask in (store.prepare, lambda: store.read("a"), lambda: store.paths(""), lambda: store.put("a", b"")):
            with pytest.raises(OutputError, match=remedy) as raised:
                ask()
            assert "\n" not in str(raised.value)
            assert "cannot use s3://tiles/never" in str(raised.value)
    assert proxy.requests == (4 if fault == "403" else 12)  # the first and two more; what is refused is not asked again
