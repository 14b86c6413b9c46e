"""How many replicas there is room for."""

from pathlib import Path

import pytest

from sartext.flow.serve.capacity import Room
from sartext.flow.serve.limits import Replicas
from sartext.flow.serve.model_set import TRANSFORMERS, VLLM, Parts, cpus_needed, gpus_needed

HERE = Path("model")
ALL = Parts(clip=HERE, coca=HERE, gpt=HERE, index=None, gpt_engine=TRANSFORMERS)


@pytest.mark.parametrize("engine", [VLLM, TRANSFORMERS])
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("gpus", [False, True])
def test_all_that_may_grow_at_once_fits(engine: str, threads: int, gpus: bool) -> None:
    parts = Parts(clip=HERE, coca=HERE, gpt=HERE, index=None, gpt_engine=engine)
    replicas = Replicas(threads=threads, gpus=gpus, most=8)
    for cpus in range(cpus_needed(parts, replicas), 80):
        for there in range(gpus_needed(parts, replicas), 12):
            most = Room(cpus, there).replicas(parts, replicas)
            more = most - 1
            assert 1 <= most <= 8
            assert cpus_needed(parts, replicas) + more * (4 * threads + 2 * (engine == VLLM)) <= cpus
            assert gpus_needed(parts, replicas) * most <= there or not gpus


def test_a_machine_without_spare_cpus_keeps_one_of_each() -> None:
    assert Room(cpus_needed(ALL, Replicas()), 0).replicas(ALL, Replicas()) == 1
    assert Room(2, 0).replicas(ALL, Replicas()) == 1
    assert Room(100, 0).replicas(ALL, Replicas()) == 4


def test_replicas_grow_no_further_than_the_memory_that_is_set_aside() -> None:
    replicas = Replicas(memory_mb=100, most=8)
    for fits in (1, 2, 5):
        assert Room(1000, 0, fits * 3 * 100 * 2**20).replicas(ALL, replicas) == fits
