"""Weights of others -> the folder of a finished training without steps, which train, evaluate, index, serve and build take."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sartext.artifact import MANIFEST
from sartext.errors import UserError
from sartext.flow.predict.trained import FIELDS, MODELS, Trained, put_model
from sartext.flow.run import Run
from sartext.flow.weights.foreign_weights import ForeignWeights
from sartext.models.folder import FOLDER, HUB

if TYPE_CHECKING:  # torch takes seconds: --help and a wrong option do without
    from torch import nn

    from sartext.models.clip import CLIP
    from sartext.models.coca import CoCa
    from sartext.models.image import Preprocess
    from sartext.models.objective import AnyObjective

IMPORTED = "imported"  # the only model of such a folder
_OPEN_CLIP_CONFIG, _TRANSFORMERS_CONFIG = "open_clip_config.json", "config.json"


def import_weights(given: ForeignWeights, out: str) -> Trained:
    """The model at `out`, as a training that ended before its first step leaves it; what is finished is not done again.

    Raises `UserError` where the weights cannot be had, are of no model that is known here, or of another one.
    """
    if "://" in out:
        raise UserError(f"{out} is no folder; models are loaded from one that all workers see")
    with Run(out, kind="training", writes=(MANIFEST, MODELS)) as run:
        run.plan(given.config)
        if (manifest := run.finished(FIELDS)) is None:
            with run.importing():
                objective, model, tokenizer, preprocess = _loaded(given)
            run.reserve()
            put_model(run.store, IMPORTED, objective, model, tokenizer, preprocess)
            manifest = run.finish(parents=[], steps=0, losses={}, texts={}, models=[IMPORTED], weights=given.config["weights"])
        return Trained(run.uri, manifest)


def _loaded(given: ForeignWeights) -> "tuple[AnyObjective, nn.Module, Any, Preprocess]":
    """The objective that the weights are of, the model with them, its tokenizer and its preprocessing."""
    objective = _objective(given)
    tokenizer = objective.tokenizer([])
    if given.file is None:
        model, preprocess = objective.located().build(tokenizer), objective.preprocess()
    else:
        from sartext.flow.weights.checkpoint_file import load_weights_file
        from sartext.models.towers import Named

        model = objective.build(tokenizer)
        load_weights_file(model, given.file, given.architecture)
        preprocess = Named(name=given.architecture, pretrained=given.pretrained or None).preprocess("pad")
    mean, std = given.mean or preprocess.mean, given.std or preprocess.std
    return objective, model, tokenizer, replace(preprocess, mean=mean, std=std)


def _objective(given: ForeignWeights) -> "AnyObjective":
    """What the weights are of, by where they are."""
    from sartext.models.gpt import GPT, NamedGPT

    name, folder = given.weights, Path(given.weights).expanduser()
    if given.file is not None:
        if not given.architecture:
            raise UserError(f"{name} is a file, which does not say what it is of; give --architecture, as coca_ViT-L-14")
        return _dual(given.architecture, None)
    if given.architecture:
        raise UserError(f"{name} is no file that is there, and names its own architecture; leave --architecture out")
    if name.startswith((HUB, FOLDER)):
        return _dual(name, None)
    if folder.is_dir():
        if (folder / _OPEN_CLIP_CONFIG).is_file():
            return _dual(f"{FOLDER}{name}", None)
        if (folder / _TRANSFORMERS_CONFIG).is_file():
            return GPT(language=NamedGPT(name=name))
        raise UserError(f"{folder} has no {_OPEN_CLIP_CONFIG} and no {_TRANSFORMERS_CONFIG}; give a folder with a model")
    if "/" in name:
        return GPT(language=NamedGPT(name=name))
    if not given.pretrained:
        raise UserError(f"{name} is no file and no folder; of a model of open_clip's give --pretrained, the tag of its weights")
    return _dual(name, given.pretrained)


def _dual(name: str, tag: str | None) -> "CLIP | CoCa":
    """A CoCa where the configuration has a decoder, else a CLIP."""
    from sartext.models.clip import CLIP
    from sartext.models.coca import CoCa
    from sartext.models.towers import Named

    towers = Named(name=name, pretrained=tag)
    return CoCa(towers=towers) if "multimodal_cfg" in towers.model_cfg() else CLIP(towers=towers)
