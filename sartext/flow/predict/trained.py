"""A finished training as other jobs see it: its manifest, and the folders of its models."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sartext.artifact import MANIFEST, read_json
from sartext.errors import UserError
from sartext.models.folder import OBJECTIVE
from sartext.models.weights import save
from sartext.store import Store, open_store

if TYPE_CHECKING:
    from torch import nn

    from sartext.models.image import Preprocess
    from sartext.models.objective import AnyObjective

MODELS = "models"  # the folder of a training that holds a model a stage
FIELDS = ("models", "losses", "steps")  # what its manifest must have


@dataclass(frozen=True)
class Trained:
    """A finished training: where it lies and what its manifest says."""

    uri: str
    manifest: dict[str, Any]

    def model(self, stage: str) -> str:
        """The place of the model as it was after a stage, or before the first ("baseline")."""
        return f"{self.uri}/{MODELS}/{stage}"

    def summary(self) -> str:
        """One line for people."""
        if not self.manifest["steps"]:
            return f"{self.uri}: {', '.join(self.manifest['models'])}, from {self.manifest.get('weights', 'nothing')}"
        losses = ", ".join(f"{name} {loss:.3f}" for name, loss in self.manifest["losses"].items())
        line = f"{self.uri}: {self.manifest['steps']:,} steps; loss at the end of each stage: {losses}"
        return "; ".join(filter(None, (line, self.shortened())))

    def shortened(self) -> str:
        """How many of the texts that were read were too long for the model, in words; "" where none was."""
        read, short = (sum(stage[what] for stage in self.manifest["texts"].values()) for what in ("read", "shortened"))
        return (
            f"{short:,} of {read:,} texts read ({short / read:.1%}) were longer than its context and shortened" if short else ""
        )


def open_trained(uri: str) -> Trained:
    """The training at a place. Raises `UserError` where it is not finished."""
    try:
        return Trained(uri, read_json(open_store(uri), MANIFEST, FIELDS))
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{uri} has no {MANIFEST}: it is no finished training; run jobs.train to its end") from None


def model_folder(uri: str, stage: str | None = None) -> Path:
    """The folder of one model: of a training after a stage (the last unless said), or the place itself where it is a model.

    Raises `UserError` where there is neither.
    """
    if "://" in uri:
        raise UserError(f"{uri} is no folder; models are loaded from one that all workers see")
    folder = Path(uri).expanduser()
    if (folder / OBJECTIVE).exists():
        return folder
    trained = open_trained(uri)
    models = trained.manifest["models"]
    if stage is not None and stage not in models:
        raise UserError(f"{uri} has no model {stage!r}; it has {', '.join(models)}")
    return Path(trained.model(stage or models[-1]))


def put_model(
    store: Store, name: str, objective: "AnyObjective", model: "nn.Module", tokenizer: Any, preprocess: "Preprocess"
) -> None:
    """Puts a model, as other programs load it, below models/`name` of a training."""
    with tempfile.TemporaryDirectory(prefix="sartext-model-") as folder:
        save(objective, model, tokenizer, preprocess, Path(folder))
        # The file that says what the model is comes last: where it is, the model is whole.
        for path in sorted(Path(folder).rglob("*"), key=lambda path: (path.name == OBJECTIVE, path)):
            if path.is_file():
                store.put(f"{MODELS}/{name}/{path.relative_to(folder).as_posix()}", path.read_bytes())
