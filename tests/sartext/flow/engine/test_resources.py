"""What Ray sets aside for a process, and what is said where it is not there."""

import pytest
import ray

from sartext.errors import UserError
from sartext.flow.engine.resources import Resources, check_gpus, check_room


def test_ray_is_asked_for_all_that_is_needed_and_for_nothing_else() -> None:
    assert Resources(cpus=2.0).options() == {"num_cpus": 2.0, "num_gpus": 0.0, "memory": None}
    shared = Resources(cpus=1.0, gpus=0.25, memory_mb=512)
    assert shared.options() == {"num_cpus": 1.0, "num_gpus": 0.25, "memory": 512 * 2**20}
    assert shared.bundle(4) == {"CPU": 4.0, "GPU": 1.0, "memory": 2048 * 2**20}
    assert Resources().bundle() == {"CPU": 1.0}


@pytest.mark.parametrize("gpus", [0, 0.25, 1])
def test_a_gpu_or_a_share_of_one_can_be_allotted(gpus: float) -> None:
    check_gpus("pool.gpus", gpus)


@pytest.mark.parametrize("gpus", [-1, 1.5, 2, float("nan"), float("inf")])
def test_what_no_process_could_use_is_refused(gpus: float) -> None:
    with pytest.raises(UserError, match=r"pool\.gpus is .*; it must be from 0 to 1, as each process computes on one GPU"):
        check_gpus("pool.gpus", gpus)


@pytest.mark.usefixtures("ray_here")
def test_what_is_not_there_is_said_with_what_there_is(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    memory = int(ray.cluster_resources()["memory"]) // 2**20
    for each, said in (
        (Resources(cpus=2.0), "2 actors need 4 CPUs and Ray has 2; ask for less"),
        (Resources(cpus=0.5, gpus=0.5), "2 actors need 1 GPUs and Ray has 0; ask for less"),
        (Resources(cpus=0.5, memory_mb=memory), "2 actors need .* MiB of memory and Ray has .*; ask for less"),
    ):
        with pytest.raises(UserError, match=f"^{said}$"):
            check_room("2 actors", each.bundle(2), "ask for less")
    check_room("2 actors", Resources(memory_mb=1).bundle(2), "ask for less")
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.1:6379")  # as on a cluster, which may grow
    check_room("2 actors", Resources(cpus=2.0).bundle(2), "ask for less")
    assert "2 actors need 4 CPUs and Ray has 2; waiting for the cluster to grow" in capfd.readouterr().err
