"""The state of a training run as bytes, exact to the bit: weights, optimizer moments, random states; safetensors and JSON.

Frozen weights are left out: `build` or `load` gives them again; those that a stage alone has locked, which an earlier one may
have learned, are in it. What is not a tensor is JSON in the file's own header.
"""

import json
import struct
from collections.abc import Collection, Iterator
from typing import Any

import safetensors.torch
import torch
from torch import nn

from sartext.errors import UserError
from sartext.models.objective import unwrapped

_WEIGHT, _MOMENT, _RANDOM = "weight/", "moment/", "random/"
_CPU, _CUDA = _RANDOM + "cpu", _RANDOM + "cuda"


def state_bytes(
    model: nn.Module, optimizer: torch.optim.Optimizer, progress: dict[str, Any], locked: Collection[str] = ()
) -> bytes:
    """The state of a run; `progress` is plain JSON (the step, the stage, ...), `locked` what `locking.lock` gave.

    Random states are those of torch, of the CPU and of the GPU that the model is on.
    """
    tensors = {_WEIGHT + name: value for name, value in _learnt(model, locked)}
    groups = optimizer.state_dict()
    for number, moments in groups["state"].items():
        tensors |= {f"{_MOMENT}{number}/{name}": value for name, value in moments.items()}
    tensors[_CPU] = torch.get_rng_state()
    device = _device(model)
    if device.type == "cuda":  # another GPU may be seen from here, and is not ours to touch
        tensors[_CUDA] = torch.cuda.get_rng_state(device)
    header = {"progress": progress, "groups": groups["param_groups"]}
    stored = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    return safetensors.torch.save(stored, metadata={"state": json.dumps(header, allow_nan=False)})


def restore(data: bytes, model: nn.Module, optimizer: torch.optim.Optimizer, locked: Collection[str] = ()) -> dict[str, Any]:
    """Puts a state into a model and an optimizer that were built as before, and into torch; the `progress` of then.

    Raises `UserError` where the state is of another model or damaged; then nothing was changed.
    """
    try:
        header = json.loads(_metadata(data)["state"])
        tensors = safetensors.torch.load(data)
    except (safetensors.SafetensorError, ValueError, KeyError, struct.error) as error:
        raise UserError(f"a training state of {len(data)} bytes is damaged ({error}); go on from an earlier one") from error
    weights = dict(_learnt(model, locked))
    shapes = {_WEIGHT + name: value.shape for name, value in weights.items()}
    found = {name: value.shape for name, value in tensors.items() if name.startswith(_WEIGHT)}
    if shapes != found:
        name = sorted(shapes.items() ^ found.items())[0][0].removeprefix(_WEIGHT)
        raise UserError(f"the training state is of another model: {name} differs; start with the model it is of")
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith(_MOMENT):
            number, moment = name.removeprefix(_MOMENT).split("/")
            state.setdefault(int(number), {})[moment] = value
    optimizer.load_state_dict({"state": state, "param_groups": header["groups"]})
    with torch.no_grad():
        for name, value in weights.items():
            value.copy_(tensors[_WEIGHT + name])
    torch.set_rng_state(tensors[_CPU])
    device = _device(model)
    if device.type == "cuda" and _CUDA in tensors:
        torch.cuda.set_rng_state(tensors[_CUDA], device)
    return dict(header["progress"])


def _device(model: nn.Module) -> torch.device:
    return next(model.parameters()).device


def _learnt(model: nn.Module, locked: Collection[str]) -> Iterator[tuple[str, torch.Tensor]]:
    """What training changes: trainable parameters, each once however often it is used, and buffers that are stored."""
    plain = unwrapped(model)
    kept = plain.state_dict().keys()
    yield from ((name, value) for name, value in plain.named_parameters() if value.requires_grad or name in locked)
    yield from ((name, value) for name, value in plain.named_buffers() if name in kept)


def _metadata(data: bytes) -> dict[str, str]:
    """The metadata of a safetensors file: its first 8 bytes say how long the JSON after them is."""
    (length,) = struct.unpack("<Q", data[:8])
    return dict(json.loads(data[8 : 8 + length])["__metadata__"])
