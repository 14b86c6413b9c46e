"""Checkpoints of others as files: what training scripts write around the weights is taken off, and nothing of them is run."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from open_clip.factory import load_checkpoint  # type: ignore[import-untyped]
from safetensors.torch import load_file, save_file
from torch import nn

from sartext.errors import UserError
from sartext.flow.weights.foreign_weights import SUFFIXES
from sartext.models.hub import one_line

_AROUND = ("state_dict", "model_state_dict", "model", "module")  # keys under which a checkpoint has its weights
_DEEP = 4  # such keys in one another
_PREFIXES = ("module.", "_orig_mod.", "model.")  # of DistributedDataParallel, torch.compile, and modules that hold the model


def load_weights_file(model: nn.Module, path: Path, name: str) -> None:
    """Puts the weights of a file into a model of open_clip's, called `name` in what is said of it.

    Position embeddings of another size are interpolated as open_clip does it. Raises `UserError` where the file cannot be read
    without running what is in it, or does not hold the weights of such a model.
    """
    weights = read_weights_file(path)
    with tempfile.TemporaryDirectory(prefix="sartext-weights-") as place:
        plain = Path(place, "weights.safetensors")
        with one_line(f"{path} holds tensors that cannot be read here", "give plain ones, and room in the folder of TMPDIR"):
            save_file({key: value.contiguous().clone() for key, value in weights.items()}, plain)
        del weights
        with one_line(f"{path} does not hold the weights of {name}", "give --architecture the name of the model that it is of"):
            load_checkpoint(model, str(plain))


def read_weights_file(path: Path) -> dict[str, torch.Tensor]:
    """The weights of a safetensors file, or of a pickle that holds tensors and plain values alone.

    Raises `UserError` for every other file.
    """
    if path.suffix not in SUFFIXES:
        raise UserError(f"{path} is no file of weights by its name; there are {', '.join(SUFFIXES)}")
    with one_line(f"{path} cannot be read as weights", "give a safetensors file, or a checkpoint of tensors and plain values"):
        found: Any = load_file(path) if path.suffix == ".safetensors" else _unpickled(path)
    for _ in range(_DEEP):
        inner = next((key for key in _AROUND if isinstance(found, Mapping) and isinstance(found.get(key), Mapping)), None)
        found = found if inner is None else found[inner]
    if not isinstance(found, Mapping) or not found or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise UserError(f"{path} holds no weights by name; give a checkpoint with a state_dict")
    weights = {str(key): value for key, value in found.items()}
    while (prefix := next((one for one in _PREFIXES if all(key.startswith(one) for key in weights)), None)) is not None:
        weights = {key.removeprefix(prefix): value for key, value in weights.items()}
    return weights


def _unpickled(path: Path) -> Any:
    """What a pickle holds, mapped and not read where its format allows that."""
    try:
        return torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except RuntimeError:  # of before torch 1.6
        return torch.load(path, map_location="cpu", weights_only=True)
