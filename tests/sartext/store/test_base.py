"""One contract for both kinds of place; S3 against a real server of its protocol."""

import errno
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import IncompleteReadError
from botocore.response import StreamingBody
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from sartext.errors import OutputError, UserError
from sartext.store import Store, open_store, s3
from sartext.store.local import LOCK, TMP, LocalStore, output_error


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "local":
        return open_store(str(tmp_path / "place"))
    return open_store(f"{request.getfixturevalue('bucket')}/{tmp_path.name}")


def test_what_is_put_first_stays(store: Store) -> None:
    assert store.put_if_absent("a/b", b"first")
    assert not store.put_if_absent("a/b", b"second")
    assert store.read("a/b") == b"first"
    assert store.paths("") == ["a/b"]


def test_of_many_writers_one_wins(store: Store) -> None:
    store.put_if_absent("warm", b"")
    wins: list[int] = []
    threads = [
        threading.Thread(target=lambda number=number: store.put_if_absent("one", bytes([number])) and wins.append(number))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wins) == 1
    assert store.read("one") == bytes(wins)


def test_swap_needs_the_tag_of_what_is_there(store: Store) -> None:
    store.put("x", b"1")
    data, tag = store.read_tagged("x")
    assert (data, store.swap("x", b"2", tag)) == (b"1", True)
    assert not store.swap("x", b"3", tag)
    assert not store.swap("nothing", b"3", tag)
    assert store.read("x") == b"2"


def test_sizes(store: Store) -> None:
    store.put("t/a", b"123")
    store.put("t/b/c", b"")
    assert store.sizes_bytes("t") == {"t/a": 3, "t/b/c": 0}
    assert store.sizes_bytes("absent") == {}


def test_ranges_lists_and_deletes(store: Store) -> None:
    for path in ("t/2", "t/1", "t/deep/3", "other"):
        store.put(path, b"0123456789")
    assert store.read_range("t/1", 3, 4) == b"3456"
    assert store.read_range("t/1", 8, 9) == b"89"
    assert store.paths("t") == ["t/1", "t/2", "t/deep/3"]
    assert store.paths("absent") == []
    store.delete("t/1")
    store.delete("t/1")
    assert store.paths("t") == ["t/2", "t/deep/3"]
    for call in (store.read, store.read_tagged, store.open):
        with pytest.raises(FileNotFoundError):
            call("t/1")


def test_a_file_of_it_is_read_by_pyarrow(store: Store) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"a": list(range(1000)), "b": ["text"] * 1000}), sink)
    store.put("t.parquet", sink.getvalue().to_pybytes())
    with store.open("t.parquet") as file:
        assert pq.read_table(pa.PythonFile(file, mode="r"), columns=["a"])["a"].to_pylist() == list(range(1000))


def test_a_second_writer_is_refused_until_the_first_is_done(store: Store) -> None:
    store.prepare()
    code = "import sys; from sartext.store import open_store\nwith open_store(sys.argv[1]).lock(): print('locked')"

    def another() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", code, store.uri], capture_output=True, text=True, timeout=60, check=False)

    with store.lock():
        refused = another()
        assert "OutputError" in refused.stderr
        assert "is being written by" in refused.stderr
        assert str(os.getpid()) in refused.stderr
    assert another().stdout == "locked\n"


def test_the_lock_of_a_dead_process_is_free(store: Store) -> None:
    store.prepare()
    code = "import os, sys; from sartext.store import open_store\nwith open_store(sys.argv[1]).lock(): os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, store.uri], timeout=60, check=False)
    with store.lock():
        pass


def test_a_lease_of_another_machine_holds_until_it_runs_out(bucket: str) -> None:
    store = open_store(f"{bucket}/lease")
    store.put(LOCK, json.dumps({"host": "elsewhere", "pid": 1, "until": time.time() + 30}).encode())
    with pytest.raises(OutputError, match="process 1 on elsewhere"), store.lock():
        pass
    store.put(LOCK, json.dumps({"host": "elsewhere", "pid": 1, "until": time.time() - 1}).encode())
    with store.lock():
        pass
    assert LOCK not in store.paths("")


def test_a_lease_is_renewed_while_it_is_held(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "LEASE_S", 1.0)
    store = open_store(f"{bucket}/renewed")
    with store.lock():
        time.sleep(1.5)
        with pytest.raises(OutputError), store.lock():
            pass


def test_a_lease_that_was_taken_over_is_not_given_back(bucket: str) -> None:
    store = open_store(f"{bucket}/taken")
    other = json.dumps({"host": "elsewhere", "machine": "m", "pid": 1, "nonce": "n", "until": time.time() + 30}).encode()
    with store.lock() as still_ours:
        still_ours()
        store.put(LOCK, other)
        with pytest.raises(OutputError, match="was taken over by another run"):
            still_ours()
    assert store.read(LOCK) == other


