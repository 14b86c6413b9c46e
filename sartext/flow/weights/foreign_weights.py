"""Weights of others, and what is said of them. Without torch: --help and a wrong option do without."""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sartext.config import identity
from sartext.errors import UserError, require
from sartext.models.fingerprint import model_fingerprint
from sartext.models.folder import HUB

SUFFIXES = (".safetensors", ".pt", ".pth", ".bin")  # of files of weights


@dataclass(frozen=True, kw_only=True)
class ForeignWeights:
    """Weights that others trained: a CLIP or CoCa of open_clip, or any image-text-to-text model of transformers."""

    weights: str = field(
        metadata={
            "help": f"a file ({{.safetensors,.pt,.pth,.bin}}) with --architecture; a name of open_clip's with --pretrained; "
            f"{HUB}ORGANISATION/NAME or a folder of open_clip's kind; ORGANISATION/NAME or a folder of transformers'"
        }
    )
    architecture: str = field(default="", metadata={"help": "of a file: open_clip's name of the model, as coca_ViT-L-14"})
    pretrained: str = field(
        default="",
        metadata={
            "help": "of a name of open_clip's: the tag of its published weights; of a file: the tag of those that it was "
            "trained from, whose normalisation it keeps"
        },
    )
    mean: tuple[float, float, float] | tuple[()] = field(
        default=(),
        metadata={"help": "of red, green and blue, 0 to 1, by which images were normalised (unset: the model's own)"},
    )
    std: tuple[float, float, float] | tuple[()] = field(default=(), metadata={"help": "their deviations, likewise"})

    def __post_init__(self) -> None:
        require("weights", repr(self.weights), bool(self.weights), "a file, a folder or a name")
        for name in ("mean", "std"):
            values = getattr(self, name)
            three = not values or (len(values) == 3 and all(0 <= value <= 1 for value in values))
            require(name, " ".join(map(str, values)), three, "three numbers from 0 to 1")
        require("std", self.std, all(self.std), "above 0")

    @property
    def path(self) -> Path:
        """Where the weights are, if they are a file or a folder."""
        return Path(os.path.expanduser(self.weights)).absolute()

    @property
    def file(self) -> Path | None:
        """The file that holds the weights, if it is one."""
        return self.path if os.path.isfile(self.path) else None

    @property
    def folder(self) -> Path | None:
        """The folder of a model, if it is one."""
        return self.path if os.path.isdir(self.path) else None

    def config(self) -> dict[str, Any]:
        """What decides the model: of a file or a folder what is in it, wherever it lies.

        Raises `UserError` where it cannot be read.
        """
        config: dict[str, Any] = identity(self)
        try:
            if self.folder is not None:
                return {**config, "weights": self.folder.name, "fingerprint": model_fingerprint(self.folder)}
            if self.file is not None:
                with self.file.open("rb") as data:
                    return {**config, "weights": self.file.name, "sha256": hashlib.file_digest(data, "sha256").hexdigest()}
        except OSError as error:
            raise UserError(f"{self.weights} cannot be read ({error.strerror}); give one that you may read") from error
        return config
