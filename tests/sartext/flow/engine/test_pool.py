"""Pieces of work through a pool of actors."""

import socket
from pathlib import Path

import pytest

from sartext.errors import SartextError, UserError
from sartext.flow.engine.options import Pool
from tests.support.pieces import Noted

pytestmark = pytest.mark.usefixtures("ray_here")


def run(folder: Path, numbers: list[int], **arguments: int) -> list[bool]:
    from sartext.flow.engine.pool import map_on_actors

    class Looks(list[bool]):
        def show(self, last: bool = False) -> None:
            self.append(last)

        def clear(self) -> None:
            pass

    looks = Looks()
    map_on_actors(Noted, (str(folder), *arguments.values()), numbers, Pool(), looks)
    return looks


def test_every_piece_is_done_and_the_last_look_says_so(tmp_path: Path) -> None:
    assert run(tmp_path, [3, 1, 4])[-1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "3", "4"]
    assert run(tmp_path, []) == []


def test_a_piece_whose_actor_dies_is_done_by_the_next(tmp_path: Path) -> None:
    run(tmp_path, [0, 1, 2], fatal=1)
    assert {"0", "1", "2"} < {path.name for path in tmp_path.iterdir()}


def test_the_users_error_of_a_piece_comes_out_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^piece 1 is wrong; mend it$"):
        run(tmp_path, [0, 1], fatal=-1, wrong=1)


def test_what_a_piece_raises_once_is_said_and_the_piece_done_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, [0, 1, 2], fatal=-1, wrong=-1, fails=1, times=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1", "2"]
    host = socket.gethostname()
    assert f"{host}: OSError: the disk of piece 1 is away; tried again\n" in capfd.readouterr().err


def test_what_it_raises_twice_ends_the_job(tmp_path: Path) -> None:
    with pytest.raises(SartextError, match=r": OSError: the disk of piece 1 is away; it failed 2 times$"):
        run(tmp_path, [0, 1, 2], fatal=-1, wrong=-1, fails=1, times=2)


def test_a_pool_that_does_not_fit_is_refused() -> None:
    with pytest.raises(UserError, match="3 actors of 2 threads and 4 CPUs"):
        Pool(actors=3, threads=2, cpus=4)
