"""Ray's start, without Ray: a start on a busy machine that Ray gives up on cannot be had at will."""

from pathlib import Path

import pytest
import ray

from sartext.errors import UserError
from sartext.flow.engine.options import Engine
from sartext.flow.engine.session import session

SLOW = "The current node timed out during startup. This could happen because some of the raylet failed to startup."


def starts(monkeypatch: pytest.MonkeyPatch, *outcomes: Exception | None) -> list[str]:
    """The addresses at which Ray is asked to start; each start ends as `outcomes` say."""
    asked: list[str] = []

    def init(address: str, **_: object) -> None:
        outcome = outcomes[len(asked)]
        asked.append(address)
        if outcome is not None:
            raise outcome

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", init)
    monkeypatch.setattr(ray, "shutdown", lambda: None)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    return asked


def test_a_start_that_took_too_long_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = starts(monkeypatch, Exception(SLOW), None)
    with session(Engine()):
        assert asked == ["local", "local"]


@pytest.mark.parametrize(
    ("outcomes", "times"),
    [((Exception(SLOW), Exception(SLOW)), 2), ((ValueError("no such option"),), 1)],
    ids=["slow", "wrong"],
)
def test_a_start_that_fails_is_the_users_to_mend(
    monkeypatch: pytest.MonkeyPatch, outcomes: tuple[Exception, ...], times: int
) -> None:
    asked = starts(monkeypatch, *outcomes)
    with pytest.raises(UserError, match=f"cannot start at local: {outcomes[-1]}"), session(Engine()):
        pass
    assert len(asked) == times


def test_a_cluster_that_does_not_answer_is_not_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = starts(monkeypatch, Exception(SLOW))
    monkeypatch.setenv("RAY_ADDRESS", "auto")
    with pytest.raises(UserError, match="cannot start at auto"), session(Engine()):
        pass
    assert asked == ["auto"]


def test_a_folder_for_temporary_files_that_is_too_long_a_name_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setenv("TMPDIR", str(long))
    monkeypatch.setattr("tempfile.tempdir", None)
    with (
        pytest.raises(UserError, match=rf"below {long}, which is too long a name; set TMPDIR or RAY_TMPDIR"),
        session(Engine()),
    ):
        pass
