"""Actors that are asked, in a real Ray: they die at any moment, by their own item or from outside, and nothing is lost."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest
import ray

from sartext.errors import SartextError, UserError
from sartext.flow.engine.asked_actors import FRESH_DEATHS, asked_actors
from sartext.flow.engine.resources import Resources
from tests.support.stub_gpu import declared

pytestmark = pytest.mark.long


class Doubles:
    """Answers with twice a number, and notes who it is; some numbers end it, some errors are raised."""

    def __init__(
        self, folder: str, deadly: Sequence[int] = (), wrong: str = "", grows_mb: int = 0, slow_s: float = 0.0
    ) -> None:
        self._folder, self._deadly, self._wrong, self._grows_mb = Path(folder), set(deadly), wrong, grows_mb
        self._slow_s, self._held = slow_s, list[bytes]()

    def load(self, tell: Callable[[str], object]) -> None:
        del tell
        gpu = os.environ.get("CUDA_VISIBLE_DEVICES", "")
        (self._folder / f"loaded-{os.getpid()}").write_text(gpu if ray.get_gpu_ids() else "")

    def ready(self, of: int, items: Sequence[Any]) -> Any:
        del of
        return list(items)

    def answer(self, of: int, items: Sequence[Any], ready: Any) -> list[Any]:
        del ready
        for item in items:
            if item in self._deadly:
                os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self._slow_s)
        self._held.append(os.urandom(self._grows_mb * 2**20))
        if self._wrong == "user":
            raise UserError("the model is not there; give one")
        if self._wrong:
            raise SartextError("the weights end early; it failed 2 times")
        return [str(of * item) for item in items]


@pytest.fixture(scope="module")
def two_gpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with declared(tmp_path_factory.mktemp("notes"), cpus=6, gpus=2):
        yield


def loaded(folder: Path) -> list[str]:
    """The GPUs of the actors that have been there, one an actor."""
    return [path.read_text() for path in sorted(folder.glob("loaded-*"))]


def newest(folder: Path, number: int) -> int:
    """The process of the actor that was loaded last, as soon as so many have been."""
    end = time.monotonic() + 60
    while len(paths := sorted(folder.glob("loaded-*"), key=lambda path: path.stat().st_mtime)) < number:
        assert time.monotonic() < end
        time.sleep(0.05)
    return int(paths[-1].name.split("-")[1])


@pytest.mark.usefixtures("two_gpus")
def test_questions_are_answered_by_as_many_actors_as_are_asked_for(tmp_path: Path) -> None:
    with asked_actors(Doubles, (str(tmp_path), (), "", 0, 0.2), Resources(cpus=1), 2, 0) as actors:
        questions = [actors.ask(2, [at, at + 1]) for at in range(12)]
        assert [one.wait().said for one in questions] == [[str(2 * at), str(2 * at + 2)] for at in range(12)]
    assert loaded(tmp_path) == ["", ""]


@pytest.mark.usefixtures("two_gpus")
@pytest.mark.parametrize(("gpus", "most", "granted"), [(0.5, 3, 3), (0.5, 8, 4), (1.0, 5, 2)])
def test_there_are_as_many_actors_as_ray_has_gpus_for(tmp_path: Path, gpus: float, most: int, granted: int) -> None:
    each = Resources(cpus=1, gpus=gpus)
    with asked_actors(Doubles, (str(tmp_path), (), "", 0, 0.3), each, most, 0) as actors:
        questions = [actors.ask(1, [at]) for at in range(20)]
        assert [one.wait().said for one in questions] == [[str(at)] for at in range(20)]
        on = loaded(tmp_path)
        assert len(on) == granted
        assert set(on) <= {"0", "1"}
        assert all(on.count(one) <= 1 / gpus for one in on)


@pytest.mark.usefixtures("two_gpus")
def test_an_item_that_ends_its_actors_is_found_and_the_others_are_answered(tmp_path: Path) -> None:
    with asked_actors(Doubles, (str(tmp_path), (7, 11)), Resources(cpus=1), 1, 0) as actors:
        innocent, bad, after = actors.ask(1, [1, 2]), actors.ask(1, [6, 7, 8, 11]), actors.ask(1, [3])
        assert bad.wait().said == ["6", FRESH_DEATHS, "8", FRESH_DEATHS]
        assert innocent.wait().said == ["1", "2"]
        assert after.wait().said == ["3"]
        assert all("an actor died" in line for line in bad.wait().told)


@pytest.mark.usefixtures("two_gpus")
def test_actors_that_are_killed_from_outside_accuse_nobody(tmp_path: Path) -> None:
    with asked_actors(Doubles, (str(tmp_path), (), "", 0, 1.0), Resources(cpus=1), 2, 0) as actors:
        questions = [actors.ask(1, [at, at]) for at in range(12)]
        for number in range(3):
            os.kill(newest(tmp_path, 2 + number), signal.SIGKILL)
        assert [one.wait().said for one in questions] == [[str(at)] * 2 for at in range(12)]
        assert len(loaded(tmp_path)) == 2 + 3


@pytest.mark.usefixtures("two_gpus")
def test_an_actor_that_has_grown_is_started_anew_and_loses_nothing(tmp_path: Path) -> None:
    with asked_actors(Doubles, (str(tmp_path), (), "", 40), Resources(cpus=1), 1, 100) as actors:
        assert [actors.ask(1, [at]).wait().said for at in range(9)] == [[str(at)] for at in range(9)]
    assert 2 <= len(loaded(tmp_path)) <= 4  # after every third answer


@pytest.mark.usefixtures("two_gpus")
@pytest.mark.parametrize(("wrong", "kind"), [("user", UserError), ("ours", SartextError)])
def test_what_ends_the_job_is_raised_where_it_is_waited_for(tmp_path: Path, wrong: str, kind: type[Exception]) -> None:
    with asked_actors(Doubles, (str(tmp_path), (), wrong), Resources(cpus=1), 1, 0) as actors:
        with pytest.raises(kind) as raised:
            actors.ask(1, [1]).wait()
        assert type(raised.value) is kind


class OnlyOne(Doubles):
    """The first process is one as any other; all that follow end as they are made, as on a machine that is broken."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder, slow_s=0.5)
        try:
            os.open(f"{folder}/first", os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            os._exit(1)


@pytest.mark.usefixtures("two_gpus")
def test_a_place_where_no_actor_starts_ends_nothing_as_long_as_there_are_others(tmp_path: Path) -> None:
    with asked_actors(OnlyOne, (str(tmp_path),), Resources(cpus=1), 2, 0) as actors:
        told: list[str] = []
        end = time.monotonic() + 120
        while not any("it goes on with fewer" in line for line in told):
            assert time.monotonic() < end
            asked = actors.ask(1, [3]).wait()
            assert asked.said == ["3"]
            told += asked.told


@pytest.mark.usefixtures("two_gpus")
def test_a_desk_that_dies_comes_back_and_what_it_was_asked_is_answered(tmp_path: Path) -> None:
    with asked_actors(Doubles, (str(tmp_path), (), "", 0, 0.3), Resources(cpus=1), 2, 0) as actors:
        questions = [actors.ask(1, [at]) for at in range(12)]
        assert questions[0].wait().said == ["0"]
        desks = [one for one in psutil.Process().children(recursive=True) if "AskedDesk" in " ".join(one.cmdline())]
        assert len(desks) == 1
        desks[0].kill()
        assert [one.wait().said for one in questions] == [[str(at)] for at in range(12)]


class NeverThere:
    """Ends as it is made."""

    def __init__(self) -> None:
        os._exit(1)


@pytest.mark.usefixtures("two_gpus")
def test_actors_that_cannot_start_end_the_job(tmp_path: Path) -> None:
    del tmp_path
    with (
        asked_actors(NeverThere, (), Resources(cpus=1), 1, 0) as actors,  # type: ignore[arg-type]
        pytest.raises(SartextError, match="actors end as they start"),
    ):
        actors.ask(1, [1]).wait()
