"""The device of a process to which Ray allotted no GPU."""

import subprocess
import sys

import pytest
import torch

from sartext.errors import UserError
from sartext.flow.engine.device import allotted_device, gpu


def test_who_was_allotted_no_gpu_computes_on_the_cpu_whatever_torch_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert allotted_device() == torch.device("cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="torch sees a GPU here")
def test_a_gpu_that_torch_does_not_see_is_said() -> None:
    with pytest.raises(UserError, match="Ray allotted GPU 1 to a process whose torch sees none; check the driver"):
        gpu(1)


SCRIPT = """
import resource, sys, threading
import numpy as np
from sartext.flow.engine.device import keep_freed_memory

assert sys.argv[1] == "as it is" or keep_freed_memory()

def layers():
    for _ in range(10):
        held = [np.ones(size * 2**18, np.uint8) for size in range(1, 16)]
        del held

def run():
    layers()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    layers()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)

thread = threading.Thread(target=run)
thread.start()
thread.join()
"""


def page_faults(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", SCRIPT, how], check=True, capture_output=True, text=True, timeout=60)
    return int(done.stdout)


def test_a_thread_takes_what_it_freed_instead_of_new_pages() -> None:
    assert page_faults("kept") < 500 < page_faults("as it is")
