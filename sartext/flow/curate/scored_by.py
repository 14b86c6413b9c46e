"""Which models may score the captions of datasets: none that was trained on them, or two that were, each on the other half."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sartext.artifact import MANIFEST, Artifact, open_artifact, read_json
from sartext.errors import UserError
from sartext.flow.predict.trained import MODELS, model_folder, open_trained
from sartext.store import open_store


def scoring_models(clip: Sequence[str], halves: Sequence[str], datasets: Sequence[Artifact]) -> list[Path]:
    """The folders of the models that score. Raises `UserError` for one that learned from the captions.

    Of two models the first was trained on half 0 and the second on half 1, which are the datasets `halves`.
    """
    from sartext.models.objective import EMBED
    from sartext.models.weights import check_capability

    if len(clip) > 2 or len(halves) not in (0, 2) or (len(clip) == 2) != (len(halves) == 2):
        raise UserError(
            f"{len(clip)} models and {len(halves)} halves are given; give one model, or --clip A B with --halves DIR DIR, the "
            "datasets of --half 0 and --half 1 on which they were trained"
        )
    folders = [model_folder(one) for one in clip]
    for folder in folders:
        check_capability(folder, EMBED, "give a model that embeds, as a CLIP or a CoCa")
    manifests = [_training_of(one, folder) for one, folder in zip(clip, folders, strict=True)]
    captions = set().union(*(one.ancestry for one in datasets))
    if halves:
        parts = [open_artifact(one) for one in halves]
        _check_halves(parts, datasets)
        for number, (uri, manifest) in enumerate(zip(clip, manifests, strict=True)):
            _check_half(uri, manifest, parts[number], parts[1 - number], captions)
    else:
        for uri, manifest in zip(clip, manifests, strict=True):
            if {*manifest["parents"], *manifest.get("ancestors", ())} & captions:
                raise UserError(
                    f"{uri} was trained on captions of these datasets, which it would score too high; give another model, or "
                    "two that are cross-fitted (--clip A B --halves DIR DIR)"
                )
    return folders


def _training_of(uri: str, folder: Path) -> dict[str, Any]:
    """The manifest of the training that a model is of. Raises `UserError` where there is none."""
    place = uri if (Path(uri).expanduser() / MANIFEST).exists() else str(folder.parent.parent)
    known = folder.parent.name == MODELS and (folder.parent.parent / MANIFEST).exists()
    if not known:
        raise UserError(
            f"{uri} lies in no training, so that nothing says which captions it learned from; give the folder of a training, "
            "or bring it in by jobs.weights"
        )
    manifest = open_trained(place).manifest
    if manifest["config"].get("start") and manifest["steps"]:
        print(f"note: {uri} began from another model, whose datasets its manifest does not name", file=sys.stderr)
    return {"parents": [], **manifest}


def _check_halves(parts: Sequence[Artifact], datasets: Sequence[Artifact]) -> None:
    """Raises `UserError` where two datasets are not half 0 and half 1 of these."""
    wanted = {one.fingerprint for one in datasets}
    for number, part in enumerate(parts):
        half = read_json(open_store(part.uri), MANIFEST)["config"].get("selection", {}).get("half")
        if half != number or not wanted <= set(part.manifest["parents"]):
            raise UserError(
                f"{part.uri} is not half {number} of these datasets; make it by jobs.curate with the same --datasets and "
                f"--half {number}"
            )


def _check_half(uri: str, manifest: dict[str, Any], own: Artifact, other: Artifact, captions: set[str]) -> None:
    """Raises `UserError` where a model learned from more of the captions than its own half."""
    parents = set(manifest["parents"])
    beside = set(manifest.get("ancestors", ())) - own.ancestry
    if own.fingerprint not in parents or other.fingerprint in parents or (parents | beside) & (captions - {own.fingerprint}):
        raise UserError(f"{uri} was not trained on {own.uri} alone of these captions; train it on that half, and give it first")
