"""Where a name of open_clip leads: the configuration of a model, how its images are prepared, and its weights.

A name is one of open_clip's own, `hf-hub:ORGANISATION/NAME`, or `local-dir:PATH` of a folder with `open_clip_config.json`.
"""

import json
import urllib.error
import urllib.request
from copy import deepcopy
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import open_clip  # type: ignore[import-untyped]
from open_clip.constants import HF_CONFIG_NAME, HF_SAFE_WEIGHTS_NAME, HF_WEIGHTS_NAME  # type: ignore[import-untyped]
from open_clip.factory import _find_checkpoint_in_dir, load_checkpoint  # type: ignore[import-untyped]
from open_clip.pretrained import download_pretrained_from_url  # type: ignore[import-untyped]
from open_clip.transform import PreprocessCfg, merge_preprocess_dict  # type: ignore[import-untyped]
from torch import nn

from sartext.errors import UserError
from sartext.models.folder import FOLDER, HUB, folder_of
from sartext.models.hub import hub_file, one_line

_REMEDY = f"give a folder that has it as {FOLDER}PATH"
_ANSWER_S = 10.0
_CLIP_CACHE = Path("~/.cache/clip")  # open_clip's own, of weights that are on no hub


@dataclass(frozen=True)
class Configs:
    """What is known of a model before its weights are read, as open_clip writes it."""

    model_cfg: dict[str, Any]
    preprocess_cfg: dict[str, Any]


def configs_of(name: str, tag: str | None) -> Configs:
    """open_clip's configurations of a model, of published weights where there is a tag.

    Raises `UserError` where the name or the tag leads nowhere, or the weights were trained with another activation.
    """
    if tag is not None and name.startswith((HUB, FOLDER)):
        raise UserError(f"{name} brings its own weights, and {tag!r} cannot be read beside them; give '' as pretrained")
    cfg = _described(name)
    prepared = merge_preprocess_dict(asdict(PreprocessCfg()), cfg.get("preprocess_cfg") or {})
    if tag is not None:
        prepared = merge_preprocess_dict(prepared, _of_tag(name, tag, bool(cfg["model_cfg"].get("quick_gelu"))))
    return Configs(deepcopy(cfg["model_cfg"]), prepared)


def check_weights(name: str, tag: str | None) -> None:
    """Raises `UserError` where weights that are named are neither here nor where they could be downloaded from."""
    _weights(name, tag, download=False)


def read_weights(model: nn.Module, name: str, tag: str | None) -> None:
    """Puts the weights that are named into the model; they are downloaded where they are not here.

    Raises `UserError` where they cannot be had or are not the model's.
    """
    path = _weights(name, tag, download=True)
    if path is None:
        return
    with one_line(f"{path} does not hold the weights of {name}", "download it again, or name another model"):
        load_checkpoint(model, str(path))


@cache
def _described(name: str) -> dict[str, Any]:
    """`model_cfg`, and `preprocess_cfg` where the model says it."""
    folder = folder_of(name)
    if folder is None and not name.startswith(HUB):
        known = open_clip.get_model_config(name)
        if known is None:
            raise UserError(
                f"open_clip has no model {name!r}; open_clip.list_models() names them, {HUB}ORGANISATION/NAME and "
                f"{FOLDER}PATH name others"
            )
        return {"model_cfg": known}
    if folder is not None:
        path: Path | None = folder / HF_CONFIG_NAME
    else:
        path = hub_file(name.removeprefix(HUB), [HF_CONFIG_NAME], _REMEDY)
    with one_line(f"{path} describes no model of open_clip's", "give a folder with its configuration and weights"):
        cfg = json.loads(Path(str(path)).read_text(encoding="utf-8"))
        for part in ("vision_cfg", "text_cfg"):
            dict(cfg["model_cfg"][part])
        return dict(cfg)


def _of_tag(name: str, tag: str, quick_gelu: bool) -> dict[str, Any]:
    """What open_clip says of published weights."""
    said = open_clip.get_pretrained_cfg(name, tag)
    if not said:
        known = ", ".join(open_clip.list_pretrained_tags_by_model(name)) or "none"
        raise UserError(f"{name} has no weights {tag!r}; there are: {known}")
    if bool(said.get("quick_gelu")) != quick_gelu:
        trained, name_of = ("plain", "does not end") if quick_gelu else ("quick", "ends")
        raise UserError(
            f"{tag} weights of {name} were trained with {trained} GELU; choose the model whose name {name_of} in -quickgelu"
        )
    return dict(said)


def _weights(name: str, tag: str | None, *, download: bool) -> Path | None:
    """The file of the weights; None where a model starts from nothing, or its weights would be downloaded."""
    folder = folder_of(name)
    if folder is not None:
        found = _find_checkpoint_in_dir(folder)
        if found is None:
            raise UserError(f"{folder} has no weights beside {HF_CONFIG_NAME}; give a folder that has both")
        return Path(found)
    if name.startswith(HUB):
        return hub_file(name.removeprefix(HUB), _alternatives(HF_WEIGHTS_NAME), _REMEDY, download=download)
    if tag is None:
        return None
    said = open_clip.get_pretrained_cfg(name, tag)
    try:
        if said.get("hf_hub"):
            repository, _, file = said["hf_hub"].rpartition("/")
            return hub_file(repository, _alternatives(file or HF_WEIGHTS_NAME), _REMEDY, download=download)
        return _from_url(str(said["url"]), download=download)
    except UserError as error:
        raise UserError(f"the weights {tag} of {name} cannot be had: {error}") from error


def _alternatives(name: str) -> list[str]:
    """The names under which open_clip looks for weights: first without pickles."""
    first = [HF_SAFE_WEIGHTS_NAME] if name == HF_WEIGHTS_NAME else []
    return [*first, *([f"{name[:-4]}.safetensors"] if name.endswith((".bin", ".pth")) else []), name]


def _from_url(url: str, *, download: bool) -> Path | None:
    cached = _CLIP_CACHE.expanduser() / url.rpartition("/")[2]
    if cached.is_file():
        return cached
    try:
        urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=_ANSWER_S).close()
    except OSError as error:
        raise UserError(f"{url} is out of reach ({error}) and {cached} is not there; put it there, or {_REMEDY}") from error
    if not download:
        return None
    with one_line(f"{url} cannot be downloaded whole", f"delete {cached}, run again, or {_REMEDY}"):
        return Path(download_pretrained_from_url(url))
