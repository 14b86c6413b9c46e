"""What is S3's alone: leases, conditions, answers that are lost, stores that know less than S3."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack

import boto3
import pytest
from botocore.exceptions import IncompleteReadError
from botocore.response import StreamingBody
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from sartext.errors import OutputError
from sartext.store import open_store, s3
from sartext.store.local import LOCK


def test_a_lease_of_another_machine_holds_until_it_runs_out(bucket: str) -> None:
    store = open_store(f"{bucket}/lease")
    store.put(LOCK, json.dumps({"host": "elsewhere", "pid": 1, "until": time.time() + 30}).encode())
    with pytest.raises(OutputError, match="process 1 on elsewhere"), store.lock():
        pass
    store.put(LOCK, json.dumps({"host": "elsewhere", "pid": 1, "until": time.time() - 1}).encode())
    with store.lock():
        pass
    assert LOCK not in store.paths("")


# A process of another machine, as its lease says: only its machine's name is made up.
_HOLDER = """
import sys, time
from sartext.store import open_store, s3
s3.LEASE_S = 3.0
s3.writer = lambda: {"host": "elsewhere", "machine": "m", "pid": 1}
with open_store(sys.argv[1]).lock():
    print("locked", flush=True)
    time.sleep(600)
"""
_RACER = """
import sys, time
from sartext.errors import OutputError
from sartext.store import open_store
print("ready", flush=True)
sys.stdin.readline()
try:
    with open_store(sys.argv[1]).lock() as still_ours:
        print("locked", flush=True)
        sys.stdin.readline()
        still_ours()
except OutputError as error:
    print(error, flush=True)
"""


def _started(code: str, uri: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _line(process: subprocess.Popen[str], sent: str = "") -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    if sent:
        process.stdin.write(sent)
        process.stdin.flush()
    return process.stdout.readline().strip()


def test_of_two_that_try_one_takes_over_the_lock_of_a_holder_that_died(bucket: str) -> None:
    uri = f"{bucket}/died"
    with ExitStack() as stack:
        started = [stack.enter_context(_started(code, uri)) for code in (_HOLDER, _RACER, _RACER)]
        stack.callback(lambda: [one.kill() for one in started])
        holder, *racers = started
        assert [_line(one) for one in started] == ["locked", "ready", "ready"]
        holder.kill()
        until = json.loads(open_store(uri).read(LOCK))["until"]
        assert time.time() < until
        with pytest.raises(OutputError, match="process 1 on elsewhere"), open_store(uri).lock():  # not before its expiry
            pass
        time.sleep(max(0.0, until - time.time()) + 0.1)
        for one in racers:  # both at once
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        said = [_line(one) for one in racers]
        assert sorted(one == "locked" for one in said) == [False, True], said
        winner, loser = racers if said[0] == "locked" else racers[::-1]
        refused = next(one for one in said if one != "locked")
        assert "is being written by" in refused or "has just been locked by another run" in refused
        assert [one.communicate("end\n", timeout=30)[0] for one in (winner, loser)] == ["", ""]
        assert (winner.returncode, loser.returncode) == (0, 0)
    assert open_store(uri).paths("") == []


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
