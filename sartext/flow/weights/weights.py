"""Weights of others -> the folder of a finished training without steps, which train, evaluate, index, serve and build take."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sartext.artifact import MANIFEST
from sartext.errors import UserError
from sartext.flow.predict.trained import FIELDS, MODELS, Trained, put_model
from sartext.flow.run import Run
from sartext.flow.weights.foreign_weights import SUFFIXES, ForeignWeights
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
        config = given.config()
        run.plan(config)
        if (manifest := run.finished(FIELDS)) is None:
            with run.importing():
                objective, model, tokenizer, preprocess = _loaded(given)
            run.reserve()
            put_model(run.store, IMPORTED, objective, model, tokenizer, preprocess)
            manifest = run.finish(parents=[], steps=0, losses={}, texts={}, models=[IMPORTED], weights=config["weights"])
        return Trained(run.uri, manifest)


def _loaded(given: ForeignWeights) -> "tuple[AnyObjective, nn.Module, Any, Preprocess]":
    """The objective that the weights are of, the model with them, its tokenizer and its preprocessing."""
    objective = _objective(given)
    if given.file is None:
        objective = objective.located()
        tokenizer, preprocess = objective.tokenizer([]), objective.preprocess()
        model = objective.build(tokenizer)
    else:
        from sartext.flow.weights.checkpoint_file import load_weights_file
        from sartext.models.towers import Named

        preprocess = Named(name=given.architecture, pretrained=given.pretrained or None).preprocess("pad")
        tokenizer = objective.tokenizer([])
        model = objective.build(tokenizer)
        load_weights_file(model, given.file, given.architecture)
    mean, std = given.mean or preprocess.mean, given.std or preprocess.std
    return objective, model, tokenizer, replace(preprocess, mean=mean, std=std)


def _objective(given: ForeignWeights) -> "AnyObjective":
    """What the weights are of, by where they are."""
    name, folder = given.weights, given.folder
    if given.file is not None:
        if not given.architecture:
            raise UserError(f"{name} is a file, which does not say what it is of; give --architecture, as coca_ViT-L-14")
        return _dual(given.architecture, None)
    if folder is None and (given.architecture or Path(name).suffix in SUFFIXES):
        raise UserError(f"{name} is not there; give a file of weights")
    named = folder is None and not name.startswith((HUB, FOLDER)) and "/" not in name
    for option, value in (("architecture", given.architecture), ("pretrained", "" if named else given.pretrained)):
        if value:
            raise UserError(f"{name} says itself what it is; leave --{option} out")
    if name.startswith((HUB, FOLDER)):
        return _dual(name, None)
    if folder is not None and (folder / _OPEN_CLIP_CONFIG).is_file():
        return _dual(f"{FOLDER}{folder}", None)
    if folder is not None and not (folder / _TRANSFORMERS_CONFIG).is_file():
        raise UserError(f"{folder} has no {_OPEN_CLIP_CONFIG} and no {_TRANSFORMERS_CONFIG}; give a folder with a model")
    if not named:
        return _answering(given)
    if not given.pretrained:
        raise UserError(f"{name} is no file and no folder; of a model of open_clip's give --pretrained, the tag of its weights")
    return _dual(name, given.pretrained)


def _answering(given: ForeignWeights) -> "AnyObjective":
    """A model of transformers, whose processor normalises by itself."""
    from sartext.models.gpt import GPT, NamedGPT

    for option in ("mean", "std"):
        if getattr(given, option):
            raise UserError(f"{given.weights} has a processor that normalises images; leave --{option} out")
    return GPT(language=NamedGPT(name=given.weights))


def _dual(name: str, tag: str | None) -> "CLIP | CoCa":
    """A CoCa where the configuration has a decoder, else a CLIP."""
    from sartext.models.clip import CLIP
    from sartext.models.coca import CoCa
    from sartext.models.towers import Named

    towers = Named(name=name, pretrained=tag)
    return CoCa(towers=towers) if "multimodal_cfg" in towers.model_cfg() else CLIP(towers=towers)
