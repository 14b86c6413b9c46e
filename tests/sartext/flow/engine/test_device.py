"""The device of a process to which Ray allotted no GPU."""

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
