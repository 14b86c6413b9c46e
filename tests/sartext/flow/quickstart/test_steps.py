"""Jobs one after another."""

from dataclasses import dataclass
from typing import Any

import pytest

from sartext.errors import UserError
from sartext.flow.engine.progress import Line
from sartext.flow.quickstart.steps import Step, run_steps


@dataclass(frozen=True)
class Number:
    value: int | str

    def summary(self) -> str:
        return str(self.value)


def add(made: dict[str, Any]) -> Number:
    Line().draw("adding", last=True)
    return Number(int(made["one"].value) + 1)


def test_each_job_sees_what_the_others_made_and_says_which_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    made = run_steps([Step("one", lambda _: Number(1)), Step("two", add)])
    assert made == {"one": Number(1), "two": Number(2)}
    said = capsys.readouterr().err
    assert "[2/2] two: adding" in said
    assert said.index("[1/2] one: done in 0:00") < said.index("[2/2] two ...")


def test_a_job_that_fails_ends_the_chain() -> None:
    def fail(_: dict[str, Any]) -> Number:
        raise UserError("no; mend it")

    with pytest.raises(UserError, match="no; mend it"):
        run_steps([Step("one", fail), Step("two", add)])


def test_the_jobs_share_one_ray_that_is_ended_with_them() -> None:
    import ray

    from sartext.flow.engine.options import Engine
    from sartext.flow.engine.session import session

    def address(_: dict[str, Any]) -> Number:
        with session(Engine(cpus=1)):
            return Number(ray.get_runtime_context().get_job_id())

    made = run_steps([Step("one", address), Step("two", address)])
    assert made["one"] == made["two"]
    assert not ray.is_initialized()