def test_an_answer_that_was_lost_does_not_lose_the_lease(bucket: str) -> None:
    store = open_store(f"{bucket}/answer")
    with store.lock() as still_ours:
        store.put(LOCK, json.dumps({**json.loads(store.read(LOCK)), "until": time.time() + 1}).encode())
        still_ours()
    assert LOCK not in store.paths("")


def test_a_lock_whose_answer_was_lost_is_ours(bucket: str) -> None:
    store = s3.S3Store(f"{bucket}/lost")
    lease = s3._Lease(store)
    store.put(LOCK, lease._written()[0])  # as the first try of a put that is tried again
    lease.acquire()
    lease.release()
    assert LOCK not in store.paths("")


def test_a_lock_that_is_released_meanwhile_is_free(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The moment between two requests cannot be had otherwise: the lock goes as it is looked at.
    store = s3.S3Store(f"{bucket}/meanwhile")
    store.put(LOCK, json.dumps({"host": "elsewhere", "pid": 1, "until": time.time() + 30}).encode())
    read = s3.S3Store.read_tagged

    def released(self: s3.S3Store, path: str) -> tuple[bytes, str]:
        self.delete(path)
        return read(self, path)

    monkeypatch.setattr(s3.S3Store, "read_tagged", released)
    with store.lock():
        pass
    assert LOCK not in store.paths("")


@pytest.mark.parametrize("breaks", [1, 99])
def test_a_body_that_breaks_off_is_asked_for_again(bucket: str, monkeypatch: pytest.MonkeyPatch, breaks: int) -> None:
    # The server never breaks off by itself.
    store = s3.S3Store(f"{bucket}/broken")
    store.put("a", b"whole")
    monkeypatch.setattr(time, "sleep", lambda _: None)
    left, whole = [breaks], StreamingBody.read

    def broken(self: StreamingBody, amt: int | None = None) -> bytes:
        left[0] -= 1
        if left[0] >= 0:
            raise IncompleteReadError(actual_bytes=2, expected_bytes=5)
        return whole(self, amt)

    monkeypatch.setattr(StreamingBody, "read", broken)
    if breaks == 1:
        assert store.read("a") == b"whole"
    else:
        with pytest.raises(OutputError, match="check the bucket"):
            store.read("a")


def test_a_store_that_ignores_conditions_is_refused(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # No such store can be had here: the condition is taken out of the request on its way.
    store = s3.S3Store(f"{bucket}/careless")
    conditional = s3.S3Store._put_on
    monkeypatch.setattr(s3.S3Store, "_put_on", lambda self, path, data, **_: conditional(self, path, data))
    with pytest.raises(OutputError, match="ignores If-None-Match"):
        store.prepare()


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_is_not_there_is_the_users_to_mend() -> None:
    store = open_store("s3://no-such-bucket/x")
    with pytest.raises(OutputError, match="check the bucket"):
        store.prepare()
    with pytest.raises(OutputError, match="check the bucket"), store.lock():
        pass


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    store = LocalStore(str(tmp_path))
    (tmp_path / TMP).mkdir()
    (tmp_path / TMP / "half").write_bytes(b"ha")
    with store.lock():
        store.prepare()
        assert not (tmp_path / TMP).exists()


def test_a_place_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = open_store(str(tmp_path / "file" / "out"))
    for use in (store.prepare, store.lock().__enter__):
        with pytest.raises(OutputError, match="choose another --out"):
            use()


def test_errors_name_the_fact_and_the_remedy() -> None:
    assert "free space" in str(output_error("here", OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(UserError, match="unknown scheme"):
        open_store("gs://bucket/x")


@pytest.fixture
def old_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket of a store that knows no checksums in headers, as older ones: a real server with a refusal before it."""
    app = DomainDispatcherApplication(create_backend_app)

    def refusing(environment: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
        if "HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM" not in environment:
            return app(environment, start)
        body = b"<Error><Code>NotImplemented</Code><Message>A header is of a kind that is not implemented</Message></Error>"
        start("501 Not Implemented", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
        return [body]

    server = make_server("127.0.0.1", 0, refusing, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    names = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in {**names, "AWS_SECRET_ACCESS_KEY": "test", "AWS_MAX_ATTEMPTS": "1"}.items():
        monkeypatch.setenv(name, value)
    s3._client.cache_clear()
    boto3.client("s3").create_bucket(Bucket="old")
    yield "s3://old/place"
    s3._client.cache_clear()
    server.shutdown()


def test_a_store_that_refuses_checksums_is_told_by_the_variable_that_helps(
    old_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OutputError, match="set AWS_REQUEST_CHECKSUM_CALCULATION=when_required"):
        open_store(old_store).put_if_absent("a", b"1")
    monkeypatch.setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")
    s3._client.cache_clear()
    assert open_store(old_store).put_if_absent("a", b"1")
    assert open_store(old_store).read("a") == b"1"
