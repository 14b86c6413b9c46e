"""Models as folders that plain open_clip, transformers and vLLM load, and back.

A CLIP or a CoCa is open_clip's `local-dir:` kind: `open_clip_config.json`, `open_clip_model.safetensors` and the files of
a tokenizer that was trained here. A GPT is transformers' kind, adapters merged. Beside either lies `objective.json`: what the
model is trained for, and how its images are prepared. Nothing is pickled.
"""

import json
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import nn
from transformers import AutoModelForImageTextToText, AutoProcessor

from sartext.errors import UserError
from sartext.models.clip import CLIP
from sartext.models.coca import CoCa
from sartext.models.fingerprint import model_fingerprint
from sartext.models.gpt import GPT, NamedGPT, merged
from sartext.models.image import Preprocess, from_open_clip_cfg
from sartext.models.objective import unwrapped
from sartext.models.qwen import TinyQwen
from sartext.models.text import OpenClipTokenizer, load_caption_tokenizer
from sartext.models.towers import Named, Tiny, from_model_cfg

OBJECTIVE = "objective.json"
CONFIG, WEIGHTS = "open_clip_config.json", "open_clip_model.safetensors"
_VERSION = 1
_KINDS: dict[str, type] = {kind.__name__: kind for kind in (CLIP, CoCa, GPT, Tiny, Named, TinyQwen, NamedGPT)}

AnyObjective = CLIP | CoCa | GPT


def save(objective: AnyObjective, model: nn.Module, tokenizer: Any, preprocess: Preprocess, folder: Path) -> None:
    """Writes the model's folder; `objective.json` is written last. Raises `UserError` where the images' size does not fit."""
    plain = unwrapped(model)
    size_px = objective.preprocess().size_px
    if preprocess.size_px != size_px:
        raise UserError(f"the model sees {size_px} px, preprocess gives {preprocess.size_px}; make both the same")
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(objective, GPT):
        merged(plain).save_pretrained(folder)  # type: ignore[operator]
        tokenizer.save_pretrained(folder)
    else:
        model_cfg = objective.model_cfg(tokenizer.vocabulary_size)
        _write_json(folder / CONFIG, {"model_cfg": model_cfg, "preprocess_cfg": preprocess.open_clip_cfg()})
        tensors = {name: value.detach().cpu().contiguous() for name, value in plain.state_dict().items()}
        save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
        tokenizer.save(folder)
    _write_json(
        folder / OBJECTIVE, {"version": _VERSION, "objective": _spec(objective), "preprocess": preprocess.open_clip_cfg()}
    )


def load(folder: Path) -> tuple[AnyObjective, nn.Module, Any, Preprocess]:
    """The objective, the model (on the CPU, in training mode, without adapters), its tokenizer and its preprocessing.

    A GPT goes on with adapters as `objective.adapted(model)`. Raises `UserError` where the folder is not one that
    `save` finished.
    """
    objective, preprocess = described(folder)
    try:
        return objective, *_loaded(objective, folder), preprocess
    except UserError:
        raise
    except Exception as error:  # safetensors, tokenizers and transformers raise almost anything on broken files
        fact = " ".join(str(error).split())[:300]
        raise UserError(f"{folder} holds no whole model ({type(error).__name__}: {fact}); write the model again") from error


def _loaded(objective: AnyObjective, folder: Path) -> tuple[nn.Module, Any]:
    """The model and its tokenizer."""
    if isinstance(objective, GPT):
        answering = AutoModelForImageTextToText.from_pretrained(folder, use_safetensors=True)
        processor = AutoProcessor.from_pretrained(folder)  # type: ignore[no-untyped-call]
        return answering.train(), processor
    model_cfg = _read_json(folder / CONFIG)["model_cfg"]
    model = from_model_cfg(model_cfg, seed=0)
    model.load_state_dict(load_file(folder / WEIGHTS))
    own = "hf_tokenizer_name" in model_cfg["text_cfg"]
    return model, load_caption_tokenizer(folder) if own else OpenClipTokenizer()


def kind_of(folder: Path) -> str:
    """CLIP, CoCa or GPT. Raises `UserError` where the folder is not one that `save` finished."""
    return type(described(folder)[0]).__name__


def described(folder: Path) -> tuple[AnyObjective, Preprocess]:
    """What the model of a folder is trained for, and how its images are prepared; no weights are read. Raises as `load`."""
    there = _read_json(folder / OBJECTIVE)
    if there.get("version") != _VERSION:
        raise UserError(f"{folder / OBJECTIVE} has version {there.get('version')}, this program reads {_VERSION}; update it")
    try:
        return _from_spec(there["objective"]), from_open_clip_cfg(there["preprocess"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UserError(f"{folder / OBJECTIVE} describes no model that is known here ({error}); write it again") from error


def start_fingerprint(objective: AnyObjective) -> str | None:
    """What stands for the folder of weights that training starts from; None where it starts from no folder."""
    start = objective.language if isinstance(objective, GPT) else objective.towers
    folder = start.folder if isinstance(start, Named | NamedGPT) else None
    if folder is None:
        return None
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder; give one with a model's configuration and weights")
    return model_fingerprint(folder)


def _spec(value: Any) -> dict[str, Any]:
    """A specification as plain JSON, its class named."""
    fields = {name: getattr(value, name) for name in value.__dataclass_fields__}
    return {"type": type(value).__name__} | {
        name: _spec(part) if type(part).__name__ in _KINDS else part for name, part in fields.items()
    }


def _from_spec(spec: dict[str, Any]) -> Any:
    fields = {name: _from_spec(part) if isinstance(part, dict) else part for name, part in spec.items() if name != "type"}
    return _KINDS[spec["type"]](**fields)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n", encoding="utf-8")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(value, dict):
            raise ValueError("it holds no JSON object")
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(
            f"{path} is not there: {path.parent} is no finished model; give the folder that training wrote"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{path} is damaged ({error}); write the model again") from error
    return value
