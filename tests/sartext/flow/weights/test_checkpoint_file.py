"""Checkpoints of others as files: what is around the weights is taken off, and nothing in them is run."""

import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from sartext.errors import UserError
from sartext.flow.weights.checkpoint_file import load_weights_file, read_weights_file

WEIGHTS = {"weight": torch.arange(6.0).view(2, 3), "bias": torch.ones(2)}
PREFIXED = {f"module.{name}": value for name, value in WEIGHTS.items()}
COMPILED = {f"_orig_mod.module.{name}": value for name, value in WEIGHTS.items()}


@pytest.mark.parametrize(
    "checkpoint",
    [
        WEIGHTS,
        PREFIXED,
        COMPILED,
        {"epoch": 3, "name": "coca", "state_dict": PREFIXED, "optimizer": {"state": {}, "param_groups": []}},
        {"model": {"state_dict": WEIGHTS}},
        {"model_state_dict": COMPILED, "step": 7},
    ],
)
def test_weights_are_found_in_what_training_scripts_write(checkpoint: dict[str, Any], tmp_path: Path) -> None:
    torch.save(checkpoint, tmp_path / "model.pt")
    found = read_weights_file(tmp_path / "model.pt")
    assert found.keys() == WEIGHTS.keys()
    assert all(torch.equal(found[name], value) for name, value in WEIGHTS.items())


def test_safetensors_are_read_too(tmp_path: Path) -> None:
    save_file(PREFIXED, tmp_path / "model.safetensors")
    assert read_weights_file(tmp_path / "model.safetensors").keys() == WEIGHTS.keys()


def test_a_name_that_only_some_weights_begin_with_stays(tmp_path: Path) -> None:
    torch.save({"module.weight": torch.ones(1), "scale": torch.ones(1)}, tmp_path / "model.pt")
    assert read_weights_file(tmp_path / "model.pt").keys() == {"module.weight", "scale"}


class _Opens:
    """What a pickle that runs something holds."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(self.path), "w")


def test_what_is_in_a_pickle_is_never_run(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(pickle.dumps({"state_dict": _Opens(tmp_path / "ran")}))
    torch.save({"state_dict": _Opens(tmp_path / "ran")}, tmp_path / "other.pt")
    for name in ("model.pt", "other.pt"):
        with pytest.raises(UserError, match=rf"{name} cannot be read as weights \(.*\); give a safetensors file"):
            read_weights_file(tmp_path / name)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("model.pt", b"", "cannot be read as weights"),
        ("model.safetensors", b"no weights", "cannot be read as weights"),
        ("model.txt", b"", r"is no file of weights by its name; there are \.safetensors"),
    ],
)
def test_files_that_hold_no_weights_are_said(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=said):
        read_weights_file(tmp_path / name)


@pytest.mark.parametrize("checkpoint", [{}, {"epoch": 3}, [torch.ones(1)], {"state_dict": {"weight": 3}}])
def test_checkpoints_without_weights_by_name_are_said(checkpoint: Any, tmp_path: Path) -> None:
    torch.save(checkpoint, tmp_path / "model.pt")
    with pytest.raises(UserError, match="holds no weights by name; give a checkpoint with a state_dict"):
        read_weights_file(tmp_path / "model.pt")


def test_weights_of_another_model_are_said_in_one_line(tmp_path: Path) -> None:
    torch.save({"weight": torch.ones(5)}, tmp_path / "model.pt")
    with pytest.raises(UserError, match=r"model\.pt does not hold the weights of small \(.*\); give --architecture") as said:
        load_weights_file(torch.nn.Linear(3, 2), tmp_path / "model.pt", "small")
    assert "\n" not in str(said.value)


def test_a_checkpoint_that_holds_itself_comes_to_an_end(tmp_path: Path) -> None:
    endless: dict[str, Any] = {}
    endless["model"] = endless
    torch.save(endless, tmp_path / "model.pt")
    with pytest.raises(UserError, match="holds no weights by name"):
        read_weights_file(tmp_path / "model.pt")


def test_tensors_that_are_no_plain_ones_are_said_in_one_line(tmp_path: Path) -> None:
    torch.save({"weight": torch.eye(3).to_sparse()}, tmp_path / "model.pt")
    with pytest.raises(UserError, match="holds tensors that cannot be read here"):
        load_weights_file(torch.nn.Linear(3, 3), tmp_path / "model.pt", "small")
