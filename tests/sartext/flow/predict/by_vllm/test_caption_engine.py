"""Where vLLM runs, without an engine."""

import json
from pathlib import Path

import pytest
import torch

from sartext.errors import UserError
from sartext.flow.predict.by_vllm import caption_engine
from sartext.flow.predict.by_vllm.caption_engine import CaptionEngine, placement


def test_of_a_gpu_it_takes_the_share_that_is_allotted() -> None:
    assert placement(1.0) == {"dtype": "auto", "gpu_memory_utilization": 0.9}
    assert placement(0.5) == {"dtype": "auto", "gpu_memory_utilization": 0.45}
    assert placement(0.0) == {"dtype": "float32", "enforce_eager": True}


def test_a_folder_that_is_not_on_this_machine_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere is not on .*; models are loaded from a folder that all workers see"):
        CaptionEngine(tmp_path / "nowhere", None, 512)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")  # of what vLLM imports
@pytest.mark.skipif(torch.cuda.is_available(), reason="vLLM may be its build for GPUs here")
def test_a_gpu_that_this_build_of_vllm_cannot_use_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text(json.dumps({}))
    monkeypatch.setattr(caption_engine, "allotted_device", lambda: torch.device("cuda", 0))
    with pytest.raises(UserError, match="vLLM is its build for processors here, and Ray allotted a GPU; install"):
        CaptionEngine(tmp_path, None, 512)
