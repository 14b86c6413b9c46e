"""Models as folders, saved and loaded by their objective: those of open_clip and transformers are what these load themselves.

Beside an objective's own files lies `objective.json`: what the model is trained for, and how its images are prepared. It names
the class: those below by their name, every other as `package.module:Class`. Nothing is pickled.
"""

import dataclasses
from pathlib import Path
from typing import Any

from torch import nn

from sartext.config import imported
from sartext.errors import UserError
from sartext.models.fingerprint import model_fingerprint
from sartext.models.folder import OBJECTIVE, read_model_json, write_json
from sartext.models.image import Preprocess, from_open_clip_cfg
from sartext.models.objective import AnyObjective, unwrapped

_VERSION = 1
_PACKAGE = __name__.split(".")[0]
_OURS = {  # recorded name -> module; whatever else there is is recorded by its import path
    "CLIP": "clip",
    "CoCa": "coca",
    "GPT": "gpt",
    "Tiny": "towers",
    "Convolutional": "towers",
    "Named": "towers",
    "TinyQwen": "qwen",
    "NamedGPT": "gpt",
}


def save(objective: AnyObjective, model: nn.Module, tokenizer: Any, preprocess: Preprocess, folder: Path) -> None:
    """Writes the model's folder; `objective.json` is written last. Raises `UserError` where the images' size does not fit."""
    spec = specification(objective)
    size_px = objective.preprocess().size_px
    if preprocess.size_px != size_px:
        raise UserError(f"the model sees {size_px} px, preprocess gives {preprocess.size_px}; make both the same")
    folder.mkdir(parents=True, exist_ok=True)
    objective.save(unwrapped(model), tokenizer, preprocess, folder)
    write_json(folder / OBJECTIVE, {"version": _VERSION, "objective": spec, "preprocess": preprocess.open_clip_cfg()})


def load(folder: Path) -> tuple[AnyObjective, nn.Module, Any, Preprocess]:
    """The objective, the model (on the CPU, in training mode), its tokenizer and its preprocessing.

    Raises `UserError` where the folder is not one that `save` finished, or the objective's package is not here.
    """
    objective, preprocess = described(folder)
    try:
        return objective, *objective.load(folder), preprocess
    except UserError:
        raise
    except Exception as error:  # safetensors, tokenizers and transformers raise almost anything on broken files
        fact = " ".join(str(error).split())[:300]
        raise UserError(f"{folder} holds no whole model ({type(error).__name__}: {fact}); write the model again") from error


def described(folder: Path) -> tuple[AnyObjective, Preprocess]:
    """What the model of a folder is trained for, and how its images are prepared; no weights are read. Raises as `load`."""
    there = read_model_json(folder / OBJECTIVE)
    if there.get("version") != _VERSION:
        raise UserError(f"{folder / OBJECTIVE} has version {there.get('version')}, this program reads {_VERSION}; update it")
    try:
        objective: AnyObjective = _from_spec(there["objective"])
        if not hasattr(objective, "capabilities"):
            raise TypeError(f"{there['objective']['type']} is no objective")
        return objective, from_open_clip_cfg(there["preprocess"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UserError(f"{folder / OBJECTIVE} describes no model that is known here ({error}); write it again") from error


def name_of(objective: AnyObjective) -> str:
    """What an objective is called in reports and messages: its class's name."""
    return type(objective).__name__


def check_capability(folder: Path, capability: str, remedy: str) -> None:
    """Raises `UserError` where the model of a folder cannot do that; no weights are read."""
    objective, _ = described(folder)
    if capability not in objective.capabilities:
        raise UserError(f"{folder} holds a {name_of(objective)}, which cannot {capability}; {remedy}")


def start_fingerprint(objective: AnyObjective) -> str | None:
    """What stands for the folder of weights that training starts from; None where it starts from no folder."""
    folder = objective.start_folder
    if folder is None:
        return None
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder; give one with a model's configuration and weights")
    return model_fingerprint(folder)


def specification(value: Any) -> Any:
    """An objective as plain JSON, the class of each dataclass named. Raises `UserError` where others could not read it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: specification(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"type": _class_name(type(value)), **fields}
    if isinstance(value, list | tuple):
        return [specification(one) for one in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    kind = type(value).__name__
    raise UserError(f"a {kind} cannot be written to {OBJECTIVE}; fields are plain values, tuples and dataclasses")


def _class_name(kind: type) -> str:
    if kind.__module__ == f"{_PACKAGE}.models.{_OURS.get(kind.__name__)}":
        return kind.__name__
    path = f"{kind.__module__}:{kind.__qualname__}"
    if kind.__module__ == "__main__" or kind.__qualname__ != kind.__name__:
        raise UserError(f"{path} cannot be imported by others; define it at the top of a module of a package")
    return path


def _from_spec(spec: Any) -> Any:
    if isinstance(spec, list):
        return tuple(_from_spec(one) for one in spec)
    if not isinstance(spec, dict):
        return spec
    fields = {name: _from_spec(part) for name, part in spec.items() if name != "type"}
    return _class(spec["type"])(**fields)


def _class(name: str) -> type:
    """The dataclass of a recorded name. Whatever else can be imported is refused, and never called."""
    found = imported(name if ":" in name else f"{_PACKAGE}.models.{_OURS[name]}:{name}")
    if not (isinstance(found, type) and dataclasses.is_dataclass(found)):
        raise TypeError(f"{name} is no dataclass")
    return found
